//! What a rule joins: a walk from type to type along their links.

use super::super::SplitMix64;
use super::world::{World, pick};

/// How many patterns each rule has.
pub(super) enum Sizes {
    /// This many joins in all rules together, up to `most` in one.
    Joins { rules: usize, joins: usize, most: usize },
    /// Two to `most` patterns.
    Patterns { rules: usize, most: usize },
}

impl Sizes {
    /// The number of patterns of each rule.
    pub(super) fn draw(&self, random: &mut SplitMix64) -> Vec<usize> {
        match *self {
            Self::Joins { rules, joins, most } => {
                let mut sizes = vec![2; rules];
                let mut left = joins - rules;
                while left > 0 {
                    let rule = random.below(rules as u64) as usize;
                    if sizes[rule] <= most {
                        sizes[rule] += 1;
                        left -= 1;
                    }
                }
                sizes
            }
            Self::Patterns { rules, most } => {
                (0..rules).map(|_| 2 + random.below(most as u64 - 1) as usize).collect()
            }
        }
    }
}

/// The patterns of a rule, and what connects each with earlier ones.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    types: Vec<usize>,
    /// For each pattern but the first.
    ties: Vec<Tie>,
}

#[derive(Clone, Debug)]
struct Tie {
    /// The condition, in variables of the patterns.
    condition: String,
    /// Whether it has many partners for one fact: several such links multiply the matches of a
    /// rule.
    is_fan: bool,
    is_window: bool,
}

/// A way to go on.
struct Way {
    to: usize,
    weight: u64,
    tie: Tie,
}

impl Walk {
    pub(super) fn from(start: usize) -> Self {
        Self { types: vec![start], ties: Vec::new() }
    }

    /// The first patterns of the walk, one at least less than `patterns`.
    pub(super) fn first(&self, patterns: usize) -> Self {
        let kept = self.types.len().min(patterns);
        Self { types: self.types[..kept].to_vec(), ties: self.ties[..kept - 1].to_vec() }
    }

    /// Continues until there are `patterns` patterns.
    pub(super) fn go_on(&mut self, world: &World, patterns: usize, random: &mut SplitMix64) {
        while self.types.len() < patterns {
            let kind = random.below(100);
            let ways = match kind {
                0..15 => self.windows(world),
                15..20 => self.parents(world),
                _ => Vec::new(),
            };
            // If there are no times or parents, another key is followed.
            let ways = if ways.is_empty() { self.keys(world) } else { ways };
            let way = pick(random, ways.iter().map(|way| way.weight));
            if let Some(way) = ways.into_iter().nth(way) {
                self.types.push(way.to);
                self.ties.push(way.tie);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.types.len()
    }

    /// The type of a pattern.
    pub(super) fn ty(&self, pattern: usize) -> usize {
        self.types[pattern]
    }

    /// The name of a pattern's variable.
    pub(super) fn variable(&self, pattern: usize) -> String {
        format!("v{pattern}")
    }

    /// `v0: Customer, v1: Order`.
    pub(super) fn patterns(&self, world: &World) -> String {
        let types = self.types.iter().enumerate();
        let patterns =
            types.map(|(pattern, ty)| format!("{}: {}", self.variable(pattern), world.entities[*ty].name));
        patterns.collect::<Vec<_>>().join(", ")
    }

    /// The conditions that connect the patterns.
    pub(super) fn ties(&self) -> impl Iterator<Item = &str> {
        self.ties.iter().map(|tie| tie.condition.as_str())
    }

    /// Foreign keys to and from the existing patterns. Keys to parents are in [`Self::parents`].
    fn keys(&self, world: &World) -> Vec<Way> {
        let new = self.variable(self.len());
        // Two links from one to many, such as the orders and the reviews of a customer, are enough.
        let fans = self.ties.iter().filter(|tie| tie.is_fan).count();
        let mut ways = Vec::new();
        for (pattern, ty) in self.types.iter().copied().enumerate() {
            let old = self.variable(pattern);
            for (field, to, weight) in world.entities[ty].links().filter(|(_, to, _)| *to != ty) {
                let condition = format!("{old}.{field} == {new}.id");
                ways.push(Way { to, weight, tie: Tie { condition, is_fan: false, is_window: false } });
            }
            if fans >= 2 && !ways.is_empty() {
                continue;
            }
            for (from, entity) in world.entities.iter().enumerate().filter(|(from, _)| *from != ty) {
                for (field, _, weight) in entity.links().filter(|(_, to, _)| *to == ty) {
                    let condition = format!("{new}.{field} == {old}.id");
                    ways.push(Way {
                        to: from,
                        weight,
                        tie: Tie { condition, is_fan: true, is_window: false },
                    });
                }
            }
        }
        ways
    }

    /// A second event of the same subject, within some time after the first. One window a rule.
    fn windows(&self, world: &World) -> Vec<Way> {
        let new = self.variable(self.len());
        let mut ways = Vec::new();
        if self.ties.iter().any(|tie| tie.is_window) {
            return ways;
        }
        for (pattern, ty) in self.types.iter().copied().enumerate() {
            let (entity, old) = (&world.entities[ty], self.variable(pattern));
            let Some(time) = entity.time().map(|time| &time.name) else { continue };
            for (field, _, weight) in entity.links() {
                let window = [3_600, 86_400][pattern % 2];
                let condition = format!(
                    "{new}.{field} == {old}.{field} AND {new}.{time} > {old}.{time} \
                     AND {new}.{time} < {old}.{time} + {window}"
                );
                ways.push(Way { to: ty, weight, tie: Tie { condition, is_fan: true, is_window: true } });
            }
        }
        ways
    }

    /// From a fact to its parent in a hierarchy of its type.
    fn parents(&self, world: &World) -> Vec<Way> {
        let new = self.variable(self.len());
        let mut ways = Vec::new();
        for (pattern, ty) in self.types.iter().copied().enumerate() {
            for (field, to, weight) in world.entities[ty].links().filter(|(_, to, _)| *to == ty) {
                let condition = format!("{}.{field} == {new}.id", self.variable(pattern));
                ways.push(Way { to, weight, tie: Tie { condition, is_fan: false, is_window: false } });
            }
        }
        ways
    }
}

//! What a rule requires besides its joins.

use super::super::SplitMix64;
use super::walk::Walk;
use super::world::{Content, Field, World};

/// Which kinds of conditions rules have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    /// Beside equalities also ranges and lists.
    ranges: bool,
    /// In percent, how many rules compare fields of two facts by arithmetic.
    across: u64,
    /// In percent, how many rules have a choice of conditions in parentheses.
    choices: u64,
}

impl Conditions {
    /// Equalities only.
    pub(super) const EQUAL: Self = Self { ranges: false, across: 0, choices: 0 };
    /// Equalities, ranges, and now and then something more complex.
    pub(super) const MIXED: Self = Self { ranges: true, across: 10, choices: 5 };
    /// All kinds, nested.
    pub(super) const NESTED: Self = Self { ranges: true, across: 30, choices: 30 };

    /// The condition of a rule with these joins.
    pub(super) fn of(self, world: &World, walk: &Walk, random: &mut SplitMix64) -> String {
        let mut all: Vec<String> = walk.ties().map(str::to_owned).collect();
        for pattern in 0..walk.len() {
            let filters = if random.below(5) < 3 { 1 + random.below(4) / 3 } else { 0 };
            let mut asked: Vec<usize> = Vec::new();
            for _ in 0..filters {
                let fields = &world.entities[walk.ty(pattern)].fields;
                let place = random.below(fields.len() as u64) as usize;
                if !asked.contains(&place) {
                    asked.push(place);
                    all.extend(self.filter(&walk.variable(pattern), &fields[place], random));
                }
            }
        }
        if random.below(100) < self.across {
            all.extend(across(world, walk, random));
        }
        if random.below(100) < self.choices {
            all.extend(choice(world, walk, random));
        }
        all.join(" AND ")
    }

    /// A condition on one field; none on keys and times.
    fn filter(self, variable: &str, field: &Field, random: &mut SplitMix64) -> Option<String> {
        let name = format!("{variable}.{}", field.name);
        match field.content {
            Content::Word(words) => {
                let word = random.below(words.len() as u64) as usize;
                let other = words[(word + 1) % words.len()];
                Some(match random.below(4) {
                    0 if self.ranges => format!("{name} IN [\"{}\", \"{other}\"]", words[word]),
                    _ => format!("{name} == \"{}\"", words[word]),
                })
            }
            Content::Level(bound) => Some(match random.below(2) {
                0 if self.ranges => format!("{name} >= {}", bound - 1 - random.below(bound / 3 + 1)),
                _ => format!("{name} == {}", random.below(bound)),
            }),
            Content::Amount(bound) if self.ranges => {
                // Thresholds are round numbers, mostly near the upper end.
                let unit = (bound / 100).max(1);
                let threshold = bound - unit * (3 + random.below(27));
                Some(match random.below(4) {
                    0 => format!("{name} < {}", bound - threshold),
                    _ => format!("{name} > {threshold}"),
                })
            }
            Content::Amount(_) | Content::Link { .. } | Content::Time => None,
        }
    }
}

/// Two amounts of different facts, compared.
fn across(world: &World, walk: &Walk, random: &mut SplitMix64) -> Option<String> {
    let [(one, bound), (other, _)] = two_amounts(world, walk, random)?;
    Some(match random.below(3) {
        0 => format!("{one} > {other} * {}", 2 + random.below(3)),
        1 => format!("{one} + {other} > {}", bound + bound / 4),
        _ => format!("ABS({one} - {other}) * 2 < {}", bound / 4),
    })
}

/// A choice between conditions on two facts.
fn choice(world: &World, walk: &Walk, random: &mut SplitMix64) -> Option<String> {
    let [(one, bound), (other, other_bound)] = two_amounts(world, walk, random)?;
    let (low, high) = (bound / 10, other_bound - other_bound / 10);
    Some(match random.below(2) {
        0 => format!("({one} < {low} OR {other} > {high})"),
        _ => format!("NOT ({one} >= {low} AND ({other} <= {high} OR {one} > {other}))"),
    })
}

/// An amount or level of each of two patterns, with their bounds.
fn two_amounts(world: &World, walk: &Walk, random: &mut SplitMix64) -> Option<[(String, u64); 2]> {
    let mut amounts: Vec<(String, u64)> = Vec::new();
    for pattern in 0..walk.len() {
        let of_pattern =
            world.entities[walk.ty(pattern)].fields.iter().find_map(|field| match field.content {
                Content::Amount(bound) => Some((format!("{}.{}", walk.variable(pattern), field.name), bound)),
                _ => None,
            });
        amounts.extend(of_pattern);
    }
    if amounts.len() < 2 {
        return None;
    }
    let one = amounts.swap_remove(random.below(amounts.len() as u64) as usize);
    let other = amounts.swap_remove(random.below(amounts.len() as u64) as usize);
    Some([one, other])
}

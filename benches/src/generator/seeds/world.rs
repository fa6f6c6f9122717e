//! Types with fields, and the links between them.

use std::fmt::Write;

use tsd::{TypeId, Value};

use crate::generator::{SHUFFLE_SEED, SplitMix64, sparse_id};

/// The types of a program.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) entities: Vec<Entity>,
}

/// One type.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) name: String,
    /// How many of the facts are of this type, in proportion to the others.
    share: usize,
    /// How often rules start here, in proportion to the others.
    starts: u64,
    /// The fields beside the key `id`.
    pub(super) fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) content: Content,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Content {
    /// The id of a fact of another type, or of the same: then of its parent.
    Link {
        /// The other type.
        to: usize,
        /// How much rules like to follow the link.
        weight: u64,
    },
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A small whole number below the bound.
    Level(u64),
    /// A whole number of units below the bound.
    Amount(u64),
    /// Seconds within thirty days.
    Time,
}

const MONTH: u64 = 30 * 24 * 3_600;

impl Entity {
    /// A type without fields but its key.
    pub(super) fn new(name: impl Into<String>, share: usize, starts: u64) -> Self {
        Self { name: name.into(), share, starts, fields: Vec::new() }
    }

    /// The same with one more field.
    pub(super) fn with(mut self, name: impl Into<String>, content: Content) -> Self {
        self.fields.push(Field { name: name.into(), content });
        self
    }

    /// The first field that holds a time.
    pub(super) fn time(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.content == Content::Time)
    }

    /// The fields that name facts, with the types of these facts and the weights.
    pub(super) fn links(&self) -> impl Iterator<Item = (&str, usize, u64)> {
        self.fields.iter().filter_map(|field| match field.content {
            Content::Link { to, weight } => Some((field.name.as_str(), to, weight)),
            _ => None,
        })
    }
}

impl World {
    /// Types without a meaning: each is linked to up to three earlier ones, often to one of the
    /// first few, as tables of a large model are to its master records.
    pub(super) fn synthetic(types: usize, seed: u64) -> Self {
        const WORDS: [&str; 5] = ["new", "open", "held", "paid", "closed"];
        let mut random = SplitMix64::new(seed + 500);
        let hubs = (types / 10).max(2) as u64;
        let entities = (0..types).map(|number| {
            let mut entity = Entity::new(format!("T{number}"), 1, 1)
                .with("kind", Content::Word(&WORDS))
                .with("level", Content::Level(10))
                .with("amount", Content::Amount(1_000))
                .with("at", Content::Time);
            let links = if number == 0 { 0 } else { 1 + random.below(3) };
            for link in 0..links {
                let before = if random.below(2) == 0 { (number as u64).min(hubs) } else { number as u64 };
                let to = random.below(before) as usize;
                entity = entity.with(format!("link{link}"), Content::Link { to, weight: 1 });
            }
            entity
        });
        Self { entities: entities.collect() }
    }

    /// Where a rule starts.
    pub(super) fn start(&self, random: &mut SplitMix64) -> usize {
        pick(random, self.entities.iter().map(|entity| entity.starts))
    }

    /// The declarations of the types.
    pub(super) fn declarations(&self) -> String {
        let mut text = String::new();
        for entity in &self.entities {
            // Writing to a String cannot fail.
            let _ = write!(text, "type {}(#id: int", entity.name);
            for field in &entity.fields {
                let kind = match field.content {
                    Content::Link { .. } | Content::Level(_) | Content::Time => "int",
                    Content::Word(_) => "string",
                    Content::Amount(_) => "number",
                };
                let _ = write!(text, ", {}: {kind}", field.name);
            }
            text += ")\n";
        }
        text
    }

    /// About `count` facts in random order.
    pub(super) fn facts(&self, count: usize, random: &mut SplitMix64) -> Vec<(TypeId, Vec<Value>)> {
        let shares: usize = self.entities.iter().map(|entity| entity.share).sum();
        let rows = |entity: &Entity| (count * entity.share / shares).max(1) as u64;
        let mut facts = Vec::with_capacity(count);
        for (number, entity) in self.entities.iter().enumerate() {
            for row in 0..rows(entity) {
                let mut values = vec![Value::Int(sparse_id(row))];
                values.extend(entity.fields.iter().map(|field| match field.content {
                    Content::Link { to, .. } => Value::Int(sparse_id(random.below(rows(&self.entities[to])))),
                    Content::Word(words) => {
                        Value::Text(words[random.below(words.len() as u64) as usize].into())
                    }
                    Content::Level(bound) => Value::Int(random.below(bound) as i64),
                    Content::Amount(bound) => Value::Number(random.below(bound) as f64),
                    Content::Time => Value::Int(random.below(MONTH) as i64),
                }));
                facts.push((TypeId(number as u16), values));
            }
        }
        let mut random = SplitMix64::new(SHUFFLE_SEED);
        for last in (1..facts.len()).rev() {
            facts.swap(last, random.below(last as u64 + 1) as usize);
        }
        facts
    }
}

/// A place in a list of weights, the likelier the more it weighs.
pub(super) fn pick(random: &mut SplitMix64, weights: impl Iterator<Item = u64> + Clone) -> usize {
    let mut left = random.below(weights.clone().sum::<u64>().max(1));
    let place = weights.enumerate().find(|(_, weight)| {
        let here = left < *weight;
        left = left.saturating_sub(*weight);
        here
    });
    place.map_or(0, |(place, _)| place)
}

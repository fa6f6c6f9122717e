//! What was observed of facts, filters and joins while rules ran.
//!
//! A session writes a profile, and the planner reads it when the rules are compiled again. An
//! observation must be useful for other join orders than the one that ran, or the planner could
//! only confirm itself. So a join is observed by its two types and its keys, and a filter by what
//! it requires. Both are named by signatures, which do not change when rules are renamed or
//! reordered.
//!
//! A profile is text that belongs beside the rules. It has a line for each observation, sorted, and
//! rounded to three digits so that equal runs give equal lines.
//!
//! ```text
//! facts Customer 50000
//! filter 9b1f6d0a9c2e4411 0.25 Customer: tier is "gold"
//! join 3f2a1c9d00b7e612 0.00002 Customer, Order: # = customer
//! ```

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::{Filter, Part, Schema, Signature, TypeId};

/// What was observed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    observations: BTreeMap<Subject, Observation>,
    unreadable: Vec<usize>,
}

/// What an observation is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The number of facts of the type with this name.
    Facts(String),
    /// The share of the facts of a type that passed the filter with this shortened signature.
    Filter(String),
    /// The share of pairs of two facts with equal keys, for the join with this shortened signature.
    Join(String),
}

/// One observation.
#[derive(Clone, Debug, PartialEq)]
struct Observation {
    value: f64,
    /// A description for people.
    about: String,
    /// The line that it was read from, counted from 0.
    line: usize,
}

const HEAD: &str = "\
# What was observed while the rules ran, for the planner: see `tsd run --profile` and `Session::profile`.
# facts TYPE COUNT | filter SIGNATURE SHARE OF-WHAT | join SIGNATURE SHARE-OF-PAIRS OF-WHAT
";

impl Profile {
    /// Reads a profile. Unreadable lines are skipped, see [`unreadable`](Self::unreadable).
    pub fn parse(text: &str) -> Self {
        let mut profile = Self::default();
        for (line, text) in text.lines().enumerate() {
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            match read(text) {
                Some((subject, value, about)) => {
                    profile.observations.insert(subject, Observation { value, about, line });
                }
                None => profile.unreadable.push(line),
            }
        }
        profile
    }

    /// The unreadable lines, counted from 0.
    pub fn unreadable(&self) -> &[usize] {
        &self.unreadable
    }

    /// The subjects of the observations, with their lines counted from 0.
    pub fn subjects(&self) -> impl Iterator<Item = (&Subject, usize)> {
        self.observations.iter().map(|(subject, observation)| (subject, observation.line))
    }

    /// What was observed.
    pub fn get(&self, subject: &Subject) -> Option<f64> {
        self.observations.get(subject).map(|observation| observation.value)
    }

    /// Records how many facts of a type there were.
    pub fn note_facts(&mut self, schema: &Schema, ty: TypeId, count: usize) {
        self.note(Subject::facts(schema, ty), count as f64, String::new());
    }

    /// Notes how many of a type's facts passed a filter.
    pub fn note_filter(&mut self, schema: &Schema, ty: TypeId, filter: &Filter, passed: u64, facts: u64) {
        let about = format!("{}: {}", schema.ty(ty).name, demands(schema, ty, filter));
        self.note(Subject::filter(schema, ty, filter), share(passed, facts as f64), about);
    }

    /// Notes how many pairs of facts of two types had equal keys, of how many pairs.
    pub fn note_join(
        &mut self,
        schema: &Schema,
        types: (TypeId, TypeId),
        keys: &[(Part, Part)],
        matches: u64,
        pairs: f64,
    ) {
        let (subject, about) = pair(schema, types, keys);
        self.note(subject, share(matches, pairs), about);
    }

    fn note(&mut self, subject: Subject, value: f64, about: String) {
        self.observations.insert(subject, Observation { value: rounded(value), about, line: 0 });
    }

    /// Merges a later profile into this one: the later observation wins, but the larger number of
    /// facts.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        for (subject, observation) in later.observations {
            let before = self.get(&subject).filter(|_| matches!(subject, Subject::Facts(_)));
            if before.is_none_or(|before| before <= observation.value) {
                self.observations.insert(subject, observation);
            }
        }
        self
    }
}

impl Subject {
    /// The facts of a type.
    pub fn facts(schema: &Schema, ty: TypeId) -> Self {
        Self::Facts(schema.ty(ty).name.to_string())
    }

    /// A filter on the facts of a type.
    pub fn filter(schema: &Schema, ty: TypeId, filter: &Filter) -> Self {
        Self::Filter(Signature::of_filter(&schema.ty(ty).name, &demands(schema, ty, filter)).short())
    }

    /// A join of two facts on keys, in either order of the facts.
    pub fn join(schema: &Schema, types: (TypeId, TypeId), keys: &[(Part, Part)]) -> Self {
        pair(schema, types, keys).0
    }
}

/// The subject of a join of two facts, and what it is about.
fn pair(schema: &Schema, types: (TypeId, TypeId), keys: &[(Part, Part)]) -> (Subject, String) {
    let one_way = |(left, right): (TypeId, TypeId), keys: &[(&Part, &Part)]| {
        let mut keys: Vec<String> = (keys.iter())
            .map(|(one, other)| format!("{} = {}", one.text(schema, left), other.text(schema, right)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        (schema.ty(left).name.to_string(), schema.ty(right).name.to_string(), keys.join(", "))
    };
    let keys: Vec<(&Part, &Part)> = keys.iter().map(|(one, other)| (one, other)).collect();
    let swapped: Vec<(&Part, &Part)> = keys.iter().map(|(one, other)| (*other, *one)).collect();
    let forward = one_way(types, &keys);
    let backward = one_way((types.1, types.0), &swapped);
    let (left, right, keys) = forward.min(backward);
    let about = format!("{left}, {right}: {keys}");
    (Subject::Join(Signature::of_pair(&about).short()), about)
}

/// What a filter requires, as text.
fn demands(schema: &Schema, ty: TypeId, filter: &Filter) -> String {
    let tests = filter.tests.iter().map(|test| test.canonical.to_string());
    filter.domains(schema, ty).into_iter().chain(tests).collect::<Vec<_>>().join(", ")
}

/// An observed share. If there was no case at all, half of the least that could have been observed.
fn share(some: u64, all: f64) -> f64 {
    (some as f64).max(0.5) / all.max(1.0)
}

/// The number with three significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

fn read(line: &str) -> Option<(Subject, f64, String)> {
    let (kind, rest) = line.split_once(' ')?;
    let (name, rest) = rest.trim_start().split_once(' ')?;
    let (value, about) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let value: f64 = value.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)?;
    let subject = match kind {
        "facts" => Subject::Facts(name.to_owned()),
        "filter" if value <= 1.0 => Subject::Filter(name.to_owned()),
        "join" if value <= 1.0 => Subject::Join(name.to_owned()),
        _ => return None,
    };
    Some((subject, value, about.trim().to_owned()))
}

/// The text of the profile.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = |subject: &Subject| match subject {
            Subject::Facts(name) => ("facts", name.clone()),
            Subject::Filter(signature) => ("filter", signature.clone()),
            Subject::Join(signature) => ("join", signature.clone()),
        };
        let lines = self.observations.iter().map(|(subject, Observation { value, about, .. })| {
            let (kind, name) = kind(subject);
            (kind, about, name, value)
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
        f.write_str(HEAD)?;
        for (kind, about, name, value) in lines {
            write!(f, "{kind} {name} {value}")?;
            if !about.is_empty() {
                // A string in a filter may contain a line break.
                write!(f, " {}", about.replace(['\n', '\r'], " "))?;
            }
            f.write_char('\n')?;
        }
        Ok(())
    }
}

//! Equalities between parts of two facts, and the groups of patterns that they tie together.

use tsd_ir::{Comparison, Expr, Kind, Part, Position, Test};

use super::form::widened_field;

/// Parts of two facts that must be equal; the pattern declared first is `one`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// A pattern and the part of its fact.
    pub one: (Position, Part),
    /// A later pattern and the part of its fact.
    pub other: (Position, Part),
}

/// The join key that a test is, if it is one.
pub(super) fn key(test: &Test) -> Option<Key> {
    let Test::Compare { op: Comparison::Equal, left, right } = test else { return None };
    let (left, right) = (part(left)?, part(right)?);
    match left.0.cmp(&right.0) {
        std::cmp::Ordering::Less => Some(Key { one: left, other: right }),
        std::cmp::Ordering::Greater => Some(Key { one: right, other: left }),
        std::cmp::Ordering::Equal => None,
    }
}

fn part(expr: &Expr) -> Option<(Position, Part)> {
    match expr {
        Expr::Field { at, field, .. } => Some((*at, Part::Field(*field))),
        Expr::Fact { at, .. } => Some((*at, Part::Fact)),
        Expr::Cast { to: Kind::Number, .. } => {
            widened_field(expr).map(|(at, field)| (at, Part::Widened(field)))
        }
        _ => None,
    }
}

/// Patterns that are tied together, directly or through others.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    /// For each pattern the first of its group.
    first: Vec<usize>,
}

impl Groups {
    /// Every pattern by itself.
    pub(crate) fn new(count: usize) -> Self {
        Self { first: (0..count).collect() }
    }

    /// Ties two patterns together.
    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (keep, replace) = {
            let (one, other) = (self.first[one], self.first[other]);
            (one.min(other), one.max(other))
        };
        self.first.iter_mut().filter(|first| **first == replace).for_each(|first| *first = keep);
    }

    /// Whether two patterns are in one group.
    pub(crate) fn same(&self, one: usize, other: usize) -> bool {
        self.first[one] == self.first[other]
    }

    /// The patterns that are the first of a group, ascending.
    pub(crate) fn firsts(&self) -> Vec<usize> {
        (0..self.first.len()).filter(|index| self.first[*index] == *index).collect()
    }
}

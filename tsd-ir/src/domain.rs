//! Sets of values that one field may have, as a filter accepts them.
//!
//! `o.value > 10 AND NOT (o.value == 12)` is a set of numbers. Such sets are stored as sorted lists
//! of cuts, so they can be united, intersected and complemented exactly. Two conditions with the
//! same meaning have the same list. The sets of a thousand rules merge into one filter index, which
//! answers with one binary search.

use crate::{Comparison, Const, Kind, List};

/// A place between the values of one kind: just before or just after a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    /// The value beside the cut.
    pub value: Const,
    /// Whether the cut lies after the value rather than before it.
    pub after: bool,
}

impl Cut {
    /// Whether `value` lies above the cut.
    pub fn is_below(&self, value: &Const) -> bool {
        if self.after { self.value < *value } else { self.value <= *value }
    }
}

/// A set of values of one kind, with or without "missing".
///
/// The cuts are sorted and different. Crossing one toggles membership, which is `from_start` for
/// the values below the first cut. Equal sets have equal forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Whether a missing field is accepted; always `false` for a field that cannot be missing.
    pub missing: bool,
    /// Whether the values below the first cut are accepted.
    pub from_start: bool,
    /// Where membership toggles.
    pub cuts: List<Cut>,
}

impl Domain {
    /// Every value, and "missing" too if `missing`.
    pub fn all(missing: bool) -> Self {
        Self { missing, from_start: true, cuts: List::default() }
    }

    /// The empty set.
    pub fn none() -> Self {
        Self { missing: false, from_start: false, cuts: List::default() }
    }

    /// Only "missing".
    pub fn only_missing() -> Self {
        Self { missing: true, ..Self::none() }
    }

    /// The values `x` of the constant's kind for which `x op constant` holds. Missing never
    /// compares.
    pub fn comparing(op: Comparison, constant: &Const) -> Self {
        let cut = |after| Cut { value: constant.clone(), after };
        let (from_start, cuts) = match op {
            Comparison::Equal => (false, vec![cut(false), cut(true)]),
            Comparison::NotEqual => (true, vec![cut(false), cut(true)]),
            Comparison::Less => (true, vec![cut(false)]),
            Comparison::LessOrEqual => (true, vec![cut(true)]),
            Comparison::Greater => (false, vec![cut(true)]),
            Comparison::GreaterOrEqual => (false, vec![cut(false)]),
        };
        Self::normal(false, from_start, cuts)
    }

    /// Brings cuts of kinds with a first, a last or a next value into the one form that equal sets
    /// share.
    fn normal(missing: bool, mut from_start: bool, cuts: Vec<Cut>) -> Self {
        let mut kept: Vec<Cut> = Vec::with_capacity(cuts.len());
        for cut in cuts {
            let cut = match (&cut.value, cut.after) {
                // After the last value there is nothing.
                (Const::Int(i64::MAX) | Const::Bool(true), true) => continue,
                (Const::Number(value), true) if *value == f64::INFINITY => continue,
                (Const::Int(value), true) => Cut { value: Const::Int(value + 1), after: false },
                (Const::Bool(false), true) => Cut { value: Const::Bool(true), after: false },
                _ => cut,
            };
            let before_the_first = !cut.after
                && match &cut.value {
                    Const::Int(value) => *value == i64::MIN,
                    Const::Bool(value) => !value,
                    Const::Number(value) => *value == f64::NEG_INFINITY,
                    Const::Text(value) => value.is_empty(),
                    Const::Missing => false,
                };
            if before_the_first {
                from_start = !from_start;
            } else if kept.last() == Some(&cut) {
                kept.pop();
            } else {
                kept.push(cut);
            }
        }
        Self { missing, from_start, cuts: List::Owned(kept) }
    }

    /// Whether the set holds `value`; [`Const::Missing`] stands for a missing field.
    pub fn accepts(&self, value: &Const) -> bool {
        match value {
            Const::Missing => self.missing,
            _ => self.from_start ^ (self.cuts.partition_point(|cut| cut.is_below(value)) % 2 == 1),
        }
    }

    /// Whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        !self.missing && !self.from_start && self.cuts.is_empty()
    }

    /// Whether the set holds every value of a field that is `optional` or not.
    pub fn is_all(&self, optional: bool) -> bool {
        self.missing == optional && self.from_start && self.cuts.is_empty()
    }

    /// What the set does not contain, of a field that is `optional` or not.
    pub fn complement(&self, optional: bool) -> Self {
        Self { missing: optional && !self.missing, from_start: !self.from_start, cuts: self.cuts.clone() }
    }

    /// What both sets hold.
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |left, right| left && right)
    }

    /// What either set holds.
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, |left, right| left || right)
    }

    /// Sweeps over both lists of cuts at once.
    fn combine(&self, other: &Self, holds: impl Fn(bool, bool) -> bool) -> Self {
        let (mut left, mut right) = (self.from_start, other.from_start);
        let (mut left_cuts, mut right_cuts) = (self.cuts.iter().peekable(), other.cuts.iter().peekable());
        let from_start = holds(left, right);
        let mut inside = from_start;
        let mut cuts = Vec::new();
        loop {
            let next = match (left_cuts.peek(), right_cuts.peek()) {
                (Some(left), Some(right)) => (*left).min(*right),
                (Some(cut), None) | (None, Some(cut)) => *cut,
                (None, None) => break,
            }
            .clone();
            if left_cuts.next_if(|cut| **cut == next).is_some() {
                left = !left;
            }
            if right_cuts.next_if(|cut| **cut == next).is_some() {
                right = !right;
            }
            if holds(left, right) != inside {
                inside = !inside;
                cuts.push(next);
            }
        }
        Self { missing: holds(self.missing, other.missing), from_start, cuts: List::Owned(cuts) }
    }

    /// The values in a set of single values (or in the complement of one), and whether these are
    /// the accepted ones. `None` when the set has a longer interval, such as `x < 5`.
    pub fn points(&self, kind: Kind) -> Option<(Vec<&Const>, bool)> {
        let mut points = Vec::with_capacity(self.cuts.len() / 2);
        let pairs = self.cuts.chunks(2);
        for pair in pairs {
            match pair {
                [before, after] if !before.after && after.after && before.value == after.value => {
                    points.push(&before.value);
                }
                [Cut { value: Const::Int(low), .. }, Cut { value: Const::Int(high), .. }]
                    if low.checked_add(1) == Some(*high) && kind == Kind::Int =>
                {
                    points.push(&pair[0].value);
                }
                _ => return None,
            }
        }
        Some((points, !self.from_start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(value: f64) -> Const {
        Const::Number(value)
    }

    #[test]
    fn conditions_that_mean_the_same_have_one_form() {
        let ten = number(10.0);
        let above = Domain::comparing(Comparison::Greater, &ten);
        let not_at_most = Domain::comparing(Comparison::LessOrEqual, &ten).complement(false);
        assert_eq!(above, not_at_most);
        let five = number(5.0);
        let both = above.intersection(&Domain::comparing(Comparison::Greater, &five));
        assert_eq!(both, above);
        assert_eq!(
            Domain::comparing(Comparison::Greater, &Const::Int(5)),
            Domain::comparing(Comparison::GreaterOrEqual, &Const::Int(6)),
        );
        assert_eq!(
            Domain::comparing(Comparison::NotEqual, &Const::Bool(false)),
            Domain::comparing(Comparison::Equal, &Const::Bool(true)),
        );
    }

    #[test]
    fn a_contradiction_is_empty() {
        let low = Domain::comparing(Comparison::Less, &number(1.0));
        let high = Domain::comparing(Comparison::Greater, &number(2.0));
        assert!(low.intersection(&high).is_empty());
        assert!(low.union(&low.complement(true)).is_all(true));
    }

    #[test]
    fn points_are_recognised() {
        let one = Const::Int(1);
        let three = Const::Int(3);
        let either =
            Domain::comparing(Comparison::Equal, &one).union(&Domain::comparing(Comparison::Equal, &three));
        assert_eq!(either.points(Kind::Int), Some((vec![&one, &three], true)));
        let neither = either.complement(false);
        assert_eq!(neither.points(Kind::Int), Some((vec![&one, &three], false)));
        assert_eq!(Domain::comparing(Comparison::Less, &one).points(Kind::Int), None);
    }

    fn atoms() -> impl Strategy<Value = Vec<(u8, i64, u8)>> {
        proptest::collection::vec((0..6_u8, -3..4_i64, 0..4_u8), 1..8)
    }

    proptest! {
        #[test]
        fn set_operations_agree_with_membership(atoms in atoms(), optional: bool, whole: bool) {
            let ops = [Comparison::Equal, Comparison::NotEqual, Comparison::Less,
                Comparison::LessOrEqual, Comparison::Greater, Comparison::GreaterOrEqual];
            let constant = |value: i64| if whole { Const::Int(value) } else { number(value as f64) };
            let probes: Vec<Const> =
                (-5..6).map(constant).chain(optional.then_some(Const::Missing)).collect();
            let mut set = Domain::all(optional);
            let mut members: Vec<bool> = vec![true; probes.len()];
            for (op, value, how) in atoms {
                let op = ops[op as usize];
                let other = Domain::comparing(op, &constant(value));
                let holds = |probe: &Const| {
                    *probe != Const::Missing && op.accepts(probe.cmp(&constant(value)))
                };
                set = match how {
                    0 => set.union(&other),
                    1 => set.intersection(&other),
                    2 => set.intersection(&other.complement(optional)),
                    _ => set.complement(optional),
                };
                for (member, probe) in members.iter_mut().zip(&probes) {
                    *member = match how {
                        0 => *member || holds(probe),
                        1 => *member && holds(probe),
                        2 => *member && !holds(probe),
                        _ => !*member,
                    };
                }
            }
            for (member, probe) in members.iter().zip(&probes) {
                prop_assert_eq!(set.accepts(probe), *member, "{:?} in {:?}", probe, set);
            }
        }
    }
}

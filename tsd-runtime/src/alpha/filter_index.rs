//! What all rules demand of one field, or of one derived value, is answered by one search.
//!
//! A filter index maps a value to the rules that accept it. A thousand rules with a threshold each
//! cost one binary search. A new rule adds rows.

use std::hint::select_unpredictable;

use hashbrown::HashTable;
use tsd_ir::{Const, Cut, Domain, Kind};

use crate::base::hash_words;
use crate::ruleset::{Bit, Bits, RuleSet, RuleSets};
use crate::store::{Strings, Symbol};

/// The rules that accept a value, and those that accept a missing one.
#[derive(Clone, Debug)]
pub(crate) struct FilterIndex {
    rows: Rows,
    missing: RuleSet,
}

#[derive(Clone, Debug)]
enum Rows {
    /// A few single values, as words, and all others.
    Few { points: Vec<(u64, RuleSet)>, other: RuleSet },
    /// Many single values.
    Points { points: HashTable<(u64, RuleSet)>, other: RuleSet },
    /// Ranges of numbers. Each range but the first begins at its cut.
    Numbers { cuts: Vec<f64>, sets: Vec<RuleSet> },
    /// Ranges of integers.
    Ints { cuts: Vec<i64>, sets: Vec<RuleSet> },
    /// Ranges of strings, whose cuts may be before or after a string.
    Strings { cuts: Vec<Cut>, sets: Vec<RuleSet> },
}

/// Up to this many values are searched linearly, without a branch that could be mispredicted.
const FEW: usize = 8;

/// How many of the ascending cuts are before a value.
#[inline]
fn cuts_before<T>(cuts: &[T], is_before: impl Fn(&T) -> bool) -> usize {
    if cuts.len() <= FEW {
        return cuts.iter().filter(|cut| is_before(cut)).count();
    }
    cuts.partition_point(is_before)
}

impl Rows {
    #[inline]
    fn accepting(&self, word: u64, strings: &Strings) -> RuleSet {
        match self {
            Self::Few { points, other } => {
                points.iter().fold(*other, |found, (point, set)| if *point == word { *set } else { found })
            }
            Self::Points { points, other } => {
                let found = points.find(hash_words([word]), |(point, _)| *point == word);
                found.map_or(*other, |(_, set)| *set)
            }
            Self::Numbers { cuts, sets } => {
                let value = f64::from_bits(word);
                sets[cuts_before(cuts, |cut| *cut <= value)]
            }
            Self::Ints { cuts, sets } => {
                let value = word as i64;
                sets[cuts_before(cuts, |cut| *cut <= value)]
            }
            Self::Strings { cuts, sets } => {
                let value = strings.text(word as Symbol);
                let is_below = |cut: &Cut| match &cut.value {
                    Const::Text(text) if cut.after => &**text < value,
                    Const::Text(text) => &**text <= value,
                    _ => false,
                };
                sets[cuts.partition_point(is_below)]
            }
        }
    }
}

impl FilterIndex {
    /// The rules that accept a value, given as a word.
    #[inline]
    pub(crate) fn accepting(&self, word: Option<u64>, strings: &Strings) -> RuleSet {
        word.map_or(self.missing, |word| self.rows.accepting(word, strings))
    }

    /// Intersects each set with the rules that accept the value beside it. Most indexes have two
    /// ranges or one point, so a mispredicted branch would cost more than all other work for a
    /// value.
    #[inline]
    pub(crate) fn meet_all<'a>(
        &self,
        values: impl Iterator<Item = (&'a mut RuleSet, Option<u64>)>,
        strings: &Strings,
        rules: &mut RuleSets,
    ) {
        let missing = self.missing;
        match &self.rows {
            Rows::Few { points, other } if points.len() == 1 => {
                let ((point, set), other) = (points[0], *other);
                let accepting = |word| select_unpredictable(word == point, set, other);
                rules.meet_all(values.map(|(held, word)| (held, word.map_or(missing, accepting))));
            }
            Rows::Numbers { cuts, sets } if cuts.len() == 1 => {
                let (cut, below, above) = (cuts[0], sets[0], sets[1]);
                let accepting = |word| select_unpredictable(f64::from_bits(word) < cut, below, above);
                rules.meet_all(values.map(|(held, word)| (held, word.map_or(missing, accepting))));
            }
            Rows::Ints { cuts, sets } if cuts.len() == 1 => {
                let (cut, below, above) = (cuts[0], sets[0], sets[1]);
                let accepting = |word| select_unpredictable((word as i64) < cut, below, above);
                rules.meet_all(values.map(|(held, word)| (held, word.map_or(missing, accepting))));
            }
            _ => rules.meet_all(values.map(|(held, word)| (held, self.accepting(word, strings)))),
        }
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.missing = map(self.missing);
        match &mut self.rows {
            Rows::Few { points, other } => {
                *other = map(*other);
                points.iter_mut().for_each(|(_, set)| *set = map(*set));
            }
            Rows::Points { points, other } => {
                *other = map(*other);
                points.iter_mut().for_each(|(_, set)| *set = map(*set));
            }
            Rows::Numbers { sets, .. } | Rows::Ints { sets, .. } | Rows::Strings { sets, .. } => {
                sets.iter_mut().for_each(|set| *set = map(*set));
            }
        }
    }

    /// Merges the demands of rules on a value of a kind. A rule without a domain accepts every
    /// value and a missing one. The symbols of mentioned strings are added to `symbols`.
    pub(crate) fn build<'a>(
        kind: Kind,
        demands: impl Iterator<Item = (Bit, Option<&'a Domain>)>,
        sets: &mut RuleSets,
        strings: &mut Strings,
        symbols: &mut Vec<Symbol>,
    ) -> Self {
        let (mut missing, mut everywhere) = (Bits::default(), Bits::default());
        let mut domains: Vec<(Bit, &Domain)> = Vec::new();
        for (bit, domain) in demands {
            if domain.is_none_or(|domain| domain.missing) {
                missing.set(bit);
            }
            match domain {
                Some(domain) => domains.push((bit, domain)),
                None => everywhere.set(bit),
            }
        }
        let missing = sets.intern(&missing.0);
        let points: Option<Vec<(Bit, Vec<&Const>, bool)>> = (domains.iter())
            .map(|(bit, domain)| domain.points(kind).map(|(points, accepted)| (*bit, points, accepted)))
            .collect();
        let rows = match points {
            Some(points) => Self::points(&points, everywhere, sets, strings, symbols),
            None => Self::stretches(&domains, kind, everywhere, sets),
        };
        Self { rows, missing }
    }

    fn points(
        domains: &[(Bit, Vec<&Const>, bool)],
        everywhere: Bits,
        sets: &mut RuleSets,
        strings: &mut Strings,
        symbols: &mut Vec<Symbol>,
    ) -> Rows {
        let mut other = everywhere;
        domains.iter().filter(|(_, _, accepted)| !accepted).for_each(|(bit, ..)| other.set(*bit));
        let mut pairs: Vec<(&Const, Bit)> = Vec::new();
        for (bit, points, _) in domains {
            pairs.extend(points.iter().map(|point| (*point, *bit)));
        }
        pairs.sort_unstable();
        let mut points: Vec<(u64, RuleSet)> = Vec::new();
        for same in pairs.chunk_by(|(left, _), (right, _)| left == right) {
            let mut bits = other.clone();
            same.iter().for_each(|(_, bit)| bits.flip(*bit));
            let word = match same[0].0 {
                Const::Text(text) => {
                    let symbol = strings.intern(text);
                    symbols.push(symbol);
                    u64::from(symbol)
                }
                Const::Number(number) => number.to_bits(),
                Const::Int(int) => *int as u64,
                Const::Bool(bool) => u64::from(*bool),
                Const::Missing => continue,
            };
            points.push((word, sets.intern(&bits.0)));
        }
        let other = sets.intern(&other.0);
        if points.len() <= FEW {
            return Rows::Few { points, other };
        }
        let mut table = HashTable::with_capacity(points.len());
        for point in points {
            table.insert_unique(hash_words([point.0]), point, |(word, _)| hash_words([*word]));
        }
        Rows::Points { points: table, other }
    }

    fn stretches(domains: &[(Bit, &Domain)], kind: Kind, everywhere: Bits, sets: &mut RuleSets) -> Rows {
        let mut bits = everywhere;
        let mut turns: Vec<(&Cut, Bit)> = Vec::new();
        for (bit, domain) in domains {
            if domain.from_start {
                bits.set(*bit);
            }
            turns.extend(domain.cuts.iter().map(|cut| (cut, *bit)));
        }
        turns.sort_unstable();
        let mut rows = vec![sets.intern(&bits.0)];
        let mut cuts: Vec<&Cut> = Vec::new();
        for same in turns.chunk_by(|(left, _), (right, _)| left == right) {
            same.iter().for_each(|(_, bit)| bits.flip(*bit));
            cuts.push(same[0].0);
            rows.push(sets.intern(&bits.0));
        }
        match kind {
            Kind::Number => {
                // A cut after a number is a cut before the next one.
                let number = |cut: &&Cut| match &cut.value {
                    Const::Number(value) if cut.after => value.next_up(),
                    Const::Number(value) => *value,
                    _ => f64::INFINITY,
                };
                Rows::Numbers { cuts: cuts.iter().map(number).collect(), sets: rows }
            }
            Kind::Text => Rows::Strings { cuts: cuts.into_iter().cloned().collect(), sets: rows },
            // Booleans are points, or ranges from the start, for which the words 0 and 1 are
            // integers.
            Kind::Int | Kind::Bool | Kind::Fact(_) => {
                let int = |cut: &&Cut| match &cut.value {
                    Const::Int(value) => *value,
                    Const::Bool(value) => i64::from(*value),
                    _ => i64::MAX,
                };
                Rows::Ints { cuts: cuts.iter().map(int).collect(), sets: rows }
            }
        }
    }
}

//! In which order a branch joins its patterns.
//!
//! Greedy: of all pairs the best comes first, then of all remaining patterns the best, patterns with a key before
//! others. What makes a join good is the join itself, its keys and types, and then how many rules of the module can
//! share it. The filters of one rule only decide where no other rule has the join: a join node does not depend on who
//! filters its inputs, and rules that differ in their filters must not end up with differently ordered chains.
//!
//! A pair of patterns has one orientation whatever the rule calls them and wherever it declares them, so that all rules
//! with that join have the same node.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::{KeyPair, Position, Schema, Signature, TypeId};

use super::{Step, selectivity};
use crate::normalize::{Conjunction, Key};

/// How many rules have a join of two patterns, by the signature of the join.
pub(super) type Shares = BTreeMap<Signature, usize>;

/// The patterns and conditions of one branch.
pub(super) struct Graph<'a> {
    pub(super) schema: &'a Schema,
    pub(super) types: &'a [TypeId],
    pub(super) conjunction: &'a Conjunction,
    /// The pairs of patterns that keys tie together, the pattern declared first before the other.
    pairs: BTreeMap<(usize, usize), (Pair, Signature)>,
}

/// A join of two patterns in its one orientation.
struct Pair {
    left: usize,
    right: usize,
    keys: Vec<KeyPair>,
}

/// What decides between joins; the least is the best.
struct Score {
    /// 0 with keys, 1 with a test on facts that are then all there, 2 for a cross product.
    connection: u8,
    selectivity: f64,
    shared: usize,
    /// Of the filters and tests of this rule alone.
    own: f64,
    /// For joins that rules share: what they join, so that all of them decide alike.
    form: Option<(String, String, Vec<KeyPair>)>,
    declared: (usize, usize),
}

impl Score {
    fn compare(&self, other: &Self) -> Ordering {
        (self.connection.cmp(&other.connection))
            .then_with(|| self.selectivity.total_cmp(&other.selectivity))
            .then_with(|| other.shared.cmp(&self.shared))
            .then_with(|| self.own.total_cmp(&other.own))
            .then_with(|| self.form.cmp(&other.form))
            .then_with(|| self.declared.cmp(&other.declared))
    }
}

/// The keys that tie a pattern to any of the given ones, by the place of those in the list.
pub(super) fn keys_to(conjunction: &Conjunction, bound: &[usize], joined: usize) -> Vec<KeyPair> {
    let mut pairs: Vec<KeyPair> = (conjunction.keys.iter())
        .filter_map(|key| {
            let (left, right) = match joined {
                _ if key.other.0.index() == joined => (key.one, key.other),
                _ if key.one.0.index() == joined => (key.other, key.one),
                _ => return None,
            };
            let at = bound.iter().position(|index| *index == left.0.index())?;
            Some(KeyPair { at: Position(at as u16), left: left.1, right: right.1 })
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

impl<'a> Graph<'a> {
    pub(super) fn new(schema: &'a Schema, types: &'a [TypeId], conjunction: &'a Conjunction) -> Self {
        let mut graph = Self { schema, types, conjunction, pairs: BTreeMap::new() };
        let ends = conjunction.keys.iter().map(|key| (key.one.0.index(), key.other.0.index()));
        for (one, other) in ends.collect::<BTreeSet<_>>() {
            let pair = graph.pair(one, other);
            let left = types[pair.left];
            let of_left = Signature::of_type(schema, left);
            let signature = Signature::of_join(schema, of_left, &[left], types[pair.right], &pair.keys);
            graph.pairs.insert((one, other), (pair, signature));
        }
        graph
    }

    fn type_name(&self, pattern: usize) -> &str {
        &self.schema.ty(self.types[pattern]).name
    }

    /// The join of two patterns: types in the order of their names, and for two facts of one type the lesser keys.
    fn pair(&self, one: usize, other: usize) -> Pair {
        let oriented = |left, right| Pair { left, right, keys: keys_to(self.conjunction, &[left], right) };
        let (forward, backward) = (oriented(one, other), oriented(other, one));
        let by_name = self.type_name(one).cmp(self.type_name(other));
        if by_name.then_with(|| forward.keys.cmp(&backward.keys)).is_le() { forward } else { backward }
    }

    /// The signatures of all joins of two patterns that have keys.
    pub(super) fn pair_signatures(&self) -> BTreeSet<Signature> {
        self.pairs.values().map(|(_, signature)| *signature).collect()
    }

    fn own_selectivity(&self, pattern: usize) -> f64 {
        let filter = &self.conjunction.filters[pattern];
        selectivity::of_filter(self.schema, self.types[pattern], filter)
    }

    /// The selectivity of the tests that look at a pattern and otherwise only at those that are there.
    fn tests(&self, bound: &[usize], joined: usize) -> Option<f64> {
        let there = |at: &Position| at.index() == joined || bound.contains(&at.index());
        let tests = self.conjunction.tests.iter().filter(|(positions, _)| {
            positions.iter().any(|at| at.index() == joined) && positions.iter().all(there)
        });
        tests.map(|(_, test)| selectivity::of_test(test)).reduce(|one, other| one * other)
    }

    fn keys_between(&self, bound: &[usize], joined: usize) -> Vec<Key> {
        let tied = |one: Position, other: Position| one.index() == joined && bound.contains(&other.index());
        let keys = self.conjunction.keys.iter();
        keys.filter(|key| tied(key.one.0, key.other.0) || tied(key.other.0, key.one.0)).copied().collect()
    }

    fn score(&self, shares: &Shares, bound: &[usize], joined: usize) -> Score {
        let keys = self.keys_between(bound, joined);
        let tests = self.tests(bound, joined);
        let connection = match (keys.as_slice(), tests) {
            ([_, ..], _) => 0,
            ([], Some(_)) => 1,
            ([], None) => 2,
        };
        let pairs =
            bound.iter().filter_map(|other| self.pairs.get(&(joined.min(*other), joined.max(*other))));
        let best = pairs.map(|(pair, signature)| (shares.get(signature).copied().unwrap_or(0), pair));
        let best = best.reduce(|one, other| if other.0 > one.0 { other } else { one });
        let shared = best.as_ref().map_or(0, |(shared, _)| *shared);
        let form = best.filter(|(shared, _)| *shared > 1).map(|(_, pair)| {
            (self.type_name(pair.left).to_owned(), self.type_name(pair.right).to_owned(), pair.keys.clone())
        });
        let own = match form {
            Some(_) => 1.0,
            None => selectivity::clamped(self.own_selectivity(joined) * tests.unwrap_or(1.0)),
        };
        Score {
            connection,
            selectivity: selectivity::of_join(self.schema, self.types, &keys, self.types[joined]),
            shared,
            own,
            form,
            declared: (joined, 0),
        }
    }

    /// The order of the patterns, with what was thought of each.
    pub(super) fn order(&self, shares: &Shares) -> Vec<Step> {
        let count = self.types.len();
        let Some((left, right)) = self.best_pair(shares) else { return vec![self.step(0, None)] };
        let mut order = vec![left];
        let mut steps = vec![self.step(left, None)];
        let mut next = Some(right);
        while let Some(joined) = next {
            steps.push(self.step(joined, Some(self.score(shares, &order, joined))));
            order.push(joined);
            let left = (0..count).filter(|pattern| !order.contains(pattern));
            let scored = left.map(|pattern| (self.score(shares, &order, pattern), pattern));
            next = scored.min_by(|(one, _), (other, _)| one.compare(other)).map(|(_, pattern)| pattern);
        }
        steps
    }

    /// The pair to begin with: one with keys, where there is any.
    fn best_pair(&self, shares: &Shares) -> Option<(usize, usize)> {
        let count = self.types.len();
        let mut pairs: Vec<(usize, usize)> = self.pairs.keys().copied().collect();
        if pairs.is_empty() {
            pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other))).collect();
        }
        let scored = pairs.into_iter().map(|(one, other)| {
            let pair = self.pair(one, other);
            let mut score = self.score(shares, &[pair.left], pair.right);
            score.declared = (one, other);
            if score.form.is_none() {
                score.own *= self.own_selectivity(pair.left);
            }
            (score, pair)
        });
        scored.min_by(|(one, _), (other, _)| one.compare(other)).map(|(_, pair)| (pair.left, pair.right))
    }

    fn step(&self, pattern: usize, score: Option<Score>) -> Step {
        Step {
            pattern: Position(pattern as u16),
            filter: self.own_selectivity(pattern),
            join: score.as_ref().map_or(1.0, |score| score.selectivity),
            shared: score.map_or(0, |score| score.shared),
        }
    }
}

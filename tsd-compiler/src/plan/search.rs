//! Orders of the patterns of one shape: the greedy one, and the cheapest.
//!
//! A cross product stores every combination, so no order with one is taken while there is one
//! without. What can join a set of patterns without a cross product can still do so when the set
//! has grown. So it never hurts to postpone cross products, and only joins with a key or a complete
//! test are tried while there are any.

use std::cell::RefCell;
use std::cmp::Ordering;

use tsd_ir::{KeyPair, Schema};

use super::cost::{BySet, Model, Price, members};
use super::shape::{Mask, Shape, keys_to};

/// Up to this many patterns all orders are compared; beyond, the rest of an order is completed step
/// by step.
const EXACT: usize = 8;

/// The orders of a shape.
#[derive(Debug)]
pub(super) struct Search<'a> {
    schema: &'a Schema,
    pub(super) shape: &'a Shape,
    pub(super) model: &'a Model,
    /// The least price of joining all patterns that are not in the set.
    rest: RefCell<BySet<Price>>,
}

/// The criterion for joins in the greedy order; the least is the best.
struct Score {
    /// 0 with keys, 1 with a test whose facts are then all joined, 2 for a cross product.
    connection: u8,
    selectivity: f64,
    /// How many rules have this join of two patterns.
    shared: usize,
    /// The resulting rows.
    rows: f64,
    keys: Vec<KeyPair>,
    pattern: usize,
}

impl Score {
    fn compare(&self, other: &Self) -> Ordering {
        (self.connection.cmp(&other.connection))
            .then_with(|| self.selectivity.total_cmp(&other.selectivity))
            .then_with(|| other.shared.cmp(&self.shared))
            .then_with(|| self.rows.total_cmp(&other.rows))
            .then_with(|| self.keys.cmp(&other.keys))
            .then_with(|| self.pattern.cmp(&other.pattern))
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(schema: &'a Schema, shape: &'a Shape, model: &'a Model) -> Self {
        Self { schema, shape, model, rest: RefCell::default() }
    }

    fn all(&self) -> Mask {
        Mask::MAX >> (Mask::BITS as usize - self.model.count())
    }

    /// The patterns that may join a set next.
    pub(super) fn candidates(&self, set: Mask) -> Vec<usize> {
        let left = members(self.all() & !set);
        let (tied, crossing): (Vec<usize>, Vec<usize>) =
            left.partition(|pattern| !self.model.crosses(set, *pattern));
        if tied.is_empty() { crossing } else { tied }
    }

    /// The pairs of patterns that a chain may begin with, each in the one order in which it is
    /// joined.
    pub(super) fn beginnings(&self) -> Vec<[usize; 2]> {
        let count = self.model.count();
        let pairs = (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other)));
        let pairs = pairs.map(|(one, other)| self.shape.oriented(self.schema, one, other));
        let (tied, crossing): (Vec<_>, Vec<_>) =
            pairs.map(<[usize; 2]>::from).partition(|[one, other]| !self.model.crosses(1 << one, *other));
        if tied.is_empty() { crossing } else { tied }
    }

    /// The most selective join first, then always the most selective of the rest; among equal ones
    /// the one that most rules share. `shared` returns how many rules have a join of two patterns.
    pub(super) fn greedy(&self, shared: &dyn Fn(usize, usize) -> usize) -> Vec<usize> {
        if self.model.count() == 1 {
            return vec![0];
        }
        let beginnings = self.beginnings().into_iter();
        let scored = beginnings.map(|[one, other]| (self.score(&[one], other, shared), [one, other]));
        let first = scored
            .min_by(|(one, pair), (other, other_pair)| one.compare(other).then_with(|| pair.cmp(other_pair)));
        let mut order = first.map(|(_, pair)| pair.to_vec()).unwrap_or_default();
        while order.len() < self.model.count() {
            let set = as_set(&order);
            let scores = self.candidates(set).into_iter().map(|pattern| self.score(&order, pattern, shared));
            order.extend(scores.min_by(Score::compare).map(|score| score.pattern));
        }
        order
    }

    fn score(&self, order: &[usize], joined: usize, shared: &dyn Fn(usize, usize) -> usize) -> Score {
        let set = as_set(order);
        let keyed = members(self.model.tied[joined] & set);
        let estimate = self.model.estimate(set | 1 << joined);
        let keys = keys_to(&self.shape.keys, order, joined);
        Score {
            connection: match self.model.crosses(set, joined) {
                _ if !keys.is_empty() => 0,
                false => 1,
                true => 2,
            },
            selectivity: self.model.selectivity(set, joined),
            shared: keyed.map(|other| shared(joined, other)).max().unwrap_or(0),
            rows: estimate.all * estimate.share,
            keys,
            pattern: joined,
        }
    }

    /// The least price of joining all patterns that are not in `set` to it.
    pub(super) fn rest(&self, set: Mask) -> Price {
        if set == self.all() {
            return Price::default();
        }
        if let Some(known) = self.rest.borrow().get(&set) {
            return *known;
        }
        let price = self.next(set, &[]).map_or(Price::NEVER, |(_, price)| price);
        self.rest.borrow_mut().insert(set, price);
        price
    }

    /// What to join to `set` next for the cheapest rest, and the price of the rest. Ties go to the
    /// smallest keys; `order` is the order in which the patterns of the set were joined.
    fn next(&self, set: Mask, order: &[usize]) -> Option<(usize, Price)> {
        let exact = self.model.count() <= EXACT;
        let candidates = self.candidates(set).into_iter().map(|pattern| {
            let stage = self.model.stage(set, pattern);
            let with = self.model.estimate(set | 1 << pattern);
            let rest = if exact { self.rest(set | 1 << pattern) } else { Price::default() };
            // Beyond the exact size, the fewest rows.
            let weight = if exact { stage.cost() } else { with.all * with.share };
            let keys = keys_to(&self.shape.keys, order, pattern);
            (rest.plus(stage.cross, weight), keys, pattern)
        });
        let best = candidates.min_by(|(one, keys, pattern), (other, other_keys, other_pattern)| {
            one.compare(other).then_with(|| keys.cmp(other_keys)).then_with(|| pattern.cmp(other_pattern))
        });
        let (price, _, pattern) = best?;
        if exact {
            return Some((pattern, price));
        }
        let stage = self.model.stage(set, pattern);
        Some((pattern, self.rest(set | 1 << pattern).plus(stage.cross, stage.cost())))
    }

    /// The order that begins with these patterns and continues as cheaply as possible.
    pub(super) fn complete(&self, mut order: Vec<usize>) -> Vec<usize> {
        while let Some((pattern, _)) =
            (order.len() < self.model.count()).then(|| self.next(as_set(&order), &order)).flatten()
        {
            order.push(pattern);
        }
        order
    }

    /// The cheapest order, where beginning with two patterns has the cost `begin`.
    pub(super) fn cheapest(&self, begin: &dyn Fn(usize, usize) -> f64) -> Vec<usize> {
        if self.model.count() == 1 {
            return vec![0];
        }
        let priced = self.beginnings().into_iter().map(|[one, other]| {
            let stage = self.model.stage(1 << one, other);
            let price = self.rest(1 << one | 1 << other).plus(stage.cross, begin(one, other));
            (price, [one, other])
        });
        let best = priced
            .min_by(|(one, pair), (other, other_pair)| one.compare(other).then_with(|| pair.cmp(other_pair)));
        self.complete(best.map(|(_, pair)| pair.to_vec()).unwrap_or_default())
    }
}

/// The patterns of an order as a set.
pub(super) fn as_set(order: &[usize]) -> Mask {
    order.iter().fold(0, |set, pattern| set | 1 << pattern)
}

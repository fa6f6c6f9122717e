//! What a branch joins, independent of the names of variables, the order of patterns, and filters.
//!
//! Rules that join the same must get the same chain, or they could not share it. So the planner
//! does not plan rules: it plans shapes, each once, for all their branches. The patterns of a shape
//! have a canonical order, found by refinement. Patterns are distinguished by their types, then by
//! the keys that connect them with others, then by the connections of those others, and so on.
//! Patterns that still look alike are symmetric, so any order of them gives the same joins.

use tsd_ir::{KeyPair, Part, Position, Schema, TypeId};

use crate::normalize::{Conjunction, End, Groups, Key, at_positions, positions};

/// A set of patterns, as bits. A rule has 64 at most, and a view the parameters besides.
pub(super) type Mask = u128;

/// The joins of a branch without its filters. Positions count the patterns in the shape's own
/// order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub(super) types: Vec<TypeId>,
    /// Parts that must be equal; sorted, the earlier pattern first.
    pub(super) keys: Vec<Key>,
    /// If the keys of two leave patterns unconnected: the sets of patterns that other keys and
    /// tests read, sorted.
    pub(super) ties: Vec<Mask>,
}

/// The keys that connect a pattern with any of the given ones, by their index in the list.
pub(super) fn keys_to(keys: &[Key], bound: &[usize], joined: usize) -> Vec<KeyPair> {
    let mut pairs: Vec<KeyPair> = keys.iter().filter_map(|key| key_to(key, bound, joined)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// A key that connects a pattern with some of the given ones.
pub(super) fn key_to(key: &Key, bound: &[usize], joined: usize) -> Option<KeyPair> {
    let (left, right) = match joined {
        _ if key.other.0.index() == joined => (&key.one, &key.other),
        _ if key.one.0.index() == joined => (&key.other, &key.one),
        _ => return None,
    };
    let place = |position: Position| bound.iter().position(|index| *index == position.index());
    if positions(right).nth(1).is_some() || positions(left).any(|position| place(position).is_none()) {
        return None;
    }
    let (at, part) =
        at_positions(left, &|position| place(position).map_or(position, |at| Position(at as u16)));
    Some(KeyPair { at, left: part, right: right.1.clone() })
}

/// The patterns of one side of a key.
pub(super) fn end_mask(end: &End) -> Mask {
    positions(end).fold(0, |mask, position| mask | 1 << position.0)
}

/// The patterns that a test reads.
pub(super) fn mask(positions: &[Position]) -> Mask {
    positions.iter().fold(0, |mask, position| mask | 1 << position.0)
}

impl Shape {
    /// The shape of a branch, and for each of its patterns the one of the rule that it is.
    pub(super) fn of(schema: &Schema, conjunction: &Conjunction) -> (Self, Vec<usize>) {
        let Conjunction { types, keys, .. } = conjunction;
        let ties = ties(types, conjunction);
        let order = own_order(types.len(), keys, &ties, &colours(schema, types, keys, &ties));
        Self::with_order(conjunction, ties, order)
    }

    /// The shape with its patterns in this order.
    fn with_order(conjunction: &Conjunction, ties: Vec<Mask>, order: Vec<usize>) -> (Self, Vec<usize>) {
        let Conjunction { types, keys, .. } = conjunction;
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, pattern)| place[*pattern] = at);
        let moved = |at: Position| Position(place[at.index()] as u16);
        let mut keys: Vec<Key> = keys.iter().map(|key| key.at_positions(&moved)).collect();
        keys.sort_unstable();
        let mut ties: Vec<Mask> = ties.into_iter().map(|tie| at_places(tie, &place)).collect();
        ties.sort_unstable();
        let shape = Self { types: order.iter().map(|pattern| types[*pattern]).collect(), keys, ties };
        (shape, order)
    }

    /// The shape of a branch with its patterns in the order in which the rule declares them, each
    /// before those that its references lead to.
    pub(super) fn as_declared(conjunction: &Conjunction) -> (Self, Vec<usize>) {
        let Conjunction { types, followed, .. } = conjunction;
        let declared = types.len() - followed.len();
        let mut order = Vec::with_capacity(types.len());
        let mut open: Vec<usize> = (0..declared).rev().collect();
        while let Some(pattern) = open.pop() {
            order.push(pattern);
            let led_to =
                (declared..types.len()).zip(followed).filter(|(_, followed)| followed.of.index() == pattern);
            open.extend(led_to.map(|(own, _)| own).rev());
        }
        Self::with_order(conjunction, ties(types, conjunction), order)
    }

    /// The patterns that keys connect with a pattern, for each pattern.
    pub(super) fn tied_to(&self, pattern: usize) -> Mask {
        let keys = self.keys.iter().filter(|key| key.is_of_two());
        let keys = keys.map(|key| (key.one.0.index(), key.other.0.index()));
        keys.fold(0, |mask, (one, other)| match pattern {
            _ if one == pattern => mask | 1 << other,
            _ if other == pattern => mask | 1 << one,
            _ => mask,
        })
    }

    /// Two patterns in the one order in which they are joined: types by their names, and two facts
    /// of one type so that the keys are the smaller ones.
    pub(super) fn oriented(&self, schema: &Schema, one: usize, other: usize) -> (usize, usize) {
        let name = |pattern: usize| &schema.ty(self.types[pattern]).name;
        let keys = |left, right| keys_to(&self.keys, &[left], right);
        let order = name(one).cmp(name(other)).then_with(|| keys(one, other).cmp(&keys(other, one)));
        if order.is_le() { (one, other) } else { (other, one) }
    }
}

/// A set of patterns after a permutation.
pub(super) fn at_places(set: Mask, place: &[usize]) -> Mask {
    let patterns = place.iter().enumerate().filter(|(pattern, _)| set & 1 << pattern != 0);
    patterns.fold(0, |mask, (_, at)| mask | 1 << at)
}

/// If the keys of two leave patterns unconnected, the sets of patterns that other keys and tests
/// read; sorted.
fn ties(types: &[TypeId], conjunction: &Conjunction) -> Vec<Mask> {
    let mut groups = Groups::new(types.len());
    let (of_two, wide): (Vec<&Key>, Vec<&Key>) = conjunction.keys.iter().partition(|key| key.is_of_two());
    of_two.into_iter().for_each(|key| groups.join_all(key));
    if groups.firsts().len() <= 1 {
        return Vec::new();
    }
    let wide = wide.into_iter().map(|key| end_mask(&key.one) | end_mask(&key.other));
    let mut ties: Vec<Mask> =
        conjunction.tests.iter().map(|(positions, _)| mask(positions)).chain(wide).collect();
    ties.sort_unstable();
    ties.dedup();
    ties
}

/// A number for each pattern, the same for indistinguishable patterns. It depends on the names of
/// types and on the keys, never on the order in which patterns are given.
fn colours(schema: &Schema, types: &[TypeId], keys: &[Key], ties: &[Mask]) -> Vec<usize> {
    let names = types.iter().map(|ty| &schema.ty(*ty).name);
    let mut colours = ranks(&names.collect::<Vec<_>>());
    loop {
        let colour = |at: Position| colours[at.index()];
        let seen: Vec<_> = (0..types.len())
            .map(|pattern| {
                let ends = keys.iter().flat_map(Key::ends);
                let own = ends.flat_map(|(own, other)| {
                    let places = positions(own).enumerate().filter(|(_, at)| at.index() == pattern);
                    places.map(move |(place, _)| (place, own, other))
                });
                let neighbours = own.flat_map(|(place, own, other)| {
                    let parts = (anonymous(&own.1), anonymous(&other.1));
                    let opposite = positions(other).enumerate().map(|(at, one)| ((1, at), one));
                    let beside = positions(own).enumerate().map(|(at, one)| ((0, at), one));
                    let all = opposite.chain(beside.filter(|(_, one)| one.index() != pattern));
                    all.map(move |(there, one)| (parts, place, there, colour(one)))
                });
                let mut neighbours: Vec<_> = neighbours.collect();
                neighbours.sort_unstable();
                let tied = ties.iter().filter(|tie| **tie & 1 << pattern != 0).map(|tie| {
                    let patterns = (0..types.len()).filter(|pattern| tie & 1 << pattern != 0);
                    let mut tied: Vec<usize> = patterns.map(|pattern| colours[pattern]).collect();
                    tied.sort_unstable();
                    tied
                });
                let mut tied: Vec<_> = tied.collect();
                tied.sort_unstable();
                (colours[pattern], neighbours, tied)
            })
            .collect();
        let finer = ranks(&seen);
        if finer == colours {
            return colours;
        }
        colours = finer;
    }
}

/// A part without the positions in it, in the order of parts.
fn anonymous(part: &Part) -> (u8, u16, &str) {
    match part {
        Part::Field(field) => (0, field.0, ""),
        Part::Widened(field) => (1, field.0, ""),
        Part::Fact => (2, 0, ""),
        Part::Computed(computed) => (3, 0, &computed.form),
    }
}

/// For each item how many different smaller ones there are.
fn ranks<T: Ord>(items: &[T]) -> Vec<usize> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    items.iter().map(|item| sorted.partition_point(|other| *other < item)).collect()
}

/// The patterns in the shape's order: along the keys as far as they reach, the smallest colour
/// first.
fn own_order(count: usize, keys: &[Key], ties: &[Mask], colours: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(count);
    while order.len() < count {
        let joined = order.iter().fold(0, |mask: Mask, pattern| mask | 1 << pattern);
        let left = (0..count).filter(|pattern| joined & 1 << pattern == 0);
        let next = left.min_by_key(|pattern| {
            let keys = keys_to(keys, &order, *pattern);
            let tied = ties.iter().filter(|tie| **tie & 1 << pattern != 0 && **tie & joined != 0).count();
            (keys.is_empty(), std::cmp::Reverse(tied), colours[*pattern], keys)
        });
        order.extend(next);
    }
    order
}

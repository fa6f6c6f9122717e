//! A probe finds facts for the tuples of a delta.

use smallvec::SmallVec;

use super::delta::{Delta, TupleBlock};
use crate::ruleset::{RuleSet, RuleSets};

/// Keys of tuples of a delta, with the places of the tuples. Those of a single change need no
/// allocation. Those of a block would take too much of the stack, because each join of a chain has
/// such a list.
pub(crate) type Keyed<K> = SmallVec<[(K, u32); 4]>;

/// Collects one item for each tuple of a delta.
#[inline(always)]
pub(crate) fn collected<T>(items: impl Iterator<Item = T>) -> SmallVec<[T; 4]> {
    if items.size_hint().0 > 4 { SmallVec::from_vec(items.collect()) } else { items.collect() }
}

/// A fact with the key of a tuple.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    /// The tuple's place.
    pub(crate) at: u32,
    /// The fact.
    pub(crate) slot: u32,
    /// Its rule set, which is not empty.
    pub(crate) set: RuleSet,
}

/// What a probe found for a delta.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) all: SmallVec<[Match; 4]>,
    /// The rule set of every fact found, where they are known to be equal.
    pub(crate) common: Option<RuleSet>,
}

/// Pairs of facts and the facts that probed for them. Where pairs are only aggregated, they need
/// not be built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'a> {
    facts: &'a Delta,
    hits: &'a [Match],
    /// The place of the found facts in a pair: 0 or 1.
    found_at: usize,
    /// The rule set of all pairs.
    pub(crate) common: RuleSet,
}

impl<'a> Pairs<'a> {
    /// `None` unless all pairs are known to have the same rule set.
    #[inline]
    pub(crate) fn new(
        facts: &'a Delta,
        found: &'a Matches,
        found_at: usize,
        sets: &mut RuleSets,
    ) -> Option<Self> {
        let common = sets.meet(facts.common?, found.common?);
        (facts.width == 1).then_some(Self { facts, hits: &found.all, found_at, common })
    }
}

impl TupleBlock for Pairs<'_> {
    #[inline]
    fn count(self) -> usize {
        self.hits.len()
    }

    #[inline]
    fn slots_at(self, place: usize) -> impl Iterator<Item = u32> + Clone {
        let is_found = place == self.found_at;
        let slot = move |hit: &Match| if is_found { hit.slot } else { self.facts.slots[hit.at as usize] };
        self.hits.iter().map(slot)
    }

    fn visit(self, mut visit: impl FnMut(&[u32])) {
        self.slots_at(0).zip(self.slots_at(1)).for_each(|(left, right)| visit(&[left, right]));
    }
}

//! What a probe found for the tuples of a delta.

use smallvec::SmallVec;

use super::delta::{Delta, TupleBlock};
use crate::ruleset::{RuleSet, RuleSets};

/// Keys of tuples of a delta, with the tuples' places there. Those of a single change need no
/// allocation; those of a block would take too much of the stack, where there is one such list for
/// each join of a chain.
pub(crate) type Keyed<K> = SmallVec<[(K, u32); 4]>;

/// Collects what belongs to the tuples of a delta.
#[inline(always)]
pub(crate) fn collected<T>(items: impl Iterator<Item = T>) -> SmallVec<[T; 4]> {
    if items.size_hint().0 > 4 { SmallVec::from_vec(items.collect()) } else { items.collect() }
}

/// A fact that has the key of a tuple of a delta.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    /// The tuple's place.
    pub(crate) at: u32,
    /// The fact.
    pub(crate) slot: u32,
    /// Its rules, of which there are some.
    pub(crate) set: RuleSet,
}

/// What was found for a delta.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) all: SmallVec<[Match; 4]>,
    /// The rules of every fact found, where it is known that they are the same.
    pub(crate) common: Option<RuleSet>,
}

/// The pairs of facts and those that were found for them. Where pairs are only gathered, they need
/// not be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'a> {
    facts: &'a Delta,
    hits: &'a [Match],
    /// On which side of a pair the facts stand that were found: 0 or 1.
    found_at: usize,
    /// The rules that all pairs carry.
    pub(crate) common: RuleSet,
}

impl<'a> Pairs<'a> {
    /// `None` unless it is known that all pairs carry the same rules.
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

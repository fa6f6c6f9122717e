//! Tuples that start or stop matching move through the network in blocks.
//!
//! The work on a single tuple costs less than reaching it. Its node and its store must be looked
//! up, and its index entry, its fact and its group are cache misses. So the network processes
//! tuples by the block. What they need is looked up once for all of them, and the cache misses of
//! many tuples overlap. (Blocks instead of single tuples: MonetDB/X100, Boncz et al., CIDR 2005.)

use super::matches::Matches;
use crate::ruleset::{RuleSet, RuleSets};

/// How many tuples are processed together: enough for cache misses to overlap, and few enough for
/// their data to stay in the cache.
pub(crate) const BLOCK: usize = 128;

/// Tuples of one node, each with its rule set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    pub(crate) width: usize,
    pub(crate) slots: Vec<u32>,
    heads: Vec<Head>,
    /// The rule set of every tuple, where they are known to be equal, as they are most of the time.
    pub(crate) common: Option<RuleSet>,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    number: u32,
    set: RuleSet,
}

/// A tuple of a delta.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TupleRef<'a> {
    /// The age of the tuple, relative to the first change of the block.
    pub(crate) number: u32,
    pub(crate) slots: &'a [u32],
    /// The rules that it still satisfies.
    pub(crate) set: RuleSet,
}

impl Delta {
    /// How many facts a tuple has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether the tuples should be passed on.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.heads.len() >= BLOCK
    }

    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.heads.clear();
        self.common = None;
    }

    /// Updates the common rule set for a tuple that is about to be added.
    #[inline]
    fn note(&mut self, set: RuleSet) {
        if self.common != Some(set) {
            self.common = self.heads.is_empty().then_some(set);
        }
    }

    /// Adds a tuple.
    #[inline]
    pub(crate) fn push(&mut self, number: u32, slots: &[u32], set: RuleSet) {
        debug_assert_eq!(slots.len(), self.width);
        self.note(set);
        append(&mut self.slots, slots);
        self.heads.push(Head { number, set });
    }

    /// Adds a fact.
    #[inline]
    pub(crate) fn push_fact(&mut self, number: u32, slot: u32, set: RuleSet) {
        debug_assert_eq!(self.width, 1);
        self.note(set);
        self.slots.push(slot);
        self.heads.push(Head { number, set });
    }

    /// Fills the delta with facts that have the same rule set, numbered by their places.
    pub(crate) fn fill(&mut self, slots: &[u32], set: RuleSet) {
        debug_assert_eq!(self.width, 1);
        self.clear();
        if !set.is_empty() {
            self.slots.extend_from_slice(slots);
            self.heads.extend((0..slots.len() as u32).map(|number| Head { number, set }));
            self.common = Some(set);
        }
    }

    /// Makes all tuples equally old.
    pub(crate) fn number_alike(&mut self) {
        self.heads.iter_mut().for_each(|head| head.number = 0);
    }

    /// The rule set of each fact, with what `read` returns for its slot.
    #[inline]
    pub(crate) fn held<T>(&mut self, read: impl Fn(u32) -> T) -> impl Iterator<Item = (&mut RuleSet, T)> {
        self.common = None;
        let facts = self.heads.iter_mut().zip(&self.slots);
        facts.map(move |(head, slot)| (&mut head.set, read(*slot)))
    }

    /// Drops the tuples without rules. Whether a fact has some is unpredictable, so its loop is
    /// branch-free.
    pub(crate) fn drop_empty(&mut self) {
        let are_wanted = self.common.is_some_and(|common| !common.is_empty());
        if are_wanted || !self.heads.iter().any(|head| head.set.is_empty()) {
            return;
        }
        if self.width > 1 {
            return self.retain(|_, set| set);
        }
        let mut kept = 0;
        for at in 0..self.heads.len() {
            let (head, slot) = (self.heads[at], self.slots[at]);
            self.heads[kept] = head;
            self.slots[kept] = slot;
            kept += usize::from(!head.set.is_empty());
        }
        self.heads.truncate(kept);
        self.slots.truncate(kept);
    }

    /// Adds the tuple of a pair: the left facts, in two parts, and the right fact.
    #[inline]
    pub(crate) fn push_pair(&mut self, number: u32, first: &[u32], more: &[u32], right: u32, set: RuleSet) {
        debug_assert_eq!(first.len() + more.len() + 1, self.width);
        self.note(set);
        append(&mut self.slots, first);
        append(&mut self.slots, more);
        self.slots.push(right);
        self.heads.push(Head { number, set });
    }

    /// Adds the pairs of found facts (left) and the facts that probed (right).
    pub(crate) fn pair_with_left(&mut self, found: &Matches, facts: &Self, sets: &mut RuleSets) {
        self.meet_found(found, facts, sets);
        let before = self.slots.len();
        self.slots.resize(before + 2 * found.all.len(), 0);
        for (pair, hit) in self.slots[before..].chunks_exact_mut(2).zip(&found.all) {
            pair.copy_from_slice(&[hit.slot, facts.slots[hit.at as usize]]);
        }
        self.drop_empty();
    }

    /// Adds the pairs of tuples that probed (left) and found facts (right).
    pub(crate) fn pair_with_right(&mut self, tuples: &Self, found: &Matches, sets: &mut RuleSets) {
        self.meet_found(found, tuples, sets);
        for hit in &found.all {
            append(&mut self.slots, tuples.get(hit.at as usize).slots);
            self.slots.push(hit.slot);
        }
        self.drop_empty();
    }

    /// Fills an empty delta with the intersections of the rule sets of tuples and found facts.
    fn meet_found(&mut self, found: &Matches, tuples: &Self, sets: &mut RuleSets) {
        debug_assert!(self.is_empty());
        let heads = found.all.iter().map(|hit| tuples.heads[hit.at as usize]);
        if let (Some(tuple), Some(fact)) = (tuples.common, found.common) {
            let set = sets.meet(tuple, fact);
            self.heads.extend(heads.map(|Head { number, .. }| Head { number, set }));
            self.common = Some(set);
        } else {
            self.heads.extend(heads);
            let pairs = self.heads.iter_mut().zip(&found.all);
            sets.meet_all(pairs.map(|(head, hit)| (&mut head.set, hit.set)));
        }
    }

    /// The tuple at a place.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> TupleRef<'_> {
        let Head { number, set } = self.heads[at];
        TupleRef { number, slots: &self.slots[at * self.width..][..self.width], set }
    }

    /// The tuples, in order of addition.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = TupleRef<'_>> + Clone {
        let tuples = self.slots.chunks_exact(self.width.max(1)).zip(&self.heads);
        tuples.map(|(slots, Head { number, set })| TupleRef { number: *number, slots, set: *set })
    }

    /// The slots of all tuples, one tuple after the other.
    #[inline]
    pub(crate) fn all_slots(&self) -> &[u32] {
        &self.slots
    }

    /// Reduces the rule set of each tuple to what `keep` returns, and drops the tuples without
    /// rules.
    #[inline]
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&[u32], RuleSet) -> RuleSet) {
        let width = self.width;
        self.common = None;
        let mut kept = 0;
        for at in 0..self.heads.len() {
            let from = at * width;
            let head = self.heads[at];
            let set = keep(&self.slots[from..from + width], head.set);
            if !set.is_empty() {
                self.heads[kept] = Head { set, ..head };
                if kept != at {
                    self.slots.copy_within(from..from + width, kept * width);
                }
                kept += 1;
            }
        }
        self.heads.truncate(kept);
        self.slots.truncate(kept * width);
    }

    /// A copy with the rule sets that `keep` returns, without the tuples that have no rules left.
    pub(crate) fn filtered(&self, keep: impl FnMut(&[u32], RuleSet) -> RuleSet) -> Self {
        let Self { width, slots, heads, common } = self;
        let mut kept = Self { width: *width, slots: slots.clone(), heads: heads.clone(), common: *common };
        kept.retain(keep);
        kept
    }

    /// The rule set of every tuple, if all are equal and there is a tuple.
    #[inline]
    pub(crate) fn common_set(&self) -> Option<RuleSet> {
        let (first, others) = self.heads.split_first()?;
        let is_common = self.common.is_some() || others.iter().all(|head| head.set == first.set);
        is_common.then_some(first.set)
    }

    /// Sets the rule set of every tuple.
    pub(crate) fn set_all(&mut self, set: RuleSet) {
        if set.is_empty() {
            self.clear();
        }
        self.heads.iter_mut().for_each(|head| head.set = set);
        self.common = (!set.is_empty()).then_some(set);
    }

    /// Adds the tuples of another delta with the rules that they share with `way`, if any.
    pub(crate) fn extend_with(&mut self, other: &Self, way: RuleSet, sets: &mut RuleSets) {
        for TupleRef { number, slots, set } in other.iter() {
            let set = sets.meet(set, way);
            if !set.is_empty() {
                self.push(number, slots, set);
            }
        }
    }
}

/// A block of tuples that are rows of a view.
pub(crate) trait TupleBlock: Copy {
    /// The number of tuples.
    fn count(self) -> usize;

    /// The slots at a place of each tuple.
    fn slots_at(self, place: usize) -> impl Iterator<Item = u32> + Clone;

    /// Calls `visit` with the slots of each tuple.
    fn visit(self, visit: impl FnMut(&[u32]));
}

impl TupleBlock for &Delta {
    #[inline]
    fn count(self) -> usize {
        self.len()
    }

    #[inline]
    fn slots_at(self, place: usize) -> impl Iterator<Item = u32> + Clone {
        self.slots.chunks_exact(self.width).map(move |chain| chain[place])
    }

    #[inline]
    fn visit(self, visit: impl FnMut(&[u32])) {
        self.slots.chunks_exact(self.width).for_each(visit);
    }
}

/// Moves the good elements of a block to its front, and returns their number. Which are good is
/// unpredictable, so the loop is branch-free.
#[inline(always)]
pub(crate) fn move_up<T: Copy>(block: &mut [T], mut is_good: impl FnMut(&mut T) -> bool) -> usize {
    let mut good = 0;
    for at in 0..block.len() {
        let mut one = block[at];
        let is_good = is_good(&mut one);
        block[good] = one;
        good += usize::from(is_good);
    }
    good
}

/// Appends the slots of a tuple, which nearly always are few.
#[inline]
fn append(all: &mut Vec<u32>, slots: &[u32]) {
    match slots {
        [] => {}
        [one] => all.push(*one),
        [one, two] => all.extend_from_slice(&[*one, *two]),
        more => all.extend_from_slice(more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::DeltaPool;

    #[test]
    fn a_delta_keeps_what_some_rule_wants_in_its_order() {
        let mut sets = RuleSets::new();
        let [odd, even] = [0, 1].map(|bit| sets.single(bit));
        let both = sets.union(odd, even);
        let mut delta = DeltaPool::default().take(2);
        for number in 0..5_u32 {
            delta.push(number, &[number, 10 + number], if number % 2 == 1 { both } else { even });
        }
        let seen = |delta: &Delta| -> Vec<(u32, Vec<u32>)> {
            delta.iter().map(|tuple| (tuple.number, tuple.slots.to_vec())).collect()
        };
        let mut part = DeltaPool::default().take(2);
        part.extend_with(&delta, odd, &mut sets);
        assert_eq!(seen(&part), [(1, vec![1, 11]), (3, vec![3, 13])]);
        delta.retain(|slots, set| if slots[0] > 1 { sets.difference(set, odd) } else { RuleSet::EMPTY });
        assert_eq!(seen(&delta), [(2, vec![2, 12]), (3, vec![3, 13]), (4, vec![4, 14])]);
        assert!(delta.iter().all(|tuple| tuple.set == even));
    }
}

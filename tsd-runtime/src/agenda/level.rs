//! The activations of one salience fire in the order of changes, and within a change in canonical
//! order.
//!
//! Entries are sorted by age. The entries of one change become a batch when their turn comes, and
//! only the batch is sorted by activation.

use std::cmp::Reverse;

use tsd_ir::RootId;

use super::finder::{Entries, Finder};
use super::strategy_heap::Heap;
use crate::base::TupleSlots;
use crate::flow::{BranchRank, ConflictOrder, Delta, TupleRef, TupleSource};
use crate::ruleset::{Bit, RuleSet, RuleSets};

/// The activations of one salience.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub(super) entries: Vec<Entry>,
    pub(super) slots: Vec<u32>,
    /// The first entry of the batch.
    pub(super) first: usize,
    /// The first entry after the batch.
    pub(super) next: usize,
    /// The activations of one change, sorted. The first `fired` of them have fired.
    pub(super) batch: Vec<Waiting>,
    pub(super) fired: usize,
    /// Whether an entry of the batch may have lost rules since the batch was made.
    pub(super) disturbed: bool,
    /// Replaces the batch for a strategy other than the default.
    pub(super) heap: Heap,
    pub(super) finder: Finder,
    /// How many entries have lost all rules since the level was compacted.
    pub(super) cancelled: usize,
    /// How many entries were left by the last compaction.
    pub(super) kept: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) age: u64,
    pub(super) root: RootId,
    pub(super) end: TupleSource,
    pub(super) set: RuleSet,
    /// Where the entry's slots begin. They end where the next entry's begin.
    pub(super) start: u32,
}

impl Entry {
    /// Whether the entry still activates a rule.
    pub(super) fn activates(&self, bit: Bit, ranks: &impl ConflictOrder) -> bool {
        !self.set.is_empty() && ranks.sets(self.root).contains(self.set, bit)
    }

    /// Removes rules from the entry. Returns whether it has lost its last one.
    #[inline]
    pub(super) fn lose(&mut self, rules: RuleSet, sets: &mut RuleSets) -> bool {
        let had_some = !self.set.is_empty();
        self.set = sets.difference(self.set, rules);
        had_some && self.set.is_empty()
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) ranked: BranchRank,
    pub(super) bit: Bit,
    pub(super) entry: u32,
}

/// Entries of the tuples of one node, which have `width` facts, to be dated.
pub(crate) struct Undated<'a> {
    entries: &'a mut [Entry],
    slots: &'a [u32],
    width: usize,
}

impl Undated<'_> {
    /// Dates each entry by its tuple.
    #[inline]
    pub(crate) fn date(self, age_of: impl Fn(&[u32]) -> u64) {
        let Self { entries, slots, width } = self;
        for entry in entries {
            entry.age = age_of(&slots[entry.start as usize..][..width]);
        }
    }
}

/// Lists of a level keep room for at most this many obsolete entries.
pub(super) const ROOM: usize = 1024;

impl Level {
    #[inline]
    pub(super) fn add(&mut self, entry: Entry, slots: &[u32]) {
        self.slots.extend_from_slice(slots);
        self.entries.push(entry);
    }

    /// Adds the activations of tuples of a node.
    pub(super) fn add_all(&mut self, (root, end): (RootId, TupleSource), age: u64, delta: &Delta) {
        let mut start = self.slots.len() as u32;
        self.slots.extend_from_slice(delta.all_slots());
        self.entries.extend(delta.iter().map(|TupleRef { number, slots, set }| {
            let entry = Entry { age: age + u64::from(number), root, end, set, start };
            start += slots.len() as u32;
            entry
        }));
    }

    /// Cancels activations of tuples of a node that came from changes up to this age.
    pub(super) fn cancel(
        &mut self,
        (root, end): (RootId, TupleSource),
        delta: &Delta,
        sets: &mut RuleSets,
        until: u64,
    ) {
        let waiting = self.waiting_from();
        if waiting == self.entries.len() {
            return;
        }
        let entries = Entries { all: &self.entries, slots: &self.slots, waiting };
        self.finder.enter_all(entries);
        for TupleRef { slots, set, .. } in delta.iter() {
            let entries = Entries { all: &self.entries, slots: &self.slots, waiting };
            let mut next = self.finder.latest(root, end, slots, entries);
            while let Some(found) = next {
                let entry = &mut self.entries[found as usize];
                if entry.age <= until {
                    self.cancelled += usize::from(entry.lose(set, sets));
                    self.disturbed = true;
                }
                next = self.finder.older(found);
            }
        }
    }

    /// The first entry that is younger than a change.
    fn after(&self, age: u64) -> usize {
        self.entries.partition_point(|entry| entry.age <= age)
    }

    /// See [`Agenda::date`](super::Agenda::date).
    pub(super) fn date(&mut self, after: u64, date: &impl Fn((RootId, TupleSource), Undated<'_>)) {
        let mut first = self.after(after);
        while let Some(Entry { root, end, .. }) = self.entries.get(first).copied() {
            let width = self.range(first as u32).len();
            let is_same = |entry: &Entry| (entry.root, entry.end) == (root, end);
            let count = self.entries[first..].iter().take_while(|entry| is_same(entry)).count();
            let entries = &mut self.entries[first..first + count];
            date((root, end), Undated { entries, slots: &self.slots, width });
            first += count;
        }
    }

    /// See [`Agenda::put_by_age`](super::Agenda::put_by_age).
    pub(super) fn put_by_age(&mut self, after: u64) {
        let first = self.after(after);
        if self.entries[first..].is_sorted_by_key(|entry| entry.age) {
            return;
        }
        let mut order: Vec<u32> = (first as u32..self.entries.len() as u32).collect();
        order.sort_by_key(|number| self.entries[*number as usize].age);
        let from = self.entries[first].start as usize;
        let mut slots = Vec::with_capacity(self.slots.len() - from);
        let mut entries = Vec::with_capacity(order.len());
        for number in order {
            let start = (from + slots.len()) as u32;
            slots.extend_from_slice(&self.slots[self.range(number)]);
            entries.push(Entry { start, ..self.entries[number as usize] });
        }
        self.entries.splice(first.., entries);
        self.slots.splice(from.., slots);
        self.finder = Finder::default();
    }

    /// The first entry with an activation that has not fired.
    pub(super) fn waiting_from(&self) -> usize {
        match () {
            () if !self.heap.is_empty() => 0,
            () if self.fired < self.batch.len() => self.first,
            () => self.next,
        }
    }

    /// Calls `visit` with the entry and bit of every activation that has not fired.
    pub(super) fn for_each_waiting(&self, ranks: &impl ConflictOrder, mut visit: impl FnMut(u32, Bit)) {
        let batch = self.batch.iter().skip(self.fired).map(|waiting| (waiting.entry, waiting.bit));
        let heap = self.heap.iter().map(|Reverse(item)| (item.entry, item.bit));
        for (entry, bit) in batch.chain(heap) {
            if self.entries[entry as usize].activates(bit, ranks) {
                visit(entry, bit);
            }
        }
        for number in self.next..self.entries.len() {
            let Entry { root, set, .. } = self.entries[number];
            if !set.is_empty() {
                ranks.sets(root).for_each(set, |bit| visit(number as u32, bit));
            }
        }
    }

    pub(super) fn range(&self, entry: u32) -> std::ops::Range<usize> {
        let end = self.entries.get(entry as usize + 1).map_or(self.slots.len(), |next| next.start as usize);
        self.entries[entry as usize].start as usize..end
    }

    #[inline]
    pub(super) fn next(&mut self, ranks: &impl ConflictOrder, slots: &mut TupleSlots) -> Option<BranchRank> {
        loop {
            while let Some(waiting) = self.batch.get(self.fired).copied() {
                self.fired += 1;
                let entry = &self.entries[waiting.entry as usize];
                if !self.disturbed || entry.activates(waiting.bit, ranks) {
                    slots.clear();
                    slots.extend_from_slice(&self.slots[self.range(waiting.entry)]);
                    return Some(waiting.ranked);
                }
            }
            if self.next == self.entries.len() {
                self.clear();
                return None;
            }
            self.fill_batch(ranks);
        }
    }

    #[inline]
    pub(super) fn next_companion(&mut self) -> Option<BranchRank> {
        if self.disturbed {
            return None;
        }
        let entry = self.batch[self.fired - 1].entry;
        let Waiting { ranked, .. } = *self.batch.get(self.fired).filter(|waiting| waiting.entry == entry)?;
        let fits = ranked.calls_only && ranked.as_declared;
        self.fired += usize::from(fits);
        fits.then_some(ranked)
    }

    /// Makes a batch of the entries of the oldest change.
    fn fill_batch(&mut self, ranks: &impl ConflictOrder) {
        self.batch.clear();
        self.fired = 0;
        self.disturbed = false;
        while self.entries.get(self.next).is_some_and(|entry| entry.set.is_empty()) {
            self.next += 1;
        }
        self.first = self.next;
        if self.next == self.entries.len() {
            return;
        }
        let age = self.entries[self.first].age;
        while let Some(entry) = self.entries.get(self.next).filter(|entry| entry.age == age) {
            let (root, number) = (entry.root, self.next as u32);
            // The tree of an entry without rules may have been removed.
            if !entry.set.is_empty() {
                ranks.sets(root).for_each(entry.set, |bit| {
                    self.batch.push(Waiting { ranked: ranks.ranked(root, bit), bit, entry: number });
                });
            }
            self.next += 1;
        }
        if self.batch.len() < 2 {
            return;
        }
        if self.next - self.first > 1 || !self.batch.is_sorted_by_key(|waiting| waiting.ranked.rank) {
            let mut batch = std::mem::take(&mut self.batch);
            batch.sort_by(|left, right| {
                left.ranked.rank.cmp(&right.ranked.rank).then_with(|| {
                    let left = (left.ranked, &self.slots[self.range(left.entry)]);
                    let right = (right.ranked, &self.slots[self.range(right.entry)]);
                    ranks.compare(left, right)
                })
            });
            self.batch = batch;
        }
    }

    pub(super) fn clear(&mut self) {
        self.finder.clear(self.entries.len());
        self.entries.clear();
        self.entries.shrink_to(ROOM);
        self.slots.clear();
        self.slots.shrink_to(ROOM);
        self.batch.clear();
        self.batch.shrink_to(ROOM);
        self.heap.shrink_to(ROOM);
        (self.cancelled, self.kept) = (0, 0);
        self.first = 0;
        self.next = 0;
        self.fired = 0;
    }
}

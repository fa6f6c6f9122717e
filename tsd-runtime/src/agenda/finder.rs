//! A cancelled activation must be found on the agenda by its tuple.
//!
//! Entries are indexed when the first activation after them is cancelled, so an agenda that only
//! grows pays nothing. A tuple of one fact finds its entry by slot, in a list that outlives the
//! entries; therefore numbers in that list continue where those of earlier entries ended. Other
//! tuples find their entries by hash.

use tsd_ir::RootId;

use super::level::Entry;
use crate::base::{Index, hash_words};
use crate::flow::TupleSource;

/// The entries of one level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entries<'a> {
    pub(super) all: &'a [Entry],
    pub(super) slots: &'a [u32],
    /// The first entry with an activation that has not fired.
    pub(super) waiting: usize,
}

impl<'a> Entries<'a> {
    fn slots_of(self, entry: u32) -> &'a [u32] {
        let end = self.all.get(entry as usize + 1).map_or(self.slots.len(), |next| next.start as usize);
        &self.slots[self.all[entry as usize].start as usize..end]
    }

    /// Whether an entry is on the agenda and has this tuple.
    fn is(self, entry: u32, root: RootId, end: TupleSource, slots: &[u32]) -> bool {
        let known = self.all.get(entry as usize).filter(|_| entry as usize >= self.waiting);
        known.is_some_and(|known| known.root == root && known.end == end) && self.slots_of(entry) == slots
    }
}

/// No entry.
const NONE: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Finder {
    /// The number of entries before the first present one.
    before: u32,
    /// How many entries have been indexed or were obsolete before.
    entered: usize,
    /// For each tree, by slot, the latest entry of each fact that is a tuple by itself. It is
    /// counted from 1 over all entries so far.
    facts: Vec<(RootId, Vec<u32>)>,
    /// The latest entry of every other tuple.
    tuples: Index,
    /// For an entry that has one, the earlier entry on the agenda with the same tuple.
    older: Vec<u32>,
}

impl Finder {
    /// Indexes the entries that were added since the last call.
    pub(super) fn enter_all(&mut self, entries: Entries<'_>) {
        let mut number = self.entered.max(entries.waiting);
        while let Some(Entry { root, end, .. }) = entries.all.get(number).copied() {
            match end {
                TupleSource::Root => number += self.enter_facts(root, number, entries),
                TupleSource::Join(_) => {
                    let older = self.enter_tuple(number as u32, entries);
                    self.set_older(number as u32, older, entries);
                    number += 1;
                }
            }
        }
        self.entered = entries.all.len();
    }

    /// Indexes an entry and its successors as long as they are facts of one tree. Returns their
    /// number.
    fn enter_facts(&mut self, root: RootId, first: usize, entries: Entries<'_>) -> usize {
        let place = self.facts.iter().position(|(known, _)| *known == root).unwrap_or_else(|| {
            self.facts.push((root, Vec::new()));
            self.facts.len() - 1
        });
        let mut latest = std::mem::take(&mut self.facts[place].1);
        let mut number = first as u32;
        let facts = entries.all[first..].iter();
        for entry in facts.take_while(|entry| entry.end == TupleSource::Root && entry.root == root) {
            let slot = entries.slots[entry.start as usize] as usize;
            if latest.len() <= slot {
                latest.resize(slot + 1, 0);
            }
            let older = std::mem::replace(&mut latest[slot], self.before + number + 1);
            if older != 0 {
                self.set_older(number, waiting(older, self.before, entries), entries);
            }
            number += 1;
        }
        self.facts[place].1 = latest;
        number as usize - first
    }

    fn enter_tuple(&mut self, number: u32, entries: Entries<'_>) -> Option<u32> {
        if !self.tuples.has_room(number as usize + 1) {
            self.tuples.grow(number as usize + 1, std::iter::empty());
            for known in entries.waiting as u32..number {
                self.put_tuple(known, entries);
            }
        }
        self.put_tuple(number, entries)
    }

    /// Links an entry to the earlier one with the same tuple that still activates a rule.
    fn set_older(&mut self, number: u32, mut older: Option<u32>, entries: Entries<'_>) {
        while let Some(empty) = older.filter(|older| entries.all[*older as usize].set.is_empty()) {
            older = self.older(empty);
        }
        if let Some(older) = older {
            self.older.resize(number as usize, NONE);
            self.older.push(older);
        }
    }

    /// Makes an entry the latest of its tuple; returns the previous one.
    fn put_tuple(&mut self, number: u32, entries: Entries<'_>) -> Option<u32> {
        let Entry { root, end, .. } = entries.all[number as usize];
        let slots = entries.slots_of(number);
        if end == TupleSource::Root {
            return None;
        }
        self.tuples.put(hash(end, slots), number, |other| entries.is(other, root, end, slots))
    }

    /// The latest entry of a tuple.
    pub(super) fn latest(
        &self,
        root: RootId,
        end: TupleSource,
        slots: &[u32],
        entries: Entries<'_>,
    ) -> Option<u32> {
        match (end, slots) {
            (TupleSource::Root, [slot]) => {
                let (_, latest) = self.facts.iter().find(|(known, _)| *known == root)?;
                waiting(*latest.get(*slot as usize)?, self.before, entries)
            }
            _ => self.tuples.find(hash(end, slots), |entry| entries.is(entry, root, end, slots)),
        }
    }

    /// The earlier entry with the same tuple.
    pub(super) fn older(&self, entry: u32) -> Option<u32> {
        self.older.get(entry as usize).copied().filter(|older| *older != NONE)
    }

    /// Removes all entries; `entries` is their number.
    pub(super) fn clear(&mut self, entries: usize) {
        self.entered = 0;
        // When numbers run out, the list starts over.
        let before = u32::try_from(entries).ok().and_then(|entries| self.before.checked_add(entries));
        match before.filter(|before| *before < u32::MAX / 2) {
            Some(before) => self.before = before,
            None => (self.before, self.facts) = (0, Vec::new()),
        }
        self.tuples = Index::default();
        self.older = Vec::new();
    }

    /// The bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        let facts: usize = self.facts.iter().map(|(_, latest)| latest.capacity()).sum();
        (facts + self.older.capacity()) * size_of::<u32>() + self.tuples.bytes()
    }
}

/// The entry with a number of the list, if it is still on the agenda.
#[inline]
fn waiting(latest: u32, before: u32, entries: Entries<'_>) -> Option<u32> {
    let entry = latest.checked_sub(before + 1)?;
    (entry as usize >= entries.waiting && (entry as usize) < entries.all.len()).then_some(entry)
}

fn hash(end: TupleSource, slots: &[u32]) -> u64 {
    let node = match end {
        TupleSource::Root => 0,
        TupleSource::Join(node) => u64::from(node.0) + 1,
    };
    hash_words(std::iter::once(node).chain(slots.iter().map(|slot| u64::from(*slot))))
}

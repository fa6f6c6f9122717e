//! Giving back what is done with.
//!
//! An entry that was cancelled or has fired stays where it is, for others are found by their
//! numbers. Were it to stay until its level is empty, a session in which facts come and go between
//! two runs, or a run in which every firing brings the next, would grow without end. So at the end
//! of a change, when more than half of the entries of a level are done with, those that wait move
//! together. It costs what so many entries cost when they came, which is little beside it.

use std::cmp::Reverse;

use super::level::{Entry, Level};
use crate::flow::ConflictOrder;

/// The new number of an entry that goes.
const GONE: u32 = u32::MAX;

impl Level {
    /// Whether of more than `room` entries so many are done with that they are to be [given
    /// back](Self::tidy).
    #[inline]
    pub(super) fn is_crowded(&self, room: usize) -> bool {
        let entries = self.entries.len();
        // What has fired out of a heap is not counted: there a level is looked through each time
        // that it has doubled.
        entries > room
            && (2 * (self.waiting_from() + self.cancelled) > entries
                || !self.heap.is_empty() && entries > 2 * self.kept + room)
    }

    /// Whether nothing waits. Costs a look at each entry.
    pub(super) fn is_idle(&self) -> bool {
        self.entries[self.waiting_from()..].iter().all(|entry| entry.set.is_empty())
    }

    /// Lets go of the entries that are done with.
    #[cold]
    pub(super) fn tidy(&mut self, ranks: &impl ConflictOrder) {
        let mut numbers = self.wanted(ranks);
        let mut entries: Vec<Entry> = Vec::new();
        let mut slots: Vec<u32> = Vec::new();
        let mut next = 0;
        for (before, number) in (0..).zip(&mut numbers) {
            if before as usize == self.next {
                next = entries.len();
            }
            if *number != GONE {
                *number = entries.len() as u32;
                entries.push(Entry { start: slots.len() as u32, ..self.entries[before as usize] });
                slots.extend_from_slice(&self.slots[self.range(before)]);
            }
        }
        if self.next == self.entries.len() {
            next = entries.len();
        }
        self.finder.clear(self.entries.len());
        let moved = |entry: &mut u32| {
            *entry = numbers[*entry as usize];
            *entry != GONE
        };
        // Of an entry some of whose activations have fired, these stay in the batch, in front of
        // the others.
        let fired = self.batch[..self.fired].iter().filter(|one| numbers[one.entry as usize] != GONE).count();
        self.batch.retain_mut(|waiting| moved(&mut waiting.entry));
        let mut items = std::mem::take(&mut self.heap).into_vec();
        items.retain_mut(|Reverse(item)| {
            let entry = &self.entries[item.entry as usize];
            entry.activates(item.bit, ranks) && moved(&mut item.entry)
        });
        items.shrink_to(2 * items.len());
        self.heap = items.into();
        (self.first, self.next, self.fired) = (0, next, fired);
        (self.kept, self.cancelled) = (entries.len(), 0);
        (self.entries, self.slots) = (entries, slots);
    }

    /// For each entry whether something of it waits: then anything but [`GONE`].
    fn wanted(&self, ranks: &impl ConflictOrder) -> Vec<u32> {
        let mut wanted = vec![GONE; self.entries.len()];
        self.for_each_waiting(ranks, |entry, _| wanted[entry as usize] = entry);
        wanted
    }
}

//! Entries that have fired or were cancelled must not accumulate.
//!
//! Such an entry stays in place at first, because others are found by their numbers. But a session
//! whose facts come and go between two runs, or a run in which every firing brings the next, would
//! grow without end. So at the end of a change, a level of whose entries more than half are
//! obsolete is compacted. That costs a constant factor of what adding these entries cost.

use std::cmp::Reverse;

use super::level::{Entry, Level};
use crate::flow::ConflictOrder;

/// The new number of an entry that is dropped.
const GONE: u32 = u32::MAX;

impl Level {
    /// Whether the level has more than `room` entries and most of them are obsolete, so that it
    /// should be [compacted](Self::tidy).
    #[inline]
    pub(super) fn is_crowded(&self, room: usize) -> bool {
        let entries = self.entries.len();
        // Fired activations of a heap are not counted. Such a level is compacted whenever it has
        // doubled.
        entries > room
            && (2 * (self.waiting_from() + self.cancelled) > entries
                || !self.heap.is_empty() && entries > 2 * self.kept + room)
    }

    /// Whether no activation is left. Costs a pass over the entries.
    pub(super) fn is_idle(&self) -> bool {
        self.entries[self.waiting_from()..].iter().all(|entry| entry.set.is_empty())
    }

    /// Drops the obsolete entries.
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
        // Fired activations of an entry that is kept stay in front of the batch.
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

    /// For each entry, anything but [`GONE`] if it has an activation that has not fired.
    fn wanted(&self, ranks: &impl ConflictOrder) -> Vec<u32> {
        let mut wanted = vec![GONE; self.entries.len()];
        self.for_each_waiting(ranks, |entry, _| wanted[entry as usize] = entry);
        wanted
    }
}

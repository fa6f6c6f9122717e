//! Strategies other than the default order activations by keys, not by the sequence of changes.
//!
//! At the end of every change, the new entries of a level are put into a heap, activation by
//! activation. A cancelled activation is cleared in its entry at once and discarded when the heap
//! pops it (lazy deletion).

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::level::Level;
use crate::base::TupleSlots;
use crate::flow::{BranchRank, ConflictOrder, OrderKey};
use crate::ruleset::Bit;

/// The activations of a level.
pub(super) type Heap = BinaryHeap<Reverse<Item>>;

/// An activation with its key.
#[derive(Clone, Debug)]
pub(super) struct Item {
    key: OrderKey,
    pub(super) ranked: BranchRank,
    pub(super) bit: Bit,
    pub(super) entry: u32,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Level {
    /// Adds the entries to the heap that came since the last call.
    pub(super) fn put_in_order(&mut self, ranks: &impl ConflictOrder) {
        while let Some(entry) = self.entries.get(self.next) {
            let number = self.next as u32;
            // The tree of an entry without rules may have been removed.
            if !entry.set.is_empty() {
                let slots = &self.slots[self.range(number)];
                let (heap, age) = (&mut self.heap, entry.age);
                ranks.sets(entry.root).for_each(entry.set, |bit| {
                    let ranked = ranks.ranked(entry.root, bit);
                    let key = ranks.key(ranked, slots, age);
                    heap.push(Reverse(Item { key, ranked, bit, entry: number }));
                });
            }
            self.next += 1;
        }
    }

    /// Takes the next activation and writes its tuple to `slots`.
    pub(super) fn next_in_order(
        &mut self,
        ranks: &impl ConflictOrder,
        slots: &mut TupleSlots,
    ) -> Option<Item> {
        while let Some(Reverse(item)) = self.heap.pop() {
            if self.entries[item.entry as usize].activates(item.bit, ranks) {
                slots.clear();
                slots.extend_from_slice(&self.slots[self.range(item.entry)]);
                return Some(item);
            }
        }
        if self.next > 0 {
            self.clear();
        }
        None
    }

    /// Puts an activation back.
    pub(super) fn put_item_back(&mut self, item: Item) {
        self.heap.push(Reverse(item));
    }
}

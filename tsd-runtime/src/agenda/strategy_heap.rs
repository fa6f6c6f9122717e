//! Waiting activations in the order of a strategy other than the default.
//!
//! The entries are those of the level; at the end of every change the new ones are put in order,
//! one by one, in a heap. An activation that stops holding is taken out of its entry and found out
//! when its turn comes.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::level::Level;
use crate::base::TupleSlots;
use crate::flow::{BranchRank, ConflictOrder, OrderKey};
use crate::ruleset::Bit;

/// The activations of a level.
pub(super) type Heap = BinaryHeap<Reverse<Item>>;

/// An activation in its place.
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
    /// Puts the entries that came since the last time in order.
    pub(super) fn put_in_order(&mut self, ranks: &impl ConflictOrder) {
        while let Some(entry) = self.entries.get(self.next) {
            let number = self.next as u32;
            // The tree of an entry that lost all its rules may be gone.
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

    /// The activation that fires next, whose tuple is written to `slots`.
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

    /// Puts back what was taken last.
    pub(super) fn put_item_back(&mut self, item: Item) {
        self.heap.push(Reverse(item));
    }
}

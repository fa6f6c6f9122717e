//! A logical insertion must find equal facts, also of a type without a primary key.
//!
//! The facts with equal rows form a linked list. So many equal facts cost no more than as many
//! different ones.

use hashbrown::HashTable;

/// Finds facts by their whole rows.
#[derive(Clone, Debug)]
pub(crate) struct EqualFacts {
    /// The first slot of each list.
    firsts: HashTable<u32>,
    /// By slot: the slots before and after it in its list.
    links: Vec<Links>,
    hasher: ahash::RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Links {
    before: u32,
    behind: u32,
}

const NONE: u32 = u32::MAX;

impl EqualFacts {
    pub(crate) fn new() -> Self {
        Self { firsts: HashTable::new(), links: Vec::new(), hasher: crate::base::hasher() }
    }

    /// The slots with a row; `row_at` returns the row of a slot.
    pub(crate) fn find<'a>(
        &self,
        row: &[u64],
        row_at: impl Fn(u32) -> &'a [u64],
    ) -> impl Iterator<Item = u32> {
        let first = self.firsts.find(self.hasher.hash_one(row), |first| row_at(*first) == row);
        std::iter::successors(first.copied(), |slot| {
            Some(self.links[*slot as usize].behind).filter(|behind| *behind != NONE)
        })
    }

    /// Adds the fact at `slot`, whose row is in the store.
    pub(crate) fn enter<'a>(&mut self, slot: u32, row_at: impl Fn(u32) -> &'a [u64]) {
        let index = slot as usize;
        if self.links.len() <= index {
            self.links.resize(index + 1, Links { before: NONE, behind: NONE });
        }
        let row = row_at(slot);
        let hash = self.hasher.hash_one(row);
        let mut behind = NONE;
        match self.firsts.find_mut(hash, |first| row_at(*first) == row) {
            Some(first) => behind = std::mem::replace(first, slot),
            None => {
                let hasher = &self.hasher;
                self.firsts.insert_unique(hash, slot, |first| hasher.hash_one(row_at(*first)));
            }
        }
        self.links[index] = Links { before: NONE, behind };
        if behind != NONE {
            self.links[behind as usize].before = slot;
        }
    }

    /// Removes the fact at `slot`, whose row is still in the store.
    pub(crate) fn leave(&mut self, slot: u32, row: &[u64]) {
        let Links { before, behind } = self.links[slot as usize];
        if behind != NONE {
            self.links[behind as usize].before = before;
        }
        if before != NONE {
            self.links[before as usize].behind = behind;
            return;
        }
        let hash = self.hasher.hash_one(row);
        if let Ok(mut found) = self.firsts.find_entry(hash, |first| *first == slot) {
            if behind == NONE {
                found.remove();
            } else {
                *found.get_mut() = behind;
            }
        }
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.firsts.allocation_size() + self.links.capacity() * size_of::<Links>()
    }
}

//! Tuples of a join input must be found by key, and removed without a search.
//!
//! Tuples with one key form a group, an intrusive doubly linked list through flat arrays. A hash
//! table finds the head of a group. So a probe reads the table and the tuples, and a key needs no
//! allocation. The table is built by the first probe, so facts that are loaded before are only
//! appended. A removal must find a tuple without walking its group. A second table, from tuple to
//! row, is built by the first change that needs it; a memory that only grows never has one.

use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::base::hash_words;
use crate::flow::{BLOCK, collected};
use crate::ruleset::{RuleSet, RuleSets};

/// The words of a join key.
pub(crate) trait Key: Clone + Eq + std::fmt::Debug {
    /// Any key, as a placeholder.
    fn nothing() -> Self;

    /// A key of these words; `None` if one is missing, because then nothing equals it.
    fn from_words(words: impl Iterator<Item = Option<u64>>) -> Option<Self>;

    /// The words.
    fn words(&self) -> &[u64];

    #[inline]
    fn hash(&self) -> u64 {
        hash_words(self.words().iter().copied())
    }
}

impl<const N: usize> Key for [u64; N] {
    #[inline]
    fn nothing() -> Self {
        [0; N]
    }

    #[inline(always)]
    fn from_words(mut words: impl Iterator<Item = Option<u64>>) -> Option<Self> {
        let mut key = [0; N];
        for word in &mut key {
            *word = words.next()??;
        }
        Some(key)
    }

    #[inline]
    fn words(&self) -> &[u64] {
        self
    }
}

/// A key of any length.
pub(crate) type LongKey = SmallVec<[u64; 8]>;

impl Key for LongKey {
    fn nothing() -> Self {
        Self::new()
    }

    fn from_words(words: impl Iterator<Item = Option<u64>>) -> Option<Self> {
        words.collect()
    }

    fn words(&self) -> &[u64] {
        self
    }
}

/// Reads the keys of tuples.
pub(crate) trait KeysOf<K> {
    /// The key of a tuple; `None` when a part of it is missing.
    fn key_of(&self, slots: &[u32]) -> Option<K>;

    /// Reads some of what the key of a tuple needs into the cache; `slot` returns the tuple's
    /// facts.
    fn touch(&self, slot: impl Fn(usize) -> u32) -> u32;
}

fn hash_slots(slots: impl Iterator<Item = u32>) -> u64 {
    hash_words(slots.map(u64::from))
}

/// No row.
const NONE: u32 = u32::MAX;

/// Tuples with their rule sets, by key.
#[derive(Clone, Debug)]
pub(crate) struct BetaMemory<K> {
    /// From a key to its group; built by the first probe.
    groups: Option<HashTable<Group<K>>>,
    rows: Vec<Row>,
    /// The slots of each row except its first.
    more: Vec<u32>,
    /// The number of slots of a tuple.
    width: usize,
    free: u32,
    len: usize,
    /// From a tuple to its row; built when first needed.
    places: Option<HashTable<u32>>,
}

#[derive(Clone, Debug)]
struct Group<K> {
    key: K,
    head: u32,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    slot: u32,
    set: RuleSet,
    next: u32,
    previous: u32,
}

impl<K: Key> BetaMemory<K> {
    /// A memory for tuples of `width` facts.
    pub(crate) fn new(width: usize) -> Self {
        Self { groups: None, rows: Vec::new(), more: Vec::new(), width, free: NONE, len: 0, places: None }
    }

    /// The number of facts of a tuple.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The number of tuples.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds rules to a tuple, which is added if it is not there. `fresh` says that it is not there.
    pub(crate) fn add(&mut self, key: &K, slots: &[u32], set: RuleSet, fresh: bool, sets: &mut RuleSets) {
        if !fresh && let Some(row) = self.place(slots) {
            let row = &mut self.rows[row as usize];
            row.set = sets.union(row.set, set);
            return;
        }
        let row = self.allocate(slots, set);
        self.len += 1;
        if self.groups.is_some() {
            self.link(key, row);
        }
    }

    /// Adds a row to the group of its key.
    fn link(&mut self, key: &K, row: u32) {
        let Some(groups) = &mut self.groups else { return };
        let group = groups.entry(key.hash(), |group| group.key == *key, |group| group.key.hash());
        match group {
            hashbrown::hash_table::Entry::Occupied(mut group) => {
                let head = std::mem::replace(&mut group.get_mut().head, row);
                self.rows[row as usize].next = head;
                self.rows[head as usize].previous = row;
            }
            hashbrown::hash_table::Entry::Vacant(group) => {
                group.insert(Group { key: key.clone(), head: row });
            }
        }
    }

    /// Prepares for probes. `keys` returns the reader of keys, if it is needed.
    #[inline]
    pub(crate) fn prepare<T: KeysOf<K>>(&mut self, keys: impl FnOnce() -> T) {
        if self.groups.is_none() && self.len > 0 {
            self.group_all(&keys());
        }
    }

    /// Whether it can be probed without preparation.
    pub(crate) fn is_ready(&self) -> bool {
        self.groups.is_some() || self.len == 0
    }

    /// Visits every tuple.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&mut SmallVec<[u32; 8]>, RuleSet)) {
        let mut slots: SmallVec<[u32; 8]> = SmallVec::new();
        for row in 0..self.rows.len() as u32 {
            let set = self.rows[row as usize].set;
            if !set.is_empty() {
                slots.clear();
                slots.extend(self.tuple(row));
                visit(&mut slots, set);
            }
        }
    }

    fn group_all(&mut self, keys: &impl KeysOf<K>) {
        self.groups = Some(HashTable::with_capacity(self.len));
        let mut slots: SmallVec<[u32; 8]> = SmallVec::new();
        let count = self.rows.len() as u32;
        for first in (0..count).step_by(BLOCK) {
            let block = first..count.min(first + BLOCK as u32);
            // Facts are cache misses, which overlap in a separate loop.
            let read = block.clone().map(|row| keys.touch(|at| self.slot(row, at)));
            std::hint::black_box(read.fold(0, |all, one| all ^ one));
            for row in block {
                if self.rows[row as usize].set.is_empty() {
                    continue;
                }
                slots.clear();
                slots.extend(self.tuple(row));
                if let Some(key) = keys.key_of(&slots) {
                    self.link(&key, row);
                }
            }
        }
    }

    /// The slot of a fact of a row.
    #[inline]
    fn slot(&self, row: u32, at: usize) -> u32 {
        match at.checked_sub(1) {
            None => self.rows[row as usize].slot,
            Some(rest) => self.more[row as usize * (self.width - 1) + rest],
        }
    }

    fn allocate(&mut self, slots: &[u32], set: RuleSet) -> u32 {
        let (slot, rest) = (slots[0], &slots[1..]);
        let new = Row { slot, set, next: NONE, previous: NONE };
        let row = if self.free == NONE {
            self.rows.push(new);
            self.more.extend_from_slice(rest);
            (self.rows.len() - 1) as u32
        } else {
            let row = self.free;
            self.free = std::mem::replace(&mut self.rows[row as usize], new).next;
            let start = row as usize * (self.width - 1);
            self.more[start..start + rest.len()].copy_from_slice(rest);
            row
        };
        if let Some(mut places) = self.places.take() {
            places.insert_unique(self.hash_row(row), row, |row| self.hash_row(*row));
            self.places = Some(places);
        }
        row
    }

    /// Removes rules from a tuple, which is removed with the last of them.
    pub(crate) fn subtract(&mut self, key: &K, slots: &[u32], set: RuleSet, sets: &mut RuleSets) {
        let Some(row) = self.place(slots) else { return };
        let left = sets.difference(self.rows[row as usize].set, set);
        self.rows[row as usize].set = left;
        if left.is_empty() {
            self.remove(key, row);
        }
    }

    /// Removes rules from every tuple. `key_of` returns the key of a tuple.
    pub(crate) fn subtract_from_all(
        &mut self,
        set: RuleSet,
        sets: &mut RuleSets,
        key_of: impl Fn(&[u32]) -> Option<K>,
    ) {
        for row in 0..self.rows.len() as u32 {
            let held = self.rows[row as usize].set;
            if held.is_empty() {
                continue;
            }
            let left = sets.difference(held, set);
            self.rows[row as usize].set = left;
            if left.is_empty() {
                let slots: SmallVec<[u32; 8]> = self.tuple(row).collect();
                if let Some(key) = key_of(&slots) {
                    self.remove(&key, row);
                }
            }
        }
    }

    fn remove(&mut self, key: &K, row: u32) {
        if let Some(mut places) = self.places.take() {
            if let Ok(found) = places.find_entry(self.hash_row(row), |other| *other == row) {
                found.remove();
            }
            self.places = Some(places);
        }
        if self.groups.is_some() {
            self.unlink(key, row);
        }
        self.rows[row as usize] = Row { slot: NONE, set: RuleSet::EMPTY, next: self.free, previous: NONE };
        self.free = row;
        self.len -= 1;
    }

    /// Removes a row from the group of its key.
    fn unlink(&mut self, key: &K, row: u32) {
        let Row { next, previous, .. } = self.rows[row as usize];
        if next != NONE {
            self.rows[next as usize].previous = previous;
        }
        if previous != NONE {
            self.rows[previous as usize].next = next;
            return;
        }
        let Some(groups) = &mut self.groups else { return };
        if let Ok(mut group) = groups.find_entry(key.hash(), |group| group.key == *key) {
            if next == NONE {
                group.remove();
            } else {
                group.get_mut().head = next;
            }
        }
    }

    /// The row of a tuple.
    fn place(&mut self, slots: &[u32]) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        if self.places.is_none() {
            self.places = Some(self.all_places());
        }
        let hash = hash_slots(slots.iter().copied());
        let same = |row: &u32| self.tuple(*row).eq(slots.iter().copied());
        self.places.as_ref()?.find(hash, same).copied()
    }

    fn all_places(&self) -> HashTable<u32> {
        let mut places = HashTable::with_capacity(self.len);
        for row in 0..self.rows.len() as u32 {
            if !self.rows[row as usize].set.is_empty() {
                places.insert_unique(self.hash_row(row), row, |row| self.hash_row(*row));
            }
        }
        places
    }

    fn hash_row(&self, row: u32) -> u64 {
        hash_slots(self.tuple(row))
    }

    /// The slots of a row.
    #[inline]
    fn tuple(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let start = row as usize * (self.width - 1);
        std::iter::once(self.rows[row as usize].slot)
            .chain(self.more[start..start + self.width - 1].iter().copied())
    }

    /// The rows with this key, after [`prepare`](Self::prepare).
    #[inline]
    pub(crate) fn group(&self, key: &K) -> RowIter<'_, K> {
        RowIter { memory: self, row: self.head(key) }
    }

    /// The first row with this key.
    #[inline]
    fn head(&self, key: &K) -> u32 {
        let same = |group: &Group<K>| group.key == *key;
        let found = self.groups.as_ref().and_then(|groups| groups.find(key.hash(), same));
        found.map_or(NONE, |group| group.head)
    }

    /// Calls `visit` with the rows of these keys, after [`prepare`](Self::prepare), each with the
    /// place beside its key. The table is read for all keys first, so that cache misses overlap.
    #[inline]
    pub(crate) fn for_each_found<'a>(&'a self, keyed: &[(K, u32)], mut visit: impl FnMut(usize, Found<'a>)) {
        if self.len == 0 {
            return;
        }
        let heads = collected(keyed.iter().map(|(key, _)| self.head(key)));
        for ((_, at), row) in keyed.iter().zip(heads).filter(|(_, row)| *row != NONE) {
            RowIter { memory: self, row }.for_each(|row| visit(*at as usize, row));
        }
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let rows = self.rows.iter_mut().filter(|row| !row.set.is_empty());
        rows.for_each(|row| row.set = map(row.set));
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.groups.as_ref().map_or(0, HashTable::allocation_size)
            + self.rows.capacity() * size_of::<Row>()
            + self.more.capacity() * size_of::<u32>()
            + self.places.as_ref().map_or(0, HashTable::allocation_size)
    }
}

/// The rows of one group.
pub(crate) struct RowIter<'a, K> {
    memory: &'a BetaMemory<K>,
    row: u32,
}

/// A row of a memory, as a probe finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// The first fact's slot.
    pub(crate) slot: u32,
    /// The other facts' slots.
    pub(crate) more: &'a [u32],
    /// The rules that the tuple satisfies so far.
    pub(crate) set: RuleSet,
}

impl<'a, K> Iterator for RowIter<'a, K> {
    type Item = Found<'a>;

    #[inline]
    fn next(&mut self) -> Option<Found<'a>> {
        if self.row == NONE {
            return None;
        }
        let row = self.memory.rows[self.row as usize];
        let rest = self.memory.width - 1;
        let start = self.row as usize * rest;
        self.row = row.next;
        Some(Found { slot: row.slot, more: &self.memory.more[start..start + rest], set: row.set })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The key is a function of the tuple, as in a join.
    struct Halves;

    impl KeysOf<[u64; 1]> for Halves {
        fn key_of(&self, slots: &[u32]) -> Option<[u64; 1]> {
            Some([u64::from(slots[0] % 2)])
        }

        fn touch(&self, slot: impl Fn(usize) -> u32) -> u32 {
            slot(0)
        }
    }

    proptest! {
        /// Compares with a map from tuple to rules.
        #[test]
        fn a_memory_is_a_multimap(
            steps in proptest::collection::vec((0..6_u32, 0..3_u32, 1..8_u64, any::<(bool, bool)>()), 1..80),
        ) {
            let mut sets = RuleSets::new();
            let mut memory: BetaMemory<[u64; 1]> = BetaMemory::new(2);
            let mut model: BTreeMap<[u32; 2], u64> = BTreeMap::new();
            for (first, second, bits, (adds, probed)) in steps {
                let slots = [first, second];
                let key = [u64::from(first % 2)];
                let held = model.get(&slots).copied().unwrap_or(0);
                if adds {
                    let new = bits & !held;
                    if new != 0 {
                        let set = sets.intern(&[new]);
                        memory.add(&key, &slots, set, false, &mut sets);
                        model.insert(slots, held | new);
                    }
                } else {
                    let set = sets.intern(&[bits]);
                    memory.subtract(&key, &slots, set, &mut sets);
                    if held & !bits == 0 { model.remove(&slots); } else { model.insert(slots, held & !bits); }
                }
                prop_assert_eq!(memory.len(), model.len());
                if probed {
                    memory.prepare(|| Halves);
                } else if memory.groups.is_none() {
                    continue;
                }
                for key in 0..2 {
                    let expected: BTreeSet<([u32; 2], u64)> = model.iter()
                        .filter(|(slots, _)| u64::from(slots[0] % 2) == key)
                        .map(|(slots, set)| (*slots, *set)).collect();
                    let found: BTreeSet<([u32; 2], u64)> = memory.group(&[key]).map(|row| {
                        let mut set = 0;
                        sets.for_each(row.set, |bit| set |= 1 << bit);
                        ([row.slot, row.more[0]], set)
                    }).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}

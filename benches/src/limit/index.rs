//! The hash index that the limit programs share: open addressing with linear probing over record
//! numbers.
//!
//! A slot is four bytes and the key stays in its record, so an index of half a million customers is
//! 4 MB. Slots with the key take 16 MB and save reading the record, yet negation and the chain were
//! no faster with them at a million facts.

/// A set of records, found by a key that each record has.
///
/// The records belong to the caller, who returns their keys through `key_of`.
#[derive(Clone, Debug)]
pub(super) struct RecordIndex {
    /// Record numbers plus one, so that zeroed memory is an empty index.
    slots: Vec<u32>,
    /// How far to shift a hash right to get a slot number.
    shift: u32,
    len: usize,
}

impl RecordIndex {
    /// An index that holds `records` records without growing.
    pub(super) fn with_capacity(records: usize) -> Self {
        let slots = (records.max(8) * 3 / 2).next_power_of_two();
        Self { slots: vec![0; slots], shift: 64 - slots.trailing_zeros(), len: 0 }
    }

    /// The record with this key.
    #[inline]
    pub(super) fn get(&self, key: i64, key_of: impl Fn(u32) -> i64) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        loop {
            let record = self.slots[at & mask].checked_sub(1)?;
            if key_of(record) == key {
                return Some(record);
            }
            at += 1;
        }
    }

    /// Adds a record whose key no other record has.
    #[inline]
    pub(super) fn insert_unique(&mut self, key: i64, record: u32, key_of: impl Fn(u32) -> i64) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow(key_of);
        }
        self.place(key, record);
    }

    /// Makes `record` the one for its key, and returns the previous one.
    #[inline]
    pub(super) fn replace(&mut self, key: i64, record: u32, key_of: impl Fn(u32) -> i64) -> Option<u32> {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow(&key_of);
        }
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        while let Some(old) = self.slots[at & mask].checked_sub(1) {
            if key_of(old) == key {
                self.slots[at & mask] = record + 1;
                return Some(old);
            }
            at += 1;
        }
        self.slots[at & mask] = record + 1;
        self.len += 1;
        None
    }

    #[inline]
    fn place(&mut self, key: i64, record: u32) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        while self.slots[at & mask] != 0 {
            at += 1;
        }
        self.slots[at & mask] = record + 1;
        self.len += 1;
    }

    /// Where the search for a key begins: the folded product with an odd number, whose high bits
    /// are well mixed.
    #[inline]
    fn home(&self, key: i64) -> usize {
        let product = u128::from(key as u64 ^ 0x243F_6A88_85A3_08D3) * 0x9E37_79B9_7F4A_7C15;
        ((product >> 64) as u64 ^ product as u64) as usize >> self.shift
    }

    #[cold]
    fn grow(&mut self, key_of: impl Fn(u32) -> i64) {
        let mut larger = Self::with_capacity(self.slots.len());
        for record in self.slots.iter().filter_map(|slot| slot.checked_sub(1)) {
            larger.place(key_of(record), record);
        }
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::sparse_id;

    #[test]
    fn every_key_is_found_again_and_no_other() {
        let mut index = RecordIndex::with_capacity(0);
        let key_of = |record: u32| sparse_id(u64::from(record % 10_000));
        for record in 0..10_000u32 {
            match record % 2 {
                0 => index.insert_unique(key_of(record), record, key_of),
                _ => assert_eq!(index.replace(key_of(record), record, key_of), None),
            }
        }
        for record in 0..10_000u32 {
            assert_eq!(index.get(key_of(record), key_of), Some(record));
            assert_eq!(index.get(sparse_id(u64::from(record) + 10_000), key_of), None);
        }
        assert_eq!(index.replace(key_of(5), 10_005, key_of), Some(5));
        assert_eq!(index.get(key_of(5), key_of), Some(10_005));
    }
}

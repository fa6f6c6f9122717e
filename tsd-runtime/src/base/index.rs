//! An index of numbered things that contain their keys: the slots of a store, the agenda's entries.
//!
//! Searching a hash table of keys is slow less for the search than for the memory that it reads. So
//! a place of this index takes four bytes. It contains the number of a thing and, in the bits that
//! the number leaves free, a part of the hash. A search hardly ever reads the key of another thing.
//! (Open addressing with linear probing; Knuth, The Art of Computer Programming 6.4, algorithms L
//! and R.)

use super::hash::hash_words;

/// Finds numbers by hash.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// One word for each place: 0 when it is empty, or else the number plus one, below bits of the
    /// hash.
    places: Vec<u32>,
    /// How many bits the number of a place has. The number of a thing has no more.
    bits: u32,
}

impl Default for Index {
    fn default() -> Self {
        Self { places: vec![0], bits: 0 }
    }
}

impl Index {
    /// Whether numbers below this one may be entered. Some place is always empty, so that searches
    /// end.
    #[inline]
    pub(crate) fn has_room(&self, numbers: usize) -> bool {
        numbers * 4 <= self.places.len() * 3
    }

    /// Makes room for numbers below this one, and enters all existing things by their hashes.
    pub(crate) fn grow(&mut self, numbers: usize, things: impl Iterator<Item = (u64, u32)>) {
        let places = (numbers.max(6) * 4).div_ceil(3).next_power_of_two();
        *self = Self { places: vec![0; places], bits: places.trailing_zeros() };
        things.for_each(|(hash, number)| self.enter(hash, number));
    }

    /// Reads where the search for a hash begins, so that it is in the cache when the search
    /// follows.
    #[inline]
    pub(crate) fn touch(&self, hash: u64) -> u32 {
        self.places[self.home(hash)]
    }

    /// The thing with this hash for which `same` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.search(hash, same).ok()
    }

    /// Enters a number for which there is [room](Self::has_room). If there is a thing with this
    /// hash for which `same` holds, nothing changes and that thing is the error.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, number: u32, same: impl Fn(u32) -> bool) -> Result<(), u32> {
        match self.search(hash, same) {
            Ok(other) => Err(other),
            Err(at) => {
                self.places[at] = self.mark(hash) | (number + 1);
                Ok(())
            }
        }
    }

    /// Enters numbers for which there is [room](Self::has_room), up to the first whose key is in
    /// use. The error is how many were entered, and the thing with that key. The first place of
    /// every search is read in a separate loop, so that cache misses overlap.
    #[inline]
    pub(crate) fn insert_new<W: AsRef<[u64]>>(
        &mut self,
        numbers: std::ops::Range<u32>,
        key_of: impl Fn(u32) -> W,
    ) -> Result<(), (usize, u32)> {
        let hash = |key: &W| hash_words(key.as_ref().iter().copied());
        let places = numbers.clone().map(|number| self.touch(hash(&key_of(number))));
        std::hint::black_box(places.fold(0, |all, place| all ^ place));
        for (entered, number) in numbers.enumerate() {
            let key = key_of(number);
            let same = |other| key_of(other).as_ref() == key.as_ref();
            self.insert(hash(&key), number, same).map_err(|other| (entered, other))?;
        }
        Ok(())
    }

    /// Enters a number for which there is [room](Self::has_room). It replaces the thing with this
    /// hash for which `same` holds, which is returned.
    #[inline]
    pub(crate) fn put(&mut self, hash: u64, number: u32, same: impl Fn(u32) -> bool) -> Option<u32> {
        let other = self.insert(hash, number, same).err()?;
        let mut at = self.home(hash);
        while self.places[at] & self.numbers() != other + 1 {
            at = self.after(at);
        }
        self.places[at] = self.mark(hash) | (number + 1);
        Some(other)
    }

    /// The thing, or the empty place where the search ended.
    #[inline]
    fn search(&self, hash: u64, same: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let (numbers, mark) = (self.numbers(), self.mark(hash));
        let mut at = self.home(hash);
        loop {
            let place = self.places[at];
            if place == 0 {
                return Err(at);
            }
            let number = (place & numbers).wrapping_sub(1);
            if place & !numbers == mark && same(number) {
                return Ok(number);
            }
            at = self.after(at);
        }
    }

    fn enter(&mut self, hash: u64, number: u32) {
        let mut at = self.home(hash);
        while self.places[at] != 0 {
            at = self.after(at);
        }
        self.places[at] = self.mark(hash) | (number + 1);
    }

    /// Removes a number. `hash_of` returns the hashes of the others.
    pub(crate) fn remove(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        let mut at = self.home(hash);
        while self.places[at] != 0 && self.places[at] & self.numbers() != number + 1 {
            at = self.after(at);
        }
        // Entries that were displaced from their home move up into the gap, so that no search ends
        // too early.
        let mask = self.places.len() - 1;
        let mut gap = at;
        while self.places[at] != 0 {
            at = self.after(at);
            let home = match (self.places[at] & self.numbers()).checked_sub(1) {
                Some(number) => self.home(hash_of(number)),
                None => break,
            };
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(gap) & mask {
                self.places[gap] = self.places[at];
                gap = at;
            }
        }
        self.places[gap] = 0;
    }

    /// Where the search for a hash begins.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        ((hash >> 32) >> (32 - self.bits)) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }

    /// The bits of a place that hold a number.
    #[inline]
    fn numbers(&self) -> u32 {
        (self.places.len() - 1) as u32
    }

    /// The part of a hash that a place contains besides its home.
    #[inline]
    fn mark(&self, hash: u64) -> u32 {
        hash as u32 & !self.numbers()
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Compares with a map from number to hash. There are few hashes, so that many things share
        /// one.
        #[test]
        fn an_index_is_a_multimap(
            hashes in proptest::collection::vec(0..4_u64, 8..9),
            steps in proptest::collection::vec((0..40_u32, any::<bool>()), 1..200),
        ) {
            let hash_of = |number: u32| hashes[number as usize % 8] << 62 | u64::from(number % 3);
            let mut index = Index::default();
            let mut model: BTreeMap<u32, u64> = BTreeMap::new();
            for (number, enters) in steps {
                let hash = hash_of(number);
                if !enters {
                    if model.remove(&number).is_some() {
                        index.remove(hash, number, hash_of);
                    }
                } else {
                    if !index.has_room(number as usize + 1) {
                        index.grow(number as usize + 1, model.iter().map(|(number, hash)| (*hash, *number)));
                    }
                    let entered = index.insert(hash, number, |other| other == number);
                    prop_assert_eq!(entered, model.insert(number, hash).map_or(Ok(()), |_| Err(number)));
                }
                for number in 0..40 {
                    let found = index.find(hash_of(number), |other| other == number);
                    prop_assert_eq!(found, model.contains_key(&number).then_some(number));
                }
            }
        }
    }
}

//! One side of a join: a memory of its own, or the store's primary key index.
//!
//! Most joins lead from a reference to the primary key that it names. The store finds facts by primary key anyway, so a
//! side whose join key is the whole primary key of its one type needs no second index: it remembers, for each slot, the
//! rules of the fact there.

use smallvec::SmallVec;
use tsd_ir::{Part, TypeId};

use super::batch::BLOCK;
use super::memory::{Found, Key, Memory, RowIter};
use crate::memory::{Store, WorkingMemory};
use crate::ruleset::{RuleSet, RuleSets};

/// The tuples on one side of a join.
#[derive(Debug)]
pub(crate) enum Side<K> {
    /// In a memory of the join.
    Own(Memory<K>),
    /// In the store of their type.
    Stored(Stored),
}

/// Facts that the store finds by the join key.
#[derive(Debug)]
pub(crate) struct Stored {
    ty: TypeId,
    /// For each field of the primary key, the word of the join key that equals it.
    key_words: Vec<usize>,
    /// For each slot, the rules of the fact there; empty when it does not take part.
    sets: Vec<RuleSet>,
    len: usize,
}

impl<K: Key> Side<K> {
    /// A side for tuples of these types, found by these parts of the fact when they are single facts.
    pub(crate) fn new(types: &[TypeId], parts: &[Part], memory: &WorkingMemory) -> Self {
        match Stored::new(types, parts, memory) {
            Some(stored) => Self::Stored(stored),
            None => Self::Own(Memory::new(types.len())),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Own(memory) => memory.len(),
            Self::Stored(stored) => stored.len,
        }
    }

    /// Adds rules to a tuple; see [`Memory::add`].
    #[inline]
    pub(crate) fn add(&mut self, key: &K, slots: &[u32], set: RuleSet, fresh: bool, sets: &mut RuleSets) {
        match self {
            Self::Own(memory) => memory.add(key, slots, set, fresh, sets),
            Self::Stored(stored) => stored.add(slots[0], set, sets),
        }
    }

    /// Takes rules from a tuple; see [`Memory::subtract`].
    #[inline]
    pub(crate) fn subtract(&mut self, key: &K, slots: &[u32], set: RuleSet, sets: &mut RuleSets) {
        match self {
            Self::Own(memory) => memory.subtract(key, slots, set, sets),
            Self::Stored(stored) => stored.subtract(slots[0], set, sets),
        }
    }

    /// Takes rules from every tuple; see [`Memory::subtract_from_all`].
    pub(crate) fn subtract_from_all(
        &mut self,
        set: RuleSet,
        sets: &mut RuleSets,
        key_of: impl Fn(&[u32]) -> Option<K>,
    ) {
        match self {
            Self::Own(memory) => memory.subtract_from_all(set, sets, key_of),
            Self::Stored(stored) => {
                (0..stored.sets.len() as u32).for_each(|slot| stored.subtract(slot, set, sets));
            }
        }
    }

    /// Forgets all tuples.
    #[cold]
    pub(crate) fn give_up(&mut self) {
        match self {
            Self::Own(memory) => *memory = Memory::new(memory.width()),
            Self::Stored(stored) => (stored.sets, stored.len) = (Vec::new(), 0),
        }
    }

    /// Gets ready for probes; see [`Memory::prepare`].
    #[inline]
    pub(crate) fn prepare(&mut self, key_of: impl Fn(&[u32]) -> Option<K>) {
        if let Self::Own(memory) = self {
            memory.prepare(key_of);
        }
    }

    /// Reads what probes with these keys will look at. Returns the first facts of the tuples that they will most likely
    /// find.
    pub(crate) fn touch_all(&self, keys: &[K], memory: &WorkingMemory) -> SmallVec<[u32; BLOCK]> {
        match self {
            Self::Own(own) => keys.iter().filter_map(|key| Some(own.group(key).next()?.slot)).collect(),
            Self::Stored(stored) => stored.touch_all(keys, memory),
        }
    }

    /// The tuples with this key, after [`prepare`](Self::prepare).
    #[inline]
    pub(crate) fn group<'a>(&'a self, key: &K, memory: &WorkingMemory) -> Group<'a, K> {
        match self {
            Self::Own(own) => Group::Own(own.group(key)),
            Self::Stored(stored) => Group::Stored(stored.find(key.words(), memory)),
        }
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        match self {
            Self::Own(memory) => memory.map_sets(map),
            Self::Stored(stored) => {
                let sets = stored.sets.iter_mut().filter(|set| !set.is_empty());
                sets.for_each(|set| *set = map(*set));
            }
        }
    }

    /// The bytes held.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Own(memory) => memory.bytes(),
            Self::Stored(stored) => stored.sets.capacity() * size_of::<RuleSet>(),
        }
    }
}

impl Stored {
    /// `None` unless the parts are all the fields of the primary key of one type.
    fn new(types: &[TypeId], parts: &[Part], memory: &WorkingMemory) -> Option<Self> {
        let [ty] = types else { return None };
        let fields = memory.store(*ty).key_fields();
        if fields.is_empty() || fields.len() != parts.len() {
            return None;
        }
        let word = |field: &usize| {
            parts.iter().position(|part| matches!(part, Part::Field(id) if id.index() == *field))
        };
        let key_words = fields.iter().map(word).collect::<Option<Vec<usize>>>()?;
        Some(Self { ty: *ty, key_words, sets: Vec::new(), len: 0 })
    }

    #[inline]
    fn add(&mut self, slot: u32, set: RuleSet, sets: &mut RuleSets) {
        let index = slot as usize;
        if self.sets.len() <= index {
            self.sets.resize(index + 1, RuleSet::EMPTY);
        }
        let held = &mut self.sets[index];
        self.len += usize::from(held.is_empty());
        *held = sets.union(*held, set);
    }

    fn subtract(&mut self, slot: u32, set: RuleSet, sets: &mut RuleSets) {
        let Some(held) = self.sets.get_mut(slot as usize).filter(|held| !held.is_empty()) else { return };
        *held = sets.difference(*held, set);
        self.len -= usize::from(held.is_empty());
    }

    /// First the index for all keys, then the facts that it leads to: neither loop waits for what it reads.
    fn touch_all<K: Key>(&self, keys: &[K], memory: &WorkingMemory) -> SmallVec<[u32; BLOCK]> {
        let store = memory.store(self.ty);
        let hash = |key: &K| Store::key_hash(self.key_words.iter().map(|word| key.words()[*word]));
        let hashes: SmallVec<[u64; BLOCK]> = keys.iter().map(hash).collect();
        std::hint::black_box(hashes.iter().fold(0, |all, hash| all ^ store.touch_index(*hash)));
        let mut slots: SmallVec<_> = hashes.iter().filter_map(|hash| store.guess_by_key(*hash)).collect();
        std::hint::black_box(slots.iter().fold(0, |all, slot| all ^ store.row(*slot)[0]));
        slots.retain(|slot| self.holds(*slot));
        slots
    }

    /// Whether the fact at a slot takes part.
    #[inline]
    fn holds(&self, slot: u32) -> bool {
        self.sets.get(slot as usize).is_some_and(|set| !set.is_empty())
    }

    #[inline]
    fn find(&self, words: &[u64], memory: &WorkingMemory) -> Option<Found<'static>> {
        let store: &Store = memory.store(self.ty);
        let slot = store.find_key(self.key_words.iter().map(|word| words[*word]))?;
        let set = self.sets.get(slot as usize).copied().filter(|set| !set.is_empty())?;
        Some(Found { slot, more: &[], set })
    }
}

/// The tuples with one key.
pub(crate) enum Group<'a, K> {
    /// Those of a memory.
    Own(RowIter<'a, K>),
    /// The fact with that primary key.
    Stored(Option<Found<'static>>),
}

impl<'a, K> Iterator for Group<'a, K> {
    type Item = Found<'a>;

    #[inline]
    fn next(&mut self) -> Option<Found<'a>> {
        match self {
            Self::Own(rows) => rows.next(),
            Self::Stored(found) => found.take(),
        }
    }
}

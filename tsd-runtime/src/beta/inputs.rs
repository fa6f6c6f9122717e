//! One side of a join: a memory of its own, or the store's primary key index.
//!
//! Most joins lead from a reference to the primary key that it names. The store finds facts by primary key anyway, so a
//! side whose join key is the whole primary key of its one type needs no second index: it remembers, for each slot, the
//! rules of the fact there.

use tsd_ir::TypeId;

use super::key::{KeyParts, Keys};
use super::key_index_input::{KeyIndexInput, RulesBySlot};
use super::memory::{BetaMemory, Found, Key, RowIter};
use crate::flow::{Delta, Sign};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// The tuples on one side of a join.
#[derive(Debug)]
pub(crate) enum JoinInput<K> {
    /// In a memory of the join.
    Memory(BetaMemory<K>),
    /// In the store of their type.
    KeyIndex(KeyIndexInput),
}

impl<K: Key> JoinInput<K> {
    /// A side for tuples of these types, found by these parts of the fact when they are single facts.
    pub(crate) fn new(types: &[TypeId], parts: &KeyParts, memory: &WorkingMemory) -> Self {
        match KeyIndexInput::new(types, parts, memory) {
            Some(stored) => Self::KeyIndex(stored),
            None => Self::Memory(BetaMemory::new(types.len())),
        }
    }

    /// Whether the store finds the facts.
    #[inline]
    pub(crate) fn is_key_index(&self) -> bool {
        matches!(self, Self::KeyIndex(_))
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.len(),
            Self::KeyIndex(stored) => stored.held.len(),
        }
    }

    /// Adds rules to a tuple; see [`BetaMemory::add`].
    #[inline]
    pub(crate) fn add(&mut self, key: &K, slots: &[u32], set: RuleSet, fresh: bool, sets: &mut RuleSets) {
        match self {
            Self::Memory(memory) => memory.add(key, slots, set, fresh, sets),
            Self::KeyIndex(stored) => stored.held.add(slots[0], set, sets),
        }
    }

    /// Adds the rules of tuples with these keys to them, or takes them from them.
    pub(crate) fn change(
        &mut self,
        keyed: &[(K, u32)],
        tuples: &Delta,
        sign: Sign,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let own = match self {
            Self::KeyIndex(stored) => return stored.change(tuples, sign, memory, sets),
            Self::Memory(own) => own,
        };
        let tuples = keyed.iter().map(|(key, at)| (key, tuples.get(*at as usize)));
        match sign {
            Sign::Add { fresh } => {
                tuples.for_each(|(key, tuple)| own.add(key, tuple.slots, tuple.set, fresh, sets));
            }
            Sign::Remove => tuples.for_each(|(key, tuple)| own.subtract(key, tuple.slots, tuple.set, sets)),
        }
    }

    /// Takes rules from every tuple; see [`BetaMemory::subtract_from_all`].
    pub(crate) fn subtract_from_all(
        &mut self,
        set: RuleSet,
        sets: &mut RuleSets,
        key_of: impl Fn(&[u32]) -> Option<K>,
    ) {
        match self {
            Self::Memory(memory) => memory.subtract_from_all(set, sets, key_of),
            Self::KeyIndex(stored) => {
                stored.held.subtract_from_all(set, sets);
            }
        }
    }

    /// Forgets all tuples.
    #[cold]
    pub(crate) fn evict(&mut self) {
        match self {
            Self::Memory(memory) => *memory = BetaMemory::new(memory.width()),
            Self::KeyIndex(stored) => stored.held = RulesBySlot::default(),
        }
    }

    /// Gets ready for probes; see [`BetaMemory::prepare`].
    #[inline]
    pub(crate) fn prepare<'k>(&mut self, keys: impl FnOnce() -> Keys<'k>) {
        if let Self::Memory(memory) = self {
            memory.prepare(keys);
        }
    }

    /// The tuples with this key, after [`prepare`](Self::prepare).
    #[inline]
    pub(crate) fn group<'a>(&'a self, key: &K, memory: &WorkingMemory) -> Group<'a, K> {
        match self {
            Self::Memory(own) => Group::Memory(own.group(key)),
            Self::KeyIndex(stored) => Group::KeyIndex(stored.find(key.words(), memory)),
        }
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        match self {
            Self::Memory(memory) => memory.map_sets(map),
            Self::KeyIndex(stored) => stored.held.map_sets(map),
        }
    }

    /// The bytes held.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.bytes(),
            Self::KeyIndex(stored) => stored.held.bytes(),
        }
    }
}

/// The tuples with one key.
pub(crate) enum Group<'a, K> {
    /// Those of a memory.
    Memory(RowIter<'a, K>),
    /// The fact with that primary key.
    KeyIndex(Option<Found<'static>>),
}

impl<'a, K> Iterator for Group<'a, K> {
    type Item = Found<'a>;

    #[inline]
    fn next(&mut self) -> Option<Found<'a>> {
        match self {
            Self::Memory(rows) => rows.next(),
            Self::KeyIndex(found) => found.take(),
        }
    }
}

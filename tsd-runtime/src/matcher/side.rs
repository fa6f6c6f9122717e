//! One side of a join: a memory of its own, or the store's primary key index.
//!
//! Most joins lead from a reference to the primary key that it names. The store finds facts by primary key anyway, so a
//! side whose join key is the whole primary key of its one type needs no second index: it remembers, for each slot, the
//! rules of the fact there.

use smallvec::SmallVec;
use tsd_ir::TypeId;

use super::delta::Delta;
use super::keys::{KeyParts, Keys};
use super::memory::{Found, Key, Memory, RowIter};
use super::propagation::Sign;
use super::stored::{BySlot, Stored};
use crate::memory::WorkingMemory;
use crate::ruleset::{RuleSet, RuleSets};

/// Keys of tuples of a delta, with the tuples' places there. Those of a single change need no allocation; those of a block
/// would take too much of the stack, where there is one such list for each join of a chain.
pub(super) type Keyed<K> = SmallVec<[(K, u32); 4]>;

/// Collects what belongs to the tuples of a delta.
#[inline(always)]
pub(super) fn collected<T>(items: impl Iterator<Item = T>) -> SmallVec<[T; 4]> {
    if items.size_hint().0 > 4 { SmallVec::from_vec(items.collect()) } else { items.collect() }
}

/// The tuples on one side of a join.
#[derive(Debug)]
pub(crate) enum Side<K> {
    /// In a memory of the join.
    Own(Memory<K>),
    /// In the store of their type.
    Stored(Stored),
}

impl<K: Key> Side<K> {
    /// A side for tuples of these types, found by these parts of the fact when they are single facts.
    pub(crate) fn new(types: &[TypeId], parts: &KeyParts, memory: &WorkingMemory) -> Self {
        match Stored::new(types, parts, memory) {
            Some(stored) => Self::Stored(stored),
            None => Self::Own(Memory::new(types.len())),
        }
    }

    /// Whether the store finds the facts.
    #[inline]
    pub(super) fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(_))
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Own(memory) => memory.len(),
            Self::Stored(stored) => stored.held.len(),
        }
    }

    /// Adds rules to a tuple; see [`Memory::add`].
    #[inline]
    pub(crate) fn add(&mut self, key: &K, slots: &[u32], set: RuleSet, fresh: bool, sets: &mut RuleSets) {
        match self {
            Self::Own(memory) => memory.add(key, slots, set, fresh, sets),
            Self::Stored(stored) => stored.held.add(slots[0], set, sets),
        }
    }

    /// Adds the rules of tuples with these keys to them, or takes them from them.
    pub(super) fn change(
        &mut self,
        keyed: &[(K, u32)],
        tuples: &Delta,
        sign: Sign,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let own = match self {
            Self::Stored(stored) => return stored.change(tuples, sign, memory, sets),
            Self::Own(own) => own,
        };
        let tuples = keyed.iter().map(|(key, at)| (key, tuples.get(*at as usize)));
        match sign {
            Sign::Add { fresh } => {
                tuples.for_each(|(key, tuple)| own.add(key, tuple.slots, tuple.set, fresh, sets));
            }
            Sign::Remove => tuples.for_each(|(key, tuple)| own.subtract(key, tuple.slots, tuple.set, sets)),
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
                stored.held.subtract_from_all(set, sets);
            }
        }
    }

    /// Forgets all tuples.
    #[cold]
    pub(crate) fn give_up(&mut self) {
        match self {
            Self::Own(memory) => *memory = Memory::new(memory.width()),
            Self::Stored(stored) => stored.held = BySlot::default(),
        }
    }

    /// Gets ready for probes; see [`Memory::prepare`].
    #[inline]
    pub(super) fn prepare<'k>(&mut self, keys: impl FnOnce() -> Keys<'k>) {
        if let Self::Own(memory) = self {
            memory.prepare(keys);
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
            Self::Stored(stored) => stored.held.map_sets(map),
        }
    }

    /// The bytes held.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Own(memory) => memory.bytes(),
            Self::Stored(stored) => stored.held.bytes(),
        }
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

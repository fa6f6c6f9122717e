//! One side of a join: a memory of its own, or the store's primary key index.
//!
//! Most joins lead from a reference to the primary key that it names. The store finds facts by primary key anyway, so a
//! side whose join key is the whole primary key of its one type needs no second index: it remembers, for each slot, the
//! rules of the fact there.

use smallvec::SmallVec;
use tsd_ir::{Part, TypeId};

use super::delta::Delta;
use super::join::Keys;
use super::memory::{Found, Key, Memory, RowIter};
use super::propagation::Sign;
use crate::memory::{Index, Store, WorkingMemory, hash_words};
use crate::ruleset::{RuleSet, RuleSets};

/// Keys of tuples of a delta, with the tuples' places there. Those of a single change need no allocation; those of a block
/// would take too much of the stack, where there is one such list for each join of a chain.
pub(super) type Keyed<K> = SmallVec<[(K, u32); 4]>;

/// A fact that has the key of a tuple of a delta.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// The tuple's place.
    pub(super) at: u32,
    /// The fact.
    pub(super) slot: u32,
    /// Its rules, of which there are some.
    pub(super) set: RuleSet,
}

/// What was found for a delta.
pub(super) type Hits = SmallVec<[Hit; 4]>;

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

    /// Whether the store finds the facts.
    #[inline]
    pub(super) fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(_))
    }

    #[inline]
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
        *held = if held.is_empty() { set } else { sets.union(*held, set) };
    }

    /// Adds the rules of facts to them, or takes them from them. All facts have a primary key, so none is asked for it.
    pub(super) fn change(&mut self, facts: &Delta, sign: Sign, memory: &WorkingMemory, sets: &mut RuleSets) {
        match sign {
            Sign::Add { .. } => {
                memory.store(self.ty).extent().grow(&mut self.sets, RuleSet::EMPTY);
                facts.iter().for_each(|fact| self.add(fact.slots[0], fact.set, sets));
            }
            Sign::Remove => facts.iter().for_each(|fact| self.subtract(fact.slots[0], fact.set, sets)),
        }
    }

    fn subtract(&mut self, slot: u32, set: RuleSet, sets: &mut RuleSets) {
        let Some(held) = self.sets.get_mut(slot as usize).filter(|held| !held.is_empty()) else { return };
        *held = sets.difference(*held, set);
        self.len -= usize::from(held.is_empty());
    }

    /// Finds the facts with these keys. First reads the index for all keys, then the rules of the facts that it leads to,
    /// most likely those sought, then these facts; so that no search waits for what it reads.
    pub(super) fn find_all<K: Key>(&self, keyed: &[(K, u32)], memory: &WorkingMemory) -> Hits {
        let store = memory.store(self.ty);
        let Some((fields, index)) = store.key_index().filter(|_| self.len > 0) else { return Hits::new() };
        match (fields, &*self.key_words) {
            ([field], [0]) => {
                let hash = |key: &K| hash_words([key.words()[0]]);
                let has = |slot: u32, key: &K| store.word(slot, *field) == key.words()[0];
                self.find_by(keyed, (store, index), hash, has)
            }
            _ => {
                let hash = |key: &K| hash_words(self.key_words.iter().map(|at| key.words()[*at]));
                let has = |slot: u32, key: &K| {
                    let same = |(field, at): (&usize, &usize)| store.word(slot, *field) == key.words()[*at];
                    fields.iter().zip(&self.key_words).all(same)
                };
                self.find_by(keyed, (store, index), hash, has)
            }
        }
    }

    #[inline(always)]
    fn find_by<K: Key>(
        &self,
        keyed: &[(K, u32)],
        (store, index): (&Store, &Index),
        hash: impl Fn(&K) -> u64,
        has: impl Fn(u32, &K) -> bool,
    ) -> Hits {
        let takes_part = |slot: u32| !self.rules_of(slot).is_empty();
        if keyed.len() > 1 {
            read_all(keyed, |(key, _)| index.touch(hash(key)));
        }
        let mut all: Hits = collected((0..).zip(keyed).map(|(at, (key, _))| {
            let slot = index.find(hash(key), |_| true).unwrap_or(NONE);
            Hit { at, slot, set: RuleSet::EMPTY }
        }));
        // A fact that takes no part need not be read, whether it is the one or not.
        if keyed.len() > 1 {
            read_all(&all, |hit| self.rules_of(hit.slot).read());
        }
        keep(&mut all, |hit| {
            hit.set = self.rules_of(hit.slot);
            if hit.set.is_empty() && hit.slot != NONE {
                hit.slot = index.find(hash(&keyed[hit.at as usize].0), takes_part).unwrap_or(NONE);
                hit.set = self.rules_of(hit.slot);
            }
            !hit.set.is_empty()
        });
        if all.len() > 1 {
            let field = store.key_fields()[0];
            read_all(&all, |hit| store.touch(hit.slot, field));
        }
        keep(&mut all, |hit| {
            let (key, place) = &keyed[hit.at as usize];
            if !has(hit.slot, key) {
                let found = index.find(hash(key), |slot| takes_part(slot) && has(slot, key));
                hit.slot = found.unwrap_or(NONE);
                hit.set = self.rules_of(hit.slot);
            }
            hit.at = *place;
            !hit.set.is_empty()
        });
        all
    }

    /// The rules of the fact at a slot.
    #[inline]
    fn rules_of(&self, slot: u32) -> RuleSet {
        self.sets.get(slot as usize).copied().unwrap_or(RuleSet::EMPTY)
    }

    #[inline]
    fn find(&self, words: &[u64], memory: &WorkingMemory) -> Option<Found<'static>> {
        let store: &Store = memory.store(self.ty);
        let slot = store.find_key(self.key_words.iter().map(|word| words[*word]))?;
        let set = self.rules_of(slot);
        (!set.is_empty()).then_some(Found { slot, more: &[], set })
    }
}

/// Keeps those of some hits that are good. Whether one is may be chance, so the loop does not jump.
#[inline(always)]
fn keep(hits: &mut Hits, mut is_good: impl FnMut(&mut Hit) -> bool) {
    let all = hits.as_mut_slice();
    let mut kept = 0;
    for at in 0..all.len() {
        let mut hit = all[at];
        let is_good = is_good(&mut hit);
        all[kept] = hit;
        kept += usize::from(is_good);
    }
    hits.truncate(kept);
}

/// No slot.
const NONE: u32 = u32::MAX;

/// Reads something for each of a block. The loop has nothing else to do, so that it waits for many at once.
#[inline]
fn read_all<T>(block: &[T], read: impl Fn(&T) -> u32) {
    std::hint::black_box(block.iter().fold(0, |all, one| all ^ read(one)));
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

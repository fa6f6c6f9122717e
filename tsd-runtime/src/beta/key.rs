//! A join compares keys word by word, and reads them for every tuple that comes or goes.
//!
//! Nearly always a part of a key is a field, which is read from the row without a call. A computed
//! part costs one call for each tuple that is added or removed, instead of one test for each pair.
//! If a part has no value, the tuple has no key, as with a missing field: nothing equals it.

use std::fmt;

use smallvec::SmallVec;
use tsd_ir::{Body, Computed, Const, FieldId, KeyPair, List, Part, TypeId};

use super::memory::{Key, KeysOf};
use crate::eval::{NativeKey, Tuple, interpret};
use crate::flow::{Delta, Keyed, collected};
use crate::store::{Store, WorkingMemory};

/// The key parts of the tuples of one join input, one for each equality.
#[derive(Clone, Debug)]
pub(crate) struct KeyParts(Vec<KeyPart>);

/// A part of the key of a tuple.
#[derive(Clone, Debug)]
pub(crate) enum KeyPart {
    /// A part of one fact: its type, its place in the tuple, and what is read.
    Stored(TypeId, usize, StoredPart),
    /// A computed part.
    Computed(Formula),
}

/// A part that is read without computing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoredPart {
    Field(FieldId),
    Widened(FieldId),
    Fact,
}

/// A part that is computed from facts of a tuple.
#[derive(Clone, Debug)]
pub(crate) struct Formula {
    /// The places of the facts in the tuple, in the order of the expression's positions.
    places: SmallVec<[usize; 2]>,
    /// Their types.
    types: SmallVec<[TypeId; 2]>,
    compute: Compute,
}

#[derive(Clone)]
enum Compute {
    Native(NativeKey, List<Const>),
    Interpreted(interpret::ComputeWord),
}

impl fmt::Debug for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native(..) => "generated",
            Self::Interpreted(_) => "interpreted",
        })
    }
}

impl KeyParts {
    /// The key parts of left tuples of these types.
    pub(crate) fn of_left(keys: &[KeyPair], types: &[TypeId], natives: &[NativeKey]) -> Self {
        Self(keys.iter().map(|key| KeyPart::new(&key.left, key.at.index(), types, natives)).collect())
    }

    /// The key parts of right facts.
    pub(crate) fn of_right(keys: &[KeyPair], ty: TypeId, natives: &[NativeKey]) -> Self {
        Self(keys.iter().map(|key| KeyPart::new(&key.right, 0, &[ty], natives)).collect())
    }

    /// The place of a field in the key, for tuples of one fact.
    pub(crate) fn position(&self, field: usize) -> Option<usize> {
        let is_it = |part: &KeyPart| match part {
            KeyPart::Stored(_, _, StoredPart::Field(id)) => id.index() == field,
            _ => false,
        };
        self.0.iter().position(is_it)
    }

    /// The number of parts.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A reader of the keys of tuples.
    #[inline]
    pub(crate) fn keys<'a>(&'a self, memory: &'a WorkingMemory) -> Keys<'a> {
        Keys(self.0.iter().map(|part| part.source(memory)).collect())
    }
}

impl KeyPart {
    /// A part of the fact at a place of tuples of these types.
    pub(crate) fn new(part: &Part, at: usize, types: &[TypeId], natives: &[NativeKey]) -> Self {
        let stored = |part| Self::Stored(types[at], at, part);
        match part {
            Part::Field(field) => stored(StoredPart::Field(*field)),
            Part::Widened(field) => stored(StoredPart::Widened(*field)),
            Part::Fact => stored(StoredPart::Fact),
            Part::Computed(computed) => {
                let Computed { others, body, .. } = &**computed;
                let others = others.iter().map(|position| position.index());
                let places: SmallVec<[usize; 2]> = std::iter::once(at).chain(others).collect();
                let compute = match body {
                    Body::Tree(expr) => Compute::Interpreted(interpret::word(expr)),
                    Body::Native { function, constants } => {
                        Compute::Native(natives[*function as usize], constants.clone())
                    }
                };
                Self::Computed(Formula {
                    types: places.iter().map(|at| types[*at]).collect(),
                    places,
                    compute,
                })
            }
        }
    }

    #[inline]
    fn source<'a>(&'a self, memory: &'a WorkingMemory) -> Source<'a> {
        match self {
            Self::Stored(ty, at, part) => Source::Stored(memory.store(*ty), *at, *part),
            Self::Computed(formula) => Source::Computed(memory, formula),
        }
    }

    /// The part of a tuple as a word.
    pub(crate) fn word(&self, slots: &[u32], memory: &WorkingMemory) -> Option<u64> {
        self.source(memory).word(slots)
    }
}

impl Formula {
    #[inline(never)]
    fn word(&self, slots: &[u32], memory: &WorkingMemory) -> Option<u64> {
        let own: SmallVec<[u32; 4]> = self.places.iter().map(|at| slots[*at]).collect();
        let tuple = Tuple::new(memory, &self.types, &own);
        match &self.compute {
            Compute::Native(function, constants) => function(tuple, constants),
            Compute::Interpreted(closure) => closure(tuple),
        }
    }
}

/// Reads the keys of tuples; `None` for a tuple with a missing part, which equals nothing.
pub(crate) struct Keys<'a>(SmallVec<[Source<'a>; 4]>);

/// Where a word of a key comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// The store of a fact, the fact's place in the tuple, and what is read.
    Stored(&'a Store, usize, StoredPart),
    Computed(&'a WorkingMemory, &'a Formula),
}

impl Source<'_> {
    /// Inlined, because nearly always this is a field.
    #[inline(always)]
    fn word(self, slots: &[u32]) -> Option<u64> {
        match self {
            Self::Stored(store, at, StoredPart::Field(field)) => store.field(slots[at], field),
            Self::Stored(store, at, StoredPart::Widened(field)) => widened(store.field(slots[at], field)?),
            Self::Stored(store, at, StoredPart::Fact) => reference(store, slots[at]),
            Self::Computed(memory, formula) => formula.word(slots, memory),
        }
    }
}

/// An integer as the number that it equals.
#[inline(never)]
fn widened(int: u64) -> Option<u64> {
    Some((tsd_ir::ops::int_to_number(int as i64) + 0.0).to_bits())
}

#[inline(never)]
fn reference(store: &Store, slot: u32) -> Option<u64> {
    Some(store.reference(slot).to_word())
}

impl Keys<'_> {
    /// The key of a tuple.
    #[inline(always)]
    pub(crate) fn of<K: Key>(&self, slots: &[u32]) -> Option<K> {
        K::from_words(self.0.iter().map(|source| source.word(slots)))
    }

    /// The keys of tuples, with the places of the tuples. Tuples without a key are left out.
    pub(crate) fn find<K: Key>(&self, tuples: &Delta) -> Keyed<K> {
        let slots = tuples.all_slots().chunks_exact(tuples.width());
        if let [Source::Stored(store, at, StoredPart::Field(field))] = self.0.as_slice()
            && !store.has_missing()
        {
            let words = slots.map(|slots| store.word(slots[*at], field.index()));
            return keyed(words.map(|word| K::from_words(std::iter::once(Some(word)))));
        }
        keyed(slots.map(|slots| self.of(slots)))
    }
}

impl<K: Key> KeysOf<K> for Keys<'_> {
    #[inline]
    fn key_of(&self, slots: &[u32]) -> Option<K> {
        self.of(slots)
    }

    #[inline]
    fn touch(&self, slot: impl Fn(usize) -> u32) -> u32 {
        self.0.iter().fold(0, |all, source| match source {
            Source::Stored(store, at, StoredPart::Field(field) | StoredPart::Widened(field)) => {
                all ^ store.touch(slot(*at), field.index())
            }
            Source::Stored(_, _, StoredPart::Fact) | Source::Computed(..) => all,
        })
    }
}

/// The keys that exist, each with its place.
#[inline(always)]
fn keyed<K: Key>(keys: impl ExactSizeIterator<Item = Option<K>>) -> Keyed<K> {
    const NONE: u32 = u32::MAX;
    let mut are_all_there = true;
    let mut found: Keyed<K> = collected((0..).zip(keys).map(|(at, key)| match key {
        Some(key) => (key, at),
        None => {
            are_all_there = false;
            (K::nothing(), NONE)
        }
    }));
    if !are_all_there {
        found.retain(|(_, at)| *at != NONE);
    }
    found
}

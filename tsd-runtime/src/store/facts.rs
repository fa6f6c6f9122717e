//! The facts of one type, in one dense array of words.
//!
//! A row has a word for each field. If fields may be missing, words of presence bits follow. The
//! word of a string is its symbol, that of a number its bits, and that of a reference a
//! [`FactRef`]. A Boolean is 0 or 1. The slot of a retracted fact is reused with its next
//! generation.

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FactRef, FieldId, Kind, Origin, Type, TypeId};

use super::capacity::Capacity;
use super::equal_facts::EqualFacts;
use super::recency::Recency;
use super::slots::Slots;
use super::strings::Strings;
use crate::base::{Index, hash_words};

/// The facts of one type.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    ty: TypeId,
    /// The origin of the handles of its facts.
    origin: Origin,
    fields: usize,
    width: usize,
    strings: Vec<usize>,
    words: Vec<u64>,
    slots: Slots,
    recency: Recency,
    key: Option<KeyIndex>,
    /// Only for a type without primary key, while some rule inserts facts of it logically.
    equal_facts: Option<EqualFacts>,
}

/// For how many facts room is reserved at once. Growing further is cheap, and the index takes four
/// to eight bytes for each fact, whether or not it comes.
const MOST_RESERVED: usize = 1 << 24;

/// Finds facts by primary key.
#[derive(Clone, Debug)]
struct KeyIndex {
    fields: Vec<usize>,
    slots: Index,
}

impl KeyIndex {
    #[inline]
    fn hash(&self, row: &[u64]) -> u64 {
        hash_words(self.fields.iter().map(|field| row[*field]))
    }

    #[inline]
    fn same(&self, left: &[u64], right: &[u64]) -> bool {
        self.fields.iter().all(|field| left[*field] == right[*field])
    }
}

impl Store {
    /// A store without facts.
    pub(crate) fn new(ty: TypeId, declared: &Type, origin: Origin) -> Self {
        let fields = declared.fields.len();
        let strings = declared.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Text);
        let key = (!declared.key.is_empty()).then(|| KeyIndex {
            fields: declared.key.iter().map(|field| field.index()).collect(),
            slots: Index::default(),
        });
        Self {
            ty,
            origin,
            fields,
            width: declared.words(),
            strings: strings.map(|(index, _)| index).collect(),
            words: Vec::new(),
            slots: Slots::new(),
            recency: Recency::default(),
            key,
            equal_facts: None,
        }
    }

    /// Takes over the allocated rows of another store, if they are equally wide. This store must be
    /// empty.
    pub(crate) fn reuse(&mut self, other: &mut Self) {
        if self.width == other.width {
            self.words = std::mem::take(&mut other.words);
            self.words.clear();
        }
    }

    /// A copy whose handles have another origin.
    pub(super) fn with_origin(&self, origin: Origin) -> Self {
        Self { origin, ..self.clone() }
    }

    /// The number of words of a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The number of slots and their allocated number. Lists indexed by slot grow with it, in one
    /// step.
    #[inline]
    pub(crate) fn capacity(&self) -> Capacity {
        Capacity::new(self.slots.len(), self.words.capacity() / self.width.max(1))
    }

    /// The number of facts.
    pub(crate) fn len(&self) -> usize {
        self.slots.live_count()
    }

    /// The row at `slot`.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &[u64] {
        let start = slot as usize * self.width;
        &self.words[start..start + self.width]
    }

    /// Whether fields of facts may be missing.
    #[inline]
    pub(crate) fn has_missing(&self) -> bool {
        self.width > self.fields
    }

    /// A word of the row at `slot`.
    #[inline]
    pub(crate) fn word(&self, slot: u32, field: usize) -> u64 {
        self.words[slot as usize * self.width + field]
    }

    /// Reads a field of the fact at `slot`, if there is such a slot, so that it is in the cache.
    #[inline]
    pub(crate) fn touch(&self, slot: u32, field: usize) -> u32 {
        self.words.get(slot as usize * self.width + field).map_or(0, |word| *word as u32)
    }

    /// A field of the fact at `slot`; `None` when it is missing.
    #[inline]
    pub(crate) fn field(&self, slot: u32, field: FieldId) -> Option<u64> {
        if !self.has_missing() {
            // No field can be missing, so one read is enough.
            return self.words.get(slot as usize * self.width + field.index()).copied();
        }
        let row = self.row(slot);
        is_present(row, self.fields, field.index()).then(|| row[field.index()])
    }

    /// The handle of the fact at `slot`.
    #[inline]
    pub(crate) fn handle(&self, slot: u32) -> FactHandle {
        FactHandle::new(self.reference(slot), self.origin)
    }

    /// The reference to the fact at `slot`, as fields contain it.
    #[inline]
    pub(crate) fn reference(&self, slot: u32) -> FactRef {
        FactRef::new(self.ty, slot, self.slots.generation(slot).unwrap_or_default())
    }

    /// The number of facts ever inserted.
    #[cfg(feature = "metrics")]
    pub(crate) fn inserted(&self) -> u64 {
        self.slots.inserted()
    }

    /// The insertion number of the fact at `slot`.
    #[inline]
    pub(crate) fn number(&self, slot: u32) -> u64 {
        self.slots.number(slot)
    }

    /// The insertion number that the next fact will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.slots.next_number()
    }

    /// The place of the fact at `slot` in the order of all inserts and updates.
    pub(crate) fn recency(&self, slot: u32) -> u64 {
        self.recency.of(slot, self.number(slot))
    }

    /// Whether facts that were inserted consecutively already have consecutive recencies from
    /// `first`, so that none need be stored.
    pub(crate) fn has_recency(&self, slots: &[u32], first: u64) -> bool {
        slots.first().is_some_and(|slot| self.recency.is_counted(self.number(*slot), first))
    }

    #[inline]
    pub(crate) fn set_recency(&mut self, slot: u32, recency: u64) {
        let slots = &self.slots;
        self.recency.set(slot, recency, slots.len(), |slot| slots.number(slot));
    }

    /// The slot of the referenced fact, if it is a fact of this type that still exists.
    pub(crate) fn find(&self, fact: FactRef) -> Option<u32> {
        let generation = self.slots.generation(fact.slot())?;
        (fact.ty() == self.ty && generation == fact.generation()).then_some(fact.slot())
    }

    /// Whether the fact has been retracted, so that its slot is free or another's.
    pub(super) fn is_past(&self, fact: FactRef) -> bool {
        fact.ty() == self.ty && self.slots.next_generation(fact.slot()) > fact.generation()
    }

    /// The slot of the fact with the primary key of `row`.
    pub(crate) fn find_by_key(&self, row: &[u64]) -> Option<u32> {
        let key = self.key.as_ref()?;
        self.find_key(key.fields.iter().map(|field| row[*field]))
    }

    /// The fields of the primary key; empty when the type has no key.
    pub(crate) fn key_fields(&self) -> &[usize] {
        self.key.as_ref().map_or(&[], |key| &key.fields)
    }

    /// The slot of the fact with these words as its primary key, in the order of the key's fields.
    #[inline]
    pub(crate) fn find_key(&self, words: impl Iterator<Item = u64> + Clone) -> Option<u32> {
        let key = self.key.as_ref()?;
        let same = |slot| {
            let row = self.row(slot);
            key.fields.iter().map(|field| row[*field]).eq(words.clone())
        };
        key.slots.find(hash_words(words.clone()), same)
    }

    /// The fields of the primary key, and the index over the hashes of their words.
    #[inline]
    pub(crate) fn key_index(&self) -> Option<(&[usize], &Index)> {
        self.key.as_ref().map(|key| (key.fields.as_slice(), &key.slots))
    }

    /// Whether there is a fact at `slot`.
    pub(crate) fn is_live(&self, slot: u32) -> bool {
        self.slots.generation(slot).is_some()
    }

    /// The symbols of the strings of the fact at `slot`.
    pub(crate) fn texts_of(&self, slot: u32) -> impl Iterator<Item = crate::store::strings::Symbol> + '_ {
        let row = self.row(slot);
        let present = self.strings.iter().filter(move |field| is_present(row, self.fields, **field));
        present.map(move |field| row[*field] as crate::store::strings::Symbol)
    }

    /// The slots in use, lowest first.
    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.slots.live()
    }

    /// Makes room for `facts` more facts, as far as memory allows. The number is a guess; what is
    /// not reserved is allocated when facts come.
    pub(crate) fn reserve(&mut self, facts: usize) {
        let facts = facts.min(MOST_RESERVED);
        if self.words.try_reserve(facts.saturating_mul(self.width)).is_ok() {
            self.grow_index(self.slots.len() + facts);
        }
    }

    /// Inserts a row. If a fact has its primary key, nothing changes and that fact's slot is the
    /// error.
    pub(crate) fn insert(&mut self, row: &[u64]) -> Result<u32, u32> {
        let slot = self.slots.next();
        self.index(slot, row)?;
        if slot as usize == self.slots.len() {
            self.words.extend_from_slice(row);
        } else {
            let start = slot as usize * self.width;
            self.words[start..start + self.width].copy_from_slice(row);
        }
        self.slots.take();
        self.enter_equal(slot);
        Ok(slot)
    }

    /// Inserts rows, up to the first whose primary key is in use, and appends their slots to
    /// `slots`. The error is the slot of the fact with that key.
    pub(crate) fn insert_all(&mut self, rows: &[u64], count: usize, slots: &mut Vec<u32>) -> Result<(), u32> {
        if (self.slots.next() as usize) < self.slots.len() {
            for index in 0..count {
                slots.push(self.insert(&rows[index * self.width..][..self.width])?);
            }
            return Ok(());
        }
        let first = self.slots.len();
        self.words.extend_from_slice(rows);
        let entered = self.index_new(first, count);
        let count = entered.map_or_else(|(entered, _)| entered, |()| count);
        self.words.truncate((first + count) * self.width);
        self.slots.take_new(count);
        let new = first as u32..(first + count) as u32;
        if self.equal_facts.is_some() {
            new.clone().for_each(|slot| self.enter_equal(slot));
        }
        slots.extend(new);
        entered.map_err(|(_, other)| other)
    }

    /// Enters the primary keys of the last `count` rows, up to the first that is in use. The error
    /// is how many were entered, and the slot of the fact with that key.
    fn index_new(&mut self, first: usize, count: usize) -> Result<(), (usize, u32)> {
        if self.key.as_ref().is_some_and(|key| !key.slots.has_room(first + count)) {
            self.grow_index(first + count);
        }
        let Some(key) = &mut self.key else { return Ok(()) };
        let (words, width) = (&self.words, self.width);
        let slots = first as u32..(first + count) as u32;
        match key.fields.as_slice() {
            [field] => key.slots.insert_new(slots, |slot| [words[slot as usize * width + field]]),
            fields => key.slots.insert_new(slots, |slot| {
                fields
                    .iter()
                    .map(|field| words[slot as usize * width + field])
                    .collect::<SmallVec<[u64; 8]>>()
            }),
        }
    }

    /// Enters the primary key of `row` for the fact at `slot`, unless a fact has it.
    fn index(&mut self, slot: u32, row: &[u64]) -> Result<(), u32> {
        if self.key.as_ref().is_some_and(|key| !key.slots.has_room(slot as usize + 1)) {
            self.grow_index(slot as usize + 1);
        }
        let Some(key) = &mut self.key else { return Ok(()) };
        let (words, width) = (&self.words, self.width);
        let same = |other| {
            let start = other as usize * width;
            key.fields.iter().all(|field| words[start + *field] == row[*field])
        };
        key.slots.insert(key.hash(row), slot, same)
    }

    /// Makes room in the primary-key index for `slots` slots.
    fn grow_index(&mut self, slots: usize) {
        let Some(mut key) = self.key.take() else { return };
        if !key.slots.has_room(slots) {
            let fields = key.fields.as_slice();
            let facts = self.live_slots().map(|slot| {
                let row = self.row(slot);
                (hash_words(fields.iter().map(|field| row[*field])), slot)
            });
            key.slots.grow(slots, facts);
        }
        self.key = Some(key);
    }

    /// Removes the fact at `slot` and its references to strings.
    pub(crate) fn remove(&mut self, slot: u32, strings: &mut Strings) {
        self.unindex(slot);
        self.leave_equal(slot);
        self.release_texts(slot, strings);
        self.slots.release(slot);
    }

    /// Replaces the row at `slot`. A changed primary key must be new.
    pub(crate) fn replace(&mut self, slot: u32, row: &[u64], strings: &mut Strings) {
        let same_key = self.key.as_ref().is_none_or(|key| key.same(self.row(slot), row));
        if !same_key {
            self.unindex(slot);
        }
        self.leave_equal(slot);
        self.release_texts(slot, strings);
        let start = slot as usize * self.width;
        self.words[start..start + self.width].copy_from_slice(row);
        self.enter_equal(slot);
        if !same_key {
            let entered = self.index(slot, row);
            debug_assert!(entered.is_ok(), "the caller made sure that the key is new");
        }
    }

    /// The facts that are equal to a row; at most two. The first call for a type without a primary
    /// key indexes its facts.
    pub(crate) fn find_equal(&mut self, row: &[u64]) -> SmallVec<[u32; 2]> {
        if self.key.is_some() {
            let found = self.find_by_key(row).filter(|slot| self.row(*slot) == row);
            return found.into_iter().collect();
        }
        if self.equal_facts.is_none() {
            self.equal_facts = Some(EqualFacts::new());
            let live: Vec<u32> = self.live_slots().collect();
            live.into_iter().for_each(|slot| self.enter_equal(slot));
        }
        let Self { equal_facts, words, width, .. } = self;
        let equal_facts = equal_facts
            .iter()
            .flat_map(|equal_facts| equal_facts.find(row, |slot| row_at(words, *width, slot)));
        // Of several equal facts, at most one is supported logically.
        equal_facts.take(2).collect()
    }

    /// Drops the index of [`find_equal`](Self::find_equal), whose next call rebuilds it.
    pub(crate) fn forget_equal_facts(&mut self) {
        self.equal_facts = None;
    }

    #[inline]
    fn enter_equal(&mut self, slot: u32) {
        if let Some(equal_facts) = &mut self.equal_facts {
            let (words, width) = (&self.words, self.width);
            equal_facts.enter(slot, |slot| row_at(words, width, slot));
        }
    }

    #[inline]
    fn leave_equal(&mut self, slot: u32) {
        if let Some(equal_facts) = &mut self.equal_facts {
            equal_facts.leave(slot, row_at(&self.words, self.width, slot));
        }
    }

    fn unindex(&mut self, slot: u32) {
        let start = slot as usize * self.width;
        let row = &self.words[start..start + self.width];
        let Some(key) = &mut self.key else { return };
        let hash = |row: &[u64]| hash_words(key.fields.iter().map(|field| row[*field]));
        let hash_of = |slot| {
            let start = slot as usize * self.width;
            hash(&self.words[start..start + self.width])
        };
        key.slots.remove(hash(row), slot, hash_of);
    }

    fn release_texts(&self, slot: u32, strings: &mut Strings) {
        release_texts(self.row(slot), self.fields, &self.strings, strings);
    }

    /// Releases the strings of a row that was written but not inserted.
    pub(crate) fn discard(&self, row: &[u64], strings: &mut Strings) {
        release_texts(row, self.fields, &self.strings, strings);
    }

    /// The fields in which two rows differ.
    pub(crate) fn changed_fields<'a>(
        &self,
        old: &'a [u64],
        new: &'a [u64],
    ) -> impl Iterator<Item = FieldId> + 'a {
        let fields = self.fields;
        (0..fields)
            .filter(move |field| {
                old[*field] != new[*field]
                    || is_present(old, fields, *field) != is_present(new, fields, *field)
            })
            .map(|field| FieldId(field as u16))
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        let key = self.key.as_ref().map_or(0, |key| key.slots.bytes());
        let equal_facts = self.equal_facts.as_ref().map_or(0, EqualFacts::bytes);
        self.words.capacity() * size_of::<u64>()
            + self.slots.bytes()
            + self.recency.bytes()
            + key
            + equal_facts
    }
}

fn row_at(words: &[u64], width: usize, slot: u32) -> &[u64] {
    &words[slot as usize * width..][..width]
}

/// Whether a field of a row has a value. Rows of types without optional fields have no presence
/// bits.
#[inline]
pub(crate) fn is_present(row: &[u64], fields: usize, field: usize) -> bool {
    row.len() == fields || row[fields + field / 64] & (1 << (field % 64)) != 0
}

fn release_texts(row: &[u64], fields: usize, text_fields: &[usize], strings: &mut Strings) {
    for field in text_fields {
        if is_present(row, fields, *field) {
            strings.release(row[*field] as u32);
        }
    }
}

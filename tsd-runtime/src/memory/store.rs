//! The facts of one type, in one dense table of words.
//!
//! A row has a word for each field and, when fields may be missing, words of presence bits behind them. A string
//! is its symbol, a number its bits, an integer itself, a Boolean 0 or 1, a reference the handle. Rows of
//! retracted facts are used again, with the slot's next generation.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use tsd_ir::{FactHandle, FieldId, Kind, Type, TypeId};

use super::texts::Texts;

/// The table of one type.
#[derive(Debug)]
pub(crate) struct Store {
    ty: TypeId,
    fields: usize,
    width: usize,
    texts: Vec<usize>,
    words: Vec<u64>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    live: usize,
    next_number: u64,
    key: Option<KeyIndex>,
}

/// What a slot holds besides its row, in one word: the fact's insertion number, counted from 1 in its type, above the
/// slot's generation and whether a fact is there.
#[derive(Clone, Copy, Debug)]
struct Slot(u64);

impl Slot {
    const LIVE: u64 = 1;
    const NUMBER_SHIFT: u32 = 21;
    /// Numbers of 43 bits: a million insertions a second for a hundred days. Beyond, they stay at the last one.
    const LAST_NUMBER: u64 = u64::MAX >> Self::NUMBER_SHIFT;

    fn live(generation: u32, number: u64) -> Self {
        Self(number.min(Self::LAST_NUMBER) << Self::NUMBER_SHIFT | u64::from(generation) << 1 | Self::LIVE)
    }

    fn free(generation: u32) -> Self {
        Self(u64::from(generation) << 1)
    }

    fn is_live(self) -> bool {
        self.0 & Self::LIVE != 0
    }

    fn generation(self) -> u32 {
        (self.0 >> 1) as u32 & FactHandle::LAST_GENERATION
    }

    fn number(self) -> u64 {
        self.0 >> Self::NUMBER_SHIFT
    }
}

/// Finds facts by primary key.
#[derive(Debug)]
struct KeyIndex {
    fields: Vec<usize>,
    places: HashTable<KeyPlace>,
    hasher: ahash::RandomState,
}

/// A fact in the index.
#[derive(Clone, Copy, Debug)]
struct KeyPlace {
    /// The word of a key of one field; the hash of a longer key, so that growing the table reads no rows.
    word: u64,
    slot: u32,
}

impl KeyIndex {
    /// What the index knows of a key: all of it when it has one word.
    #[inline]
    fn word(&self, mut words: impl Iterator<Item = u64>) -> u64 {
        match self.fields.len() {
            1 => words.next().unwrap_or(0),
            _ => words.fold(0, |hash, word| self.hasher.hash_one((hash, word))),
        }
    }

    fn row_word(&self, row: &[u64]) -> u64 {
        self.word(self.fields.iter().map(|field| row[*field]))
    }

    fn same(&self, left: &[u64], right: &[u64]) -> bool {
        self.fields.iter().all(|field| left[*field] == right[*field])
    }
}

impl Store {
    pub(crate) fn new(ty: TypeId, declared: &Type) -> Self {
        let fields = declared.fields.len();
        let presence = if declared.has_optional_fields() { fields.div_ceil(64) } else { 0 };
        let texts = declared.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Text);
        let key = (!declared.key.is_empty()).then(|| KeyIndex {
            fields: declared.key.iter().map(|field| field.index()).collect(),
            places: HashTable::new(),
            hasher: super::hasher(),
        });
        Self {
            ty,
            fields,
            width: fields + presence,
            texts: texts.map(|(index, _)| index).collect(),
            words: Vec::new(),
            slots: Vec::new(),
            free: Vec::new(),
            live: 0,
            next_number: 1,
            key,
        }
    }

    /// How many words a row has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// How many facts there are.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// The row at `slot`.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &[u64] {
        let start = slot as usize * self.width;
        &self.words[start..start + self.width]
    }

    /// A field of the fact at `slot`; `None` when it is missing.
    #[inline]
    pub(crate) fn field(&self, slot: u32, field: FieldId) -> Option<u64> {
        let row = self.row(slot);
        is_present(row, self.fields, field.index()).then(|| row[field.index()])
    }

    /// The handle of the fact at `slot`.
    #[inline]
    pub(crate) fn handle(&self, slot: u32) -> FactHandle {
        FactHandle::new(self.ty, slot, self.slots[slot as usize].generation())
    }

    /// How many facts were ever inserted.
    #[cfg(feature = "metrics")]
    pub(crate) fn inserted(&self) -> u64 {
        self.next_number - 1
    }

    /// The insertion number of the fact at `slot`.
    pub(crate) fn number(&self, slot: u32) -> u64 {
        self.slots[slot as usize].number()
    }

    /// The slot of a handle whose fact is still there.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        let slot = self.slots.get(handle.slot() as usize)?;
        let same = handle.ty() == self.ty && slot.is_live() && slot.generation() == handle.generation();
        same.then_some(handle.slot())
    }

    /// The slot of the fact with the primary key of `row`.
    pub(crate) fn find_by_key(&self, row: &[u64]) -> Option<u32> {
        let key = self.key.as_ref()?;
        self.find_key(key.fields.iter().map(|field| row[*field]))
    }

    /// The fields of the primary key; none when the type has no key.
    pub(crate) fn key_fields(&self) -> &[usize] {
        self.key.as_ref().map_or(&[], |key| &key.fields)
    }

    /// The slot of the fact whose primary key is these words, in the order of the key's fields.
    #[inline]
    pub(crate) fn find_key(&self, words: impl Iterator<Item = u64> + Clone) -> Option<u32> {
        let key = self.key.as_ref()?;
        let word = key.word(words.clone());
        let one = key.fields.len() == 1;
        let same = |place: &KeyPlace| {
            place.word == word
                && (one || key.fields.iter().map(|field| self.row(place.slot)[*field]).eq(words.clone()))
        };
        key.places.find(key.hasher.hash_one(word), same).map(|place| place.slot)
    }

    /// Whether there is a fact at `slot`.
    pub(crate) fn is_live(&self, slot: u32) -> bool {
        self.slots.get(slot as usize).is_some_and(|slot| slot.is_live())
    }

    /// The symbols of the strings of the fact at `slot`.
    pub(crate) fn texts_of(&self, slot: u32) -> impl Iterator<Item = super::Symbol> + '_ {
        let row = self.row(slot);
        let present = self.texts.iter().filter(move |field| is_present(row, self.fields, **field));
        present.map(move |field| row[*field] as super::Symbol)
    }

    /// The slots in use, oldest slot first.
    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        let slots = self.slots.iter().enumerate();
        slots.filter(|(_, slot)| slot.is_live()).map(|(index, _)| index as u32)
    }

    /// Makes room for so many more facts.
    pub(crate) fn reserve(&mut self, facts: usize) {
        self.words.reserve(facts * self.width);
        self.slots.reserve(facts);
        if let Some(KeyIndex { places, hasher, .. }) = &mut self.key {
            places.reserve(facts, |place| hasher.hash_one(place.word));
        }
    }

    /// Takes a row in; if a fact has its primary key, nothing changes and the error is that fact's slot.
    pub(crate) fn insert(&mut self, row: &[u64]) -> Result<u32, u32> {
        let slot = self.free.last().copied().unwrap_or(self.slots.len() as u32);
        self.index(slot, row)?;
        let number = self.next_number;
        self.next_number += 1;
        self.live += 1;
        if self.free.pop().is_some() {
            let start = slot as usize * self.width;
            self.words[start..start + self.width].copy_from_slice(row);
            let place = &mut self.slots[slot as usize];
            *place = Slot::live(place.generation(), number);
        } else {
            self.words.extend_from_slice(row);
            self.slots.push(Slot::live(0, number));
        }
        Ok(slot)
    }

    /// Enters the primary key of `row` for the fact at `slot`, unless a fact has it.
    fn index(&mut self, slot: u32, row: &[u64]) -> Result<(), u32> {
        let Some(key) = &mut self.key else { return Ok(()) };
        let word = key.row_word(row);
        let (words, width) = (&self.words, self.width);
        let KeyIndex { fields, places, hasher } = key;
        let same = |place: &KeyPlace| {
            let start = place.slot as usize * width;
            place.word == word
                && (fields.len() == 1 || fields.iter().all(|field| words[start + *field] == row[*field]))
        };
        match places.entry(hasher.hash_one(word), same, |place| hasher.hash_one(place.word)) {
            Entry::Occupied(found) => Err(found.get().slot),
            Entry::Vacant(place) => {
                place.insert(KeyPlace { word, slot });
                Ok(())
            }
        }
    }

    /// Gives up the fact at `slot` and its references to strings.
    pub(crate) fn remove(&mut self, slot: u32, texts: &mut Texts) {
        self.unindex(slot);
        self.release_texts(slot, texts);
        let place = &mut self.slots[slot as usize];
        let generation = place.generation() + 1;
        *place = Slot::free(generation);
        self.live -= 1;
        // A slot whose generations are used up is never used again.
        if generation < FactHandle::LAST_GENERATION {
            self.free.push(slot);
        }
    }

    /// Replaces the row at `slot`. A changed primary key must be new.
    pub(crate) fn replace(&mut self, slot: u32, row: &[u64], texts: &mut Texts) {
        let same_key = self.key.as_ref().is_none_or(|key| key.same(self.row(slot), row));
        if !same_key {
            self.unindex(slot);
        }
        self.release_texts(slot, texts);
        let start = slot as usize * self.width;
        self.words[start..start + self.width].copy_from_slice(row);
        if !same_key {
            let entered = self.index(slot, row);
            debug_assert!(entered.is_ok(), "the caller made sure that the key is new");
        }
    }

    fn unindex(&mut self, slot: u32) {
        let start = slot as usize * self.width;
        let row = &self.words[start..start + self.width];
        let Some(key) = &mut self.key else { return };
        let hash = key.hasher.hash_one(key.row_word(row));
        if let Ok(found) = key.places.find_entry(hash, |place| place.slot == slot) {
            found.remove();
        }
    }

    fn release_texts(&self, slot: u32, texts: &mut Texts) {
        release_texts(self.row(slot), self.fields, &self.texts, texts);
    }

    /// Gives up the references to strings of a row that was written but not taken in.
    pub(crate) fn discard(&self, row: &[u64], texts: &mut Texts) {
        release_texts(row, self.fields, &self.texts, texts);
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

    /// The bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let key = self.key.as_ref().map_or(0, |key| key.places.allocation_size());
        self.words.capacity() * size_of::<u64>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.free.capacity() * size_of::<u32>()
            + key
    }
}

/// Whether a field of a row has a value. Rows of types without optional fields have no presence bits.
#[inline]
pub(crate) fn is_present(row: &[u64], fields: usize, field: usize) -> bool {
    row.len() == fields || row[fields + field / 64] & (1 << (field % 64)) != 0
}

fn release_texts(row: &[u64], fields: usize, text_fields: &[usize], texts: &mut Texts) {
    for field in text_fields {
        if is_present(row, fields, *field) {
            texts.release(row[*field] as u32);
        }
    }
}

//! The facts of one type, in one dense table of words.
//!
//! A row has a word for each field and, when fields may be missing, words of presence bits behind them. A string
//! is its symbol, a number its bits, an integer itself, a Boolean 0 or 1, a reference the handle. Rows of
//! retracted facts are used again, with the slot's next generation.

use hashbrown::HashTable;
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

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The generation, with [`LIVE`] set while a fact is there.
    state: u32,
    /// The insertion number of the fact, counted from 1 in its type.
    number: u64,
}

const LIVE: u32 = 1 << 31;

/// Finds facts by primary key.
#[derive(Debug)]
struct KeyIndex {
    fields: Vec<usize>,
    slots: HashTable<u32>,
    hasher: ahash::RandomState,
}

impl KeyIndex {
    fn hash(&self, row: &[u64]) -> u64 {
        match self.fields.as_slice() {
            [field] => self.hasher.hash_one(row[*field]),
            fields => self.hasher.hash_one(fields.iter().map(|field| row[*field]).collect::<Vec<u64>>()),
        }
    }
}

impl Store {
    pub(crate) fn new(ty: TypeId, declared: &Type) -> Self {
        let fields = declared.fields.len();
        let presence = if declared.has_optional_fields() { fields.div_ceil(64) } else { 0 };
        let texts = declared.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Text);
        let key = (!declared.key.is_empty()).then(|| KeyIndex {
            fields: declared.key.iter().map(|field| field.index()).collect(),
            slots: HashTable::new(),
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
        FactHandle::new(self.ty, slot, self.slots[slot as usize].state & !LIVE)
    }

    /// The insertion number of the fact at `slot`.
    pub(crate) fn number(&self, slot: u32) -> u64 {
        self.slots[slot as usize].number
    }

    /// The slot of a handle whose fact is still there.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        let slot = self.slots.get(handle.slot() as usize)?;
        (handle.ty() == self.ty && slot.state == handle.generation() | LIVE).then_some(handle.slot())
    }

    /// The slot of the fact with the primary key of `row`.
    pub(crate) fn find_by_key(&self, row: &[u64]) -> Option<u32> {
        let key = self.key.as_ref()?;
        let same = |slot: &u32| key.fields.iter().all(|field| self.row(*slot)[*field] == row[*field]);
        key.slots.find(key.hash(row), same).copied()
    }

    /// The slots in use, oldest slot first.
    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        let slots = self.slots.iter().enumerate();
        slots.filter(|(_, slot)| slot.state & LIVE != 0).map(|(index, _)| index as u32)
    }

    /// Takes a row in. Its primary key must be new.
    pub(crate) fn insert(&mut self, row: &[u64]) -> u32 {
        let number = self.next_number;
        self.next_number += 1;
        self.live += 1;
        let slot = match self.free.pop() {
            Some(slot) => {
                let start = slot as usize * self.width;
                self.words[start..start + self.width].copy_from_slice(row);
                let place = &mut self.slots[slot as usize];
                *place = Slot { state: place.state | LIVE, number };
                slot
            }
            None => {
                self.words.extend_from_slice(row);
                self.slots.push(Slot { state: LIVE, number });
                (self.slots.len() - 1) as u32
            }
        };
        self.index(slot);
        slot
    }

    /// Gives up the fact at `slot` and its references to strings.
    pub(crate) fn remove(&mut self, slot: u32, texts: &mut Texts) {
        self.unindex(slot);
        self.release_texts(slot, texts);
        let place = &mut self.slots[slot as usize];
        let generation = (place.state & !LIVE) + 1;
        place.state = generation;
        self.live -= 1;
        // A slot whose generations are used up is never used again.
        if generation < FactHandle::LAST_GENERATION {
            self.free.push(slot);
        }
    }

    /// Replaces the row at `slot`. A changed primary key must be new.
    pub(crate) fn replace(&mut self, slot: u32, row: &[u64], texts: &mut Texts) {
        let same_key =
            self.key.as_ref().is_none_or(|key| key.fields.iter().all(|f| self.row(slot)[*f] == row[*f]));
        if !same_key {
            self.unindex(slot);
        }
        self.release_texts(slot, texts);
        let start = slot as usize * self.width;
        self.words[start..start + self.width].copy_from_slice(row);
        if !same_key {
            self.index(slot);
        }
    }

    fn index(&mut self, slot: u32) {
        let Some(mut key) = self.key.take() else { return };
        let mut slots = std::mem::take(&mut key.slots);
        slots.insert_unique(key.hash(self.row(slot)), slot, |slot| key.hash(self.row(*slot)));
        key.slots = slots;
        self.key = Some(key);
    }

    fn unindex(&mut self, slot: u32) {
        let Some(mut key) = self.key.take() else { return };
        if let Ok(found) = key.slots.find_entry(key.hash(self.row(slot)), |other| *other == slot) {
            found.remove();
        }
        self.key = Some(key);
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
        let key = self.key.as_ref().map_or(0, |key| key.slots.allocation_size());
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

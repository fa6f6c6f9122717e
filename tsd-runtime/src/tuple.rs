//! A view of the facts of a tuple, as tests and action arguments read them.

use tsd_ir::{FactHandle, FieldId, TypeId};

use crate::memory::WorkingMemory;

/// Some facts, one for each position. Reading a missing field gives `None`.
#[derive(Clone, Copy, Debug)]
pub struct Tuple<'a> {
    memory: &'a WorkingMemory,
    types: &'a [TypeId],
    slots: &'a [u32],
}

impl<'a> Tuple<'a> {
    pub(crate) fn new(memory: &'a WorkingMemory, types: &'a [TypeId], slots: &'a [u32]) -> Self {
        Self { memory, types, slots }
    }

    /// The word of a field: equal words are equal values of one kind.
    #[inline]
    pub fn word(self, at: usize, field: u16) -> Option<u64> {
        self.memory.field(self.types[at], self.slots[at], FieldId(field))
    }

    /// A string field.
    #[inline]
    pub fn text(self, at: usize, field: u16) -> Option<&'a str> {
        self.word(at, field).map(|word| self.memory.texts.text(word as u32))
    }

    /// A number field.
    #[inline]
    pub fn number(self, at: usize, field: u16) -> Option<f64> {
        self.word(at, field).map(f64::from_bits)
    }

    /// An integer field.
    #[inline]
    pub fn int(self, at: usize, field: u16) -> Option<i64> {
        self.word(at, field).map(|word| word as i64)
    }

    /// A Boolean field.
    #[inline]
    pub fn bool(self, at: usize, field: u16) -> Option<bool> {
        self.word(at, field).map(|word| word != 0)
    }

    /// A reference field.
    #[inline]
    pub fn reference(self, at: usize, field: u16) -> Option<FactHandle> {
        self.word(at, field).map(FactHandle::from_word)
    }

    /// The fact at a position itself.
    #[inline]
    pub fn fact(self, at: usize) -> FactHandle {
        self.memory.store(self.types[at]).handle(self.slots[at])
    }

    /// Passes a result through and counts it when it is no value: for operators that can fail, not for fields.
    #[inline]
    pub fn counted<T>(self, result: Option<T>) -> Option<T> {
        if result.is_none() {
            self.memory.no_values.set(self.memory.no_values.get() + 1);
            crate::telemetry::no_value();
        }
        result
    }
}

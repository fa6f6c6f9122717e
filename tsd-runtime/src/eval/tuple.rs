//! Tests and action arguments read the facts of a tuple by position.

use tsd_ir::{FactHandle, FieldId, TypeId};

use super::bindings::{Bindings, DerivedWord};
use crate::store::WorkingMemory;

/// The facts of a tuple, by position. Reading a missing field returns `None`.
#[derive(Clone, Copy, Debug)]
pub struct Tuple<'a> {
    memory: &'a WorkingMemory,
    types: &'a [TypeId],
    slots: &'a [u32],
    known: Bindings<'a>,
}

impl<'a> Tuple<'a> {
    #[inline]
    pub(crate) fn new(memory: &'a WorkingMemory, types: &'a [TypeId], slots: &'a [u32]) -> Self {
        Self { memory, types, slots, known: Bindings::default() }
    }

    /// The tuple with its derived values.
    #[inline]
    pub(crate) fn with_bindings(self, known: Bindings<'a>) -> Self {
        let Self { memory, types, slots, .. } = self;
        Self { memory, types, slots, known }
    }

    /// The word of a field. Equal words are equal values of one kind.
    #[inline]
    pub fn word(self, at: usize, field: u16) -> Option<u64> {
        self.memory.field(self.types[at], self.slots[at], FieldId(field))
    }

    /// A string field.
    #[inline]
    pub fn text(self, at: usize, field: u16) -> Option<&'a str> {
        self.word(at, field).map(|word| self.memory.strings.text(word as u32))
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
        self.word(at, field).map(|word| self.memory.handle_of(word))
    }

    /// The fact at a position itself.
    #[inline]
    pub fn fact(self, at: usize) -> FactHandle {
        self.memory.store(self.types[at]).handle(self.slots[at])
    }

    fn word_derived(self, index: usize) -> Option<u64> {
        match self.known.get(index) {
            DerivedWord::Word(word) => Some(word),
            // A string is read with `text_derived`.
            DerivedWord::Missing | DerivedWord::Text(_) => None,
        }
    }

    /// A derived value that is a string.
    pub fn text_derived(self, index: usize) -> Option<&'a str> {
        match self.known.get(index) {
            DerivedWord::Missing => None,
            DerivedWord::Word(word) => Some(self.memory.strings.text(word as u32)),
            DerivedWord::Text(text) => Some(text),
        }
    }

    /// A derived value that is a number.
    pub fn number_derived(self, index: usize) -> Option<f64> {
        self.word_derived(index).map(f64::from_bits)
    }

    /// A derived value that is an integer.
    pub fn int_derived(self, index: usize) -> Option<i64> {
        self.word_derived(index).map(|word| word as i64)
    }

    /// A derived value that is a Boolean.
    pub fn bool_derived(self, index: usize) -> Option<bool> {
        self.word_derived(index).map(|word| word != 0)
    }

    /// A derived value that is a reference.
    pub fn reference_derived(self, index: usize) -> Option<FactHandle> {
        self.word_derived(index).map(|word| self.memory.handle_of(word))
    }

    /// Returns the result of an operator, and counts it if it is no value. It is for operators that
    /// can fail, not for fields. `operator` is the operator's name in rules.
    #[inline]
    pub fn counted<T>(self, operator: &'static str, result: Option<T>) -> Option<T> {
        if result.is_none() {
            self.memory.count_no_value(operator);
        }
        result
    }
}

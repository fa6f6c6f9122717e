//! Tests and effects read derived values beside facts.

use smallvec::SmallVec;

/// A derived value of a tuple.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DerivedWord<'a> {
    /// No value.
    Missing,
    /// A value as a word, as facts contain it.
    Word(u64),
    /// A string that may not be interned.
    Text(&'a str),
}

/// Some derived values of a tuple.
pub(crate) type DerivedWords<'a> = SmallVec<[DerivedWord<'a>; 4]>;

/// The derived values that a test or an effect reads, by their numbers there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bindings<'a> {
    derived_words: &'a [DerivedWord<'a>],
    /// For each number, the place of the derived value; empty if they are equal.
    places: &'a [u16],
}

impl<'a> Bindings<'a> {
    pub(crate) fn new(derived_words: &'a [DerivedWord<'a>], places: &'a [u16]) -> Self {
        Self { derived_words, places }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> DerivedWord<'a> {
        let place = if self.places.is_empty() { index } else { usize::from(self.places[index]) };
        self.derived_words.get(place).copied().unwrap_or(DerivedWord::Missing)
    }
}

//! The derived values that a test, an expression or an effect reads.

use smallvec::SmallVec;

/// What a derived value has for a tuple.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DerivedWord<'a> {
    /// No value.
    Missing,
    /// A value as a word, as facts hold it.
    Word(u64),
    /// A string that no fact need hold.
    Text(&'a str),
}

/// The answers to some derived values.
pub(crate) type DerivedWords<'a> = SmallVec<[DerivedWord<'a>; 4]>;

/// The answers that a test or an effect reads, by the numbers that it knows them by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bindings<'a> {
    answers: &'a [DerivedWord<'a>],
    /// For each number, the place of the answer; empty where these are the same.
    places: &'a [u16],
}

impl<'a> Bindings<'a> {
    pub(crate) fn new(answers: &'a [DerivedWord<'a>], places: &'a [u16]) -> Self {
        Self { answers, places }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> DerivedWord<'a> {
        let place = if self.places.is_empty() { index } else { usize::from(self.places[index]) };
        self.answers.get(place).copied().unwrap_or(DerivedWord::Missing)
    }
}

//! Derived values that outlive the change in which they were read.

use crate::eval::DerivedWord;
use crate::store::Strings;

/// An answer that outlives a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum LastSeen {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    Missing,
    Word(u64),
    /// In a box of its own, so that other answers are kept in 16 bytes.
    Text(Box<Box<str>>),
}

impl LastSeen {
    /// What an aggregate puts out, whose words are no strings.
    #[inline]
    pub(crate) fn of_output(output: DerivedWord<'_>) -> Self {
        match output {
            DerivedWord::Missing => Self::Missing,
            DerivedWord::Word(word) => Self::Word(word),
            DerivedWord::Text(text) => Self::Text(Box::new(text.into())),
        }
    }

    /// Whether it is the same as what an aggregate puts out.
    #[inline]
    pub(crate) fn is(&self, output: DerivedWord<'_>) -> bool {
        match (self, output) {
            (Self::Missing, DerivedWord::Missing) => true,
            (Self::Word(seen), DerivedWord::Word(word)) => *seen == word,
            (Self::Text(seen), DerivedWord::Text(text)) => ***seen == *text,
            _ => false,
        }
    }

    /// A word stays good for longer than the string that it names, so strings are kept as they are.
    #[inline]
    pub(crate) fn of(answer: DerivedWord<'_>, is_text: bool, strings: &Strings) -> Self {
        match answer {
            DerivedWord::Missing => Self::Missing,
            DerivedWord::Word(word) if is_text => Self::Text(Box::new(strings.text(word as u32).into())),
            DerivedWord::Word(word) => Self::Word(word),
            DerivedWord::Text(text) => Self::Text(Box::new(text.into())),
        }
    }
}

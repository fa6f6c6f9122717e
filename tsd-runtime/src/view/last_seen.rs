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

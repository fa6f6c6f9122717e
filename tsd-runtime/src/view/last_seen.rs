//! A derived value must be compared with its value at an earlier change, when its string may be
//! gone.

use crate::eval::DerivedWord;
use crate::store::Strings;

/// A derived value that outlives the change in which it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum LastSeen {
    /// It has not been read yet.
    #[default]
    Unknown,
    Missing,
    Word(u64),
    /// Boxed twice, so that a value takes 16 bytes.
    Text(Box<Box<str>>),
}

impl LastSeen {
    /// The output of an aggregate, whose words are not symbols.
    #[inline]
    pub(crate) fn of_output(output: DerivedWord<'_>) -> Self {
        match output {
            DerivedWord::Missing => Self::Missing,
            DerivedWord::Word(word) => Self::Word(word),
            DerivedWord::Text(text) => Self::Text(Box::new(text.into())),
        }
    }

    /// Whether it equals the output of an aggregate.
    #[inline]
    pub(crate) fn is(&self, output: DerivedWord<'_>) -> bool {
        match (self, output) {
            (Self::Missing, DerivedWord::Missing) => true,
            (Self::Word(seen), DerivedWord::Word(word)) => *seen == word,
            (Self::Text(seen), DerivedWord::Text(text)) => ***seen == *text,
            _ => false,
        }
    }

    /// A derived value. The symbol of a string may be reused later, so the string itself is copied.
    #[inline]
    pub(crate) fn of(derived_word: DerivedWord<'_>, is_text: bool, strings: &Strings) -> Self {
        match derived_word {
            DerivedWord::Missing => Self::Missing,
            DerivedWord::Word(word) if is_text => Self::Text(Box::new(strings.text(word as u32).into())),
            DerivedWord::Word(word) => Self::Word(word),
            DerivedWord::Text(text) => Self::Text(Box::new(text.into())),
        }
    }
}

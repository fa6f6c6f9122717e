//! Accumulators read values from facts and from computed expressions.

use crate::store::{Strings, Symbol};

/// A value that does not borrow from its row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// A row without a value.
    Row,
    /// A Boolean or a reference.
    Word(u64),
    Int(i64),
    Number(f64),
    Text(Box<str>),
}

/// A value, read by an accumulator that knows its kind.
pub(crate) trait ReadInput {
    /// A value of any kind except string. Equal values have equal words.
    fn word(&self) -> u64;

    fn number(&self) -> f64;

    fn int(&self) -> i64;

    fn text<'a>(&'a self, strings: &'a Strings) -> &'a str;
}

/// The word of a field. That of a string is its symbol.
impl ReadInput for u64 {
    #[inline]
    fn word(&self) -> u64 {
        *self
    }

    #[inline]
    fn number(&self) -> f64 {
        f64::from_bits(*self)
    }

    #[inline]
    fn int(&self) -> i64 {
        *self as i64
    }

    fn text<'a>(&'a self, strings: &'a Strings) -> &'a str {
        strings.text(*self as Symbol)
    }
}

impl ReadInput for Input {
    fn word(&self) -> u64 {
        match self {
            Self::Word(word) => *word,
            Self::Int(int) => *int as u64,
            // As facts contain it, without a negative zero.
            Self::Number(number) => (number + 0.0).to_bits(),
            Self::Row | Self::Text(_) => 0,
        }
    }

    fn number(&self) -> f64 {
        if let Self::Number(number) = self { *number } else { 0.0 }
    }

    fn int(&self) -> i64 {
        if let Self::Int(int) = self { *int } else { 0 }
    }

    fn text<'a>(&'a self, _strings: &'a Strings) -> &'a str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

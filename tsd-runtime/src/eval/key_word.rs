//! Computed values can be parts of join keys, which are words.

use tsd_ir::FactHandle;

/// The result of a generated part of a join key.
pub trait ToWord {
    /// The value as a word. Equal values of one kind have equal words; different strings may have
    /// equal words, too.
    fn to_word(&self) -> u64;
}

impl ToWord for i64 {
    #[inline]
    fn to_word(&self) -> u64 {
        *self as u64
    }
}

impl ToWord for f64 {
    #[inline]
    fn to_word(&self) -> u64 {
        // As facts contain it, without a negative zero.
        (*self + 0.0).to_bits()
    }
}

impl ToWord for bool {
    #[inline]
    fn to_word(&self) -> u64 {
        u64::from(*self)
    }
}

impl ToWord for FactHandle {
    #[inline]
    fn to_word(&self) -> u64 {
        self.fact().to_word()
    }
}

impl ToWord for str {
    #[inline]
    fn to_word(&self) -> u64 {
        crate::base::hasher().hash_one(self)
    }
}

impl ToWord for &str {
    #[inline]
    fn to_word(&self) -> u64 {
        str::to_word(self)
    }
}

impl ToWord for String {
    #[inline]
    fn to_word(&self) -> u64 {
        str::to_word(self)
    }
}

impl ToWord for std::borrow::Cow<'_, str> {
    #[inline]
    fn to_word(&self) -> u64 {
        str::to_word(self)
    }
}

/// A computed value as a word of a key; `None` if there is none.
#[inline]
pub fn word_of(computed: Option<impl ToWord>) -> Option<u64> {
    computed.map(|value| value.to_word())
}

//! Computed values as words of join keys.

use tsd_ir::FactHandle;

/// What a generated part of a join key can compute.
pub trait ToWord {
    /// As a word: equal values of one kind have equal words. Different texts may have the same.
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
        // As facts hold it: zero has one sign.
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

/// A computed value as a word of a key, if there is one.
#[inline]
pub fn word_of(computed: Option<impl ToWord>) -> Option<u64> {
    computed.map(|value| value.to_word())
}

//! Hash tables must not make two runs of a program differ, so the keys of all hash functions are
//! fixed.

/// The hash function of every hash table, with fixed keys. No output depends on it.
pub(crate) fn hasher() -> ahash::RandomState {
    ahash::RandomState::with_seeds(
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
        0x2545_f491_4f6c_dd1d,
    )
}

/// The hash of some words. Each word is folded in with one multiplication, whose two halves are
/// combined, so all bits are well mixed. A key of one word has no time for more: most searches end
/// at the first place.
#[inline]
pub(crate) fn hash_words(words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(0x243f_6a88_85a3_08d3, |hash, word| {
        let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    })
}

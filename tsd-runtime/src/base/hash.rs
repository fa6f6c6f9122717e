//! The hash functions of all tables.
//!
//! Their keys are fixed, so that a run is the same as the one before. No output depends on them
//! either.

/// The hash function of every table. Its keys are fixed: nothing that a table answers depends on
/// them.
pub(crate) fn hasher() -> ahash::RandomState {
    ahash::RandomState::with_seeds(
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
        0x2545_f491_4f6c_dd1d,
    )
}

/// The hash of some words, all of whose bits are well mixed: the two halves of a product, folded,
/// for each word. One multiplication is what a key of one word has time for: most of its searches
/// end where they begin.
#[inline]
pub(crate) fn hash_words(words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(0x243f_6a88_85a3_08d3, |hash, word| {
        let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    })
}

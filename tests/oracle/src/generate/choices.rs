//! Where a generator's decisions come from.

/// A list of numbers that decides. Every generator takes the first of its alternatives on a 0, and
/// an exhausted list returns zeros, so the first alternative is the simplest. While proptest
/// shrinks a list, it drops numbers or makes them smaller; the result is always well-formed and
/// usually simpler.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    rest: &'a [u16],
}

impl<'a> Choices<'a> {
    /// Decides by these numbers.
    pub fn new(numbers: &'a [u16]) -> Self {
        Self { rest: numbers }
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        usize::from(*first) % limit.max(1)
    }

    /// One of the alternatives.
    pub fn pick<T: Clone>(&mut self, alternatives: &[T]) -> T {
        alternatives[self.below(alternatives.len())].clone()
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        // A 0 says no.
        self.below(100) >= 100 - percent
    }

    /// The index of an alternative, by weight.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        0
    }
}

/// Numbers from a seed, the same on every machine (SplitMix64).
pub fn numbers(seed: u64, count: usize) -> Vec<u16> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 48) as u16
    };
    (0..count).map(|_| next()).collect()
}

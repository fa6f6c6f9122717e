//! What passes through joins, and how often views are asked, counted only while somebody asks for
//! it.
//!
//! A join that counts has a box for its counts; one that does not has none, and pays one look at an
//! empty place for each arrival. How many pairs arrivals meet is known when their probes are over,
//! so pairs are never counted one by one. Views look once for each tuple whether they count.

/// What passed through a join while the session counted.
///
/// The share of possible pairs that had equal keys is [`hits`](Self::hits) /
/// [`candidates`](Self::candidates), whatever the order of the changes; the share of those that
/// some rule wanted is [`passed`](Self::passed) / `hits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes that arrived on the left: a tuple that came or went, and whose key has no missing
    /// part, counts one.
    pub left_in: u64,
    /// Changes that arrived on the right, counted alike.
    pub right_in: u64,
    /// Arrivals that found something on the other side to be searched.
    pub probes: u64,
    /// For each probe, how many tuples or facts the other side held: the pairs that could have
    /// been.
    pub candidates: u64,
    /// Pairs with equal keys.
    pub hits: u64,
    /// Pairs that went on to rules or to further joins: some rule wanted both sides, and its tests
    /// held.
    pub passed: u64,
}

/// Pairs that arrivals met.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProbeCounts {
    pub(crate) hits: u64,
    pub(crate) passed: u64,
}

impl Counts {
    /// Counts `probes` searches for partners among `others`.
    pub(crate) fn probed(&mut self, probes: usize, others: usize, met: ProbeCounts) {
        self.probes += if others > 0 { probes as u64 } else { 0 };
        self.candidates += (probes * others) as u64;
        self.hits += met.hits;
        self.passed += met.passed;
    }
}

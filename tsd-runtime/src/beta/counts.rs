//! Counting tells which joins are worth improving, but must cost nothing while it is off.
//!
//! A join that counts has boxed counts. A join that does not count pays a test of an empty box for
//! each delta. The number of pairs is known after a probe, so pairs are not counted one by one.

/// What passed through a join while the session counted.
///
/// The share of possible pairs with equal keys is [`hits`](Self::hits) /
/// [`candidates`](Self::candidates), whatever the order of the changes. The share of these that
/// some rule matched is [`passed`](Self::passed) / `hits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Tuples that were added or removed at the left input, without those whose key has a missing
    /// part.
    pub left_in: u64,
    /// Facts that were added or removed at the right input, counted in the same way.
    pub right_in: u64,
    /// Arrivals at one input while the other was not empty.
    pub probes: u64,
    /// For each probe, the number of tuples in the other input, summed: the possible pairs.
    pub candidates: u64,
    /// Pairs with equal keys.
    pub hits: u64,
    /// Pairs that went on to rules, views or further joins: their rule sets intersect, and the
    /// residual tests of some rule hold.
    pub passed: u64,
}

/// The pairs that a probe found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProbeCounts {
    pub(crate) hits: u64,
    pub(crate) passed: u64,
}

impl Counts {
    /// Counts `probes` searches among `others` tuples.
    pub(crate) fn probed(&mut self, probes: usize, others: usize, met: ProbeCounts) {
        self.probes += if others > 0 { probes as u64 } else { 0 };
        self.candidates += (probes * others) as u64;
        self.hits += met.hits;
        self.passed += met.passed;
    }
}

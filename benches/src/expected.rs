//! The counts that every program must reach before its time counts.
//!
//! They were computed by independent programs from the plain reading of the generator's
//! description: within a table, record after record, and within a record the fields in the order
//! listed.

/// Matches of the orders workload: `(facts, rules, matches)`.
pub const ORDERS: [(usize, usize, u64); 9] = [
    (10_000, 1, 240),
    (10_000, 20, 2_664),
    (10_000, 200, 25_415),
    (100_000, 1, 2_457),
    (100_000, 20, 26_845),
    (100_000, 200, 256_239),
    (1_000_000, 1, 24_924),
    (1_000_000, 20, 268_898),
    (1_000_000, 200, 2_565_041),
];

/// Matches of the chain workload: `(facts, matches)`.
pub const CHAIN: [(usize, u64); 2] = [(100_000, 2_372), (1_000_000, 24_334)];

/// Customers without an order: `(facts, matches)`.
pub const NEGATION: [(usize, u64); 2] = [(100_000, 18_428), (1_000_000, 184_250)];

/// Customers who ordered for more than 15,000: `(facts, matches)`.
pub const AGGREGATION: [(usize, u64); 2] = [(100_000, 3_493), (1_000_000, 34_879)];

/// Matches that hold after the 100,000 updates.
pub const UPDATES_HOLDING: u64 = 26_965;

/// Firings in the updates workload, including the first run. A rule that holds before and after an
/// update of the value fires again, and an update to the same value fires nothing. (Derived here
/// from that definition; not published.)
pub const UPDATES_FIRED: u64 = 80_321;

/// The number of matches of the orders workload with `facts` facts and `rules` rules, if it is
/// known.
pub fn orders(facts: usize, rules: usize) -> Option<u64> {
    ORDERS.iter().find(|row| (row.0, row.1) == (facts, rules)).map(|row| row.2)
}

/// The number of matches for `facts` facts in [`CHAIN`], [`NEGATION`] or [`AGGREGATION`], if it is
/// known.
pub fn for_facts(table: &[(usize, u64)], facts: usize) -> Option<u64> {
    table.iter().find(|row| row.0 == facts).map(|row| row.1)
}

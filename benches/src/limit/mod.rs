//! The limit: each workload as a good engineer would write it by hand in an afternoon, for this one
//! question and no other.
//!
//! These programs know the rules' shape in advance, have no network and cannot answer other
//! questions. An engine is measured by the ratio of its CPU time to theirs. Each has a timed part,
//! which inserts, matches, stores every match and counts. An untimed part turns the stored matches
//! into an [`Outcome`](crate::outcome::Outcome) with a checksum.

pub mod aggregation;
pub mod chain;
pub mod flights;
mod index;
pub mod negation;
pub mod orders;
mod tiers;
pub mod updates;

#[cfg(test)]
mod tests;

//! A year of flights from New York City under rules.
//!
//! The rules are in `rules/flights`, and the build script compiles them into [`flights`].
//! [`tables`] reads the data into the structs that the rules declare, and [`load()`] inserts them.
//! [`Desk`] is the host that the rules call. `examples/flights.rs` puts them together.

mod desk;
mod load;
pub mod tables;

tsd::include_rules!(pub "flights");

pub use desk::Desk;
pub use load::{Loaded, load};

/// How many facts there are in all five tables.
pub const FACTS: u64 = 336_776 + 26_115 + 3_322 + 1_458 + 16;

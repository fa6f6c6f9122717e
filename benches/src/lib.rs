//! The common parts of TSD's benchmarks: the generated workloads, the expected counts, the
//! hand-written programs that are the limit of what any engine can reach, the flight data, and the
//! measuring of CPU time, latency and memory.
//!
//! The result of every benchmark is CPU time, median of five, as a ratio to the limit measured in
//! the same run. No time is printed unless all programs agree on counts and checksum. See
//! [`measure::race`].

pub mod engine;
pub mod expected;
pub mod flights_data;
pub mod generator;
pub mod limit;
pub mod measure;
pub mod outcome;

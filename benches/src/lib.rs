//! What the benchmarks of TSD share: the generated workloads, the counts they must give, the hand-written programs
//! that are the limit of what any engine can reach, the flight data, and the measuring of CPU time, latency and memory.
//!
//! The derived value of every benchmark is CPU time, median of five, as a ratio to the limit measured in the same run; no time
//! is printed unless all programs agree on counts and checksum. See [`measure::race`].

pub mod engine;
pub mod expected;
pub mod flights_data;
pub mod generator;
pub mod limit;
pub mod measure;
pub mod outcome;

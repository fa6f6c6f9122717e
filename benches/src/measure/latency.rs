//! Latencies of single operations.

use super::Table;
use std::time::Instant;

/// The wall times of single operations, in nanoseconds.
///
/// A sample costs two readings of the clock, about 40 ns, which are part of it. Report the CPU time
/// of the same loop without sampling (see [`timed`](super::timed)) next to it.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    nanos: Vec<u64>,
}

/// The percentiles of a latency, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Latency {
    /// The mean.
    pub mean: f64,
    /// Half of all operations were at least as fast.
    pub p50: u64,
    /// 99 % of all operations were at least as fast.
    pub p99: u64,
    /// 99.9 % of all operations were at least as fast.
    pub p999: u64,
}

impl Samples {
    /// No samples yet, and room for `count`, so that no sample pays for the growth.
    pub fn with_capacity(count: usize) -> Self {
        Self { nanos: Vec::with_capacity(count) }
    }

    /// Runs one operation and takes its time.
    #[inline]
    pub fn take<T>(&mut self, operation: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let value = operation();
        self.nanos.push(start.elapsed().as_nanos() as u64);
        value
    }

    /// The percentiles of the samples so far.
    pub fn latency(&self) -> Latency {
        let mut sorted = self.nanos.clone();
        sorted.sort_unstable();
        let Some(last) = sorted.len().checked_sub(1) else { return Latency::default() };
        // The nearest rank: the smallest sample that `per_mille` of all do not exceed.
        let rank = |per_mille: usize| (sorted.len() * per_mille).div_ceil(1000).saturating_sub(1).min(last);
        Latency {
            mean: sorted.iter().sum::<u64>() as f64 / sorted.len() as f64,
            p50: sorted[rank(500)],
            p99: sorted[rank(990)],
            p999: sorted[rank(999)],
        }
    }
}

/// A table of latencies in microseconds, each beside the mean CPU time of one operation without
/// sampling.
pub fn latencies(title: &str, rows: &[(&str, Latency, std::time::Duration)]) -> Table {
    let mut table = Table::new(title, &["program", "CPU a piece µs", "mean µs", "p50", "p99", "p99.9"]);
    for (name, latency, cpu) in rows {
        let micros = |nanos: f64| format!("{:.3}", nanos / 1000.0);
        table.row([
            (*name).to_owned(),
            micros(cpu.as_secs_f64() * 1e9),
            micros(latency.mean),
            micros(latency.p50 as f64),
            micros(latency.p99 as f64),
            micros(latency.p999 as f64),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let samples = Samples { nanos: (1..=1000).rev().collect() };
        let latency = samples.latency();
        assert_eq!((latency.mean, latency.p50, latency.p99, latency.p999), (500.5, 500, 990, 999));
        assert_eq!(Samples::default().latency(), Latency::default());
    }
}

//! Measuring: CPU and wall time of a section, medians, latencies, peak memory, and a table of
//! ratios.
//!
//! The machines are shared and noisy, so the result is CPU time (user and system, of the whole
//! process) as a ratio to another program of the same run. Wall time is shown beside it.

pub mod latency;
pub mod memory;
mod race;
mod sizes;
mod table;

pub use race::{Program, Standing, race, ratios};
pub use sizes::{is_test, size_name, sizes};
pub use table::Table;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::time::{Duration, Instant};

/// How often [`race`] runs each program: the result is the median of these runs.
pub const ROUNDS: usize = 5;

/// The time that a section took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// User and system time of the process.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
}

/// The CPU time, user and system, that this process has used.
///
/// # Panics
/// If the kernel does not answer `getrusage`, which it always does for the calling process.
pub fn cpu_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage of the calling process");
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}

/// Runs a section and measures its time. Its result is not dropped inside the section.
pub fn timed<T>(section: impl FnOnce() -> T) -> (Timing, T) {
    let (cpu, wall) = (cpu_time(), Instant::now());
    let value = std::hint::black_box(section());
    let timing = Timing { wall: wall.elapsed(), cpu: cpu_time().saturating_sub(cpu) };
    (timing, value)
}

/// The median (for an even number, the lower one of the middle); zero when there is none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// The medians of CPU and of wall time, each for itself.
pub fn median_timing(timings: &[Timing]) -> Timing {
    Timing {
        cpu: median(timings.iter().map(|timing| timing.cpu).collect()),
        wall: median(timings.iter().map(|timing| timing.wall).collect()),
    }
}

/// Runs `program` five times and returns the medians of the times it reports.
pub fn median_of_five(mut program: impl FnMut() -> Timing) -> Timing {
    let timings: Vec<Timing> = (0..ROUNDS).map(|_| program()).collect();
    median_timing(&timings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_section_has_cpu_time_and_a_sleep_has_none_to_speak_of() {
        let (busy, _) = timed(|| (0..20_000_000u64).fold(0, |sum: u64, i| std::hint::black_box(sum ^ i)));
        let (asleep, ()) = timed(|| std::thread::sleep(Duration::from_millis(20)));
        assert!(busy.cpu > Duration::from_micros(100), "{busy:?}");
        assert!(asleep.wall >= Duration::from_millis(20), "{asleep:?}");
    }

    #[test]
    fn the_median_is_the_middle_one() {
        let millis = |times: &[u64]| times.iter().copied().map(Duration::from_millis).collect();
        assert_eq!(median(millis(&[5, 1, 9, 2, 7])), Duration::from_millis(5));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}

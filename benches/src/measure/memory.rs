//! Peak memory, which belongs to a process: each measurement runs in a child of its own.
//!
//! A bench calls [`serve`] first in `main`. [`peak_of`] then starts the same executable again with
//! the name of a case in its environment, and reads the child's peak.

use std::io;
use std::process::Command;

/// The environment variable that names the case a child shall run.
pub const CASE_VARIABLE: &str = "TSD_BENCH_MEMORY_CASE";

const ANSWER: &str = "tsd-bench-peak-bytes=";

/// In a child of [`peak_of`], runs the case it was started for, prints the peak and returns `true`:
/// then `main` must return.
///
/// In any other process it does nothing and returns `false`.
///
/// # Panics
/// If the peak cannot be read.
pub fn serve(run: impl FnOnce(&str)) -> bool {
    let Ok(case) = std::env::var(CASE_VARIABLE) else { return false };
    run(&case);
    let peak = peak().expect("the peak of the calling process");
    println!("{ANSWER}{peak}");
    true
}

/// The peak memory in bytes of a child process that runs the case of this name, its input included.
pub fn peak_of(case: &str) -> io::Result<u64> {
    let output = Command::new(std::env::current_exe()?).env(CASE_VARIABLE, case).output()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let peak = answer.lines().find_map(|line| line.strip_prefix(ANSWER)?.parse().ok());
    peak.filter(|_| output.status.success()).ok_or_else(|| {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        io::Error::other(format!("the child for {case} failed: {} {message}", output.status))
    })
}

/// Makes the present memory of this process its peak, so that memory which was only needed to
/// create the input does not count. Without Linux's `clear_refs` it does nothing.
pub fn reset_peak() {
    // Where the file is missing or may not be written, the peak stays what it was: an upper bound.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak resident memory of this process in bytes.
///
/// Linux's `VmHWM` starts from zero with a new program. `ru_maxrss` would include what the parent
/// had at its fork, and is used only without `/proc`.
pub fn peak() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let high_water = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(kilobytes) = high_water.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok())
    {
        return Ok(kilobytes * 1024);
    }
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF)?;
    // Kilobytes, except on Apple's systems.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    Ok(usage.max_rss().unsigned_abs() * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_covers_what_was_touched() {
        let touched = std::hint::black_box(vec![1u8; 32 << 20]);
        assert!(peak().expect("readable") > touched.len() as u64);
    }

    #[test]
    fn a_process_without_a_case_serves_nothing() {
        assert!(!serve(|case| panic!("no case was asked for, but got {case}")));
    }
}

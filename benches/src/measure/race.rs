//! Programs that answer one question, measured in turns in one run.

use super::{ROUNDS, Table, Timing, median_timing};
use crate::outcome::Outcome;

/// A program in a race: a name, and a closure that prepares its input, runs with a timed section,
/// and reports its result.
pub struct Program<'a> {
    /// The name, a row of the table.
    pub name: &'static str,
    run: Box<dyn Fn() -> (Timing, Outcome) + 'a>,
}

impl<'a> Program<'a> {
    /// A program; use [`timed`](super::timed) inside of `run`.
    pub fn new(name: &'static str, run: impl Fn() -> (Timing, Outcome) + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// Runs it once.
    pub fn run(&self) -> (Timing, Outcome) {
        (self.run)()
    }
}

/// The result of one program.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The program's name.
    pub name: &'static str,
    /// The medians of CPU and wall time.
    pub timing: Timing,
    /// Its outcome, the same in all rounds.
    pub outcome: Outcome,
}

/// Runs every program [`ROUNDS`] times, in turns, so that a slow moment of the machine affects all
/// of them. An additional first round, which does not count, warms up the caches and the allocator,
/// whose memory is kept for the others.
///
/// # Panics
/// If a program finds other matches than the first one did, or not `matches` of them if the number
/// is known. So no time of a wrong program is ever shown.
pub fn race(question: &str, programs: &[Program<'_>], matches: Option<u64>) -> Vec<Standing> {
    keep_memory();
    let mut rounds: Vec<Vec<(Timing, Outcome)>> = vec![Vec::new(); programs.len()];
    for program in programs {
        program.run();
    }
    for _ in 0..ROUNDS {
        for (program, results) in programs.iter().zip(&mut rounds) {
            results.push(program.run());
        }
    }
    // A program that only counts agrees with any checksum, so the first program with one is the
    // reference.
    let all = || rounds.iter().flatten().map(|(_, outcome)| outcome);
    let reference = all().find(|outcome| outcome.checksum.is_some()).or_else(|| all().next()).cloned();
    let standing = |(program, results): (&Program<'_>, &Vec<(Timing, Outcome)>)| {
        for (_, outcome) in results {
            let agrees = reference.as_ref().is_none_or(|reference| reference.agrees_with(outcome));
            assert!(agrees, "{question}: {} found {outcome:?}, not {reference:?}", program.name);
            let total = outcome.total();
            assert!(
                matches.is_none_or(|matches| matches == total),
                "{question}: {} found {total}",
                program.name
            );
        }
        let timings: Vec<Timing> = results.iter().map(|(timing, _)| *timing).collect();
        let outcome = results.first().map(|(_, outcome)| outcome.clone()).unwrap_or_default();
        Standing { name: program.name, timing: median_timing(&timings), outcome }
    };
    programs.iter().zip(&rounds).map(standing).collect()
}

/// Makes the allocator keep the memory of one round for the next, for all programs.
///
/// Otherwise that is chance. What a program frees at the end of a round may be at the top of the
/// heap. If it is larger than a threshold, glibc returns it to the system, and the next round pays
/// for every page again, about a microsecond each. The threshold follows the largest block that was
/// freed so far, up to 32 MB, so a program profits from what ran before it in the process. One such
/// block ends that.
fn keep_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(31 << 20)));
}

/// The table of a race: ratios of CPU time to the first program, and the memory peaks if they were
/// measured.
pub fn ratios(title: &str, standings: &[Standing], peaks: &[Option<u64>]) -> Table {
    let mut table = Table::new(title, &["program", "CPU ms", "ratio", "wall ms", "peak MB", "matches"]);
    let limit = standings.first().map_or(0.0, |first| first.timing.cpu.as_secs_f64());
    for (place, standing) in standings.iter().enumerate() {
        let cpu = standing.timing.cpu.as_secs_f64();
        let peak = peaks.get(place).copied().flatten();
        table.row([
            standing.name.to_owned(),
            format!("{:.3}", cpu * 1e3),
            format!("{:.2}", cpu / limit),
            format!("{:.3}", standing.timing.wall.as_secs_f64() * 1e3),
            peak.map_or_else(|| "-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6)),
            standing.outcome.total().to_string(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &'static str, counts: Vec<u64>) -> Program<'static> {
        Program::new(name, move || (Timing::default(), Outcome::counted(counts.clone())))
    }

    #[test]
    fn programs_that_agree_get_their_standings() {
        let standings = race("agree", &[program("a", vec![1, 2]), program("b", vec![1, 2])], Some(3));
        assert_eq!(standings.iter().map(|one| one.name).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    #[should_panic(expected = "b found")]
    fn a_program_that_disagrees_stops_the_race() {
        race("disagree", &[program("a", vec![1, 2]), program("b", vec![2, 1])], None);
    }

    #[test]
    #[should_panic(expected = "a found 3")]
    fn a_wrong_total_stops_the_race() {
        race("wrong", &[program("a", vec![1, 2])], Some(4));
    }
}

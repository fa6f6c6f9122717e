//! What the benches share: one `main` that measures questions, prints their ratios and runs them
//! under criterion.
//!
//! A question is one workload at one size. Its programs are first the limit, then whatever is
//! compared with it. To add an engine, add a [`Program`] to the question's list: counts, checksums,
//! CPU time, memory and criterion follow.
//!
//! | variable | meaning |
//! |---|---|
//! | `TSD_BENCH_SIZES=10k,100k,1M` | the sizes to run, all by default |
//! | `TSD_BENCH_CRITERION=off` | the tables of ratios only |

mod cpu_time;

use cpu_time::CpuTime;
use criterion::Criterion;
use std::time::Duration;
use tsd_benches::measure::{Program, is_test, memory, race, ratios};

/// A workload at one size, and the programs that answer it.
pub(crate) struct Question {
    id: String,
    matches: Option<u64>,
    /// Loads the input and returns the programs; the input is dropped with them.
    programs: Box<dyn Fn() -> Vec<Program<'static>>>,
}

impl Question {
    /// A question; `matches` is the total that every program must find, if it is known.
    pub(crate) fn new(
        id: String,
        matches: Option<u64>,
        programs: impl Fn() -> Vec<Program<'static>> + 'static,
    ) -> Self {
        Self { id, matches, programs: Box::new(programs) }
    }
}

/// Measures all questions. In a child process for one measurement of memory it does only that and
/// returns `false`.
pub(crate) fn run(questions: &[Question]) -> bool {
    if memory::serve(|case| run_once(questions, case)) {
        return false;
    }
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots()
        .configure_from_args();
    for question in questions {
        let programs = (question.programs)();
        if !is_test() {
            print_ratios(question, &programs);
        }
        if std::env::var("TSD_BENCH_CRITERION").as_deref() != Ok("off") {
            run_criterion(&mut criterion, question, &programs);
        }
    }
    criterion.final_summary();
    true
}

fn print_ratios(question: &Question, programs: &[Program<'_>]) {
    let standings = race(&question.id, programs, question.matches);
    let peaks: Vec<Option<u64>> = programs
        .iter()
        .map(|program| {
            memory::peak_of(&case(question, program))
                .inspect_err(|error| eprintln!("no peak of memory: {error}"))
                .ok()
        })
        .collect();
    println!("{}", ratios(&format!("{} (CPU, median of five)", question.id), &standings, &peaks));
}

fn run_criterion(criterion: &mut Criterion<CpuTime>, question: &Question, programs: &[Program<'_>]) {
    let mut group = criterion.benchmark_group(&question.id);
    for program in programs {
        group.bench_function(program.name, |bencher| {
            bencher.iter_custom(|iterations| {
                let once = || {
                    let (timing, outcome) = program.run();
                    let total = outcome.total();
                    assert!(question.matches.is_none_or(|matches| matches == total), "{total} matches");
                    timing.cpu
                };
                (0..iterations).map(|_| once()).sum()
            });
        });
    }
    group.finish();
}

/// The name under which a child measures the memory of one program.
fn case(question: &Question, program: &Program<'_>) -> String {
    format!("{}#{}", question.id, program.name)
}

fn run_once(questions: &[Question], wanted: &str) {
    let id = wanted.split('#').next();
    let question = questions.iter().find(|question| Some(question.id.as_str()) == id);
    // Only the requested program stays, with its input.
    let program = question.and_then(|question| {
        (question.programs)().into_iter().find(|program| case(question, program) == wanted)
    });
    let program = program.unwrap_or_else(|| panic!("no program is called {wanted}"));
    memory::reset_peak();
    program.run();
}

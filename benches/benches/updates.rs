//! The updates workload: 100,000 facts and 20 rules are loaded and run, then 100,000 orders get new
//! values one by one.

mod harness;

use harness::Question;
use std::rc::Rc;
use std::time::Duration;
use tsd_benches::engine::Interpretable;
use tsd_benches::engine::updates::{Compiled, Interpreted, Updated};
use tsd_benches::expected;
use tsd_benches::generator::{self, Action, RuleParameters, Update, Workload, parameters, program};
use tsd_benches::limit::updates::KeptMatches;
use tsd_benches::measure::latency::{Latency, Samples, latencies};
use tsd_benches::measure::{Program, Timing, is_test, median_of_five, timed};
use tsd_benches::outcome::Outcome;

const FACTS: usize = 100_000;
const RULES: usize = 20;
const UPDATES: usize = 100_000;

/// The input of every program.
struct Input {
    workload: Workload,
    rules: Vec<RuleParameters>,
    updates: Vec<Update>,
}

impl Input {
    fn new() -> Self {
        let workload = Workload::orders(FACTS);
        let updates = generator::updates(workload.orders.len(), UPDATES);
        Self { workload, rules: parameters(RULES), updates }
    }
}

fn main() {
    let question = Question::new("updates 100k 20".to_owned(), Some(expected::UPDATES_HOLDING), || {
        let input = Rc::new(Input::new());
        let (compiled, interpreted) = (Rc::clone(&input), Rc::clone(&input));
        let interpretable = interpretable();
        vec![
            Program::new("limit", move || {
                let mut kept = KeptMatches::load(&input.workload, &input.rules);
                let (timing, ()) = timed(|| input.updates.iter().for_each(|update| kept.update(update)));
                (timing, kept.outcome(&input.workload))
            }),
            Program::new("tsd static", move || all(Compiled::load(&compiled.workload), &compiled.updates)),
            Program::new("tsd interpreted", move || {
                all(Interpreted::load(&interpreted.workload, &interpretable), &interpreted.updates)
            }),
        ]
    });
    if harness::run(&[question]) && !is_test() {
        let input = Input::new();
        let limit = latency(&input.updates, || KeptMatches::load(&input.workload, &input.rules));
        let compiled = latency(&input.updates, || Compiled::load(&input.workload));
        let interpretable = interpretable();
        let interpreted = latency(&input.updates, || Interpreted::load(&input.workload, &interpretable));
        let rows = [("limit", limit.0, limit.1), ("tsd static", compiled.0, compiled.1)];
        let rows = [rows[0], rows[1], ("tsd interpreted", interpreted.0, interpreted.1)];
        println!("{}", latencies("one update with 20 rules", &rows));
    }
}

fn interpretable() -> Interpretable {
    Interpretable::new(&program::orders(RULES, Action::Count))
}

/// All updates, timed together.
fn all(mut program: impl Updated, updates: &[Update]) -> (Timing, Outcome) {
    let (timing, ()) = timed(|| updates.iter().for_each(|update| program.update(update)));
    assert_eq!(program.fired().iter().sum::<u64>(), expected::UPDATES_FIRED);
    (timing, Outcome::counted(program.holding()))
}

/// The latency of single updates, and the CPU time of one update in a loop that reads no clock.
fn latency<P: Updated>(updates: &[Update], load: impl Fn() -> P) -> (Latency, Duration) {
    let loop_time = median_of_five(|| {
        let mut program = load();
        timed(|| updates.iter().for_each(|update| program.update(update))).0
    });
    let mut program = load();
    let mut samples = Samples::with_capacity(updates.len());
    for update in updates {
        samples.take(|| program.update(update));
    }
    assert_eq!(program.holding().iter().sum::<u64>(), expected::UPDATES_HOLDING);
    assert_eq!(program.fired().iter().sum::<u64>(), expected::UPDATES_FIRED);
    (samples.latency(), loop_time.cpu / updates.len() as u32)
}

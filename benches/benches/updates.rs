//! The updates workload: 100,000 facts and 20 rules are loaded and run, then 100,000 orders get new values one by one.

mod harness;

use harness::Question;
use std::rc::Rc;
use std::time::Duration;
use tsd_benches::expected;
use tsd_benches::generator::{self, RuleParameters, Update, Workload, parameters};
use tsd_benches::limit::updates::KeptMatches;
use tsd_benches::measure::latency::{Latency, Samples, latencies};
use tsd_benches::measure::{Program, is_test, median_of_five, timed};

const FACTS: usize = 100_000;
const RULES: usize = 20;
const UPDATES: usize = 100_000;

/// What every program is given.
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
        // `tsd static` and `tsd interpreted` belong behind the limit, here and in the table of latencies.
        vec![Program::new("limit", move || {
            let mut kept = KeptMatches::load(&input.workload, &input.rules);
            let (timing, ()) = timed(|| input.updates.iter().for_each(|update| kept.update(update)));
            (timing, kept.outcome(&input.workload))
        })]
    });
    if harness::run(&[question]) && !is_test() {
        let input = Input::new();
        let (latency, cpu) = limit_latency(&input);
        println!("{}", latencies("one update with 20 rules", &[("limit", latency, cpu)]));
    }
}

/// The latency of single updates, and the CPU time of one update in a loop that reads no clock.
fn limit_latency(input: &Input) -> (Latency, Duration) {
    let load = || KeptMatches::load(&input.workload, &input.rules);
    let loop_time = median_of_five(|| {
        let mut kept = load();
        let (timing, ()) = timed(|| input.updates.iter().for_each(|update| kept.update(update)));
        assert_eq!(kept.holding(), expected::UPDATES_HOLDING);
        timing
    });
    let mut kept = load();
    let mut samples = Samples::with_capacity(input.updates.len());
    for update in &input.updates {
        samples.take(|| kept.update(update));
    }
    assert_eq!(kept.holding(), expected::UPDATES_HOLDING);
    assert_eq!(kept.fired().iter().sum::<u64>(), expected::UPDATES_FIRED);
    (samples.latency(), loop_time.cpu / input.updates.len() as u32)
}

//! The workloads of one rule: the chain of three tables, negation and aggregation.

mod harness;

use harness::Question;
use std::rc::Rc;
use tsd_benches::engine;
use tsd_benches::expected::{self, for_facts};
use tsd_benches::generator::Workload;
use tsd_benches::limit::{aggregation, chain, negation};
use tsd_benches::measure::{Program, size_name, sizes, timed};
use tsd_benches::outcome::Outcome;

fn main() {
    let mut questions = Vec::new();
    for facts in sizes(&[100_000, 1_000_000]) {
        let id = |workload: &str| format!("{workload} {}", size_name(facts));
        questions.push(Question::new(id("chain"), for_facts(&expected::CHAIN, facts), move || {
            let workload = Rc::new(Workload::chain(facts));
            let mut programs = limit(&workload, chain::hash_joins, chain::Matches::outcome);
            let tables = engine::tables::chain::Tables::of(&workload);
            programs.push(Program::new("tsd static", move || engine::tables::chain::compiled(&tables)));
            programs
        }));
        questions.push(Question::new(id("negation"), for_facts(&expected::NEGATION, facts), move || {
            let workload = Rc::new(Workload::orders(facts));
            let join = |workload: &Workload| negation::anti_join(&workload.customers, &workload.orders);
            let mut programs = limit(&workload, join, negation::Matches::outcome);
            let tables = engine::tables::negation::Tables::of(&workload);
            programs.push(Program::new("tsd static", move || engine::tables::negation::compiled(&tables)));
            programs
        }));
        questions.push(Question::new(
            id("aggregation"),
            for_facts(&expected::AGGREGATION, facts),
            move || {
                let sums =
                    |workload: &Workload| aggregation::hash_sums(&workload.customers, &workload.orders);
                let workload = Rc::new(Workload::orders(facts));
                let mut programs = limit(&workload, sums, negation::Matches::outcome);
                let tables = engine::tables::aggregation::Tables::of(&workload);
                let compiled = move || engine::tables::aggregation::compiled(&tables);
                programs.push(Program::new("tsd static", compiled));
                programs
            },
        ));
    }
    harness::run(&questions);
}

/// The hand-written program of a question.
fn limit<Found: 'static>(
    workload: &Rc<Workload>,
    run: impl Fn(&Workload) -> Found + 'static,
    outcome: impl Fn(&Found, &Workload) -> Outcome + 'static,
) -> Vec<Program<'static>> {
    let workload = Rc::clone(workload);
    vec![Program::new("limit", move || {
        let (timing, found) = timed(|| run(&workload));
        (timing, outcome(&found, &workload))
    })]
}

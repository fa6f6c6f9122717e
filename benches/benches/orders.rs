//! The orders workload: 1, 20 and 200 rules that join orders with customers, in both orders of
//! arrival.

mod harness;

use harness::Question;
use std::rc::Rc;
use tsd_benches::engine::{Interpretable, orders as engine};
use tsd_benches::expected;
use tsd_benches::generator::{Action, Arrival, Fact, RuleParameters, Workload, parameters, program};
use tsd_benches::limit::orders::{SymmetricHashJoin, factored_hash_join, hash_join};
use tsd_benches::measure::{Program, size_name, sizes, timed};

fn main() {
    let mut questions = Vec::new();
    for facts in sizes(&[10_000, 100_000, 1_000_000]) {
        for rules in [1, 20, 200] {
            let matches = expected::orders(facts, rules);
            let id = |arrival: &str| format!("orders {} {rules} {arrival}", size_name(facts));
            questions.push(Question::new(id("tables"), matches, move || {
                tables(Rc::new(Workload::orders(facts)), parameters(rules).into())
            }));
            questions.push(Question::new(id("shuffled"), matches, move || {
                shuffled(Workload::orders(facts).facts(Arrival::Shuffled), parameters(rules))
            }));
        }
    }
    harness::run(&questions);
}

/// The programs for customers and orders one after another.
fn tables(workload: Rc<Workload>, rules: Rc<[RuleParameters]>) -> Vec<Program<'static>> {
    let input = || (Rc::clone(&workload), Rc::clone(&rules));
    let (limit, factored, symmetric) = (input(), input(), input());
    let size = workload.len();
    let interpretable = Interpretable::new(&program::orders(rules.len(), Action::Count));
    let (compiled, _) = engine::compiled(rules.len());
    let interpreted =
        move || engine::interpreted(&interpretable, &Workload::orders(size).facts(Arrival::Tables));
    vec![
        Program::new("limit", move || {
            let (workload, rules) = &limit;
            let (timing, found) = timed(|| hash_join(&workload.customers, &workload.orders, rules));
            (timing, found.outcome(workload))
        }),
        Program::new("limit, matches factored", move || {
            let (workload, rules) = &factored;
            let (timing, found) = timed(|| factored_hash_join(&workload.customers, &workload.orders, rules));
            (timing, found.outcome(workload))
        }),
        Program::new("limit, both sides indexed", move || {
            let (workload, rules) = &symmetric;
            let (timing, join) =
                timed(|| SymmetricHashJoin::of_tables(&workload.customers, &workload.orders, rules));
            (timing, join.matches().outcome(workload))
        }),
        Program::new("tsd static", move || compiled(size)),
        Program::new("tsd interpreted", interpreted),
    ]
}

/// The programs for all facts in one shuffled sequence.
fn shuffled(facts: Vec<Fact>, rules: Vec<RuleParameters>) -> Vec<Program<'static>> {
    let facts: Rc<[Fact]> = facts.into();
    let interpretable = Interpretable::new(&program::orders(rules.len(), Action::Count));
    let (_, compiled) = engine::compiled(rules.len());
    let (limit, compiled_facts) = (Rc::clone(&facts), Rc::clone(&facts));
    vec![
        Program::new("limit, both sides indexed", move || {
            let (timing, join) = timed(|| SymmetricHashJoin::of_sequence(&limit, &rules));
            (timing, join.matches().outcome_of_sequence(&limit))
        }),
        Program::new("tsd static", move || compiled(&compiled_facts)),
        Program::new("tsd interpreted", move || engine::interpreted(&interpretable, &facts)),
    ]
}

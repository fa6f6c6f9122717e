//! Random programs and random steps: the interpreter, the interpreter without sharing and the
//! oracle agree.
//!
//! After every step they agree on its outcome and on the matches of every rule. A run fires the
//! same activations in the same order, calls the same actions with the same arguments and reports
//! the same problems. At the end a fresh session of the surviving facts and rules agrees too, and
//! removing every rule gives back what rules took.
//!
//! `PROPTEST_CASES=50000 cargo test -p tsd-oracle --release --test differential` searches longer. A
//! failure prints the program and the steps; write it down as a test in `regressions.rs`.

mod bounds;
mod compared;
mod conditions;
mod edges;
mod regressions;
mod session;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use tsd_oracle::generate::{Features, Plan, RuleSteps};

/// Lists of numbers: what shrinks is their length and their size.
fn plans() -> impl Strategy<Value = Plan> {
    let numbers = |most| vec(any::<u16>(), 0..most);
    let parts = (numbers(60), numbers(30), vec(numbers(120), 0..5), vec(numbers(80), 1..25));
    let features = Features::default();
    parts.prop_map(move |(declarations, facts, rules, steps)| Plan {
        declarations,
        facts,
        rules,
        steps,
        features,
    })
}

#[test]
fn the_engine_agrees_with_the_oracle_while_facts_change() {
    hold(RuleSteps::None, 0);
}

#[test]
fn the_engine_agrees_with_the_oracle_while_rules_are_added_and_removed() {
    hold(RuleSteps::AddAndRemove, 1);
}

/// A node is what it joins, and its hash is only an index: if all hashes are the same, results are
/// too.
#[test]
fn the_engine_agrees_with_the_oracle_while_all_signatures_collide() {
    hold_some(RuleSteps::AddAndRemove, 2, 200, compared::colliding);
}

/// In whatever order the patterns are joined, the same fires in the same order.
#[test]
fn the_engine_agrees_with_the_oracle_in_other_join_orders() {
    hold_some(RuleSteps::None, 3, 300, compared::ordered_otherwise);
}

/// A session that begins on the rules of another, and one that goes on as its own fork, are sessions like
/// any other.
#[test]
fn the_engine_agrees_with_the_oracle_on_shared_rules_and_in_forks() {
    hold_some(RuleSteps::AddAndRemove, 4, 300, compared::shared_and_forked);
}

/// Compares interpreters with the oracle in many cases: always the same ones, unless `TSD_SEED`
/// says otherwise.
fn hold(rules: RuleSteps, stream: u8) {
    hold_some(rules, stream, 1500, compared::with_and_without_sharing);
}

/// Compares the interpreters that `subjects` creates with the oracle.
fn hold_some(rules: RuleSteps, stream: u8, cases: u32, subjects: compared::Subjects) {
    let from_environment = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let cases =
        from_environment("PROPTEST_CASES").and_then(|cases| u32::try_from(cases).ok()).unwrap_or(cases);
    let mut seed = [stream; 32];
    seed[..8].copy_from_slice(&from_environment("TSD_SEED").unwrap_or(0).to_le_bytes());
    // Without persistence: a failure becomes a readable test by hand.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&plans(), |plan| {
        compared::hold_to_the_oracle(&plan, rules, subjects)
            .map_err(|difference| TestCaseError::fail(difference.to_string()))
    });
    match outcome {
        Ok(()) => {}
        // The numbers behind it help nobody.
        Err(TestError::Fail(difference, _)) => panic!("{difference}"),
        Err(error) => panic!("{error}"),
    }
}

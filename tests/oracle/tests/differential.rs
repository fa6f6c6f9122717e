//! Random programs and random steps: the interpreter, the interpreter without sharing and the oracle agree.
//!
//! After every step they agree on what came of it and on the matches of every rule; a run fires the same activations in
//! the same order, calls the same actions with the same arguments and reports the same problems. At the end a fresh
//! session of the surviving facts and rules agrees too, and removing every rule gives back what rules took.
//!
//! `PROPTEST_CASES=50000 cargo test -p tsd-oracle --release --test differential` hunts for longer. A failure prints the
//! program and the steps; write it down as a test in `regressions.rs`.

mod compared;
mod session;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tsd_oracle::generate::{Plan, RuleSteps};

/// Lists of numbers: what shrinks is their length and their size.
fn plans() -> impl Strategy<Value = Plan> {
    let numbers = |most| vec(any::<u16>(), 0..most);
    let parts = (numbers(60), numbers(30), vec(numbers(90), 0..5), vec(numbers(60), 1..25));
    parts.prop_map(|(declarations, facts, rules, steps)| Plan { declarations, facts, rules, steps })
}

#[test]
fn the_interpreter_agrees_with_the_oracle_after_every_step() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3000);
    // Without persistence: a failure becomes a readable test by hand.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config.clone(), seed());
    // Panics are told with their story; without it they are noise.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = runner.run(&plans(), |plan| {
        compared::hold_to_the_oracle(&plan, RuleSteps::AddAndRemove)
            .map_err(|difference| TestCaseError::fail(difference.to_string()))
    });
    std::panic::set_hook(hook);
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Always the same cases, unless `TSD_SEED` says otherwise.
fn seed() -> proptest::test_runner::TestRng {
    use proptest::test_runner::{RngAlgorithm, TestRng};
    let seed: u64 = std::env::var("TSD_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

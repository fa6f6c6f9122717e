//! However a rule is written, equivalent rules have the same nodes: the same joins, views, filters
//! and tests.
//!
//! A random rule is a tree of comparisons, `EXISTS`, aggregates and aggregate variables. It is
//! written twice, with different names for its variables, its patterns and conditions in a
//! different order, operands swapped, constants split, equivalent uses of NOT, and in one notation
//! or the other. The compiled rules must be equal except for names, and a network with the nodes
//! and views of one needs no more for the other.

mod equivalent;

use equivalent::{Compiled, one_set_of_nodes, rule, style};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// The same rules each time.
fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn equivalent_rules_have_the_same_nodes() {
    let written = (rule(), style(), style()).prop_map(|(rule, one, other)| Twice {
        one: one.write("one", &rule),
        other: other.write("other", &rule),
    });
    let outcome = runner(2000).run(&written, |Twice { one, other }| {
        let (first, second) = (Compiled::of(&one), Compiled::of(&other));
        let texts = format!("{one}{other}{}{}", first.plan(), second.plan());
        prop_assert_eq!(first.nodes(), second.nodes(), "{}", texts);
        prop_assert!(one_set_of_nodes(&first, &second), "{}{}", texts, first.nodes());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A view is the same question whatever its parameters are, so it must not depend on them.
#[test]
fn views_are_the_same_for_all_their_readers() {
    let asked = |low: &str, high: &str| {
        let condition = format!("EXISTS (i: Item / i.price > {low} AND i.price * 2 < {high})");
        format!("rule r : {{c: Customer, o: Order}} / o.customer == c.id AND {condition} ==> hit(\"x\")\n")
    };
    let (one, other) = (asked("c.limit", "o.value"), asked("o.value", "c.limit"));
    let (first, second) = (Compiled::of(&one), Compiled::of(&other));
    assert_eq!(first.views(), second.views(), "{one}{other}");
    assert_ne!(first.nodes(), second.nodes(), "they ask it about other values: {one}{other}");
}

/// One rule, written twice.
#[derive(Clone)]
struct Twice {
    one: String,
    other: String,
}

impl std::fmt::Debug for Twice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n{}{}", self.one, self.other)
    }
}

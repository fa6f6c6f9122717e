//! The limits against the published counts, against each other, and against a join without any
//! index.

use super::{aggregation, chain, negation, orders, updates};
use crate::expected;
use crate::generator::{self, Arrival, RuleParameters, Workload, parameters};
use crate::outcome::Outcome;
use std::collections::BTreeMap;

/// The matches of the orders workload from the definition: every rule is tested for every order.
fn by_definition(workload: &Workload, rules: usize) -> Outcome {
    let mut outcome = Outcome::traced(rules);
    let wanted = parameters(rules);
    let customers: BTreeMap<i64, &str> =
        workload.customers.iter().map(|customer| (customer.id, customer.tier)).collect();
    for order in &workload.orders {
        for (rule, wanted) in wanted.iter().enumerate() {
            if customers[&order.customer] == wanted.tier && order.value > wanted.threshold {
                outcome.record(rule, &[order.customer, order.id]);
            }
        }
    }
    outcome
}

#[test]
fn every_form_of_the_orders_join_reaches_the_published_counts() {
    for (facts, rules, matches) in expected::ORDERS.into_iter().filter(|row| row.0 <= 100_000) {
        let workload = Workload::orders(facts);
        let (customers, table) = (&workload.customers[..], &workload.orders[..]);
        let rule_parameters = parameters(rules);
        let wanted = by_definition(&workload, rules);
        assert_eq!(wanted.total(), matches, "{facts} facts, {rules} rules");

        let joined = orders::hash_join(customers, table, &rule_parameters);
        assert_eq!(joined.outcome(&workload), wanted);
        let factored = orders::factored_hash_join(customers, table, &rule_parameters);
        assert_eq!(factored.outcome(&workload), wanted);
        let symmetric = orders::SymmetricHashJoin::of_tables(customers, table, &rule_parameters);
        assert_eq!(symmetric.matches().outcome(&workload), wanted);
        for arrival in [Arrival::Tables, Arrival::Shuffled] {
            let facts = workload.facts(arrival);
            let symmetric = orders::SymmetricHashJoin::of_sequence(&facts, &rule_parameters);
            assert_eq!(symmetric.matches().outcome_of_sequence(&facts), wanted);
        }
    }
}

#[test]
fn the_chain_reaches_the_published_count() {
    let workload = Workload::chain(100_000);
    assert_eq!(workload.len(), 100_000);
    let outcome = chain::hash_joins(&workload).outcome(&workload);
    assert_eq!(Some(outcome.total()), expected::for_facts(&expected::CHAIN, 100_000));
}

#[test]
fn negation_and_aggregation_reach_the_published_counts() {
    let workload = Workload::orders(100_000);
    let without = negation::anti_join(&workload.customers, &workload.orders).outcome(&workload);
    assert_eq!(Some(without.total()), expected::for_facts(&expected::NEGATION, 100_000));
    let above = aggregation::hash_sums(&workload.customers, &workload.orders).outcome(&workload);
    assert_eq!(Some(above.total()), expected::for_facts(&expected::AGGREGATION, 100_000));
}

#[test]
fn updates_end_with_the_published_count_and_the_matches_of_a_fresh_join() {
    let mut workload = Workload::orders(100_000);
    let mut kept = updates::KeptMatches::load(&workload, &parameters(20));
    assert_eq!(Some(kept.holding()), expected::orders(100_000, 20));
    assert_eq!(kept.outcome(&workload), by_definition(&workload, 20));
    let rules = parameters(20);
    let tiers: BTreeMap<i64, &str> = workload.customers.iter().map(|one| (one.id, one.tier)).collect();
    let mut fired = kept.holding();
    for update in generator::updates(workload.orders.len(), 100_000) {
        kept.update(&update);
        let order = &mut workload.orders[update.order];
        if order.value != update.value {
            order.value = update.value;
            let holds =
                |rule: &&RuleParameters| rule.tier == tiers[&order.customer] && update.value > rule.threshold;
            fired += rules.iter().filter(holds).count() as u64;
        }
    }
    assert_eq!(kept.holding(), expected::UPDATES_HOLDING);
    assert_eq!(kept.outcome(&workload), by_definition(&workload, 20));
    assert_eq!(kept.fired().iter().sum::<u64>(), fired);
    assert_eq!(fired, expected::UPDATES_FIRED);
}

//! The orders workload: a hash join of orders with customers, and a table of thresholds for the
//! rules.

use super::index::RecordIndex;
use super::tiers::{RuleTable, tier_number};
use crate::generator::{Customer, Fact, Order, RuleParameters, Workload};
use crate::outcome::Outcome;
use std::num::NonZeroU32;

/// One match, as numbers of facts (in their table, or in the sequence of arrival) and the number of
/// the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The customer.
    pub customer: u32,
    /// The order.
    pub order: u32,
    /// The rule.
    pub rule: u32,
}

/// The stored matches and the counter of each rule.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// Every match.
    pub matches: Vec<Match>,
    /// The number of matches of each rule.
    pub counts: Vec<u64>,
}

impl Matches {
    fn with_rules(rules: usize) -> Self {
        Self { matches: Vec::new(), counts: vec![0; rules] }
    }

    #[inline]
    fn push(&mut self, customer: u32, order: u32, rules: &[u32]) {
        for &rule in rules {
            self.counts[rule as usize] += 1;
        }
        self.matches.extend(rules.iter().map(|&rule| Match { customer, order, rule }));
    }

    /// What was found, when facts are numbered by their table.
    pub fn outcome(&self, workload: &Workload) -> Outcome {
        resolve(&self.counts, self.matches.iter().copied(), |one| ids_in_tables(workload, one))
    }

    /// What was found, when facts are numbered by their arrival.
    ///
    /// # Panics
    /// If a match does not lead to a customer and an order of the sequence.
    pub fn outcome_of_sequence(&self, facts: &[Fact]) -> Outcome {
        resolve(&self.counts, self.matches.iter().copied(), |one| {
            match (&facts[one.customer as usize], &facts[one.order as usize]) {
                (Fact::Customer(customer), Fact::Order(order)) => [customer.id, order.id],
                other => panic!("not a customer and an order: {other:?}"),
            }
        })
    }
}

fn ids_in_tables(workload: &Workload, one: Match) -> [i64; 2] {
    [workload.customers[one.customer as usize].id, workload.orders[one.order as usize].id]
}

fn resolve(counts: &[u64], matches: impl Iterator<Item = Match>, ids: impl Fn(Match) -> [i64; 2]) -> Outcome {
    let mut outcome = Outcome::traced(counts.len());
    for one in matches {
        outcome.record(one.rule as usize, &ids(one));
    }
    assert_eq!(outcome.counts, counts, "the counters must agree with the stored matches");
    outcome
}

/// The limit for tables that arrive one after another: customers are indexed, orders only probe.
pub fn hash_join(customers: &[Customer], orders: &[Order], parameters: &[RuleParameters]) -> Matches {
    let rules = RuleTable::new(parameters);
    let mut found = Matches::with_rules(rules.len());
    probe(customers, orders, &rules, |customer, order, tier, satisfied| {
        found.push(customer, order, &rules.rules_of(tier)[..satisfied]);
    });
    found
}

/// A pair of facts with all the rules it satisfies: the first `satisfied` rules of its tier by
/// ascending threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    customer: u32,
    order: u32,
    tier: u16,
    satisfied: u16,
}

/// The matches as pairs of facts, each with a set of rules, from which every match can be
/// enumerated without a search.
#[derive(Clone, Debug, Default)]
pub struct FactoredMatches {
    pairs: Vec<Pair>,
    counts: Vec<u64>,
    rules: RuleTable,
}

impl FactoredMatches {
    /// Every match, one after another.
    pub fn iter(&self) -> impl Iterator<Item = Match> + '_ {
        self.pairs.iter().flat_map(|pair| {
            let rules = &self.rules.rules_of(usize::from(pair.tier))[..usize::from(pair.satisfied)];
            rules.iter().map(|&rule| Match { customer: pair.customer, order: pair.order, rule })
        })
    }

    /// What was found.
    pub fn outcome(&self, workload: &Workload) -> Outcome {
        resolve(&self.counts, self.iter(), |one| ids_in_tables(workload, one))
    }
}

/// The same hash join with its matches factored: a pair of facts is stored once, however many rules
/// it satisfies.
pub fn factored_hash_join(
    customers: &[Customer],
    orders: &[Order],
    parameters: &[RuleParameters],
) -> FactoredMatches {
    let rules = RuleTable::new(parameters);
    let mut pairs = Vec::new();
    let mut counts = vec![0; rules.len()];
    probe(customers, orders, &rules, |customer, order, tier, satisfied| {
        for &rule in &rules.rules_of(tier)[..satisfied] {
            counts[rule as usize] += 1;
        }
        pairs.push(Pair { customer, order, tier: tier as u16, satisfied: satisfied as u16 });
    });
    FactoredMatches { pairs, counts, rules }
}

/// Calls `found(customer, order, tier, satisfied)` for every pair that satisfies at least one rule.
#[inline]
fn probe(
    customers: &[Customer],
    orders: &[Order],
    rules: &RuleTable,
    mut found: impl FnMut(u32, u32, usize, usize),
) {
    let tiers: Vec<u8> = customers.iter().map(|customer| tier_number(customer.tier) as u8).collect();
    let wanted = |tier: &u8| rules.admits_tier(usize::from(*tier));
    let key_of = |record: u32| customers[record as usize].id;
    let mut index = RecordIndex::with_capacity(tiers.iter().filter(|tier| wanted(tier)).count());
    for ((record, customer), tier) in (0..).zip(customers).zip(&tiers) {
        if wanted(tier) {
            index.insert_unique(customer.id, record, key_of);
        }
    }
    for (record, order) in orders.iter().enumerate() {
        if !rules.admits_value(order.value) {
            continue;
        }
        if let Some(customer) = index.get(order.customer, key_of) {
            let tier = usize::from(tiers[customer as usize]);
            let satisfied = rules.satisfied(tier, order.value);
            if satisfied > 0 {
                found(customer, record as u32, tier, satisfied);
            }
        }
    }
}

/// The limit for facts in any order of arrival: both sides are indexed, and each arriving fact
/// probes the other side.
#[derive(Clone, Debug)]
pub struct SymmetricHashJoin {
    rules: RuleTable,
    found: Matches,
    customers: Vec<IndexedCustomer>,
    customer_index: RecordIndex,
    orders: Vec<IndexedOrder>,
    /// The last order of each customer.
    order_index: RecordIndex,
}

#[derive(Clone, Copy, Debug)]
struct IndexedCustomer {
    id: i64,
    record: u32,
    tier: u32,
}

/// An order in the chain of its customer's orders.
#[derive(Clone, Copy, Debug)]
struct IndexedOrder {
    customer: i64,
    value: f64,
    record: u32,
    /// The previous order of this customer in the chain.
    previous: Option<NonZeroU32>,
}

impl SymmetricHashJoin {
    /// A join over no facts yet, with indexes for this many customers and orders, which can grow.
    ///
    /// Only a fifth of the orders or less passes the filter on the value, and their index has room
    /// for these.
    pub fn with_capacity(customers: usize, orders: usize, parameters: &[RuleParameters]) -> Self {
        let rules = RuleTable::new(parameters);
        Self {
            found: Matches::with_rules(rules.len()),
            rules,
            customers: Vec::new(),
            customer_index: RecordIndex::with_capacity(customers),
            orders: Vec::new(),
            order_index: RecordIndex::with_capacity(orders / 5),
        }
    }

    /// Inserts fact number `record` of the customers, or of the sequence of arrival.
    #[inline]
    pub fn insert_customer(&mut self, record: u32, customer: &Customer) {
        let tier = tier_number(customer.tier);
        if !self.rules.admits_tier(tier) {
            return;
        }
        let place = self.customers.len() as u32;
        self.customers.push(IndexedCustomer { id: customer.id, record, tier: tier as u32 });
        self.customer_index.insert_unique(customer.id, place, |place| self.customers[place as usize].id);
        let mut next = self.order_index.get(customer.id, |place| self.orders[place as usize].customer);
        while let Some(place) = next {
            let order = self.orders[place as usize];
            let satisfied = self.rules.satisfied(tier, order.value);
            self.found.push(record, order.record, &self.rules.rules_of(tier)[..satisfied]);
            next = order.previous.map(|place| place.get() - 1);
        }
    }

    /// Inserts fact number `record` of the orders, or of the sequence of arrival.
    #[inline]
    pub fn insert_order(&mut self, record: u32, order: &Order) {
        if !self.rules.admits_value(order.value) {
            return;
        }
        let place = self.orders.len() as u32;
        let (customer, value) = (order.customer, order.value);
        let previous =
            self.order_index.replace(customer, place, |place| self.orders[place as usize].customer);
        let previous = previous.and_then(|place| NonZeroU32::new(place + 1));
        self.orders.push(IndexedOrder { customer, value, record, previous });
        let place = self.customer_index.get(customer, |place| self.customers[place as usize].id);
        if let Some(place) = place {
            let customer = self.customers[place as usize];
            let satisfied = self.rules.satisfied(customer.tier as usize, value);
            let rules = &self.rules.rules_of(customer.tier as usize)[..satisfied];
            self.found.push(customer.record, record, rules);
        }
    }

    /// Inserts a table of customers, then one of orders.
    pub fn of_tables(customers: &[Customer], orders: &[Order], parameters: &[RuleParameters]) -> Self {
        let mut join = Self::with_capacity(customers.len(), orders.len(), parameters);
        customers
            .iter()
            .enumerate()
            .for_each(|(record, customer)| join.insert_customer(record as u32, customer));
        orders.iter().enumerate().for_each(|(record, order)| join.insert_order(record as u32, order));
        join
    }

    /// Inserts the customers and orders of a sequence of facts, which are expected to be half of
    /// each.
    pub fn of_sequence(facts: &[Fact], parameters: &[RuleParameters]) -> Self {
        let mut join = Self::with_capacity(facts.len() / 2, facts.len() / 2, parameters);
        for (record, fact) in facts.iter().enumerate() {
            match fact {
                Fact::Customer(customer) => join.insert_customer(record as u32, customer),
                Fact::Order(order) => join.insert_order(record as u32, order),
                Fact::Item(_) => {}
            }
        }
        join
    }

    /// The matches so far.
    pub fn matches(&self) -> &Matches {
        &self.found
    }
}

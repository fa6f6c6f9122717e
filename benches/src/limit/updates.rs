//! The updates workload: the matches of every rule are kept while orders change their values.

use super::index::RecordIndex;
use super::tiers::{NO_TIER, RuleTable, tier_number};
use crate::generator::{Order, RuleParameters, Update, Workload};
use crate::outcome::Outcome;

/// The limit: per order the satisfied rules, per rule the set of its orders.
///
/// A firing is counted as the language defines it: all rules that hold after an update of the value
/// fire again, because their activations are new; an update to the same value changes nothing.
#[derive(Clone, Debug)]
pub struct KeptMatches {
    rules: RuleTable,
    orders: Vec<OrderState>,
    /// Per rule, the orders in its set, in no order.
    members: Vec<Vec<u32>>,
    /// Per order and rank of a rule within the tier, the order's place in that rule's `members`.
    places: Vec<u32>,
    /// The largest number of rules of one tier: the length of an order's part of `places`.
    ranks: usize,
    /// Per rule, how often it fired.
    fired: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct OrderState {
    value: f64,
    customer: u32,
    tier: u16,
    /// How many of the tier's rules hold.
    satisfied: u16,
}

impl KeptMatches {
    /// Loads the facts and runs.
    pub fn load(workload: &Workload, parameters: &[RuleParameters]) -> Self {
        let rules = RuleTable::new(parameters);
        let ranks = (0..NO_TIER).map(|tier| rules.rules_of(tier).len()).max().unwrap_or(0);
        let customers = &workload.customers;
        let key_of = |record: u32| customers[record as usize].id;
        let mut index = RecordIndex::with_capacity(customers.len());
        for (record, customer) in (0..).zip(customers) {
            index.insert_unique(customer.id, record, key_of);
        }
        let state = |order: &Order| {
            let customer = index.get(order.customer, key_of);
            // An order without a customer has the tier that no rule requires.
            let tier = customer.map_or(NO_TIER, |customer| tier_number(customers[customer as usize].tier));
            let customer = customer.unwrap_or(u32::MAX);
            OrderState { value: f64::NAN, customer, tier: tier as u16, satisfied: 0 }
        };
        let orders = workload.orders.iter().map(state).collect();
        let mut kept = Self {
            orders,
            members: vec![Vec::new(); rules.len()],
            places: vec![0; workload.orders.len() * ranks],
            ranks,
            fired: vec![0; rules.len()],
            rules,
        };
        for (record, order) in workload.orders.iter().enumerate() {
            kept.update(&Update { order: record, value: order.value });
        }
        kept
    }

    /// Sets a new value of an order and fires what is new.
    #[inline]
    pub fn update(&mut self, update: &Update) {
        let order = &mut self.orders[update.order];
        if order.value == update.value {
            return;
        }
        order.value = update.value;
        let tier = usize::from(order.tier);
        let before = usize::from(order.satisfied);
        let now = self.rules.satisfied(tier, update.value);
        order.satisfied = now as u16;
        for rank in before..now {
            self.enter(update.order, tier, rank);
        }
        for rank in now..before {
            self.leave(update.order, tier, rank);
        }
        for &rule in &self.rules.rules_of(tier)[..now] {
            self.fired[rule as usize] += 1;
        }
    }

    #[inline]
    fn enter(&mut self, order: usize, tier: usize, rank: usize) {
        let members = &mut self.members[self.rules.rules_of(tier)[rank] as usize];
        self.places[order * self.ranks + rank] = members.len() as u32;
        members.push(order as u32);
    }

    #[inline]
    fn leave(&mut self, order: usize, tier: usize, rank: usize) {
        let members = &mut self.members[self.rules.rules_of(tier)[rank] as usize];
        let place = self.places[order * self.ranks + rank] as usize;
        members.swap_remove(place);
        if let Some(&moved) = members.get(place) {
            // The rule belongs to one tier, so it has the same rank for the order that moved to the
            // place.
            self.places[moved as usize * self.ranks + rank] = place as u32;
        }
    }

    /// The number of matches that hold.
    pub fn holding(&self) -> u64 {
        self.members.iter().map(|members| members.len() as u64).sum()
    }

    /// How often each rule fired since the facts were loaded, the first run included.
    pub fn fired(&self) -> &[u64] {
        &self.fired
    }

    /// The matches that hold, read from the sets of the rules.
    pub fn outcome(&self, workload: &Workload) -> Outcome {
        let mut outcome = Outcome::traced(self.members.len());
        for (rule, members) in self.members.iter().enumerate() {
            for &order in members {
                let customer = self.orders[order as usize].customer;
                let ids = [workload.customers[customer as usize].id, workload.orders[order as usize].id];
                outcome.record(rule, &ids);
            }
        }
        outcome
    }
}

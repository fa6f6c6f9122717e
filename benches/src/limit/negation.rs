//! The negation workload: customers without an order.

use super::index::RecordIndex;
use crate::generator::{Customer, Order, Workload};
use crate::outcome::Outcome;

/// The stored matches: record numbers of customers.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// Every match.
    pub customers: Vec<u32>,
}

impl Matches {
    /// What was found.
    pub fn outcome(&self, workload: &Workload) -> Outcome {
        let mut outcome = Outcome::traced(1);
        for record in &self.customers {
            outcome.record(0, &[workload.customers[*record as usize].id]);
        }
        outcome
    }
}

/// The limit: customers are indexed, each order marks its customer, the unmarked remain.
pub fn anti_join(customers: &[Customer], orders: &[Order]) -> Matches {
    let mut index = RecordIndex::with_capacity(customers.len());
    let key_of = |record: u32| customers[record as usize].id;
    for (record, customer) in (0..).zip(customers) {
        index.insert_unique(customer.id, record, key_of);
    }
    let mut ordered = vec![false; customers.len()];
    for order in orders {
        if let Some(record) = index.get(order.customer, key_of) {
            ordered[record as usize] = true;
        }
    }
    let unmarked = ordered.iter().enumerate().filter(|(_, ordered)| !**ordered);
    Matches { customers: unmarked.map(|(record, _)| record as u32).collect() }
}

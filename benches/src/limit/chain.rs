//! The chain workload: gold customers, their orders above 5,000, and of those the items of more
//! than 50 pieces.

use super::index::RecordIndex;
use crate::generator::Workload;
use crate::outcome::Outcome;

/// The stored matches: record numbers of customer, order and item.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// Every match.
    pub matches: Vec<[u32; 3]>,
}

impl Matches {
    /// What was found.
    pub fn outcome(&self, workload: &Workload) -> Outcome {
        let mut outcome = Outcome::traced(1);
        for [customer, order, item] in &self.matches {
            let customer = workload.customers[*customer as usize].id;
            let order = workload.orders[*order as usize].id;
            outcome.record(0, &[customer, order, workload.items[*item as usize].id]);
        }
        outcome
    }
}

/// The limit: two hash joins in a row, each table filtered before it is indexed or probes.
pub fn hash_joins(workload: &Workload) -> Matches {
    let Workload { customers, orders, items } = workload;
    let customer_key = |record: u32| customers[record as usize].id;
    let gold = (0..).zip(customers).filter(|(_, customer)| customer.tier == "gold");
    let mut customer_index = RecordIndex::with_capacity(gold.clone().count());
    for (record, customer) in gold {
        customer_index.insert_unique(customer.id, record, customer_key);
    }
    // The orders that join with a gold customer, as (id, record, customer).
    let mut joined: Vec<(i64, u32, u32)> = Vec::new();
    for (record, order) in (0..).zip(orders).filter(|(_, order)| order.value > 5_000.0) {
        if let Some(customer) = customer_index.get(order.customer, customer_key) {
            joined.push((order.id, record, customer));
        }
    }
    let order_key = |place: u32| joined[place as usize].0;
    let mut order_index = RecordIndex::with_capacity(joined.len());
    for (place, order) in (0..).zip(&joined) {
        order_index.insert_unique(order.0, place, order_key);
    }
    let mut matches = Vec::new();
    for (record, item) in (0..).zip(items).filter(|(_, item)| item.quantity > 50) {
        if let Some(place) = order_index.get(item.order, order_key) {
            let (_, order, customer) = joined[place as usize];
            matches.push([customer, order, record]);
        }
    }
    Matches { matches }
}

//! The aggregation workload: customers whose orders sum to more than 15,000.

use super::index::RecordIndex;
use super::negation::Matches;
use crate::generator::{Customer, Order};

/// The limit: customers are indexed, each order adds to its customer's sum. The matches are record
/// numbers of customers.
pub fn hash_sums(customers: &[Customer], orders: &[Order]) -> Matches {
    let mut index = RecordIndex::with_capacity(customers.len());
    let key_of = |record: u32| customers[record as usize].id;
    for (record, customer) in (0..).zip(customers) {
        index.insert_unique(customer.id, record, key_of);
    }
    let mut sums = vec![0.0; customers.len()];
    for order in orders {
        if let Some(record) = index.get(order.customer, key_of) {
            sums[record as usize] += order.value;
        }
    }
    let above = sums.iter().enumerate().filter(|(_, sum)| **sum > 15_000.0);
    Matches { customers: above.map(|(record, _)| record as u32).collect() }
}

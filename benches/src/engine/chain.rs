//! The chain workload on the engine.

use super::Counts;
use crate::generator::{Customer, Item, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;

tsd::include_rules!(pub "chain");
use self::chain as rules;

impl rules::Actions for Counts {
    fn hit(&mut self, rule: i64) {
        Counts::hit(self, rule);
    }
}

/// Customers, orders and items one after another, compiled.
///
/// # Panics
/// If the workload's keys are not unique.
pub fn compiled(workload: &Workload) -> (Timing, Outcome) {
    let customers: Vec<rules::Customer> = (workload.customers.iter())
        .map(|&Customer { id, tier, signup }| rules::Customer { id, tier: tier.to_owned(), signup })
        .collect();
    let orders: Vec<rules::Order> = (workload.orders.iter())
        .map(|&Order { id, customer, value, status }| rules::Order { id, customer, value, status })
        .collect();
    let items: Vec<rules::Item> = (workload.items.iter())
        .map(|&Item { id, order, quantity }| rules::Item { id, order, quantity })
        .collect();
    let (timing, session) = timed(|| {
        let mut session = rules::Session::new(Counts::new(1));
        session.insert_all(customers).expect("the keys differ");
        session.insert_all(orders).expect("the keys differ");
        session.insert_all(items).expect("the keys differ");
        session.run().expect("no rule loops");
        session
    });
    (timing, Outcome::counted(session.into_host().0))
}

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
        session.reserve::<rules::Customer>(customers.len());
        session.reserve::<rules::Order>(orders.len());
        session.reserve::<rules::Item>(items.len());
        for customer in customers {
            session.insert(customer).expect("the keys differ");
        }
        for order in orders {
            session.insert(order).expect("the keys differ");
        }
        for item in items {
            session.insert(item).expect("the keys differ");
        }
        session.run().expect("no rule loops");
        session
    });
    (timing, Outcome::counted(session.into_host().0))
}

//! The workloads that find customers by their orders, on the engine: negation and aggregation.

use super::Counts;
use crate::generator::{Customer, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;

/// A compiled form of one of the workloads.
macro_rules! compiled {
    ($module:ident, $name:literal, $doc:literal) => {
        #[doc = $doc]
        pub mod $module {
            use super::*;

            tsd::include_rules!(pub $name);
            use self::$module as rules;

            impl rules::Actions for Counts {
                fn hit(&mut self, rule: i64) {
                    Counts::hit(self, rule);
                }
            }

            /// Customers and orders one after another.
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
                let (timing, session) = timed(|| {
                    let mut session = rules::Session::new(Counts::new(1));
                    session.insert_all(customers).expect("the keys differ");
                    session.insert_all(orders).expect("the keys differ");
                    session.run().expect("no rule loops");
                    session
                });
                (timing, Outcome::counted(session.into_host().0))
            }
        }
    };
}

compiled!(negation, "negation", "Customers without an order, compiled.");
compiled!(aggregation, "aggregation", "Customers who ordered for more than 15,000, compiled.");

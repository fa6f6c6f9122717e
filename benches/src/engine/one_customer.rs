//! The workloads of one rule about customers and their orders, negation and aggregation, on the engine.

use super::Counts;
use crate::generator::{Customer, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;

/// A compiled workload.
macro_rules! compiled {
    ($module:ident, $name:literal, $what:literal) => {
        #[doc = concat!("The ", $what, ", compiled.")]
        pub mod $module {
            use super::*;

            tsd::include_rules!(pub $name);
            use self::$module as rules;

            impl rules::Actions for Counts {
                fn hit(&mut self, rule: i64) {
                    Counts::hit(self, rule);
                }
            }

            /// Customers, then orders.
            ///
            /// # Panics
            /// If the workload's keys are not unique.
            pub fn compiled(workload: &Workload) -> (Timing, Outcome) {
                let customers: Vec<rules::Customer> = (workload.customers.iter())
                    .map(|&Customer { id, tier, signup }| rules::Customer {
                        id,
                        tier: tier.to_owned(),
                        signup,
                    })
                    .collect();
                let orders: Vec<rules::Order> = (workload.orders.iter())
                    .map(|&Order { id, customer, value, status }| rules::Order {
                        id,
                        customer,
                        value,
                        status,
                    })
                    .collect();
                let (timing, session) = timed(|| {
                    let mut session = rules::Session::new(Counts::new(1));
                    session.insert_all(customers).expect("the keys differ");
                    session.insert_all(orders).expect("no key");
                    session.run().expect("no rule loops");
                    session
                });
                (timing, Outcome::counted(session.into_host().0))
            }
        }
    };
}

compiled!(negation, "negation", "customers without an order");
compiled!(aggregation, "aggregation", "customers who ordered for more than 15,000");

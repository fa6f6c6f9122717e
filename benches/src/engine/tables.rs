//! The workloads of one rule on the engine: whole tables, one after another, in one batch.

use super::Counts;
use crate::generator::{Customer, Item, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;

/// A table of a workload as facts of the module `rules`: their type, and how they are created.
macro_rules! table {
    (type customers) => { Vec<rules::Customer> };
    (type orders) => { Vec<rules::Order> };
    (type items) => { Vec<rules::Item> };
    (customers, $workload:ident) => {
        ($workload.customers.iter())
            .map(|&Customer { id, tier, signup }| rules::Customer { id, tier: tier.to_owned(), signup })
            .collect()
    };
    (orders, $workload:ident) => {
        ($workload.orders.iter())
            .map(|&Order { id, customer, value, status }| rules::Order { id, customer, value, status })
            .collect()
    };
    (items, $workload:ident) => {
        ($workload.items.iter())
            .map(|&Item { id, order, quantity }| rules::Item { id, order, quantity })
            .collect()
    };
}

/// A compiled form of one of the workloads, with the tables that it takes.
macro_rules! compiled {
    ($module:ident, $name:literal, [$($table:ident),*], $doc:literal) => {
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

            /// The workload as facts of the rules.
            pub struct Tables {
                $($table: table!(type $table)),*
            }

            impl Tables {
                /// Creates facts from the records of a workload.
                pub fn of(workload: &Workload) -> Self {
                    Self { $($table: table!($table, workload)),* }
                }
            }

            /// The tables one after another, compiled. Like the limit, it reads the records without
            /// consuming them.
            ///
            /// # Panics
            /// If the workload's keys are not unique.
            pub fn compiled(tables: &Tables) -> (Timing, Outcome) {
                let (timing, session) = timed(|| {
                    let mut session = rules::Session::new(Counts::new(1));
                    let inserted = session.batch(|batch| {
                        $(batch.insert_from_slice(&tables.$table)?;)*
                        Ok(())
                    });
                    inserted.expect("the keys differ");
                    let _ = session.run().expect("no rule loops");
                    session
                });
                (timing, Outcome::counted(session.into_host().0))
            }
        }
    };
}

compiled!(
    chain,
    "chain",
    [customers, orders, items],
    "Gold customers, their large orders, and large items of those."
);
compiled!(negation, "negation", [customers, orders], "Customers without an order.");
compiled!(aggregation, "aggregation", [customers, orders], "Customers who ordered for more than 15,000.");

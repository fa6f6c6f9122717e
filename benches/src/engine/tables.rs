//! The workloads of one rule on the engine: whole tables, one after another, in one batch.

use super::Counts;
use crate::generator::{Customer, Item, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;

/// A table of a workload as facts of the module `rules`.
macro_rules! table {
    (customers, $workload:ident) => {
        ($workload.customers.iter())
            .map(|&Customer { id, tier, signup }| rules::Customer { id, tier: tier.to_owned(), signup })
            .collect::<Vec<_>>()
    };
    (orders, $workload:ident) => {
        ($workload.orders.iter())
            .map(|&Order { id, customer, value, status }| rules::Order { id, customer, value, status })
            .collect::<Vec<_>>()
    };
    (items, $workload:ident) => {
        ($workload.items.iter())
            .map(|&Item { id, order, quantity }| rules::Item { id, order, quantity })
            .collect::<Vec<_>>()
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

            /// The tables one after another, compiled.
            ///
            /// # Panics
            /// If the workload's keys are not unique.
            pub fn compiled(workload: &Workload) -> (Timing, Outcome) {
                $(let $table = table!($table, workload);)*
                let (timing, session) = timed(|| {
                    let mut session = rules::Session::new(Counts::new(1));
                    let tables = session.batch(|batch| {
                        $(batch.insert_all($table)?;)*
                        Ok(())
                    });
                    tables.expect("the keys differ");
                    session.run().expect("no rule loops");
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

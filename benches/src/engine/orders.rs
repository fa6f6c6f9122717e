//! The orders workload on the engine.

use super::{Counts, Interpretable};
use crate::generator::{Customer, Fact, Order, Workload};
use crate::measure::{Timing, timed};
use crate::outcome::Outcome;
use tsd::{TypeId, Value};

/// A compiled form of the workload, for one number of rules.
macro_rules! compiled {
    ($module:ident, $name:literal, $rules:literal) => {
        #[doc = concat!("The workload with ", $rules, " rules, compiled.")]
        pub mod $module {
            use super::*;

            tsd::include_rules!(pub $name);
            use self::$module as rules;

            impl rules::Actions for Counts {
                fn hit(&mut self, rule: i64) {
                    Counts::hit(self, rule);
                }
            }

            /// A session without facts.
            pub fn session() -> rules::Session<Counts> {
                rules::Session::new(Counts::new($rules))
            }

            /// The customer as a fact.
            pub fn customer(customer: &Customer) -> rules::Customer {
                let Customer { id, tier, signup } = *customer;
                rules::Customer { id, tier: tier.to_owned(), signup }
            }

            /// The order as a fact.
            pub fn order(order: &Order) -> rules::Order {
                let Order { id, customer, value, status } = *order;
                rules::Order { id, customer, value, status }
            }

            /// All customers, then all orders, of a workload of `facts` facts.
            pub fn tables(facts: usize) -> (Timing, Outcome) {
                // Only the typed facts exist when time and peak memory are measured.
                let Workload { customers, orders, .. } = Workload::orders(facts);
                let customers: Vec<rules::Customer> =
                    customers.into_iter().map(|one| customer(&one)).collect();
                let orders: Vec<rules::Order> = orders.into_iter().map(|one| order(&one)).collect();
                let (timing, session) = timed(|| {
                    let mut session = session();
                    session.insert_all(customers).expect("the keys differ");
                    session.insert_all(orders).expect("the keys differ");
                    let _ = session.run().expect("no rule loops");
                    session
                });
                (timing, Outcome::counted(session.into_host().0))
            }

            /// The facts in the sequence given.
            pub fn sequence(facts: &[Fact]) -> (Timing, Outcome) {
                enum Either {
                    Customer(rules::Customer),
                    Order(rules::Order),
                }
                let facts: Vec<Either> = (facts.iter())
                    .filter_map(|fact| match fact {
                        Fact::Customer(fact) => Some(Either::Customer(customer(fact))),
                        Fact::Order(fact) => Some(Either::Order(order(fact))),
                        Fact::Item(_) => None,
                    })
                    .collect();
                let (timing, session) = timed(|| {
                    let mut session = session();
                    // The same number of each, which the limit is told too.
                    session.reserve::<rules::Customer>(facts.len() / 2);
                    session.reserve::<rules::Order>(facts.len() / 2);
                    for fact in facts {
                        match fact {
                            Either::Customer(fact) => {
                                session.insert(fact).expect("the keys differ");
                            }
                            Either::Order(fact) => {
                                session.insert(fact).expect("the keys differ");
                            }
                        }
                    }
                    let _ = session.run().expect("no rule loops");
                    session
                });
                (timing, Outcome::counted(session.into_host().0))
            }
        }
    };
}

compiled!(orders1, "orders1", 1);
compiled!(orders20, "orders20", 20);
compiled!(orders200, "orders200", 200);

/// The compiled program with `rules` rules: over tables, and over a sequence.
///
/// # Panics
/// If there is none with so many.
#[allow(clippy::type_complexity)]
pub fn compiled(rules: usize) -> (fn(usize) -> (Timing, Outcome), fn(&[Fact]) -> (Timing, Outcome)) {
    match rules {
        1 => (orders1::tables, orders1::sequence),
        20 => (orders20::tables, orders20::sequence),
        200 => (orders200::tables, orders200::sequence),
        _ => panic!("no program with {rules} rules is compiled in"),
    }
}

const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);

/// The fields of a customer.
pub fn customer_values(customer: &Customer) -> [Value; 3] {
    [Value::Int(customer.id), Value::Text(customer.tier.to_owned()), Value::Int(customer.signup)]
}

/// The fields of an order.
pub fn order_values(order: &Order) -> [Value; 4] {
    let Order { id, customer, value, status } = *order;
    [Value::Int(id), Value::Int(customer), Value::Number(value), Value::Int(status)]
}

/// The interpreted program over facts in the sequence given.
pub fn interpreted(program: &Interpretable, facts: &[Fact]) -> (Timing, Outcome) {
    enum Either {
        Customer([Value; 3]),
        Order([Value; 4]),
    }
    let facts: Vec<Either> = (facts.iter())
        .filter_map(|fact| match fact {
            Fact::Customer(fact) => Some(Either::Customer(customer_values(fact))),
            Fact::Order(fact) => Some(Either::Order(order_values(fact))),
            Fact::Item(_) => None,
        })
        .collect();
    let (timing, engine) = timed(|| {
        let mut engine = program.engine();
        engine.reserve_type(CUSTOMER, facts.len() / 2);
        engine.reserve_type(ORDER, facts.len() / 2);
        for fact in facts {
            match fact {
                Either::Customer(values) => engine.insert_values(CUSTOMER, &values),
                Either::Order(values) => engine.insert_values(ORDER, &values),
            }
            .expect("the keys differ");
        }
        let _ = engine.run().expect("no rule loops");
        engine
    });
    (timing, Outcome::counted(engine.into_host().0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expected;
    use crate::generator::{Action, Arrival, parameters, program};
    use crate::limit::orders::hash_join;

    tsd::include_rules!("orders20_traced");

    impl orders20_traced::Actions for Outcome {
        fn hit(&mut self, rule: i64, customer: i64, order: i64) {
            self.record(rule as usize, &[customer, order]);
        }
    }

    #[test]
    fn the_compiled_program_finds_the_very_matches_of_the_limit() {
        let workload = Workload::orders(10_000);
        let mut session = orders20_traced::Session::new(Outcome::traced(20));
        for fact in workload.facts(Arrival::Shuffled) {
            match fact {
                Fact::Customer(Customer { id, tier, signup }) => {
                    let customer = orders20_traced::Customer { id, tier: tier.to_owned(), signup };
                    session.insert(customer).unwrap();
                }
                Fact::Order(Order { id, customer, value, status }) => {
                    session.insert(orders20_traced::Order { id, customer, value, status }).unwrap();
                }
                Fact::Item(_) => {}
            }
        }
        let _ = session.run().unwrap();
        let limit = hash_join(&workload.customers, &workload.orders, &parameters(20));
        assert_eq!(session.into_host(), limit.outcome(&workload));
    }

    #[test]
    fn all_forms_count_the_same() {
        let workload = Workload::orders(10_000);
        for rules in [1, 20, 200] {
            let (tables, sequence) = compiled(rules);
            let outcome = tables(10_000).1;
            assert_eq!(Some(outcome.total()), expected::orders(10_000, rules));
            let facts = workload.facts(Arrival::Shuffled);
            assert_eq!(sequence(&facts).1, outcome);
            let interpretable = Interpretable::new(&program::orders(rules, Action::Count));
            assert_eq!(interpreted(&interpretable, &facts).1, outcome);
        }
    }
}

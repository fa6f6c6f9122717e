//! The updates workload on the engine: a loaded session, and one update with the run after it.

use super::orders::{customer_values, order_values, orders20};
use super::{Counts, Interpretable};
use crate::generator::{Update, Workload};
use crate::limit::updates::KeptMatches;
use tsd::{Engine, Handle};
use tsd::{FactHandle, TypeId, Value};

/// The operations of a program of this workload.
pub trait Updated {
    /// Changes an order, and runs.
    fn update(&mut self, update: &Update);

    /// How many matches hold now, by rule.
    fn holding(&mut self) -> Vec<u64>;

    /// How often each rule has fired.
    fn fired(&self) -> &[u64];
}

impl Updated for KeptMatches {
    fn update(&mut self, update: &Update) {
        KeptMatches::update(self, update);
    }

    fn holding(&mut self) -> Vec<u64> {
        vec![KeptMatches::holding(self)]
    }

    fn fired(&self) -> &[u64] {
        KeptMatches::fired(self)
    }
}

/// The compiled program, loaded and run.
#[derive(Debug)]
pub struct Compiled {
    session: orders20::orders20::Session<Counts>,
    orders: Vec<Handle<orders20::orders20::Order>>,
}

impl Compiled {
    /// Loads the workload and fires what holds.
    ///
    /// # Panics
    /// If the workload's keys are not unique.
    pub fn load(workload: &Workload) -> Self {
        let mut session = orders20::session();
        for customer in &workload.customers {
            session.insert(orders20::customer(customer)).expect("the keys differ");
        }
        let orders = workload.orders.iter();
        let orders = orders.map(|order| session.insert(orders20::order(order)).expect("the keys differ"));
        let orders = orders.collect();
        let _ = session.run().expect("no rule loops");
        Self { session, orders }
    }
}

impl Updated for Compiled {
    fn update(&mut self, update: &Update) {
        let order = self.orders[update.order];
        self.session.update(order, |order| order.value = update.value).expect("the order is there");
        let _ = self.session.run().expect("no rule loops");
    }

    fn holding(&mut self) -> Vec<u64> {
        (0..20).map(|rule| matches(self.session.matches(&format!("r{rule}")))).collect()
    }

    fn fired(&self) -> &[u64] {
        &self.session.host().0
    }
}

/// The interpreted program, loaded and run.
#[derive(Debug)]
pub struct Interpreted {
    engine: Engine<Counts>,
    orders: Vec<(FactHandle, [Value; 4])>,
}

impl Interpreted {
    /// Loads the workload and fires what holds.
    ///
    /// # Panics
    /// If the workload's keys are not unique.
    pub fn load(workload: &Workload, program: &Interpretable) -> Self {
        let mut engine = program.engine();
        for customer in &workload.customers {
            engine.insert_values(TypeId(0), &customer_values(customer)).expect("the keys differ");
        }
        let orders = workload.orders.iter().map(|order| {
            let values = order_values(order);
            (engine.insert_values(TypeId(1), &values).expect("the keys differ"), values)
        });
        let orders = orders.collect();
        let _ = engine.run().expect("no rule loops");
        Self { engine, orders }
    }
}

impl Updated for Interpreted {
    fn update(&mut self, update: &Update) {
        let (handle, values) = &mut self.orders[update.order];
        values[2] = Value::Number(update.value);
        self.engine.update_values(*handle, values).expect("the order is there");
        let _ = self.engine.run().expect("no rule loops");
    }

    fn holding(&mut self) -> Vec<u64> {
        (0..20).map(|rule| matches(self.engine.matches(&format!("r{rule}")))).collect()
    }

    fn fired(&self) -> &[u64] {
        &self.engine.host().0
    }
}

fn matches(found: Result<Vec<Vec<FactHandle>>, tsd::Error>) -> u64 {
    found.expect("the rule is there").len() as u64
}

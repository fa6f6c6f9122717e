//! The engine under test: the same rules compiled into this crate by its build script, and
//! interpreted.
//!
//! Facts are created before the timed section and moved into it; the section creates the session,
//! inserts, and runs.

pub mod flights;
pub mod orders;
pub mod sessions;
pub mod tables;
pub mod updates;

use tsd::{Context, Engine, Host, Interpreted};
use tsd::{Sharing, Value};
use tsd_compiler::source::SourceMap;

/// Counts the calls of `hit`, by rule number.
#[derive(Clone, Debug, Default)]
pub struct Counts(pub Vec<u64>);

impl Counts {
    /// No calls yet, of `rules` rules.
    pub fn new(rules: usize) -> Self {
        Self(vec![0; rules])
    }

    fn hit(&mut self, rule: i64) {
        self.0[rule as usize] += 1;
    }
}

impl Host for Counts {
    fn perform(&mut self, _: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        if let [Value::Int(rule), ..] = arguments {
            self.hit(*rule);
        }
    }
}

/// A program of `rules` rules over two joins, with different filters on the joined facts.
pub fn shared_joins(rules: usize) -> String {
    let mut text = "type Customer(#id: string, tier: string, age: int)\n\
        type Order(#id: string, customer: string, value: number)\n\
        type Item(#id: string, order: string, quantity: int)\n\
        action hit(customer: string, amount: number)\n"
        .to_owned();
    for rule in 0..rules {
        let (value, age) = (rule * 97 % 10_000, rule % 90);
        let tier = ["bronze", "silver", "gold", "platinum"][rule % 4];
        text += &match rule % 2 {
            0 => format!(
                "rule r{rule} : {{c: Customer, o: Order}} / o.customer == c.id AND c.tier == \"{tier}\" \
                 AND o.value > {value} ==> hit(c.id, o.value)\n"
            ),
            _ => format!(
                "rule r{rule} : {{c: Customer, o: Order, i: Item}} / o.customer == c.id AND i.order == o.id \
                 AND c.age >= {age} AND i.quantity * o.value > {value} ==> hit(c.id, o.value * {rule})\n"
            ),
        };
    }
    text
}

/// A program that is interpreted repeatedly; reading its text is not measured.
#[derive(Clone, Debug)]
pub struct Interpretable {
    module: tsd_compiler::Module,
    rules: usize,
}

impl Interpretable {
    /// Reads a program.
    ///
    /// # Panics
    /// If the program has errors.
    pub fn new(text: &str) -> Self {
        let mut sources = SourceMap::new();
        let file = sources.add("bench.tsd", text);
        let compilation = tsd_compiler::compile(&sources, &[file]);
        let module = compilation.module.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
        Self { rules: module.rules.len(), module }
    }

    /// A session without facts.
    pub fn engine(&self) -> Engine<Counts> {
        self.engine_with(Counts::new(self.rules))
    }

    /// A session without facts, whose actions this host performs.
    pub fn engine_with<H: Host>(&self, host: H) -> Engine<H> {
        Engine::from_module(self.module.clone(), host, Sharing::On)
    }

    /// The number of rules.
    pub fn rules(&self) -> usize {
        self.rules
    }
}

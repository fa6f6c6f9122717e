//! The engine under test: the same rules compiled into this crate by its build script, and interpreted.
//!
//! Facts are made before the timed section and moved into it; the section makes the session, inserts, and runs.

pub mod chain;
pub mod flights;
pub mod orders;
pub mod updates;

use tsd::ir::{Sharing, Value};
use tsd::{Context, Engine, Host, Interpreted};
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

/// A program that is interpreted again and again; reading its text is not part of what is measured.
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
        Engine::from_module(self.module.clone(), Counts::new(self.rules), Sharing::On)
    }

    /// The number of rules.
    pub fn rules(&self) -> usize {
        self.rules
    }
}

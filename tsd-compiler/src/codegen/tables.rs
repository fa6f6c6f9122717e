//! The rules as constants.
//!
//! Written as text, not as tokens: tables are most of a generated module, and neither quoting nor
//! pretty-printing would improve them. Each rule is a constant of its own, which rustc compiles
//! fastest.

mod domain;
mod rule;
mod schema;
mod view;

use std::collections::BTreeMap;
use std::fmt::Write;

use tsd_ir::{Const, InitialFact, InitialValue, Kind, Rule, Schema, Signature};

use super::doc::Doc;
use super::names::rule_constants;
use super::native::Natives;
use crate::module::Module;

/// Writes the tables of a module.
pub(super) struct Tables<'a> {
    schema: &'a Schema,
    out: String,
    /// The joins so far, with what they join.
    joins: Vec<(Signature, String)>,
    join_numbers: BTreeMap<Signature, usize>,
    /// The views so far: what they compute, and the numbers of their constants by the texts of
    /// these.
    views: Vec<String>,
    view_numbers: BTreeMap<String, usize>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            out: String::new(),
            joins: Vec::new(),
            join_numbers: BTreeMap::new(),
            views: Vec::new(),
            view_numbers: BTreeMap::new(),
        }
    }

    /// All tables. `places` names each rule and its line.
    pub(super) fn write(
        mut self,
        module: &Module,
        rules: &[Rule],
        places: &[String],
        natives: &Natives<'_>,
    ) -> String {
        for (index, (rule, place)) in rules.iter().zip(places).enumerate() {
            self.rule(index, rule, place);
        }
        let mut joins = String::new();
        for (index, (signature, what)) in self.joins.iter().enumerate() {
            let doc = Doc::new(format!("{what}."));
            put(&mut joins, format_args!("{doc}\nconst JOIN_{index}: Signature =\n    "));
            put(&mut joins, format_args!("signature(\"{signature:?}\");\n\n"));
        }
        let mut views: Vec<(&String, &usize)> = self.view_numbers.iter().collect();
        views.sort_unstable_by_key(|(_, index)| **index);
        for (what, (view, index)) in self.views.iter().zip(views) {
            let doc = Doc::new(format!("`{}`.", what.replace('`', "'")));
            put(&mut joins, format_args!("{doc}\nconst VIEW_{index}: View = {view};\n\n"));
        }
        let rules = separated(0..rules.len(), |index| format!("RULE_{index}"));
        self.put(format_args!(
            "/// The rules, in order of declaration.\nstatic RULES: &[Rule] = &[{rules}];\n\n"
        ));
        self.facts(&module.facts);
        self.schema();
        self.names(module, places);
        let [tests, values, keys, _] = natives.counts();
        let name = module.name.as_deref().unwrap_or_default();
        let tests = separated(0..tests, |index| format!("test_{index}"));
        let values = separated(0..values, |index| format!("values_{index}"));
        let keys = separated(0..keys, |index| format!("key_{index}"));
        self.put(format_args!(
            "/// All that the runtime needs to know.\n\
             pub(super) static MODULE: Module = Module {{\n    \
             name: {name:?},\n    schema: SCHEMA,\n    rules: RULES,\n    tests: &[{tests}],\n    \
             values: &[{values}],\n    keys: &[{keys}],\n    facts: FACTS,\n    wired: Wired::new(),\n}};\n"
        ));
        joins + &self.out
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        put(&mut self.out, text);
    }

    /// A constant for the name of each rule. One that the host program does not use is no fault,
    /// also where the generated file is included by hand, without [`allowed_lints`].
    ///
    /// [`allowed_lints`]: crate::codegen::allowed_lints
    fn names(&mut self, module: &Module, places: &[String]) {
        let rules = module.rules.iter().map(|planned| &*planned.rule.name);
        let constants = rule_constants(rules.clone());
        self.put(format_args!(
            "/// The names of the rules, for reports and for removing rules.\n#[allow(dead_code)]\npub mod \
             rules {{"
        ));
        for ((name, constant), place) in rules.zip(constants).zip(places) {
            let doc = Doc::new(format!("The rule {place}."));
            self.put(format_args!("\n    {doc}\n    pub const {constant}: &str = {name:?};"));
        }
        let end = if places.is_empty() { "" } else { "\n" };
        self.put(format_args!("{end}}}\n\n"));
    }

    /// The initial facts.
    fn facts(&mut self, facts: &[InitialFact]) {
        self.put(format_args!(
            "/// The facts that a session starts with.\nstatic FACTS: &[InitialFact] = &["
        ));
        for fact in facts {
            let value = |value: &InitialValue| match value {
                InitialValue::Const(value) => format!("InitialValue::Const({})", constant(value)),
                InitialValue::Fact(index) => format!("InitialValue::Fact({index})"),
            };
            let values = separated(fact.values.iter(), value);
            let ty = fact.ty.0;
            self.put(format_args!(
                "\n    InitialFact {{ ty: TypeId({ty}), values: Borrowed(&[{values}]) }},"
            ));
        }
        let end = if facts.is_empty() { "" } else { "\n" };
        self.put(format_args!("{end}];\n\n"));
    }
}

/// Appends to a String, which cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// The items' texts with commas between them.
fn separated<T>(items: impl IntoIterator<Item = T>, text: impl FnMut(T) -> String) -> String {
    let texts: Vec<String> = items.into_iter().map(text).collect();
    texts.join(", ")
}

/// A borrowed list of items' texts.
fn list<T>(items: impl IntoIterator<Item = T>, text: impl FnMut(T) -> String) -> String {
    format!("Borrowed(&[{}])", separated(items, text))
}

/// A constant as a `Const`.
fn constant(value: &Const) -> String {
    match value {
        Const::Missing => "Const::Missing".to_owned(),
        Const::Bool(value) => format!("Const::Bool({value})"),
        Const::Int(value) => format!("Const::Int({value})"),
        Const::Number(value) if value.is_infinite() => {
            let name = if *value > 0.0 { "INFINITY" } else { "NEG_INFINITY" };
            format!("Const::Number(f64::{name})")
        }
        Const::Number(value) => format!("Const::Number({value:?})"),
        Const::Text(value) => format!("Const::Text(Borrowed({value:?}))"),
    }
}

/// A kind as a `Kind`.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "Kind::Text".to_owned(),
        Kind::Number => "Kind::Number".to_owned(),
        Kind::Int => "Kind::Int".to_owned(),
        Kind::Bool => "Kind::Bool".to_owned(),
        Kind::Fact(ty) => format!("Kind::Fact(TypeId({}))", ty.0),
    }
}

//! The result of a compilation: a module of planned rules.
//!
//! Code generation, the `tsd` command and the runtime start from this and from no earlier stage. It
//! contains neither syntax nor diagnostics, only what the rules mean and how they are matched.
//! Spans stay, so that generated items and traces can name the lines that they come from.

use tsd_ir::{Const, Schema, TypeId};

use crate::plan::Plan;
use crate::source::Span;

/// Everything that a set of rule files declares, checked and planned.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The name given by a leading `mod shop;`.
    pub name: Option<String>,
    /// Types and actions.
    pub schema: Schema,
    /// The rules, in the order of the files and of the text.
    pub rules: Vec<PlannedRule>,
    /// The facts that a session starts with, in order.
    pub facts: Vec<InitialFact>,
    /// Where the types and actions are declared.
    pub places: Places,
}

/// The places of the declarations of a schema, by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// One for each type.
    pub types: Vec<TypePlace>,
    /// One for each action: its name in its declaration; `None` when it is only called.
    pub actions: Vec<Option<Span>>,
}

/// Where a type is declared.
#[derive(Clone, Debug)]
pub struct TypePlace {
    /// Its name.
    pub name: Span,
    /// Its fields, by their numbers.
    pub fields: Vec<Span>,
    /// For an extern type, the path of the struct.
    pub path: Option<Span>,
}

/// A rule with its plan.
#[derive(Clone, Debug)]
pub struct PlannedRule {
    /// What the engine needs.
    pub rule: tsd_ir::Rule,
    /// The reasons for the plan.
    pub plan: Plan,
    /// Where the rule stands.
    pub span: Span,
}

/// A fact that a session starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialFact {
    /// Its type.
    pub ty: TypeId,
    /// Its fields' values, one for each field; [`Const::Missing`] where a field is left out.
    pub values: Vec<InitialValue>,
    /// Its place.
    pub span: Span,
}

/// The value of a field of an initial fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InitialValue {
    /// A constant.
    Const(Const),
    /// A reference to an earlier initial fact, by its place in [`Module::facts`].
    Fact(usize),
}

impl Module {
    /// Every rule's plan as text, for people and for tests.
    pub fn to_text(&self) -> String {
        let texts: Vec<String> = self.rules.iter().map(|rule| rule.to_text(&self.schema)).collect();
        texts.join("\n")
    }
}

impl PlannedRule {
    /// The rule's plan as text: what is joined in which order, on what, with which filters.
    pub fn to_text(&self, schema: &Schema) -> String {
        crate::plan::text(schema, self)
    }
}

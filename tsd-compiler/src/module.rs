//! The result of a compilation: a module of planned rules.
//!
//! Code generation, the `tsd` command and the runtime start from this and from no earlier stage. It
//! contains neither syntax nor diagnostics, only what the rules mean and how they are matched.
//! Spans stay, so that generated items and traces can name the lines that they come from.

mod estimates;

use tsd_ir::{InitialFact, Schema};

pub use self::estimates::{BranchPlan, Method, Plan, Side, Step};
use crate::hir::Places;
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

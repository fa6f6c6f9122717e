//! What a compilation gives: a module of planned rules.
//!
//! Code generation, the `tsd` command and the runtime all start from this and from nothing earlier. It holds no syntax
//! and no diagnostics, only what the rules mean and how they are to be matched; spans stay, so that generated items
//! and traces can say which lines they come from.

mod estimates;

use tsd_ir::{InitialFact, Schema};

pub use self::estimates::{BranchPlan, Method, Plan, Side, Step};
use crate::hir::Places;
use crate::source::Span;

/// All that a set of rule files says, checked and planned.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The name that a leading `mod shop;` gives.
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
    /// Why the plan is as it is.
    pub plan: Plan,
    /// Where the rule stands.
    pub span: Span,
}

//! The result of compiling a script: steps to execute with a session, in order.
//!
//! A script may remove earlier rules and facts, so the order of its statements matters. Types and
//! actions are declared first, as in a module, for everything between two `reset`s. Between two
//! commands, the rules are added before the facts are inserted. Nothing fires before the end of a
//! script, so everything that a `reset` forgets is left out.

use tsd_ir::Schema;

pub use crate::hir::{EmptySession, Removed, ScriptStep, SessionState};
use crate::module::PlannedRule;

/// What a script does to a session, checked against it: none of it can fail.
#[derive(Clone, Debug)]
pub struct Script {
    /// Whether everything before is forgotten first.
    pub reset: bool,
    /// The types and actions of the session from here on: the existing ones, unless they are
    /// forgotten, and then those that the script declares.
    pub schema: Schema,
    /// What to do, in order.
    pub steps: Vec<ScriptStep<PlannedRule>>,
}

impl Script {
    /// An upper bound for the number of views of the rules that it adds.
    pub fn views(&self) -> usize {
        let added = self.steps.iter().flat_map(|step| match step {
            ScriptStep::AddRules(rules) => rules.as_slice(),
            _ => &[],
        });
        added.map(|planned| planned.rule.views.len()).sum()
    }
}

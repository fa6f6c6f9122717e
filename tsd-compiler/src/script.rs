//! What a compilation of a script gives: steps to take with a session, in order.
//!
//! A script is rules that may also take back what was said before, so the order of its statements counts. Types and
//! actions are declared first, as in a module, for all that lies between two `reset`s; between two commands, the rules
//! are added before the facts are inserted. As nothing fires before the end of a script, all that a `reset` forgets is
//! left out.

use tsd_ir::Schema;

pub use crate::hir::{EmptySession, Removed, ScriptStep, SessionState};
use crate::module::PlannedRule;

/// What a script does to a session, checked against it: none of it can fail.
#[derive(Clone, Debug)]
pub struct Script {
    /// Whether everything before is forgotten first.
    pub reset: bool,
    /// The types and actions of the session from here on: those that it has, unless they are forgotten, and then those
    /// that the script declares.
    pub schema: Schema,
    /// What to do, in order.
    pub steps: Vec<ScriptStep<PlannedRule>>,
}

impl Script {
    /// How many views the rules that it adds ask, at the most.
    pub fn views(&self) -> usize {
        let added = self.steps.iter().flat_map(|step| match step {
            ScriptStep::AddRules(rules) => rules.as_slice(),
            _ => &[],
        });
        added.map(|planned| planned.rule.views.len()).sum()
    }
}

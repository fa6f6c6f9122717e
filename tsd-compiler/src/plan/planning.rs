//! What the planner is told beside the rules.
//!
//! The rules say what is to be found. In which order it is found best depends on what the caller knows: what was observed
//! when they ran before, and which joins a session has already.

use tsd_ir::Signature;

use crate::join_order::JoinOrder;
use crate::source::{FileId, SourceMap};

/// What the planner is told beside the rules.
#[derive(Clone, Copy, Default)]
pub struct Planning<'a> {
    /// How to order the patterns of rules that do not say it themselves; what the module says when absent.
    pub strategy: Option<JoinOrder>,
    /// What was observed when the rules ran before: the text of a [`Profile`](tsd_ir::Profile).
    pub profile: Option<(&'a SourceMap, FileId)>,
    /// Whether the profile is about more rules than these, so that nothing in it can be called stale.
    pub part: bool,
    /// Which joins are there already, whatever these rules do: a session has them when rules are added to it.
    pub existing: Option<&'a dyn Fn(&Signature) -> bool>,
}

impl std::fmt::Debug for Planning<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planning")
            .field("strategy", &self.strategy)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

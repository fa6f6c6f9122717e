//! Input for the planner besides the rules.
//!
//! The rules say what to find. The best order for that depends on what the caller knows: what was
//! observed in earlier runs, and which joins a session has already.

use tsd_ir::Signature;

use crate::join_order::JoinOrder;
use crate::source::{FileId, SourceMap};

/// Input for the planner besides the rules.
#[derive(Clone, Copy, Default)]
pub struct Planning<'a> {
    /// The join order for rules that do not give one themselves; that of the module if absent.
    pub strategy: Option<JoinOrder>,
    /// What was observed when the rules ran before: the text of a [`Profile`](tsd_ir::Profile).
    pub profile: Option<(&'a SourceMap, FileId)>,
    /// Whether the profile covers more rules than these, so that none of it can be called stale.
    pub part: bool,
    /// Which joins exist already, whatever these rules do: the session has them when rules are
    /// added.
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

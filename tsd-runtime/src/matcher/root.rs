//! Where the chains of one tree start.

use crate::alpha::AlphaNode;
use crate::beta::{Outputs, Terminal};
use crate::ruleset::RuleSets;

/// The live half of a root: where the chains of one tree start.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) input: AlphaNode,
    pub(super) outputs: Outputs,
    pub(super) sets: RuleSets,
    /// For each bit, whose branch it stands for.
    pub(super) branches: Vec<Option<Terminal>>,
}

//! What an operator needs to work on a delta, whatever network it stands in.

use super::pool::DeltaPool;
use super::sign::Sign;
use crate::ruleset::RuleSets;
use crate::store::WorkingMemory;

/// The surroundings of an operator while one change goes through a tree of the network.
#[derive(Debug)]
pub(crate) struct OperatorContext<'a> {
    pub(crate) memory: &'a WorkingMemory,
    /// The rule sets of the tree.
    pub(crate) sets: &'a mut RuleSets,
    /// Room for tuples on their way.
    pub(crate) pool: &'a mut DeltaPool,
    /// Whether tuples come or go.
    pub(crate) sign: Sign,
    /// How many changes a join input absorbs without a probe before it may be evicted.
    pub(crate) eviction_threshold: u32,
}

//! An operator works on a delta without knowing its network. This is what it gets.

use super::pool::DeltaPool;
use super::sign::Sign;
use crate::ruleset::RuleSets;
use crate::store::WorkingMemory;

/// What an operator may use while a change passes through a tree of the network.
#[derive(Debug)]
pub(crate) struct OperatorContext<'a> {
    pub(crate) memory: &'a WorkingMemory,
    /// The rule sets of the tree.
    pub(crate) sets: &'a mut RuleSets,
    /// Deltas for reuse.
    pub(crate) pool: &'a mut DeltaPool,
    /// Whether tuples are added or removed.
    pub(crate) sign: Sign,
    /// How many updates a join input absorbs without a probe before it may be evicted.
    pub(crate) eviction_threshold: u32,
}

//! Activations fire in a defined order. These are the terms in which the network describes
//! activations to the agenda, and what the agenda needs to sort them.

use std::cmp::Ordering;

use smallvec::SmallVec;
use tsd_ir::{NodeId, RootId};

use crate::base::RuleId;
use crate::ruleset::{Bit, RuleSets};

/// The node whose tuples activate rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TupleSource {
    /// A root: single facts.
    Root,
    /// A join: its tuples.
    Join(NodeId),
}

/// A branch of a rule, with what the agenda needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BranchRank {
    /// The rule's place in the order of declaration.
    pub(crate) rank: u32,
    pub(crate) rule: RuleId,
    pub(crate) branch: u32,
    /// Whether its chain joins the patterns in the order in which the rule declares them.
    pub(crate) as_declared: bool,
    /// Whether the rule's effects are only generated calls, which cannot change the session.
    pub(crate) calls_only: bool,
}

/// What the agenda needs in order to sort activations.
pub(crate) trait ConflictOrder {
    /// The rule sets of a tree.
    fn sets(&self, root: RootId) -> &RuleSets;
    /// The rule behind a bit.
    fn ranked(&self, root: RootId, bit: Bit) -> BranchRank;
    /// The order of two tuples of one rule by their facts. The branches may belong to different
    /// trees.
    fn compare(&self, left: (BranchRank, &[u32]), right: (BranchRank, &[u32])) -> Ordering;
    /// The key by which a strategy other than the default sorts a tuple of a change of this age.
    fn key(&self, branch: BranchRank, slots: &[u32], age: u64) -> OrderKey;
}

/// The key of an activation in the firing order: compared number by number, the lower first. No two
/// are equal.
pub(crate) type OrderKey = SmallVec<[u64; 8]>;

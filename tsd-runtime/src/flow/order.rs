//! In which order activations fire: what the network tells the agenda, and what the agenda asks.

use std::cmp::Ordering;

use smallvec::SmallVec;
use tsd_ir::{NodeId, RootId};

use crate::base::RuleId;
use crate::ruleset::{Bit, RuleSets};

/// The node at whose end a tuple activates rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TupleSource {
    /// The facts of a type by themselves.
    Root,
    /// The tuples of a join.
    Join(NodeId),
}

/// A branch of a rule, with what firing it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BranchRank {
    /// The rule's place in the order of declaration.
    pub(crate) rank: u32,
    pub(crate) rule: RuleId,
    pub(crate) branch: u32,
    /// Whether its chain joins the patterns in the order in which the rule declares them.
    pub(crate) as_declared: bool,
    /// Whether its effects are generated calls alone, which cannot change the session.
    pub(crate) calls_only: bool,
}

/// What the agenda asks of the rules in order to put activations in order.
pub(crate) trait ConflictOrder {
    /// The sets of a tree.
    fn sets(&self, root: RootId) -> &RuleSets;
    /// The rule behind a bit.
    fn ranked(&self, root: RootId, bit: Bit) -> BranchRank;
    /// The order of two tuples of one rule by their facts. Branches of a rule may lie in different
    /// trees.
    fn compare(&self, left: (BranchRank, &[u32]), right: (BranchRank, &[u32])) -> Ordering;
    /// Where a strategy other than the default puts a tuple of a rule that a change of this age
    /// brought.
    fn key(&self, branch: BranchRank, slots: &[u32], age: u64) -> OrderKey;
}

/// What decides when an activation fires: compared number by number, the lower first. No two are
/// equal.
pub(crate) type OrderKey = SmallVec<[u64; 8]>;

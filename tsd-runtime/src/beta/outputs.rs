//! The tuples of a node go to the rules that end there, to views, to joins and to pending tests.

use tsd_ir::NodeId;

use crate::base::PendingId;
use crate::ruleset::{RuleSet, RuleSets};

/// The outputs of a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outputs {
    /// The rules that end here, by salience, highest first.
    pub(crate) levels: Vec<(i32, RuleSet)>,
    /// The joins of which the node is the left input, with the rules that continue there.
    pub(crate) children: Vec<(NodeId, RuleSet)>,
    /// The views whose rows the tuples are.
    pub(crate) accumulated: RuleSet,
    /// The rules that end here and insert facts logically, whose deactivations are recorded.
    pub(crate) supporting: RuleSet,
    /// Pending tests, which hold tuples for rules before they reach any other output.
    pub(crate) pending_nodes: Vec<(PendingId, RuleSet)>,
    /// Whether there is a single output, which then takes all rules.
    one_way: bool,
}

impl Outputs {
    pub(crate) fn new(
        levels: Vec<(i32, RuleSet)>,
        children: Vec<(NodeId, RuleSet)>,
        (accumulated, supporting): (RuleSet, RuleSet),
        pending_nodes: Vec<(PendingId, RuleSet)>,
    ) -> Self {
        let one_way = levels.len() + children.len() + usize::from(!accumulated.is_empty()) == 1;
        Self { levels, children, accumulated, supporting, pending_nodes, one_way }
    }

    /// Whether there is a single output, which then takes all rules.
    #[inline]
    pub(crate) fn has_one_way(&self) -> bool {
        self.one_way
    }

    /// The rules of `set` that continue to an output.
    #[inline]
    fn taking(&self, way: RuleSet, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        if self.one_way { set } else { sets.meet(set, way) }
    }

    /// Whether tuples only go to views.
    #[inline]
    pub(crate) fn is_accumulated_only(&self) -> bool {
        self.one_way && !self.accumulated.is_empty() && self.pending_nodes.is_empty()
    }

    /// The rules of `set` that continue to a join.
    pub(crate) fn towards(&self, node: NodeId, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        let users = self.children.iter().find(|(child, _)| *child == node);
        users.map_or(RuleSet::EMPTY, |(_, users)| self.taking(*users, set, sets))
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.levels.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.children.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.accumulated = map(self.accumulated);
        self.supporting = map(self.supporting);
        self.pending_nodes.iter_mut().for_each(|(_, set)| *set = map(*set));
    }
}

//! Where the tuples of a node go.

use tsd_ir::NodeId;

use crate::base::PendingId;
use crate::ruleset::{RuleSet, RuleSets};

/// Where the tuples of a node go: to the rules that end there, and to joins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outputs {
    /// The rules that end here, by salience, highest first.
    pub(crate) levels: Vec<(i32, RuleSet)>,
    /// The joins that have the node on their left, with the rules that go on there.
    pub(crate) children: Vec<(NodeId, RuleSet)>,
    /// The views whose rows the tuples are.
    pub(crate) gathered: RuleSet,
    /// The rules that end here and insert facts logically, so that it matters when they stop
    /// holding.
    pub(crate) supporting: RuleSet,
    /// Those who wait for what derived values say of the tuples, before they take any of the other
    /// ways.
    pub(crate) pending_nodes: Vec<(PendingId, RuleSet)>,
    /// Whether there is but one way to go, which then all rules take.
    one_way: bool,
}

impl Outputs {
    pub(crate) fn new(
        levels: Vec<(i32, RuleSet)>,
        children: Vec<(NodeId, RuleSet)>,
        (gathered, supporting): (RuleSet, RuleSet),
        pending_nodes: Vec<(PendingId, RuleSet)>,
    ) -> Self {
        let one_way = levels.len() + children.len() + usize::from(!gathered.is_empty()) == 1;
        Self { levels, children, gathered, supporting, pending_nodes, one_way }
    }

    /// Whether there is but one way to go, which then all rules take.
    #[inline]
    pub(crate) fn has_one_way(&self) -> bool {
        self.one_way
    }

    /// The rules of `set` that take one of the ways.
    #[inline]
    fn taking(&self, way: RuleSet, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        if self.one_way { set } else { sets.meet(set, way) }
    }

    /// Whether tuples have no other way than to views.
    #[inline]
    pub(crate) fn is_gathered_only(&self) -> bool {
        self.one_way && !self.gathered.is_empty() && self.pending_nodes.is_empty()
    }

    /// The rules of `set` that go on to a join.
    pub(crate) fn towards(&self, node: NodeId, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        let users = self.children.iter().find(|(child, _)| *child == node);
        users.map_or(RuleSet::EMPTY, |(_, users)| self.taking(*users, set, sets))
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.levels.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.children.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.gathered = map(self.gathered);
        self.supporting = map(self.supporting);
        self.pending_nodes.iter_mut().for_each(|(_, set)| *set = map(*set));
    }
}

//! An evicted join input must be rebuilt: the tuples of its chain are computed from the facts.

use tsd_ir::NodeId;

use super::base::{Base, Tree};
use crate::base::TupleSlots;
use crate::beta::{Join, Outputs, Visit};
use crate::flow::OperatorContext;
use crate::ruleset::RuleSet;
use crate::view::DerivedState;

/// The tree whose tuples are computed, read-only.
pub(super) struct Chain<'a> {
    pub(super) base: &'a Base,
    pub(super) tree: &'a Tree,
    pub(super) joins: &'a [Option<Box<Join>>],
    pub(super) derived: &'a DerivedState,
}

impl Chain<'_> {
    /// Calls `visit` with every tuple that a node (`None`: the root) has passed on. Returns how
    /// many facts and tuples were read.
    pub(super) fn for_each_tuple(
        &self,
        cx: &mut OperatorContext<'_>,
        node: Option<NodeId>,
        visit: &mut Visit<'_>,
    ) -> usize {
        let Some(id) = node else { return self.for_each_fact(cx, visit) };
        let Some(spec) = self.base.join(id) else { return 0 };
        // Nothing has arrived at the join, so it has no tuples.
        let Some(join) = self.joins.get(id.0 as usize).and_then(Option::as_deref) else { return 0 };
        join.for_each_pair(
            spec,
            cx,
            &mut |cx, visit| self.for_each_left_tuple(cx, spec.parent, id, visit),
            &mut |cx, outputs, slots, set| visit_passed(self.derived, cx, outputs, slots, set, visit),
        )
    }

    /// Calls `visit` with every tuple at the left input of a join; `parent` is the node before it.
    pub(super) fn for_each_left_tuple(
        &self,
        cx: &mut OperatorContext<'_>,
        parent: Option<NodeId>,
        join: NodeId,
        visit: &mut Visit<'_>,
    ) -> usize {
        self.for_each_tuple(cx, parent, &mut |cx, outputs, slots, set| {
            let set = outputs.towards(join, set, cx.sets);
            if !set.is_empty() {
                visit(cx, outputs, slots, set);
            }
        })
    }

    fn for_each_fact(&self, cx: &mut OperatorContext<'_>, visit: &mut Visit<'_>) -> usize {
        let store = cx.memory.store(self.tree.input.ty);
        for slot in store.live_slots() {
            let set = self.tree.input.admit(slot, None, cx.memory, cx.sets);
            let mut slots = smallvec::smallvec![slot];
            visit_passed(self.derived, cx, &self.tree.outputs, &mut slots, set, visit);
        }
        store.len()
    }
}

/// Visits a tuple for the rules without pending tests here, and for those whose pending tests it
/// passed when it was last tested.
fn visit_passed(
    derived: &DerivedState,
    cx: &mut OperatorContext<'_>,
    outputs: &Outputs,
    slots: &mut TupleSlots,
    set: RuleSet,
    visit: &mut Visit<'_>,
) {
    let mut notified = set;
    for (id, pending) in &outputs.pending_nodes {
        let waiting = cx.sets.meet(set, *pending);
        let passed = derived.passed(*id, slots);
        let passed = cx.sets.meet(waiting, passed);
        notified = cx.sets.difference(notified, waiting);
        notified = cx.sets.union(notified, passed);
    }
    if !notified.is_empty() {
        visit(cx, outputs, slots, notified);
    }
}

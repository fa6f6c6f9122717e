//! The derived half of a session: views, and the tuples whose tests read them.

use tsd_ir::{DerivedValue, FieldId, TypeId, ViewId};

use super::pending::{PendingNodes, PendingTests, Recheck};
use super::queue::Queue;
use super::views::Views;
use crate::base::PendingId;
use crate::flow::{Delta, TupleBlock};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// Views, watches, and what is to be settled.
#[derive(Debug, Default)]
pub(crate) struct DerivedState {
    pub(crate) views: Views,
    pub(crate) pending_nodes: PendingNodes,
    pub(crate) queue: Queue,
    /// Room for tuples that are looked at.
    pub(crate) due: Vec<Recheck>,
    /// For each type, the watches that follow references to its facts: the field, the watch and the derived value in it.
    pub(crate) followers: Vec<Vec<(FieldId, PendingId, u16)>>,
}

impl DerivedState {
    /// Tuples arrive at a watch, which keeps them back from the rules of `watching`.
    pub(crate) fn arrive(
        &mut self,
        id: PendingId,
        delta: &mut Delta,
        watching: RuleSet,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let Some(pending) = self.pending_nodes.get_mut(id) else { return };
        let facts = memory.store(pending.types[0]).capacity();
        if pending.rows.arrive(delta, watching, facts, sets) {
            self.queue.push_pending(pending.depth, id);
        }
    }

    /// Tuples leave a watch, which lets go on of the rules of `watching` those for which a tuple held.
    pub(crate) fn leave(&mut self, id: PendingId, delta: &mut Delta, watching: RuleSet, sets: &mut RuleSets) {
        let Some(pending) = self.pending_nodes.get_mut(id) else { return };
        let (PendingTests { rows, derived_values, .. }, views, queue) =
            (pending, &mut self.views, &mut self.queue);
        delta.retain(|slots, set| {
            let waiting = sets.meet(set, watching);
            if waiting.is_empty() {
                return set;
            }
            let (held, unwanted) = rows.leave(slots, waiting, sets);
            if let Some(row) = unwanted {
                rows.release(row, slots, |derived_value, group| {
                    unsubscribe(views, queue, &derived_values[derived_value], group);
                });
            }
            let free = sets.difference(set, waiting);
            sets.union(free, held)
        });
    }

    /// The rules for which a held tuple passed its tests when they were evaluated last.
    pub(crate) fn passed(&self, id: PendingId, slots: &[u32]) -> RuleSet {
        let rows = self.pending_nodes.get(id).map(|pending| &pending.rows);
        rows.and_then(|rows| Some(rows.passed(rows.find(slots)?))).unwrap_or(RuleSet::EMPTY)
    }

    /// Rows of a view arrive at the end of a branch, or leave.
    pub(crate) fn gather(
        &mut self,
        (view, branch): (u16, u32),
        rows: impl TupleBlock,
        adds: bool,
        memory: &WorkingMemory,
    ) {
        // Tuples that are to be looked at anyway will see what has come of the view, and need not be told.
        let may_rest =
            |id: PendingId| self.pending_nodes.get(id).is_none_or(|pending| !pending.rows.all_wait());
        if self.views.gather((view, branch), rows, adds, may_rest, memory) {
            let depth = self.views.get(view).depth;
            self.queue.push_view(depth, view);
        }
    }

    /// Tells those who follow references to a fact that it has changed: some fields of it, or all.
    pub(crate) fn notify_followers(&mut self, ty: TypeId, slot: u32, fields: Option<&[FieldId]>) {
        let Self { pending_nodes, queue, followers, .. } = self;
        let Some(followers) = followers.get(ty.index()) else { return };
        for (field, id, derived_value) in followers {
            if fields.is_none_or(|fields| fields.contains(field))
                && let Some(pending) = pending_nodes.get_mut(*id)
                && pending.rows.mark_groups(usize::from(*derived_value), &[slot])
            {
                queue.push_pending(pending.depth, *id);
            }
        }
    }
}

/// A tuple asks a group no more.
pub(crate) fn unsubscribe(views: &mut Views, queue: &mut Queue, derived_value: &DerivedValue, group: u32) {
    let DerivedValue::Found { view, .. } = derived_value else { return };
    let Some(read) = views.find_mut(ViewId(*view)) else { return };
    if let Some(users) = read.users.get_mut(group as usize) {
        *users -= 1;
        if *users == 0 {
            queue.push_departure(*view, group);
        }
    }
}

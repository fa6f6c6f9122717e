//! Settling: what changes when derived values change, after a change has gone through the network.
//!
//! A change goes through all joins first; on its way it touches groups of views and leaves tuples to be looked at. Then
//! layer by layer, each behind those that it depends on, the tuples are looked at and the changed groups told to those who
//! ask them. So every tuple is looked at once for one change, when all derived values that it reads have their final values,
//! and what is in between is never seen.
//!
//! Parameters of views enter the network as facts do, when the first tuple asks for them, and leave it when the last one
//! that asked is gone.

use tsd_ir::{NodeId, RootId, TypeId, ViewId};

use super::Matcher;
use crate::agenda::SameRuleRun;
use crate::base::PendingId;
use crate::flow::{BLOCK, Delta, Sign};
use crate::store::WorkingMemory;
use crate::view::{DerivedState, PendingTests, Reading, Recheck, Task, Tested};

impl Matcher {
    /// Brings everything up to date that depends on derived values. Returns whether there was anything to do.
    #[inline]
    pub(super) fn stabilize(&mut self) -> bool {
        let idle = self.derived.queue.is_idle();
        if !idle {
            self.stabilize_all();
        }
        !idle
    }

    fn stabilize_all(&mut self) {
        loop {
            if let Some((view, slot)) = self.derived.queue.arrivals.pop() {
                self.deliver(TypeId::parameters_of(view), slot, Sign::Add { fresh: true }, None);
                continue;
            }
            match self.derived.queue.next() {
                Some(Task::Recheck(pending)) => self.recheck(pending),
                Some(Task::Notify(view)) => self.tell(view),
                None => match self.derived.queue.departures.pop() {
                    Some((view, slot)) => self.retire(view, slot),
                    None => break,
                },
            }
        }
    }

    /// Tells the watches of a view which of its groups have changed.
    fn tell(&mut self, id: u16) {
        let DerivedState { views, pending_nodes, queue, .. } = &mut self.derived;
        let Some(view) = views.find_mut(ViewId(id)) else { return };
        let changed = view.take_changed();
        views.count_changes(id, changed.len());
        for (pending_id, derived_value) in &views.get(id).subscribers {
            let Some(pending) = pending_nodes.get_mut(*pending_id) else { continue };
            if pending.rows.mark_groups(usize::from(*derived_value), &changed) {
                queue.push_pending(pending.depth, *pending_id);
            }
        }
        views.get_mut(id).put_back(changed);
    }

    /// Looks anew at the tuples of a watch that are due.
    fn recheck(&mut self, id: PendingId) {
        // No tuple that goes on from here comes back here, so the watch can be taken out meanwhile.
        let Some(mut pending) = self.derived.pending_nodes.take(id) else { return };
        let rows = pending.rows.take_waiting();
        if pending.rows.is_indexed() && !self.derived.subscribe_all(&mut pending, &rows, &mut self.memory) {
            pending.rows.wait_again(rows);
            self.derived.queue.push_pending(pending.depth, id);
        } else {
            let [mut gone, mut come] = [0; 2].map(|_| self.pool.take(pending.types.len()));
            let mut due = std::mem::take(&mut self.derived.due);
            let mut blocks = rows.chunks(BLOCK);
            while pending.rows.take_due(&mut blocks, &mut due) {
                self.recheck_block(&mut pending, &mut due, &mut gone, &mut come);
                self.pass_on(pending.root, pending.join, &mut gone, Sign::Remove);
                self.pass_on(pending.root, pending.join, &mut come, Sign::Add { fresh: false });
            }
            self.derived.due = due;
            self.pool.put_back(gone);
            self.pool.put_back(come);
            pending.rows.recycle(rows);
        }
        self.derived.pending_nodes.put_back(id, pending);
    }

    /// Re-tests a block of queued tuples.
    fn recheck_block(
        &mut self,
        pending: &mut PendingTests,
        due: &mut Vec<Recheck>,
        gone: &mut Delta,
        come: &mut Delta,
    ) {
        let Some(root) = self.nodes.root_mut(pending.root) else { return };
        let Self { schema, memory, derived, .. } = self;
        let tested = Tested { schema, memory, views: &derived.views, sets: &mut root.sets };
        pending.recheck(tested, due, gone, come);
    }

    /// Lets parameters go that nobody asks any more.
    fn retire(&mut self, view: u16, slot: u32) {
        let unused =
            |view: &mut crate::view::View| view.users.get(slot as usize).is_some_and(|users| *users == 0);
        let there = self.memory.parameters.get(view as usize).is_some_and(|store| store.is_live(slot));
        if there && self.derived.views.find_mut(ViewId(view)).is_some_and(unused) {
            self.deliver(TypeId::parameters_of(view), slot, Sign::Remove, None);
            let WorkingMemory { parameters, strings, .. } = &mut self.memory;
            parameters[view as usize].remove(slot, strings);
        }
    }

    /// Sends what began or stopped to hold at a watch on from its place, and empties the delta.
    fn pass_on(&mut self, root: RootId, join: Option<NodeId>, delta: &mut Delta, sign: Sign) {
        if delta.is_empty() {
            return;
        }
        if let Some(mut propagation) = self.propagation(root, sign) {
            propagation.forward_from(join, delta);
            if propagation.cx.sets.wants_collection() {
                self.crowded = Some(root);
            }
        }
        delta.clear();
    }

    /// What the effects of a tuple may read.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { memory: &self.memory, views: &self.derived.views }
    }

    /// After an activation of a rule that cannot change the session has left the agenda, from a level: those that come right
    /// behind it and differ from it in nothing but their facts, and what their effects may read.
    pub(crate) fn same_rule_run(&mut self, level: usize) -> Option<(SameRuleRun<'_>, Reading<'_>)> {
        let Self { agenda, memory, derived, .. } = self;
        Some((agenda.same_rule_run(level)?, Reading { memory, views: &derived.views }))
    }
}

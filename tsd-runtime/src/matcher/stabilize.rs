//! After a change has passed through the joins, derived values and the tests that read them must
//! reach the fixpoint.
//!
//! A change passes through all joins first, touches groups of views and queues tuples. Then queued
//! tuples are re-tested and readers of changed groups are notified, layer by layer, each after
//! those on which it depends. So a tuple is tested when all derived values that it reads are final,
//! and intermediate results are never visible.
//!
//! Parameters of views enter the network, as facts do, when the first tuple reads them. They leave
//! it after the last tuple that reads them is gone.

use tsd_ir::{NodeId, RootId, Type, TypeId};

use super::{Base, Effects, Matcher, State};
use crate::agenda::SameRuleRun;
use crate::base::{PendingId, RuleId};
use crate::flow::{BLOCK, Delta, Sign};
use crate::view::{Reading, Task, Tested};

impl State {
    /// Processes pending work until the fixpoint is reached. Returns whether there was any.
    #[inline]
    pub(super) fn stabilize(&mut self, base: &Base) -> bool {
        let idle = self.derived.queue.is_idle();
        if !idle {
            self.stabilize_all(base);
        }
        !idle
    }

    fn stabilize_all(&mut self, base: &Base) {
        loop {
            if let Some((view, slot)) = self.derived.queue.arrivals.pop() {
                self.deliver(base, TypeId::parameters_of(view), slot, Sign::Add { fresh: true }, None);
                continue;
            }
            match self.derived.queue.next() {
                Some(Task::Recheck(pending)) => self.recheck(base, pending),
                Some(Task::Notify(view)) => self.derived.notify(&base.derived, view),
                None => match self.derived.queue.departures.pop() {
                    Some((view, slot)) => self.retire(base, view, slot),
                    None => break,
                },
            }
        }
    }

    /// Re-tests the queued tuples of a pending node.
    fn recheck(&mut self, base: &Base, id: PendingId) {
        let Some(pending) = base.derived.pending(id) else { return };
        // A tuple that goes on from here never returns, so the rows can be taken out meanwhile.
        let Some(mut rows) = self.derived.take_rows(id) else { return };
        let queued = rows.take_waiting();
        if rows.is_indexed()
            && !self.derived.subscribe_all(&base.derived, (pending, &mut rows), &queued, &mut self.memory)
        {
            rows.wait_again(queued);
            self.derived.queue.push_pending(pending.depth, id);
        } else {
            let [mut gone, mut come] = [0; 2].map(|_| self.pool.take(pending.types.len()));
            let mut due = std::mem::take(&mut self.derived.due);
            let mut blocks = queued.chunks(BLOCK);
            while rows.take_due(&mut blocks, &mut due) {
                let tested = Tested {
                    schema: &base.schema,
                    memory: &self.memory,
                    views: self.derived.views(&base.derived),
                    sets: &mut self.sets[pending.root.0 as usize],
                };
                pending.recheck(&mut rows, tested, &mut due, &mut gone, &mut come);
                self.pass_on(base, pending.root, pending.join, &mut gone, Sign::Remove);
                self.pass_on(base, pending.root, pending.join, &mut come, Sign::Add { fresh: false });
            }
            self.derived.due = due;
            self.pool.put_back(gone);
            self.pool.put_back(come);
            rows.recycle(queued);
        }
        self.derived.put_rows_back(id, rows);
    }

    /// Removes parameters that no tuple reads any more.
    fn retire(&mut self, base: &Base, view: u16, slot: u32) {
        if self.memory.parameters(view).is_live(slot) && self.derived.is_unused(view, slot) {
            self.deliver(base, TypeId::parameters_of(view), slot, Sign::Remove, None);
            let (store, strings) = self.memory.parameters_mut(view, Type::default);
            store.remove(slot, strings);
        }
    }

    /// Propagates what started or stopped matching at a pending node, and empties the delta.
    fn pass_on(&mut self, base: &Base, root: RootId, join: Option<NodeId>, delta: &mut Delta, sign: Sign) {
        if delta.is_empty() {
            return;
        }
        let mut propagation = self.propagation(base, root, sign);
        propagation.forward_from(join, delta);
        if propagation.cx.sets.wants_collection() {
            self.crowded = Some(root);
        }
        delta.clear();
    }
}

impl Matcher {
    /// What effects may read.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { memory: &self.state.memory, views: self.state.derived.views(&self.base.derived) }
    }

    /// The activations of a level of the agenda that follow one of the same rule and differ from it
    /// only in their facts, and what their effects read. `rule` must not be able to change the
    /// session.
    pub(crate) fn same_rule_run(
        &mut self,
        level: usize,
        rule: RuleId,
    ) -> Option<(SameRuleRun<'_>, Reading<'_>, &Effects)> {
        let Self { base, state: State { agenda, memory, derived, .. } } = self;
        let effects = &*base.rules.get(rule)?.effects;
        let reading = Reading { memory, views: derived.views(&base.derived) };
        Some((agenda.same_rule_run(level)?, reading, effects))
    }
}

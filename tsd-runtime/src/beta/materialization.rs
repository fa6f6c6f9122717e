//! Which inputs of joins are kept, and how those that are not are computed.
//!
//! What stands on a side of a join follows from the facts: on the right those that pass the input's filters, on the left
//! the tuples of the chain before it. Keeping it saves computing it for each probe, and costs memory and work for each
//! change. So a side is given up when more changes have gone into it since the last probe than facts would have to be
//! looked at to compute it anew, and kept again from the next probe on. Counted in facts and tuples that are looked at, that
//! is about twice the best choice at the worst (the ski rental rule; Karlin et al., Algorithmica 3, 1988). A chain that
//! changes all the time and whose last facts hardly ever come stores no tuples for them. It is a bound on many changes
//! together: the probe that finds nothing kept pays for all that did not have to.
//!
//! At first the left side is kept, which costs less than to join once more, and the right side is not: to look through the
//! facts costs no more than to write them down.
//!
//! A left side whose tuples hold facts of the type on the right is always kept: while such a fact is on its way, what
//! follows from the facts is not what the network has been told of.

use tsd_ir::TypeId;

use super::join::{Inputs, JoinSpec, LeftTuples, Visit};
use super::memory::Key;
use crate::base::TupleSlots;
use crate::eval::Tuple;
use crate::flow::OperatorContext;
use crate::ruleset::RuleSet;
use crate::store::WorkingMemory;

/// Whether a side is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Materialization {
    is_materialized: bool,
    /// Whether it may never be given up.
    always: bool,
    /// What computing it takes, in facts and tuples looked at, as far as is known.
    work: u32,
    /// How many changes have gone into it since the last probe.
    changes: u32,
}

/// How many changes a side takes without a probe before it is given up, unless the session sets another number.
pub(crate) const EVICTION_THRESHOLD: u32 = 4096;

impl Materialization {
    /// The left side of a join whose types these are, the last one that of the right side.
    pub(crate) fn of_left(types: &[TypeId]) -> Self {
        let always = types.split_last().is_some_and(|(right, left)| left.contains(right));
        Self { is_materialized: true, always, ..Self::default() }
    }

    #[inline]
    pub(crate) fn is_materialized(self) -> bool {
        self.is_materialized
    }

    /// A probe comes to a side that is kept.
    #[inline]
    pub(crate) fn probed(&mut self) {
        self.changes = 0;
    }

    /// The side is kept from now on; `work` is what it took to compute it.
    pub(crate) fn materialize(&mut self, work: usize) {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        *self = Self { is_materialized: true, work, changes: 0, ..*self };
    }

    /// So many changes come. Returns whether the side is to be given up, which it is not before `patience` changes; `work`
    /// tells how many facts there are to be looked at now.
    #[inline]
    pub(crate) fn changes(
        &mut self,
        count: usize,
        eviction_threshold: u32,
        work: impl FnOnce() -> usize,
    ) -> bool {
        self.changes = self.changes.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        if self.always || self.changes <= self.work.max(eviction_threshold) {
            return false;
        }
        self.work = u32::try_from(work()).unwrap_or(u32::MAX);
        self.is_materialized = self.changes <= self.work;
        !self.is_materialized
    }
}

impl JoinSpec {
    /// How many facts there are of which the left input is made.
    pub(crate) fn facts_on_left(&self, memory: &WorkingMemory) -> usize {
        self.types.iter().rev().skip(1).map(|ty| memory.store(*ty).len()).sum()
    }

    /// Prepares the right input for probes, unless there is nothing to find.
    #[inline]
    pub(crate) fn prepare_right<K: Key>(&self, inputs: &mut Inputs<K>, cx: &mut OperatorContext<'_>) {
        if !inputs.right_state.is_materialized() && cx.memory.store(self.input.ty).len() > 0 {
            self.rebuild_right(inputs, cx);
        }
        inputs.right.prepare(|| self.right_keys(cx.memory));
        inputs.right_state.probed();
    }

    #[cold]
    fn rebuild_right<K: Key>(&self, inputs: &mut Inputs<K>, cx: &mut OperatorContext<'_>) {
        let store = cx.memory.store(self.input.ty);
        let keys = self.right_keys(cx.memory);
        for slot in store.live_slots() {
            let set = self.input.admit(slot, None, cx.memory, cx.sets);
            if !set.is_empty()
                && let Some(key) = keys.of(&[slot])
            {
                inputs.right.add(&key, &[slot], set, true, cx.sets);
            }
        }
        inputs.right_state.materialize(store.len());
    }

    /// Prepares the left input for probes.
    #[inline]
    pub(crate) fn prepare_left<K: Key>(&self, inputs: &mut Inputs<K>, cx: &OperatorContext<'_>) {
        inputs.left.prepare(|| self.left_keys(cx.memory));
        inputs.left_state.probed();
    }

    /// Visits the pairs of a join, from the input that is not materialised to the one that is.
    pub(crate) fn for_each_pair<K: Key>(
        &self,
        inputs: &mut Inputs<K>,
        cx: &mut OperatorContext<'_>,
        left: &mut LeftTuples<'_>,
        visit: &mut Visit<'_>,
    ) -> usize {
        let memory = cx.memory;
        let mut pairs = 0;
        if inputs.left_state.is_materialized() {
            inputs.left.prepare(|| self.left_keys(memory));
            let store = memory.store(self.input.ty);
            for right in store.live_slots() {
                let wanted = self.input.admit(right, None, memory, cx.sets);
                let key = if wanted.is_empty() { None } else { self.right_keys(memory).of::<K>(&[right]) };
                let Some(key) = key else { continue };
                for left in inputs.left.group(&key, memory) {
                    let mut slots: TupleSlots = smallvec::smallvec![left.slot];
                    slots.extend_from_slice(left.more);
                    slots.push(right);
                    pairs += 1;
                    let set = cx.sets.meet(left.set, wanted);
                    self.visit_pair(cx, &mut slots, set, visit);
                }
            }
            return pairs + store.len();
        }
        self.prepare_right(inputs, cx);
        let work = left(cx, &mut |cx, _, slots, set| {
            let Some(key) = self.left_keys(memory).of::<K>(slots) else { return };
            for right in inputs.right.group(&key, memory) {
                slots.push(right.slot);
                pairs += 1;
                let set = cx.sets.meet(set, right.set);
                self.visit_pair(cx, slots, set, visit);
                slots.pop();
            }
        });
        work + pairs
    }

    fn visit_pair(
        &self,
        cx: &mut OperatorContext<'_>,
        slots: &mut TupleSlots,
        set: RuleSet,
        visit: &mut Visit<'_>,
    ) {
        let set = self.residuals.clear(set, Tuple::new(cx.memory, &self.types, slots), cx.sets);
        if !set.is_empty() {
            visit(cx, &self.outputs, slots, set);
        }
    }
}

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

use tsd_ir::{NodeId, TypeId};

use super::join::{Inputs, JoinSpec};
use super::memory::Key;
use super::propagation::{Outputs, Propagation, Slots};
use crate::memory::WorkingMemory;
use crate::ruleset::{RuleSet, RuleSets};
use crate::tuple::Tuple;

/// Whether a side is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Materialization {
    is_materialized: bool,
    /// Whether it may never be given up.
    always: bool,
    /// What computing it takes, in facts and tuples looked at, as far as is known.
    work: u32,
    /// How many changes have gone into it since the last probe.
    changes: u32,
}

/// How many changes a side takes without a probe before it is given up, unless the session sets another number.
pub(super) const EVICTION_THRESHOLD: u32 = 4096;

impl Materialization {
    /// The left side of a join whose types these are, the last one that of the right side.
    pub(super) fn of_left(types: &[TypeId]) -> Self {
        let always = types.split_last().is_some_and(|(right, left)| left.contains(right));
        Self { is_materialized: true, always, ..Self::default() }
    }

    #[inline]
    pub(super) fn is_materialized(self) -> bool {
        self.is_materialized
    }

    /// A probe comes to a side that is kept.
    #[inline]
    pub(super) fn asked(&mut self) {
        self.changes = 0;
    }

    /// The side is kept from now on; `work` is what it took to compute it.
    fn keep(&mut self, work: usize) {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        *self = Self { is_materialized: true, work, changes: 0, ..*self };
    }

    /// So many changes come. Returns whether the side is to be given up, which it is not before `patience` changes; `work`
    /// tells how many facts there are to be looked at now.
    #[inline]
    pub(super) fn changes(
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

/// Takes the tuples that come out of a node, with what they go to and the rules that they carry.
type Visit<'v> = dyn FnMut(&mut Propagation<'_>, &Outputs, &mut Slots, RuleSet) + 'v;

impl JoinSpec {
    /// How many facts there are of which the left side is made.
    pub(super) fn facts_on_left(&self, memory: &WorkingMemory) -> usize {
        self.types.iter().rev().skip(1).map(|ty| memory.store(*ty).len()).sum()
    }

    /// Gets the right side ready for probes, unless there is nothing to find.
    #[inline]
    pub(super) fn ask_right<K: Key>(
        &self,
        pair: &mut Inputs<K>,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        if !pair.right_state.is_materialized() && memory.store(self.input.ty).len() > 0 {
            self.keep_right(pair, memory, sets);
        }
        pair.right.prepare(|| self.right_keys(memory));
        pair.right_state.asked();
    }

    #[cold]
    fn keep_right<K: Key>(&self, pair: &mut Inputs<K>, memory: &WorkingMemory, sets: &mut RuleSets) {
        let store = memory.store(self.input.ty);
        let keys = self.right_keys(memory);
        for slot in store.live_slots() {
            let set = self.input.admit(slot, None, memory, sets);
            if !set.is_empty()
                && let Some(key) = keys.of(&[slot])
            {
                pair.right.add(&key, &[slot], set, true, sets);
            }
        }
        pair.right_state.keep(store.len());
    }
}

impl Propagation<'_> {
    /// Gets the left side of a join ready for probes, unless there is nothing to find.
    #[inline]
    pub(super) fn ask_left<K: Key>(&mut self, join: &JoinSpec, pair: &mut Inputs<K>, node: NodeId) {
        if !pair.left_state.is_materialized() && self.memory.store(self.input.ty).len() > 0 {
            self.keep_left(join, pair, node);
        }
        pair.left.prepare(|| join.left_keys(self.memory));
        pair.left_state.asked();
    }

    #[cold]
    fn keep_left<K: Key>(&mut self, join: &JoinSpec, pair: &mut Inputs<K>, node: NodeId) {
        let work = self.for_each_tuple(join.parent, &mut |propagation, outputs, slots, set| {
            let set = outputs.towards(node, set, propagation.sets);
            if !set.is_empty()
                && let Some(key) = join.left_keys(propagation.memory).of(slots)
            {
                pair.left.add(&key, slots, set, true, propagation.sets);
            }
        });
        pair.left_state.keep(work);
    }

    /// Calls `visit` with every tuple that comes out of a node (`None`: of the root), as the network has been told of it.
    /// Returns how many facts and tuples were looked at.
    pub(super) fn for_each_tuple(&mut self, node: Option<NodeId>, visit: &mut Visit<'_>) -> usize {
        let Some(id) = node else { return self.for_each_fact(visit) };
        let Some(mut join) = self.joins[id.0 as usize].take() else { return 0 };
        let work = join.visit(self, id, visit);
        self.joins[id.0 as usize] = Some(join);
        work
    }

    fn for_each_fact(&mut self, visit: &mut Visit<'_>) -> usize {
        let (input, outputs, memory) = (self.input, self.outputs, self.memory);
        let store = memory.store(input.ty);
        for slot in store.live_slots() {
            let set = input.admit(slot, None, memory, self.sets);
            self.visit_if_told(outputs, &mut smallvec::smallvec![slot], set, visit);
        }
        store.len()
    }

    /// Visits the pairs of a join, from the side that is not kept to the one that is.
    pub(super) fn for_each_pair<K: Key>(
        &mut self,
        join: &JoinSpec,
        pair: &mut Inputs<K>,
        node: NodeId,
        visit: &mut Visit<'_>,
    ) -> usize {
        let memory = self.memory;
        let mut pairs = 0;
        if pair.left_state.is_materialized() {
            pair.left.prepare(|| join.left_keys(memory));
            let store = memory.store(join.input.ty);
            for right in store.live_slots() {
                let wanted = join.input.admit(right, None, memory, self.sets);
                let key = if wanted.is_empty() { None } else { join.right_keys(memory).of::<K>(&[right]) };
                let Some(key) = key else { continue };
                for left in pair.left.group(&key, memory) {
                    let mut slots: Slots = smallvec::smallvec![left.slot];
                    slots.extend_from_slice(left.more);
                    slots.push(right);
                    pairs += 1;
                    let set = self.sets.meet(left.set, wanted);
                    self.visit_pair(join, &mut slots, set, visit);
                }
            }
            return pairs + store.len();
        }
        join.ask_right(pair, memory, self.sets);
        let work = self.for_each_tuple(join.parent, &mut |propagation, outputs, slots, set| {
            let set = outputs.towards(node, set, propagation.sets);
            let Some(key) = join.left_keys(memory).of::<K>(slots) else { return };
            for right in pair.right.group(&key, memory) {
                slots.push(right.slot);
                pairs += 1;
                let set = propagation.sets.meet(set, right.set);
                propagation.visit_pair(join, slots, set, visit);
                slots.pop();
            }
        });
        work + pairs
    }

    fn visit_pair(&mut self, join: &JoinSpec, slots: &mut Slots, set: RuleSet, visit: &mut Visit<'_>) {
        let set = join.residuals.clear(set, Tuple::new(self.memory, &join.types, slots), self.sets);
        self.visit_if_told(&join.outputs, slots, set, visit);
    }

    /// Visits a tuple for the rules that do not wait for a derived value, and for those whose derived values were good when the tuple was
    /// last looked at.
    fn visit_if_told(&mut self, outputs: &Outputs, slots: &mut Slots, set: RuleSet, visit: &mut Visit<'_>) {
        let mut told = set;
        for (id, watching) in &outputs.watches {
            let waiting = self.sets.meet(set, *watching);
            let rows = self.live.watches.get(*id).map(|watch| &watch.rows);
            let passed = rows.and_then(|rows| Some(rows.passed(rows.find(slots)?))).unwrap_or(RuleSet::EMPTY);
            let good = self.sets.meet(waiting, passed);
            told = self.sets.difference(told, waiting);
            told = self.sets.union(told, good);
        }
        if !told.is_empty() {
            visit(self, outputs, slots, told);
        }
    }
}

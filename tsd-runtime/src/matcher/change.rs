//! A change to one fact must update the match without looking at other facts.
//!
//! The fact is delivered to each entry point of its type. Then what depends on derived values is
//! brought up to date, and the new activations are sorted. Additions are delivered at the far ends
//! of chains first and at their roots last, removals the other way round. So a fact that occurs
//! twice in a tuple is processed exactly once. While removals run, the fact still has its old row.

use smallvec::SmallVec;
use tsd_ir::TypeId;

use super::conflict_order::Order;
use super::{Base, Matcher, State};
use crate::alpha::EntryPoint;
use crate::flow::{Delta, Sign};
use crate::ruleset::RuleSet;
use crate::store::WorkingMemory;

/// For each entry point of a type, the rules that a change affects.
type Affected = SmallVec<[RuleSet; 8]>;

impl Matcher {
    /// Inserts a fact. If a fact has its primary key, nothing changes and that fact's slot is the
    /// error.
    pub(crate) fn insert(&mut self, ty: TypeId, row: &[u64]) -> Result<u32, u32> {
        let slot = self.state.memory.stores[ty.index()].insert(row)?;
        self.change(|base, state| {
            state.memory.renew(ty, slot);
            state.deliver(base, ty, slot, Sign::Add { fresh: true }, None);
        });
        Ok(slot)
    }

    /// Retracts a fact.
    pub(crate) fn retract(&mut self, ty: TypeId, slot: u32) {
        self.change(|base, state| {
            state.deliver(base, ty, slot, Sign::Remove, None);
            let WorkingMemory { stores, strings, .. } = &mut state.memory;
            stores[ty.index()].remove(slot, strings);
            state.derived.notify_followers(&base.derived, ty, slot, None);
        });
    }

    /// Replaces the row of a fact. The primary key must be unchanged or new. Only rules that read a
    /// changed field react: for them the fact is removed and added again.
    pub(crate) fn update(&mut self, ty: TypeId, slot: u32, row: &[u64]) {
        let store = self.state.memory.store(ty);
        let changed: SmallVec<[_; 8]> = store.changed_fields(store.row(slot), row).collect();
        self.change(|base, state| {
            let affected: Affected = (base.entry_points.of(ty).iter())
                .map(|entry_point| {
                    let (input, sets) =
                        (base.alpha_node(*entry_point), &mut state.sets[entry_point.root.0 as usize]);
                    let readers = changed.iter().map(|field| input.readers(*field));
                    readers.fold(RuleSet::EMPTY, |set, readers| sets.union(set, readers))
                })
                .collect();
            state.deliver(base, ty, slot, Sign::Remove, Some(&affected));
            let WorkingMemory { stores, strings, .. } = &mut state.memory;
            stores[ty.index()].replace(slot, row, strings);
            state.memory.renew(ty, slot);
            state.deliver(base, ty, slot, Sign::Add { fresh: false }, Some(&affected));
            state.derived.notify_followers(&base.derived, ty, slot, Some(&changed));
        });
    }

    /// Makes a change, and brings up to date what depends on it.
    #[inline]
    pub(super) fn change(&mut self, change: impl FnOnce(&Base, &mut State)) {
        let Self { base, state } = self;
        state.agenda.begin_change();
        change(base, state);
        state.stabilize(base);
        state.end_no_loop(base);
        self.end_change();
    }

    /// Ends a change: sorts the new activations if the strategy requires it, and collects unused
    /// rule sets.
    #[inline]
    pub(super) fn end_change(&mut self) {
        self.state.put_in_order(&self.base);
        self.collect_sets();
    }
}

impl State {
    /// Delivers a fact to every entry point of its type. `affected` restricts the rules at each of
    /// them.
    #[inline]
    pub(super) fn deliver(
        &mut self,
        base: &Base,
        ty: TypeId,
        slot: u32,
        sign: Sign,
        affected: Option<&Affected>,
    ) {
        let entry_points = base.entry_points.of(ty);
        let count = entry_points.len();
        for step in 0..count {
            let index = if sign == Sign::Remove { step } else { count - 1 - step };
            let entry_point = entry_points[index];
            let set = self.admit(base, entry_point, slot, affected.map(|affected| affected[index]));
            self.enter(base, entry_point, slot, set, sign);
        }
    }

    /// The rules whose filters a fact passes at an entry point, out of `candidates` or of all.
    #[inline]
    fn admit(
        &mut self,
        base: &Base,
        entry_point: EntryPoint,
        slot: u32,
        candidates: Option<RuleSet>,
    ) -> RuleSet {
        if candidates.is_some_and(RuleSet::is_empty) {
            return RuleSet::EMPTY;
        }
        let sets = &mut self.sets[entry_point.root.0 as usize];
        base.alpha_node(entry_point).admit(slot, candidates, &self.memory, sets)
    }

    /// Sends a fact into the network at an entry point.
    #[inline]
    fn enter(&mut self, base: &Base, entry_point: EntryPoint, slot: u32, set: RuleSet, sign: Sign) {
        if set.is_empty() {
            return;
        }
        let mut facts = self.pool.take(1);
        facts.push_fact(0, slot, set);
        self.enter_all(base, entry_point, &mut facts, self.agenda.age(), sign);
        self.pool.put_back(facts);
    }

    /// Sends facts into the network at an entry point. `age` is the age of the first; the numbers
    /// of the others are added to it.
    #[inline]
    pub(super) fn enter_all(
        &mut self,
        base: &Base,
        entry_point: EntryPoint,
        facts: &mut Delta,
        age: u64,
        sign: Sign,
    ) {
        let mut propagation = self.propagation(base, entry_point.root, sign);
        propagation.down.age = age;
        propagation.enter(entry_point.join, facts);
        if propagation.cx.sets.wants_collection() {
            self.crowded = Some(entry_point.root);
        }
    }

    /// Sorts the new activations if the strategy requires it, and compacts the agenda if many of
    /// its entries are obsolete.
    #[inline]
    pub(super) fn put_in_order(&mut self, base: &Base) {
        let (wants_order, is_crowded) = (self.agenda.wants_order(), self.agenda.is_crowded());
        if wants_order || is_crowded {
            let Self { agenda, sets, memory, .. } = self;
            let order = Order { base, sets, memory, strategy: agenda.strategy() };
            if wants_order {
                agenda.put_in_order(&order);
            }
            if is_crowded {
                agenda.tidy(&order);
            }
        }
    }
}

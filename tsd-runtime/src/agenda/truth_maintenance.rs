//! A fact inserted by `InsertLogical` exists only as long as an activation supports it (truth
//! maintenance).
//!
//! An activation supports the facts that it inserts logically until it stops holding. A fact
//! without support is withdrawn. Facts only have counts; each activation has the list of facts that
//! it supports. Entries of that list are ignored if their fact has been retracted or has become
//! stated.

use hashbrown::HashMap;
use tsd_ir::FactRef;

use crate::base::{RuleId, TupleSlots};

type Table<K, V> = HashMap<K, V, ahash::RandomState>;

/// Which activations support which facts.
#[derive(Clone, Debug)]
pub(crate) struct TruthMaintenance {
    /// The supported facts, with the number of supporting activations. A fact with 0 is about to be
    /// withdrawn.
    counts: Table<FactRef, u32>,
    /// By rule, the facts that each activation supports. Its slots are in the order of the rule's
    /// patterns.
    supported: Vec<Table<TupleSlots, Vec<FactRef>>>,
    /// The activation whose effects are taking place, while it holds.
    firing: Option<(RuleId, TupleSlots)>,
    /// Facts that have lost their last support and are still there.
    pub(crate) unsupported: Vec<FactRef>,
}

impl Default for TruthMaintenance {
    fn default() -> Self {
        Self { counts: table(), supported: Vec::new(), firing: None, unsupported: Vec::new() }
    }
}

fn table<K, V>() -> Table<K, V> {
    Table::with_hasher(crate::base::hasher())
}

impl TruthMaintenance {
    /// Whether a fact exists only because activations support it.
    pub(crate) fn is_logical(&self, fact: FactRef) -> bool {
        self.counts.contains_key(&fact)
    }

    /// The effects of an activation start to take place.
    pub(crate) fn begin(&mut self, rule: RuleId, slots: &[u32]) {
        self.firing = Some((rule, slots.into()));
    }

    /// The effects of the activation have taken place.
    pub(crate) fn end(&mut self) {
        self.firing = None;
    }

    /// Whether the activation whose effects are taking place still holds.
    pub(crate) fn still_holds(&self) -> bool {
        self.firing.is_some()
    }

    /// The activation whose effects are taking place supports a fact, which is new or already
    /// supported.
    pub(crate) fn add(&mut self, fact: FactRef) {
        let Some((rule, slots)) = &self.firing else { return };
        let index = *rule as usize;
        if self.supported.len() <= index {
            self.supported.resize_with(index + 1, table);
        }
        let facts = self.supported[index].entry_ref(slots).or_default();
        if !facts.contains(&fact) {
            facts.push(fact);
            *self.counts.entry(fact).or_insert(0) += 1;
        }
    }

    /// Removes a fact that was retracted or updated, and is no longer supported.
    pub(crate) fn forget(&mut self, fact: FactRef) {
        if !self.counts.is_empty() {
            self.counts.remove(&fact);
        }
    }

    /// Handles an activation that stops holding.
    pub(crate) fn stop(&mut self, rule: RuleId, slots: &[u32]) {
        if self.firing.as_ref().is_some_and(|(firing, its)| *firing == rule && its.as_slice() == slots) {
            self.firing = None;
        }
        let facts = self.supported.get_mut(rule as usize).and_then(|supported| supported.remove(slots));
        facts.into_iter().flatten().for_each(|fact| self.less(fact));
    }

    /// Handles the removal of a rule: all its activations stop holding.
    pub(crate) fn stop_rule(&mut self, rule: RuleId) {
        let Some(supported) = self.supported.get_mut(rule as usize) else { return };
        let facts: Vec<FactRef> = std::mem::replace(supported, table()).into_values().flatten().collect();
        facts.into_iter().for_each(|fact| self.less(fact));
    }

    /// Removes one activation from the support of a fact.
    fn less(&mut self, fact: FactRef) {
        if let Some(count) = self.counts.get_mut(&fact) {
            *count -= 1;
            if *count == 0 {
                self.unsupported.push(fact);
            }
        }
    }

    /// Frees memory after a rule was removed.
    pub(crate) fn shrink(&mut self) {
        if self.counts.is_empty() {
            self.counts = table();
            if self.supported.iter().all(HashMap::is_empty) {
                self.supported = Vec::new();
            }
        }
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        let activations = self.supported.iter().map(|supported| {
            let lists: usize = supported.values().map(|facts| facts.capacity() * size_of::<FactRef>()).sum();
            supported.allocation_size() + lists
        });
        self.counts.allocation_size() + activations.sum::<usize>()
    }
}

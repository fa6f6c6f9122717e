//! When an activation stops holding, the facts that it supports may have to be withdrawn.
//!
//! So deactivations of rules that insert logically are recorded, whether or not the activation has
//! fired, and processed at the end of the change.

use tsd_ir::RootId;

use crate::base::TupleSlots;
use crate::flow::{Delta, TupleRef};
use crate::ruleset::{RuleSet, RuleSets};

/// Recorded deactivations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deactivations {
    /// Tuples that stopped matching such rules.
    stopped: Vec<Stopped>,
}

/// A tuple that stopped matching rules whose activations support facts.
#[derive(Clone, Debug)]
pub(crate) struct Stopped {
    pub(crate) root: RootId,
    pub(crate) slots: TupleSlots,
    pub(crate) set: RuleSet,
}

impl Deactivations {
    /// Records tuples of a tree that stop matching rules of `supporting`.
    #[inline]
    pub(super) fn note(&mut self, root: RootId, delta: &Delta, supporting: RuleSet, sets: &mut RuleSets) {
        if supporting.is_empty() {
            return;
        }
        for TupleRef { slots, set, .. } in delta.iter() {
            let set = sets.meet(set, supporting);
            if !set.is_empty() {
                self.stopped.push(Stopped { root, slots: slots.into(), set });
            }
        }
    }

    /// Takes the recorded deactivations.
    pub(crate) fn take(&mut self) -> Vec<Stopped> {
        std::mem::take(&mut self.stopped)
    }

    /// Whether none are recorded.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.stopped.is_empty()
    }

    /// Passes every rule set of a tree through `map`.
    pub(super) fn map_sets(&mut self, root: RootId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let stopped = self.stopped.iter_mut().filter(|stopped| stopped.root == root);
        stopped.for_each(|stopped| stopped.set = map(stopped.set));
    }
}

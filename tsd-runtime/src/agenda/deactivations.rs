//! Activations that stop holding, as far as anybody must know: those of rules whose activations
//! support facts.
//!
//! Whether an activation has fired or waits makes no difference here. What is noted is looked at
//! when the change is over.

use tsd_ir::RootId;

use crate::base::TupleSlots;
use crate::flow::{Delta, TupleRef};
use crate::ruleset::{RuleSet, RuleSets};

/// What is noted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deactivations {
    /// Tuples for which such rules stopped holding.
    stopped: Vec<Stopped>,
}

/// A tuple for which rules stopped holding whose activations support facts.
#[derive(Clone, Debug)]
pub(crate) struct Stopped {
    pub(crate) root: RootId,
    pub(crate) slots: TupleSlots,
    pub(crate) set: RuleSet,
}

impl Deactivations {
    /// Tuples of a tree stop activating rules that end at their node, of which those of
    /// `supporting` matter.
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

    /// What was noted, which is forgotten.
    pub(crate) fn take(&mut self) -> Vec<Stopped> {
        std::mem::take(&mut self.stopped)
    }

    /// Whether nothing was noted.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.stopped.is_empty()
    }

    /// Passes every set of a tree through `map`.
    pub(super) fn map_sets(&mut self, root: RootId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let stopped = self.stopped.iter_mut().filter(|stopped| stopped.root == root);
        stopped.for_each(|stopped| stopped.set = map(stopped.set));
    }
}

//! Activations that stop holding, as far as anybody must know: those of rules whose activations support facts.
//!
//! Whether an activation has fired or waits makes no difference here. What is noted is looked at when the change is over.

use std::collections::BTreeMap;

use tsd_ir::RootId;

use crate::base::TupleSlots;
use crate::flow::{Delta, TupleRef, TupleSource};
use crate::ruleset::{RuleSet, RuleSets};

/// What is noted.
#[derive(Debug, Default)]
pub(crate) struct Deactivations {
    /// Where rules end whose activations support facts.
    supporting: BTreeMap<(RootId, TupleSource), RuleSet>,
    /// Tuples for which such rules stopped holding.
    stopped: Vec<Stopped>,
}

/// A tuple for which rules stopped holding whose activations support facts.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) root: RootId,
    pub(crate) slots: TupleSlots,
    pub(crate) set: RuleSet,
}

impl Deactivations {
    /// Tuples stop to activate rules that end here.
    #[inline]
    pub(super) fn note(&mut self, place: (RootId, TupleSource), delta: &Delta, sets: &mut RuleSets) {
        if let Some(supporting) = self.supporting.get(&place) {
            for TupleRef { slots, set, .. } in delta.iter() {
                let set = sets.meet(set, *supporting);
                if !set.is_empty() {
                    self.stopped.push(Stopped { root: place.0, slots: slots.into(), set });
                }
            }
        }
    }

    /// From now on it is noted when the rules of `only`, which end here, stop holding for a tuple.
    pub(crate) fn watch(&mut self, root: RootId, end: TupleSource, only: RuleSet, sets: &mut RuleSets) {
        let supporting = self.supporting.entry((root, end)).or_insert(RuleSet::EMPTY);
        *supporting = sets.union(*supporting, only);
    }

    /// It is noted no longer.
    pub(crate) fn unwatch(&mut self, root: RootId, end: TupleSource, only: RuleSet, sets: &mut RuleSets) {
        if let Some(supporting) = self.supporting.get_mut(&(root, end)) {
            *supporting = sets.difference(*supporting, only);
            if supporting.is_empty() {
                self.supporting.remove(&(root, end));
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
        let supporting = self.supporting.iter_mut().filter(|((of, _), _)| *of == root);
        supporting.for_each(|(_, set)| *set = map(*set));
        let stopped = self.stopped.iter_mut().filter(|stopped| stopped.root == root);
        stopped.for_each(|stopped| stopped.set = map(stopped.set));
    }
}

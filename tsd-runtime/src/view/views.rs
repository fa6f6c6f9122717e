//! Reading a view needs its specification in the rule base and its state in the session.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use tsd_ir::DerivedValue;

use super::counts::ViewCounts;
use super::spec::{DerivedSpecs, ViewSpec};
use super::state::View;
use crate::eval::DerivedWord;

/// The views of a session, for reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Views<'a> {
    pub(super) specs: &'a DerivedSpecs,
    /// By number; `None` for a view at which no row has arrived yet.
    pub(super) states: &'a [Option<Box<View>>],
    pub(super) counts: Option<&'a [ViewTally]>,
}

/// How often a view was looked up and how many of its groups changed.
#[derive(Debug, Default)]
pub(crate) struct ViewTally {
    lookups: AtomicU64,
    changes: AtomicU64,
}

impl Clone for ViewTally {
    fn clone(&self) -> Self {
        let ViewCounts { lookups, changes } = self.counts();
        Self { lookups: lookups.into(), changes: changes.into() }
    }
}

impl ViewTally {
    pub(super) fn counts(&self) -> ViewCounts {
        ViewCounts { lookups: self.lookups.load(Relaxed), changes: self.changes.load(Relaxed) }
    }

    pub(super) fn changed(&mut self, groups: usize) {
        *self.changes.get_mut() += groups as u64;
    }
}

impl<'a> Views<'a> {
    #[inline]
    pub(crate) fn spec(self, id: u16) -> &'a ViewSpec {
        self.specs.view(id)
    }

    /// Calls `put` with the outputs of groups of a view.
    #[inline]
    pub(super) fn outputs(
        self,
        id: u16,
        groups: impl Iterator<Item = u32>,
        put: impl FnMut(DerivedWord<'a>),
    ) {
        match self.states.get(id as usize).and_then(Option::as_deref) {
            Some(view) => view.groups().outputs(groups, put),
            None => self.spec(id).empty.outputs(groups, put),
        }
    }

    /// The output of a group of a view.
    #[inline]
    pub(super) fn output(self, id: u16, group: u32) -> DerivedWord<'a> {
        match self.states.get(id as usize).and_then(Option::as_deref) {
            Some(view) => view.groups().output(group),
            None => self.spec(id).empty.output(group),
        }
    }

    /// Counts a number of lookups of each of these derived values.
    #[inline]
    pub(super) fn count_lookups(self, derived_values: &[DerivedValue], times: u64) {
        if let Some(counts) = self.counts {
            count(counts, derived_values, times);
        }
    }
}

#[cold]
fn count(counts: &[ViewTally], derived_values: &[DerivedValue], times: u64) {
    for derived_value in derived_values {
        if let DerivedValue::Found { view, .. } = derived_value
            && let Some(tally) = counts.get(*view as usize)
        {
            tally.lookups.fetch_add(times, Relaxed);
        }
    }
}

//! Views and pending nodes are added and removed with the rules that use them.

use std::sync::Arc;

use tsd_ir::network::Path;
use tsd_ir::{Branch, DerivedValue, ViewId};

use super::Touched;
use crate::alpha::PreparedTest;
use crate::base::PendingId;
use crate::beta::{BranchPath, Terminal};
use crate::matcher::Matcher;
use crate::ruleset::{Bit, RuleSet};
use crate::view::{Member, PendingTests, ViewSpec};

/// Replaces the numbers of views in the rule by the numbers of views in use.
pub(super) fn live_derived_values(derived_values: &[DerivedValue], views: &[ViewId]) -> Vec<DerivedValue> {
    let live = |derived_value: &DerivedValue| match derived_value {
        DerivedValue::Found { view, parameters } => {
            DerivedValue::Found { view: views[*view as usize].0, parameters: parameters.clone() }
        }
        followed => followed.clone(),
    };
    derived_values.iter().map(live).collect()
}

impl Matcher {
    /// Assigns nodes to a new view. The views that it reads exist already.
    pub(super) fn wire_view(
        &mut self,
        id: ViewId,
        planned: &tsd_ir::View,
        views: &[ViewId],
        touched: &mut Touched,
    ) {
        let base = self.own_base();
        let derived_values = live_derived_values(&planned.derived_values, views);
        let spec = ViewSpec::new(id, planned, derived_values, base.natives.values);
        base.derived.put_view(id, spec);
        let paths = base.network.view(id).paths.clone();
        let mut depth = 0;
        let mut places = Vec::with_capacity(paths.len());
        for (number, (path, branch)) in (0..).zip(paths.into_iter().zip(planned.branches.iter())) {
            let branch = branch.of_view(id);
            let owner = Terminal::View { view: id.0, branch: number };
            let place = self.occupy(path, &branch, &planned.patterns, owner, views, touched);
            let held = place.pending_nodes.iter().filter_map(|pending| self.base.derived.pending(*pending));
            depth = held.map(|pending| pending.depth).max().unwrap_or(0).max(depth);
            places.push(place);
        }
        let view = self.own_base().derived.view_mut(id.0);
        view.places = places;
        view.depth = depth;
        self.state.derived.extend_counts(usize::from(id.0) + 1);
    }

    /// Adds the pending tests of a branch to the nodes where they belong.
    pub(super) fn enroll_pending(
        &mut self,
        branch: &Branch,
        path: &Path,
        bit: Bit,
        views: &[ViewId],
        touched: &mut Touched,
    ) -> Vec<PendingId> {
        let base = self.own_base();
        let tests = base.natives.tests;
        let derived_values = live_derived_values(&branch.derived_values, views);
        let types = match path.joins.last() {
            Some(join) => base.network.join(*join).types.clone(),
            None => vec![base.network.root(path.root).ty],
        };
        let mut ids = Vec::with_capacity(branch.derived_tests.len());
        for pending in branch.derived_tests.iter() {
            let place = pending.place.index();
            let join = place.checked_sub(1).map(|join| path.joins[join]);
            let depth_of = |derived_value: &u16| match &derived_values[*derived_value as usize] {
                DerivedValue::Found { view, .. } => base.derived.view(*view).depth,
                DerivedValue::Followed { .. } => 0,
            };
            let depth = 1 + pending.derived_values.iter().map(depth_of).max().unwrap_or(0);
            let found = base
                .derived
                .all_pending()
                .find(|(_, known)| known.root == path.root && known.join == join && known.depth == depth);
            let id = found.map(|(id, _)| id).unwrap_or_else(|| {
                let types = types[..=place].to_vec();
                base.derived.add_pending(PendingTests::new(path.root, join, depth, types))
            });
            if let Some(live) = base.derived.pending_mut(id) {
                let is_bound = |test: u16| pending.bounds.iter().any(|bound| bound.test == test);
                let others = (0..).zip(pending.tests.iter()).filter(|(test, _)| !is_bound(*test));
                live.add(Member {
                    bit,
                    derived_values: derived_values.clone(),
                    wanted: pending.derived_values.to_vec(),
                    results: pending.results.to_vec(),
                    tests: others.map(|(_, test)| PreparedTest::new(test, tests)).collect(),
                    bounds: pending.bounds.to_vec(),
                });
            }
            touched.pending.insert(id);
            ids.push(id);
        }
        ids
    }

    /// Removes a bit from the pending nodes of a branch, and from every tuple held there. `only` is
    /// the set of that bit.
    pub(super) fn leave_pending(&mut self, place: &BranchPath, only: RuleSet) {
        self.own_base();
        let Self { base, state } = self;
        let base = Arc::make_mut(base);
        for id in &place.pending_nodes {
            let Some(pending) = base.derived.pending_mut(*id) else { continue };
            pending.remove(place.bit);
            let Some(mut rows) = state.derived.take_rows(*id) else { continue };
            let sets = &mut state.sets[pending.root.0 as usize];
            for row in rows.live().collect::<Vec<u32>>() {
                let slots = rows.tuple(row);
                if let (_, Some(row)) = rows.leave(&slots, only, sets) {
                    rows.release(row, &slots, |index, group| {
                        state.derived.unsubscribe(&pending.derived_values[index], group);
                    });
                }
            }
            state.derived.put_rows_back(*id, rows);
        }
    }

    /// Removes an unused view and returns the paths of its branches.
    pub(super) fn forget_view(&mut self, id: ViewId) -> Vec<BranchPath> {
        let Some(view) = self.own_base().derived.remove_view(id) else { return Vec::new() };
        self.state.derived.forget_view(id);
        self.state.memory.forget_parameters(id.0);
        view.places.clone()
    }
}

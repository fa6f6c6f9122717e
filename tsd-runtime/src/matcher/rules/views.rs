//! Views and watches that come and go with rules.

use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::network::Path;
use tsd_ir::{Branch, DerivedValue, NodeId, Parameters, RootId, ViewId};

use super::Touched;
use crate::alpha::PreparedTest;
use crate::base::PendingId;
use crate::beta::{BranchPath, Terminal};
use crate::eval::Natives;
use crate::matcher::Matcher;
use crate::ruleset::{Bit, RuleSet};
use crate::store::Store;
use crate::view::{DerivedState, Member, PendingTests, View, unsubscribe};

/// A root, or a join of its tree.
pub(super) type NodePlace = (RootId, Option<NodeId>);

/// Watches with those who wait there.
pub(super) type Waiting = Vec<(PendingId, RuleSet)>;

/// Watches whose tables must be made anew.
pub(super) type TouchedPending = BTreeSet<PendingId>;

/// The derived values of a rule with its views, by their numbers in the rule, replaced by live ones.
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
    /// Gives a new view its nodes and its groups. The views that it asks are there.
    pub(super) fn wire_view(
        &mut self,
        id: ViewId,
        planned: &tsd_ir::View,
        views: &[ViewId],
        natives: Natives,
        touched: &mut Touched,
    ) {
        let mut view =
            View::new(planned, live_derived_values(&planned.derived_values, views), natives.values);
        view.own(id);
        self.derived.views.put(id, view);
        let index = id.0 as usize;
        let origin = self.memory.origin;
        let stores = &mut self.memory.parameters;
        if stores.len() <= index {
            let fill = |_| Store::new(tsd_ir::TypeId::PARAMETERS, &tsd_ir::Type::default(), origin);
            stores.extend((stores.len()..=index).map(fill));
        }
        stores[index] =
            Store::new(tsd_ir::TypeId::parameters_of(id.0), &planned.parameters.declared(), origin);
        let paths = self.network.view(id).paths.clone();
        let mut depth = 0;
        let mut places = Vec::with_capacity(paths.len());
        for (number, (path, branch)) in paths.into_iter().zip(planned.branches.iter()).enumerate() {
            let branch = branch.of_view(id);
            let owner = Terminal::View { view: id.0, branch: number as u32 };
            let place = self.occupy(path, &branch, &planned.patterns, owner, views, natives, touched);
            let pending_nodes =
                place.pending_nodes.iter().filter_map(|pending| self.derived.pending_nodes.get(*pending));
            depth = pending_nodes.map(|pending| pending.depth).max().unwrap_or(0).max(depth);
            places.push(place);
        }
        let view = self.derived.views.get_mut(id.0);
        view.places = places;
        view.depth = depth;
    }

    /// Lets a branch watch its derived values at their places.
    pub(super) fn enroll_pending(
        &mut self,
        branch: &Branch,
        path: &Path,
        bit: Bit,
        views: &[ViewId],
        tests: &[crate::eval::NativeTest],
        touched: &mut Touched,
    ) -> Vec<PendingId> {
        let derived_values = live_derived_values(&branch.derived_values, views);
        let types = match path.joins.last() {
            Some(join) => self.network.join(*join).types.clone(),
            None => vec![self.network.root(path.root).ty],
        };
        let mut ids = Vec::with_capacity(branch.derived_tests.len());
        for pending in branch.derived_tests.iter() {
            let place = pending.place.index();
            let join = place.checked_sub(1).map(|join| path.joins[join]);
            let depth_of = |derived_value: &u16| match &derived_values[*derived_value as usize] {
                DerivedValue::Found { view, .. } => self.derived.views.get(*view).depth,
                DerivedValue::Followed { .. } => 0,
            };
            let depth = 1 + pending.derived_values.iter().map(depth_of).max().unwrap_or(0);
            let found = self.derived.pending_nodes.find(path.root, join, depth);
            let id = found.unwrap_or_else(|| {
                let types = types[..=place].to_vec();
                self.derived.pending_nodes.add(PendingTests::new(path.root, join, depth, types))
            });
            if let Some(live) = self.derived.pending_nodes.get_mut(id) {
                let is_bound = |test: u16| pending.bounds.iter().any(|bound| bound.test == test);
                let others = (0..).zip(pending.tests.iter()).filter(|(test, _)| !is_bound(*test));
                live.add(Member {
                    bit,
                    derived_values: derived_values.clone(),
                    wanted: pending.derived_values.to_vec(),
                    shown: pending.shown.to_vec(),
                    tests: others.map(|(_, test)| PreparedTest::new(test, tests)).collect(),
                    bounds: pending.bounds.to_vec(),
                });
            }
            touched.pending_nodes.insert(id);
            ids.push(id);
        }
        ids
    }

    /// Makes the tables of a watch anew, after members came or went; every tuple is then looked at.
    pub(super) fn rebuild_pending(&mut self, id: PendingId) {
        let DerivedState { views, pending_nodes, queue, followers, .. } = &mut self.derived;
        let Some(mut pending) = pending_nodes.take(id) else { return };
        let Some(root) = &mut self.nodes.roots[pending.root.0 as usize] else { return };
        for derived_value in &pending.derived_values {
            match derived_value {
                DerivedValue::Found { view, .. } => {
                    if let Some(view) = views.find_mut(ViewId(*view)) {
                        view.subscribers.retain(|(watcher, _)| *watcher != id);
                    }
                }
                DerivedValue::Followed { ty, .. } => {
                    followers[ty.index()].retain(|(_, follower, _)| *follower != id)
                }
            }
        }
        let before = pending.derived_values.clone();
        let old = pending.rebuild(&mut root.sets, &mut self.memory.strings);
        let mut direct = Vec::with_capacity(pending.derived_values.len());
        for (index, derived_value) in pending.derived_values.iter().enumerate() {
            direct.push(match derived_value {
                DerivedValue::Found { view, .. } => {
                    let view = views.get_mut(*view);
                    view.subscribers.push((id, index as u16));
                    pending.is_direct(derived_value, matches!(view.parameters(), Parameters::Fact(_)))
                }
                DerivedValue::Followed { ty, field, .. } => {
                    if followers.len() <= ty.index() {
                        followers.resize_with(ty.index() + 1, Vec::new);
                    }
                    followers[ty.index()].push((*field, id, index as u16));
                    false
                }
            });
        }
        let shows: Vec<bool> = pending.shown.iter().map(|set| !set.is_empty()).collect();
        pending.rows.reindex(&direct, &shows, &old, |derived_value, group| {
            unsubscribe(views, queue, &before[derived_value], group);
        });
        if pending.is_unused() {
            return;
        }
        if pending.rows.mark_all() {
            queue.push_pending(pending.depth, id);
        }
        pending_nodes.put_back(id, pending);
    }

    /// Takes a bit out of the watches of a branch, and from every tuple there; `only` is the set of that bit.
    pub(super) fn unwatch(&mut self, place: &BranchPath, only: RuleSet) {
        for id in &place.pending_nodes {
            let Some(mut pending) = self.derived.pending_nodes.take(*id) else { continue };
            pending.remove(place.bit);
            if let Some(root) = &mut self.nodes.roots[pending.root.0 as usize] {
                let rows: Vec<u32> = pending.rows.live().collect();
                for row in rows {
                    let slots = pending.rows.tuple(row);
                    if let (_, Some(row)) = pending.rows.leave(&slots, only, &mut root.sets) {
                        let DerivedState { views, queue, .. } = &mut self.derived;
                        let derived_values = &pending.derived_values;
                        pending.rows.release(row, &slots, |derived_value, group| {
                            unsubscribe(views, queue, &derived_values[derived_value], group);
                        });
                    }
                }
            }
            self.derived.pending_nodes.put_back(*id, pending);
        }
    }

    /// Forgets a view that nobody asks any more; returns where its branches lay.
    pub(super) fn forget_view(&mut self, id: ViewId) -> Vec<BranchPath> {
        let Some(view) = self.derived.views.remove(id) else { return Vec::new() };
        let origin = self.memory.origin;
        let store = &mut self.memory.parameters[id.0 as usize];
        let fresh = Store::new(tsd_ir::TypeId::PARAMETERS, &tsd_ir::Type::default(), origin);
        let store = std::mem::replace(store, fresh);
        for slot in store.live_slots() {
            store.texts_of(slot).for_each(|symbol| self.memory.strings.release(symbol));
        }
        view.places
    }

    /// The watches at places of the network with those who wait there.
    pub(super) fn pending_at(&self, places: &BTreeSet<NodePlace>) -> BTreeMap<NodePlace, Waiting> {
        let mut found: BTreeMap<NodePlace, Waiting> = BTreeMap::new();
        for (id, pending) in self.derived.pending_nodes.iter() {
            let place = (pending.root, pending.join);
            if places.contains(&place) {
                found.entry(place).or_default().push((id, pending.everyone));
            }
        }
        found
    }
}

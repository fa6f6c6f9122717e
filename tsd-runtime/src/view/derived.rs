//! The derived half of a session: what views have aggregated, and the tuples whose tests read them.
//!
//! What is kept of a view or of a place begins to be there when something arrives.

use tsd_ir::{DerivedValue, FieldId, TypeId, ViewId};

use super::counts::ViewCounts;
use super::pending::{Recheck, Rows};
use super::queue::Queue;
use super::spec::DerivedSpecs;
use super::view::View;
use super::views::{ViewTally, Views};
use crate::base::PendingId;
use crate::flow::{Delta, TupleBlock};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// Views, held tuples, and what is left to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct DerivedState {
    views: Vec<Option<Box<View>>>,
    /// By place.
    rows: Vec<Option<Box<Rows>>>,
    pub(crate) queue: Queue,
    /// Room for tuples that are re-tested.
    pub(crate) due: Vec<Recheck>,
    /// There while the session counts.
    counts: Option<Vec<ViewTally>>,
}

impl DerivedState {
    /// The views, to be read.
    #[inline]
    pub(crate) fn views<'a>(&'a self, specs: &'a DerivedSpecs) -> Views<'a> {
        Views { specs, states: &self.views, counts: self.counts.as_deref() }
    }

    /// What is kept of a view.
    fn view_mut(&mut self, specs: &DerivedSpecs, id: u16) -> &mut View {
        place_at(&mut self.views, id as usize).get_or_insert_with(|| Box::new(View::new(specs.view(id))))
    }

    /// Makes room for the parameters at a slot of a view.
    pub(super) fn make_users(&mut self, specs: &DerivedSpecs, view: u16, slot: u32) {
        let users = &mut self.view_mut(specs, view).users;
        if users.len() <= slot as usize {
            users.resize(slot as usize + 1, 0);
        }
    }

    /// A tuple asks a group of a view from now on.
    pub(super) fn add_user(&mut self, view: u16, group: u32) {
        let view = self.views.get_mut(view as usize).and_then(Option::as_mut);
        if let Some(users) = view.and_then(|view| view.users.get_mut(group as usize)) {
            *users += 1;
        }
    }

    /// Whether nobody asks for the parameters at a slot of a view any more.
    pub(crate) fn is_unused(&self, view: u16, slot: u32) -> bool {
        let view = self.views.get(view as usize).and_then(Option::as_ref);
        view.is_some_and(|view| view.users.get(slot as usize).is_some_and(|users| *users == 0))
    }

    /// The rows of a place.
    fn rows_mut(&mut self, specs: &DerivedSpecs, id: PendingId) -> Option<&mut Rows> {
        let spec = specs.pending(id)?;
        let rows = place_at(&mut self.rows, id as usize).get_or_insert_with(|| Box::new(Rows::of(spec)));
        Some(&mut **rows)
    }

    /// The rows of a place, if a tuple has ever been there.
    pub(crate) fn rows(&self, id: PendingId) -> Option<&Rows> {
        self.rows.get(id as usize)?.as_deref()
    }

    /// Takes out the rows of a place.
    pub(crate) fn take_rows(&mut self, id: PendingId) -> Option<Box<Rows>> {
        self.rows.get_mut(id as usize)?.take()
    }

    pub(crate) fn put_rows_back(&mut self, id: PendingId, rows: Box<Rows>) {
        self.rows[id as usize] = Some(rows);
    }

    /// Tuples arrive at a place, which holds them back from the rules of `pending`.
    pub(crate) fn arrive(
        &mut self,
        specs: &DerivedSpecs,
        id: PendingId,
        delta: &mut Delta,
        pending: RuleSet,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let Some(spec) = specs.pending(id) else { return };
        let facts = memory.store(spec.types[0]).capacity();
        let Some(rows) = self.rows_mut(specs, id) else { return };
        if rows.arrive(delta, pending, facts, sets) {
            self.queue.push_pending(spec.depth, id);
        }
    }

    /// Tuples leave a place, which lets go on of the rules of `pending` those for which a tuple
    /// held.
    pub(crate) fn leave(
        &mut self,
        specs: &DerivedSpecs,
        id: PendingId,
        delta: &mut Delta,
        pending: RuleSet,
        sets: &mut RuleSets,
    ) {
        let Some(spec) = specs.pending(id) else { return };
        let Some(mut rows) = self.take_rows(id) else {
            delta.retain(|_, set| sets.difference(set, pending));
            return;
        };
        delta.retain(|slots, set| {
            let waiting = sets.meet(set, pending);
            if waiting.is_empty() {
                return set;
            }
            let (held, unwanted) = rows.leave(slots, waiting, sets);
            if let Some(row) = unwanted {
                rows.release(row, slots, |index, group| {
                    self.unsubscribe(&spec.derived_values[index], group);
                });
            }
            let free = sets.difference(set, waiting);
            sets.union(free, held)
        });
        self.put_rows_back(id, rows);
    }

    /// The rules for which a held tuple passed its tests when they were evaluated last.
    pub(crate) fn passed(&self, id: PendingId, slots: &[u32]) -> RuleSet {
        let rows = self.rows(id);
        rows.and_then(|rows| Some(rows.passed(rows.find(slots)?))).unwrap_or(RuleSet::EMPTY)
    }

    /// Rows of a view arrive at the end of a branch, or leave.
    pub(crate) fn gather(
        &mut self,
        specs: &DerivedSpecs,
        (id, branch): (u16, u32),
        rows: impl TupleBlock,
        adds: bool,
        memory: &WorkingMemory,
    ) {
        let spec = specs.view(id);
        // Tuples that are re-tested anyway will see what has come of the view, and need not be
        // notified.
        let may_rest = |id: PendingId| self.rows(id).is_some_and(|rows| !rows.all_wait());
        let observed = spec.subscribers.iter().any(|(pending, _)| may_rest(*pending));
        // A view that aggregates rows is taken out meanwhile: it asks only views of layers below
        // its own.
        let view = place_at(&mut self.views, id as usize).take();
        let mut view = view.unwrap_or_else(|| Box::new(View::new(spec)));
        let has_changes = view.gather((spec, branch), rows, (adds, observed), self.views(specs), memory);
        self.views[id as usize] = Some(view);
        if has_changes {
            self.queue.push_view(spec.depth, id);
        }
    }

    /// Notifies the tuples that read groups of a view that these have changed.
    pub(crate) fn notify(&mut self, specs: &DerivedSpecs, id: u16) {
        let Some(view) = self.views.get_mut(id as usize).and_then(Option::as_mut) else { return };
        let changed = view.take_changed();
        if let Some(tally) = self.counts.as_mut().and_then(|counts| counts.get_mut(id as usize)) {
            tally.changed(changed.len());
        }
        for (pending, derived_value) in &specs.view(id).subscribers {
            self.mark(specs, *pending, *derived_value, &changed);
        }
        if let Some(view) = &mut self.views[id as usize] {
            view.put_back(changed);
        }
    }

    /// Notifies those who follow references to a fact that it has changed: some fields of it, or
    /// all.
    pub(crate) fn notify_followers(
        &mut self,
        specs: &DerivedSpecs,
        ty: TypeId,
        slot: u32,
        fields: Option<&[FieldId]>,
    ) {
        for (field, pending, derived_value) in specs.followers.get(ty.index()).into_iter().flatten() {
            if fields.is_none_or(|fields| fields.contains(field)) {
                self.mark(specs, *pending, *derived_value, &[slot]);
            }
        }
    }

    /// Queues the tuples of a place that read one of some groups for a derived value.
    fn mark(&mut self, specs: &DerivedSpecs, id: PendingId, derived_value: u16, groups: &[u32]) {
        let rows = self.rows.get_mut(id as usize).and_then(Option::as_mut);
        if let (Some(spec), Some(rows)) = (specs.pending(id), rows)
            && rows.mark_groups(usize::from(derived_value), groups)
        {
            self.queue.push_pending(spec.depth, id);
        }
    }

    /// A tuple reads a group no more.
    pub(crate) fn unsubscribe(&mut self, derived_value: &DerivedValue, group: u32) {
        let DerivedValue::Found { view: id, .. } = derived_value else { return };
        let view = self.views.get_mut(*id as usize).and_then(Option::as_mut);
        if let Some(users) = view.and_then(|view| view.users.get_mut(group as usize)) {
            *users -= 1;
            if *users == 0 {
                self.queue.push_departure(*id, group);
            }
        }
    }

    /// Forgets a view that nobody asks any more.
    pub(crate) fn forget_view(&mut self, id: ViewId) {
        if let Some(view) = self.views.get_mut(id.0 as usize) {
            *view = None;
        }
    }

    /// Has all views count, from nothing on, or stop counting.
    pub(crate) fn collect_counts(&mut self, on: bool, views: usize) {
        self.counts = on.then(|| vec![ViewTally::default(); views]);
    }

    /// Has views that are new count as well, if views count.
    pub(crate) fn extend_counts(&mut self, views: usize) {
        if let Some(counts) = self.counts.as_mut().filter(|counts| counts.len() < views) {
            counts.resize_with(views, ViewTally::default);
        }
    }

    /// What a view has counted; `None` unless views count.
    pub(crate) fn counts(&self, id: ViewId) -> Option<ViewCounts> {
        let counts = self.counts.as_ref()?;
        Some(counts.get(id.0 as usize).map_or_else(ViewCounts::default, ViewTally::counts))
    }

    /// Passes every set held at a place through `map`.
    pub(crate) fn map_sets(&mut self, id: PendingId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        if let Some(rows) = self.rows.get_mut(id as usize).and_then(Option::as_mut) {
            rows.map_sets(map);
        }
    }

    /// The bytes that a view holds.
    pub(crate) fn view_bytes(&self, id: ViewId) -> usize {
        let view = self.views.get(id.0 as usize).and_then(Option::as_ref);
        view.map_or(0, |view| view.bytes())
    }

    /// The bytes that all views hold.
    pub(crate) fn bytes(&self) -> usize {
        self.views.iter().flatten().map(|view| view.bytes()).sum()
    }

    /// The bytes that held tuples take.
    pub(crate) fn row_bytes(&self) -> usize {
        self.rows.iter().flatten().map(|rows| rows.bytes()).sum()
    }
}

/// The place with a number, made if the list is too short.
fn place_at<T>(places: &mut Vec<Option<T>>, index: usize) -> &mut Option<T> {
    if places.len() <= index {
        places.resize_with(index + 1, || None);
    }
    &mut places[index]
}

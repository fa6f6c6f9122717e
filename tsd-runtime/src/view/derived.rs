//! A session keeps what its views have aggregated, and the tuples whose tests read derived values.
//!
//! The state of a view or of a pending node is created when something first arrives there.

use tsd_ir::{DerivedValue, FieldId, TypeId, ViewId};

use super::counts::ViewCounts;
use super::pending::{Recheck, Rows};
use super::queue::Queue;
use super::spec::DerivedSpecs;
use super::state::View;
use super::views::{ViewTally, Views};
use crate::base::PendingId;
use crate::flow::{Delta, TupleBlock};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// Views, held tuples, and the work that is left.
#[derive(Clone, Debug, Default)]
pub(crate) struct DerivedState {
    views: Vec<Option<Box<View>>>,
    /// The held tuples of each pending node, by its number.
    rows: Vec<Option<Box<Rows>>>,
    pub(crate) queue: Queue,
    /// The block of tuples that are being re-tested.
    pub(crate) due: Vec<Recheck>,
    /// Present while the session counts.
    counts: Option<Vec<ViewTally>>,
}

impl DerivedState {
    /// The views, for reading.
    #[inline]
    pub(crate) fn views<'a>(&'a self, specs: &'a DerivedSpecs) -> Views<'a> {
        Views { specs, states: &self.views, counts: self.counts.as_deref() }
    }

    /// The state of a view, created if necessary.
    fn view_mut(&mut self, specs: &DerivedSpecs, id: u16) -> &mut View {
        place_at(&mut self.views, id as usize).get_or_insert_with(|| Box::new(View::new(specs.view(id))))
    }

    /// Makes room to count the readers of the group at a slot.
    pub(super) fn make_users(&mut self, specs: &DerivedSpecs, view: u16, slot: u32) {
        let users = &mut self.view_mut(specs, view).users;
        if users.len() <= slot as usize {
            users.resize(slot as usize + 1, 0);
        }
    }

    /// Counts a tuple that starts reading a group of a view.
    pub(super) fn add_user(&mut self, view: u16, group: u32) {
        let view = self.views.get_mut(view as usize).and_then(Option::as_mut);
        if let Some(users) = view.and_then(|view| view.users.get_mut(group as usize)) {
            *users += 1;
        }
    }

    /// Whether no tuple reads the group at a slot of a view.
    pub(crate) fn is_unused(&self, view: u16, slot: u32) -> bool {
        let view = self.views.get(view as usize).and_then(Option::as_ref);
        view.is_some_and(|view| view.users.get(slot as usize).is_some_and(|users| *users == 0))
    }

    /// The held tuples of a pending node, created if necessary.
    fn rows_mut(&mut self, specs: &DerivedSpecs, id: PendingId) -> Option<&mut Rows> {
        let spec = specs.pending(id)?;
        let rows = place_at(&mut self.rows, id as usize).get_or_insert_with(|| Box::new(Rows::of(spec)));
        Some(&mut **rows)
    }

    /// The held tuples of a pending node, if a tuple has ever arrived there.
    pub(crate) fn rows(&self, id: PendingId) -> Option<&Rows> {
        self.rows.get(id as usize)?.as_deref()
    }

    /// Takes the held tuples of a pending node out.
    pub(crate) fn take_rows(&mut self, id: PendingId) -> Option<Box<Rows>> {
        self.rows.get_mut(id as usize)?.take()
    }

    pub(crate) fn put_rows_back(&mut self, id: PendingId, rows: Box<Rows>) {
        self.rows[id as usize] = Some(rows);
    }

    /// Tuples arrive at a pending node, which holds them for the rules of `pending` and queues
    /// them.
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

    /// Tuples leave a pending node. Of the rules of `pending`, a tuple keeps those for which it had
    /// passed, so that the removal reaches what the addition reached.
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

    /// The rules whose tests a held tuple passed when it was last tested.
    pub(crate) fn passed(&self, id: PendingId, slots: &[u32]) -> RuleSet {
        let rows = self.rows(id);
        rows.and_then(|rows| Some(rows.passed(rows.find(slots)?))).unwrap_or(RuleSet::EMPTY)
    }

    /// Adds rows at the end of a branch of a view, or removes them.
    #[inline]
    pub(crate) fn accumulate(
        &mut self,
        specs: &DerivedSpecs,
        (id, branch): (u16, u32),
        rows: impl TupleBlock,
        adds: bool,
        memory: &WorkingMemory,
    ) {
        let spec = specs.view(id);
        // Queued tuples will read the new values anyway. Only others need to be notified.
        let may_rest = |id: PendingId| self.rows(id).is_some_and(|rows| !rows.all_wait());
        let observed = spec.subscribers.iter().any(|(pending, _)| may_rest(*pending));
        // The view is taken out meanwhile. Its input only reads views of lower layers.
        let view = place_at(&mut self.views, id as usize).take();
        let mut view = view.unwrap_or_else(|| Box::new(View::new(spec)));
        let has_changes = view.accumulate((spec, branch), rows, (adds, observed), self.views(specs), memory);
        self.views[id as usize] = Some(view);
        if has_changes {
            self.queue.push_view(spec.depth, id);
        }
    }

    /// Queues the tuples that read changed groups of a view.
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

    /// Queues the tuples that follow a reference to a fact of which some fields have changed, or
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

    /// Queues the tuples of a pending node that read one of these groups for a derived value.
    fn mark(&mut self, specs: &DerivedSpecs, id: PendingId, derived_value: u16, groups: &[u32]) {
        let rows = self.rows.get_mut(id as usize).and_then(Option::as_mut);
        if let (Some(spec), Some(rows)) = (specs.pending(id), rows)
            && rows.mark_groups(usize::from(derived_value), groups)
        {
            self.queue.push_pending(spec.depth, id);
        }
    }

    /// Counts a tuple that stops reading a group.
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

    /// Drops the state of a view that is no longer used.
    pub(crate) fn forget_view(&mut self, id: ViewId) {
        if let Some(view) = self.views.get_mut(id.0 as usize) {
            *view = None;
        }
    }

    /// Makes all views count, starting from zero, or stop counting.
    pub(crate) fn collect_counts(&mut self, on: bool, views: usize) {
        self.counts = on.then(|| vec![ViewTally::default(); views]);
    }

    /// Makes room for the counts of new views, if views count.
    pub(crate) fn extend_counts(&mut self, views: usize) {
        if let Some(counts) = self.counts.as_mut().filter(|counts| counts.len() < views) {
            counts.resize_with(views, ViewTally::default);
        }
    }

    /// The counts of a view; `None` unless views count.
    pub(crate) fn counts(&self, id: ViewId) -> Option<ViewCounts> {
        let counts = self.counts.as_ref()?;
        Some(counts.get(id.0 as usize).map_or_else(ViewCounts::default, ViewTally::counts))
    }

    /// Passes every rule set of a pending node's tuples through `map`.
    pub(crate) fn map_sets(&mut self, id: PendingId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        if let Some(rows) = self.rows.get_mut(id as usize).and_then(Option::as_mut) {
            rows.map_sets(map);
        }
    }

    /// The bytes that a view occupies.
    pub(crate) fn view_bytes(&self, id: ViewId) -> usize {
        let view = self.views.get(id.0 as usize).and_then(Option::as_ref);
        view.map_or(0, |view| view.bytes())
    }

    /// The bytes that all views occupy.
    pub(crate) fn bytes(&self) -> usize {
        self.views.iter().flatten().map(|view| view.bytes()).sum()
    }

    /// The bytes that held tuples occupy.
    pub(crate) fn row_bytes(&self) -> usize {
        self.rows.iter().flatten().map(|rows| rows.bytes()).sum()
    }
}

/// The element at an index. The list is extended if necessary.
fn place_at<T>(places: &mut Vec<Option<T>>, index: usize) -> &mut Option<T> {
    if places.len() <= index {
        places.resize_with(index + 1, || None);
    }
    &mut places[index]
}

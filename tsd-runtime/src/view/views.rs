//! The views of a session.

use tsd_ir::{DerivedValue, Kind, Parameters, Position, Schema, ViewId};

use super::counts::ViewCounts;
use super::view::{InputSource, View};
use crate::base::PendingId;
use crate::flow::TupleBlock;
use crate::store::WorkingMemory;

/// The views of a session, by number.
#[derive(Debug, Default)]
pub(crate) struct Views {
    pub(crate) list: Vec<Option<Box<View>>>,
    /// Whether they count how often they are asked.
    pub(crate) counting: bool,
}

impl Views {
    /// The view with a number, which must be in use. Those that derived values name are: whoever has a derived value is a user of its
    /// view, and the network frees a view with its last user. One that gathers rows is taken out meanwhile, and then it asks
    /// only derived values of layers below its own.
    #[inline]
    pub(crate) fn get(&self, id: u16) -> &View {
        self.list[id as usize].as_deref().expect("derived_values name views in use")
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, id: u16) -> &mut View {
        self.list[id as usize].as_deref_mut().expect("derived_values name views in use")
    }

    /// The view with a number, if it is in use.
    pub(crate) fn find_mut(&mut self, id: ViewId) -> Option<&mut View> {
        self.list.get_mut(id.0 as usize)?.as_deref_mut()
    }

    pub(crate) fn put(&mut self, id: ViewId, view: View) {
        let index = id.0 as usize;
        if self.list.len() <= index {
            self.list.resize_with(index + 1, || None);
        }
        self.list[index] = Some(Box::new(view));
    }

    pub(crate) fn remove(&mut self, id: ViewId) -> Option<Box<View>> {
        self.list.get_mut(id.0 as usize)?.take()
    }

    /// Whether the answers to a derived value are strings.
    pub(crate) fn is_text(&self, derived_value: &DerivedValue, schema: &Schema) -> bool {
        match derived_value {
            DerivedValue::Found { view, .. } => self.get(*view).is_text,
            DerivedValue::Followed { ty, field, .. } => schema.ty(*ty).field(*field).kind == Kind::Text,
        }
    }

    /// Has all views count, from nothing on, or stop counting.
    pub(crate) fn collect_counts(&mut self, on: bool) {
        self.counting = on;
        self.list.iter().flatten().for_each(|view| view.counts.set(ViewCounts::default()));
    }

    /// What a view has counted; `None` unless views count.
    pub(crate) fn counts(&self, id: ViewId) -> Option<ViewCounts> {
        self.counting.then(|| self.get(id.0).counts.get())
    }

    /// Counts that each of these derived values was asked so often for an answer.
    #[inline]
    pub(crate) fn count_lookups(&self, derived_values: &[DerivedValue], times: u64) {
        if self.counting {
            self.count(derived_values, times);
        }
    }

    #[cold]
    fn count(&self, derived_values: &[DerivedValue], times: u64) {
        for derived_value in derived_values {
            if let DerivedValue::Found { view, .. } = derived_value
                && let Some(view) = self.list[*view as usize].as_deref()
            {
                let counts = view.counts.get();
                view.counts.set(ViewCounts { lookups: counts.lookups + times, ..counts });
            }
        }
    }

    /// Counts that those who wait were told of changed groups of a view.
    pub(crate) fn count_changes(&self, id: u16, groups: usize) {
        if self.counting {
            let counts = &self.get(id).counts;
            counts.set(ViewCounts { changes: counts.get().changes + groups as u64, ..counts.get() });
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.list.iter().flatten().map(|view| view.bytes()).sum()
    }

    /// Rows arrive at the end of a branch, or leave. Those who watch need be told of changes only where a tuple `may_rest`.
    /// Returns whether the view has changes to tell of now and had none before.
    pub(crate) fn gather(
        &mut self,
        (id, branch): (u16, u32),
        rows: impl TupleBlock,
        adds: bool,
        may_rest: impl Fn(PendingId) -> bool,
        memory: &WorkingMemory,
    ) -> bool {
        let Some(mut view) = self.list[id as usize].take() else { return false };
        let watched = view.subscribers.iter().any(|(pending, _)| may_rest(*pending));
        let was_touched = view.groups.are_touched();
        let place = &view.places[branch as usize];
        let at = |position: Position| place.at(position.index());
        let (group_at, source_at) = (at(Position(0)), at(view.source));
        let is_grouped = view.parameters != Parameters::None;
        let group = |slot: u32| if is_grouped { slot } else { 0 };
        let groups = rows.slots_at(group_at).map(group);
        if is_grouped {
            let touched = if watched { rows.count() } else { 0 };
            view.groups.grow(memory.store(view.types[0]).capacity(), touched);
            view.groups.look_ahead(groups.clone());
        }
        let strings = &memory.strings;
        match (view.contributions.take(), &view.measure) {
            (None, InputSource::Row) => {
                view.groups.change(groups.map(|group| (group, 0)), adds, watched, strings);
            }
            (None, InputSource::Field { at: fact, field, .. }) => {
                let (store, slots) = (memory.store(view.types[fact.index()]), rows.slots_at(at(*fact)));
                if store.has_missing() {
                    let values = groups.zip(slots.map(|slot| store.field(slot, *field)));
                    let values = values.filter_map(|(group, value)| Some((group, value?)));
                    view.groups.change(values, adds, watched, strings);
                } else {
                    let values = groups.zip(slots.map(|slot| store.word(slot, field.index())));
                    view.groups.change(values, adds, watched, strings);
                }
            }
            (None, InputSource::Computed { .. }) => rows.visit(|chain| {
                if let Some(value) = view.measured(branch, chain, self, memory) {
                    view.change(group(chain[group_at]), value, (adds, watched), memory);
                }
            }),
            (Some(mut known), _) => {
                rows.visit(|chain| {
                    let contribution = known.entry((group(chain[group_at]), chain[source_at]));
                    view.contribute(contribution, (branch, chain), (adds, watched), self, memory);
                });
                view.contributions = Some(known);
            }
        }
        let is_told = !was_touched && view.groups.are_touched();
        self.list[id as usize] = Some(view);
        is_told
    }
}

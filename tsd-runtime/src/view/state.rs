//! A session keeps the aggregates of a view group by group.
//!
//! Rows arrive at the ends of the view's branches with a sign, as activations of rules do, and are
//! aggregated in the group of their parameters. The view remembers the contribution of each fact if
//! a fact may be in several rows, or if its input may change while its row stays.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use tsd_ir::{Parameters, Position};

use super::accumulate::{Aggregate, Input};
use super::spec::{InputSource, ViewSpec};
use super::views::Views;
use crate::flow::TupleBlock;
use crate::store::WorkingMemory;

/// The state of a view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    groups: Aggregate,
    /// The contribution of each fact to each group, if that must be remembered.
    contributions: Option<HashMap<(u32, u32), Contribution, ahash::RandomState>>,
    /// For parameters that are values: how many held tuples read each group.
    pub(crate) users: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Contribution {
    rows: u32,
    value: Option<Input>,
}

impl View {
    /// A view without rows.
    pub(super) fn new(spec: &ViewSpec) -> Self {
        Self {
            groups: spec.empty.clone(),
            contributions: spec.remembers.then(|| HashMap::with_hasher(crate::base::hasher())),
            users: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn groups(&self) -> &Aggregate {
        &self.groups
    }

    /// The groups whose outputs have changed since the last call, in ascending order.
    pub(super) fn take_changed(&mut self) -> Vec<u32> {
        self.groups.take_changed()
    }

    /// Takes the list of changed groups back for reuse.
    pub(super) fn put_back(&mut self, changed: Vec<u32>) {
        self.groups.put_back(changed);
    }

    /// The bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        let contributions = self.contributions.as_ref().map_or(0, |known| known.allocation_size());
        self.groups.bytes() + contributions + self.users.capacity() * size_of::<u32>()
    }

    /// Adds rows at the end of a branch, or removes them. If the view is `observed`, groups
    /// remember their previous outputs. Returns whether the view has changed groups now and had
    /// none before.
    #[inline]
    pub(super) fn accumulate(
        &mut self,
        (spec, branch): (&ViewSpec, u32),
        rows: impl TupleBlock,
        (adds, observed): (bool, bool),
        views: Views<'_>,
        memory: &WorkingMemory,
    ) -> bool {
        let was_touched = self.groups.are_touched();
        let place = &spec.places[branch as usize];
        let at = |position: Position| place.at(position.index());
        let (group_at, source_at) = (at(Position(0)), at(spec.source));
        let is_grouped = spec.parameters != Parameters::None;
        let group = |slot: u32| if is_grouped { slot } else { 0 };
        let groups = rows.slots_at(group_at).map(group);
        if is_grouped {
            let touched = if observed { rows.count() } else { 0 };
            self.groups.grow(memory.store(spec.types[0]).capacity(), touched);
            self.groups.look_ahead(groups.clone());
        }
        let strings = &memory.strings;
        match (self.contributions.take(), &spec.input) {
            (None, InputSource::Row) => {
                self.groups.change(groups.map(|group| (group, 0)), adds, observed, strings);
            }
            (None, InputSource::Field { at: fact, field, .. }) => {
                let (store, slots) = (memory.store(spec.types[fact.index()]), rows.slots_at(at(*fact)));
                if store.has_missing() {
                    let values = groups.zip(slots.map(|slot| store.field(slot, *field)));
                    let values = values.filter_map(|(group, value)| Some((group, value?)));
                    self.groups.change(values, adds, observed, strings);
                } else {
                    let values = groups.zip(slots.map(|slot| store.word(slot, field.index())));
                    self.groups.change(values, adds, observed, strings);
                }
            }
            (None, InputSource::Computed { .. }) => rows.visit(|chain| {
                if let Some(value) = spec.input_of(branch, chain, views, memory) {
                    self.change(group(chain[group_at]), value, (adds, observed), memory);
                }
            }),
            (Some(mut known), _) => {
                rows.visit(|chain| {
                    let contribution = known.entry((group(chain[group_at]), chain[source_at]));
                    self.contribute(spec, contribution, (branch, chain), (adds, observed), views, memory);
                });
                self.contributions = Some(known);
            }
        }
        !was_touched && self.groups.are_touched()
    }

    /// Adds or removes a row, where the contribution of its fact to the group is remembered.
    fn contribute(
        &mut self,
        spec: &ViewSpec,
        contribution: Entry<'_, (u32, u32), Contribution, ahash::RandomState>,
        (branch, chain): (u32, &[u32]),
        (adds, observed): (bool, bool),
        views: Views<'_>,
        memory: &WorkingMemory,
    ) {
        let group = contribution.key().0;
        match contribution {
            Entry::Vacant(entry) if adds => {
                let value = spec.input_of(branch, chain, views, memory);
                if let Some(value) = &value {
                    self.change(group, value.clone(), (true, observed), memory);
                }
                entry.insert(Contribution { rows: 1, value });
            }
            Entry::Vacant(_) => {}
            Entry::Occupied(mut entry) if adds => {
                entry.get_mut().rows += 1;
                // If a derived value has changed, the row is removed and added separately. The fact
                // may have had other rows meanwhile, so its value is compared here.
                if !spec.derived_values.is_empty() {
                    let value = spec.input_of(branch, chain, views, memory);
                    self.exchange(group, (&mut entry.get_mut().value, value), observed, memory);
                }
            }
            Entry::Occupied(mut entry) => {
                entry.get_mut().rows -= 1;
                if entry.get().rows == 0
                    && let Some(value) = entry.remove().value
                {
                    self.change(group, value, (false, observed), memory);
                }
            }
        }
    }

    /// Adds or removes one value of a group.
    fn change(&mut self, group: u32, value: Input, (adds, observed): (bool, bool), memory: &WorkingMemory) {
        self.groups.change(std::iter::once((group, value)), adds, observed, &memory.strings);
    }

    /// Replaces the value of a fact in a group.
    fn exchange(
        &mut self,
        group: u32,
        (before, now): (&mut Option<Input>, Option<Input>),
        observed: bool,
        memory: &WorkingMemory,
    ) {
        if *before == now {
            return;
        }
        if let Some(value) = &now {
            self.change(group, value.clone(), (true, observed), memory);
        }
        if let Some(value) = before {
            self.change(group, value.clone(), (false, observed), memory);
        }
        *before = now;
    }
}

//! The live half of a view: its groups, what has been gathered for them, and who watches them.
//!
//! Rows arrive at the ends of the view's branches with a sign, as activations of rules do, and are gathered for the group
//! of their parameters. Where a fact may stand in several rows, or what is gathered of it may change while its row stays,
//! the view remembers what each fact has contributed.

use std::cell::Cell;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use tsd_ir::{
    AggregateKind, DerivedValue, FieldId, Kind, Parameters, Position, Schema, TypeId, Value, ViewId,
};

use super::counts::ViewCounts;
use super::delta::TupleBlock;
use super::derived_values::{Bindings, DerivedWord, ViewLookup, answers};
use super::groups::{Gathered, Groups};
use super::rules::BranchPath;
use super::watch::PendingId;
use crate::effect::Values;
use crate::memory::WorkingMemory;
use crate::tuple::Tuple;

/// A view in use.
#[derive(Debug)]
pub(crate) struct View {
    parameters: Parameters,
    /// The types of its patterns.
    types: Vec<TypeId>,
    measure: AggregateInput,
    source: Position,
    /// The derived values that the measure reads.
    derived_values: Vec<DerivedValue>,
    groups: Groups,
    /// What each fact has contributed to each group, where that has to be remembered.
    contributions: Option<HashMap<(u32, u32), Contribution, ahash::RandomState>>,
    /// For parameters that are values: how many watched tuples ask each group.
    pub(super) users: Vec<u32>,
    /// The watches that ask this view, with the numbers that they know the derived value by.
    pub(super) watchers: Vec<(PendingId, u16)>,
    pub(super) places: Vec<BranchPath>,
    /// How many layers of watches lie between the facts and this view.
    pub(super) depth: u32,
    is_text: bool,
    counts: Cell<ViewCounts>,
}

#[derive(Debug)]
struct Contribution {
    rows: u32,
    value: Option<Gathered>,
}

/// What is gathered of a row.
#[derive(Debug)]
enum AggregateInput {
    Row,
    Field { at: Position, field: FieldId, kind: Kind, counts: bool },
    Computed { values: Values, counts: bool },
}

impl View {
    /// A view without rows. The derived values of its measure name live views.
    pub(super) fn new(
        planned: &tsd_ir::View,
        derived_values: Vec<DerivedValue>,
        natives: &[crate::program::NativeValues],
    ) -> Self {
        let counts = matches!(planned.aggregate, AggregateKind::Exists | AggregateKind::Count);
        let measure = match &planned.input {
            None => AggregateInput::Row,
            Some(tsd_ir::AggregateInput { kind, field: Some((at, field)), .. }) => {
                AggregateInput::Field { at: *at, field: *field, kind: *kind, counts }
            }
            Some(measure) => {
                AggregateInput::Computed { values: Values::of_measure(&measure.body, natives), counts }
            }
        };
        let kind = planned.input.as_ref().map(|measure| measure.kind);
        let patterns = planned.patterns.len() - usize::from(planned.parameters != Parameters::None);
        let remembers = patterns > 1 || !derived_values.is_empty();
        Self {
            parameters: planned.parameters.clone(),
            types: planned.patterns.iter().map(|pattern| pattern.ty).collect(),
            measure,
            source: planned.source,
            derived_values,
            groups: Groups::new(planned.aggregate, kind),
            contributions: remembers.then(|| HashMap::with_hasher(crate::memory::hasher())),
            users: Vec::new(),
            watchers: Vec::new(),
            places: Vec::new(),
            depth: 0,
            is_text: kind == Some(Kind::Text) && !counts,
            counts: Cell::default(),
        }
    }

    /// Makes the type that stands for the parameters this view's own.
    pub(super) fn own(&mut self, id: ViewId) {
        let own = self.types.iter_mut().filter(|ty| **ty == TypeId::PARAMETERS);
        own.for_each(|ty| *ty = TypeId::parameters_of(id.0));
    }

    pub(crate) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Whether some parameters may be missing.
    pub(crate) fn is_partial(&self) -> bool {
        matches!(&self.parameters, Parameters::Values(values) if values.iter().any(|value| value.optional))
    }

    pub(crate) fn gather(&self) -> AggregateKind {
        self.groups.gather()
    }

    /// Calls `put` with the answers for groups; `other` tells those that are no words.
    #[inline]
    pub(super) fn answer_all<'a>(
        &'a self,
        groups: impl Iterator<Item = u32>,
        other: impl Fn(u32) -> DerivedWord<'a>,
        put: impl FnMut(DerivedWord<'a>),
    ) {
        self.groups.answer_all(groups, other, put);
    }

    #[inline]
    pub(crate) fn answer(&self, group: u32) -> DerivedWord<'_> {
        self.groups.answer(group)
    }

    /// The groups that were touched and of which now comes something else than before, in ascending order; none is
    /// touched any more.
    pub(super) fn take_changed(&mut self) -> Vec<u32> {
        self.groups.take_changed()
    }

    /// Takes back the room for the groups that were taken.
    pub(super) fn put_back(&mut self, changed: Vec<u32>) {
        self.groups.put_back(changed);
    }

    /// The bytes held.
    pub(super) fn bytes(&self) -> usize {
        let contributions = self.contributions.as_ref().map_or(0, |known| known.allocation_size());
        self.groups.bytes() + contributions + self.users.capacity() * size_of::<u32>()
    }
}

/// The views of a session, by number.
#[derive(Debug, Default)]
pub(crate) struct Views {
    list: Vec<Option<Box<View>>>,
    /// Whether they count how often they are asked.
    counting: bool,
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
    pub(super) fn get_mut(&mut self, id: u16) -> &mut View {
        self.list[id as usize].as_deref_mut().expect("derived_values name views in use")
    }

    /// The view with a number, if it is in use.
    pub(super) fn find_mut(&mut self, id: ViewId) -> Option<&mut View> {
        self.list.get_mut(id.0 as usize)?.as_deref_mut()
    }

    pub(super) fn put(&mut self, id: ViewId, view: View) {
        let index = id.0 as usize;
        if self.list.len() <= index {
            self.list.resize_with(index + 1, || None);
        }
        self.list[index] = Some(Box::new(view));
    }

    pub(super) fn remove(&mut self, id: ViewId) -> Option<Box<View>> {
        self.list.get_mut(id.0 as usize)?.take()
    }

    /// Whether the answers to a derived value are strings.
    pub(super) fn is_text(&self, derived_value: &DerivedValue, schema: &Schema) -> bool {
        match derived_value {
            DerivedValue::Found { view, .. } => self.get(*view).is_text,
            DerivedValue::Followed { ty, field, .. } => schema.ty(*ty).field(*field).kind == Kind::Text,
        }
    }

    /// Has all views count, from nothing on, or stop counting.
    pub(super) fn collect_counts(&mut self, on: bool) {
        self.counting = on;
        self.list.iter().flatten().for_each(|view| view.counts.set(ViewCounts::default()));
    }

    /// What a view has counted; `None` unless views count.
    pub(super) fn counts(&self, id: ViewId) -> Option<ViewCounts> {
        self.counting.then(|| self.get(id.0).counts.get())
    }

    /// Counts that each of these derived values was asked so often for an answer.
    #[inline]
    pub(super) fn count_asked(&self, derived_values: &[DerivedValue], times: u64) {
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
                view.counts.set(ViewCounts { asked: counts.asked + times, ..counts });
            }
        }
    }

    /// Counts that those who wait were told of changed groups of a view.
    pub(super) fn count_told(&self, id: u16, groups: usize) {
        if self.counting {
            let counts = &self.get(id).counts;
            counts.set(ViewCounts { told: counts.get().told + groups as u64, ..counts.get() });
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.list.iter().flatten().map(|view| view.bytes()).sum()
    }

    /// Rows arrive at the end of a branch, or leave. Those who watch need be told of changes only where a tuple `may_rest`.
    /// Returns whether the view has changes to tell of now and had none before.
    pub(super) fn gather(
        &mut self,
        (id, branch): (u16, u32),
        rows: impl TupleBlock,
        adds: bool,
        may_rest: impl Fn(PendingId) -> bool,
        memory: &WorkingMemory,
    ) -> bool {
        let Some(mut view) = self.list[id as usize].take() else { return false };
        let watched = view.watchers.iter().any(|(watch, _)| may_rest(*watch));
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
            (None, AggregateInput::Row) => {
                view.groups.change_all(groups.map(|group| (group, 0)), adds, watched, strings);
            }
            (None, AggregateInput::Field { at: fact, field, .. }) => {
                let (store, slots) = (memory.store(view.types[fact.index()]), rows.slots_at(at(*fact)));
                if store.has_missing() {
                    let values = groups.zip(slots.map(|slot| store.field(slot, *field)));
                    let values = values.filter_map(|(group, value)| Some((group, value?)));
                    view.groups.change_all(values, adds, watched, strings);
                } else {
                    let values = groups.zip(slots.map(|slot| store.word(slot, field.index())));
                    view.groups.change_all(values, adds, watched, strings);
                }
            }
            (None, AggregateInput::Computed { .. }) => rows.visit(|chain| {
                if let Some(value) = view.measured(branch, chain, self, memory) {
                    view.change(group(chain[group_at]), &value, (adds, watched), memory);
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

impl View {
    /// A row arrives, or leaves, where it is remembered what its fact has contributed to the group.
    fn contribute(
        &mut self,
        contribution: Entry<'_, (u32, u32), Contribution, ahash::RandomState>,
        (branch, chain): (u32, &[u32]),
        (adds, watched): (bool, bool),
        views: &Views,
        memory: &WorkingMemory,
    ) {
        let group = contribution.key().0;
        match contribution {
            Entry::Vacant(entry) if adds => {
                let value = self.measured(branch, chain, views, memory);
                if let Some(value) = &value {
                    self.change(group, value, (true, watched), memory);
                }
                entry.insert(Contribution { rows: 1, value });
            }
            Entry::Vacant(_) => {}
            Entry::Occupied(mut entry) if adds => {
                entry.get_mut().rows += 1;
                // A row that derived values have changed leaves and comes again by itself, so that the fact may never be without
                // a row.
                if !self.derived_values.is_empty() {
                    let value = self.measured(branch, chain, views, memory);
                    self.exchange(group, (&mut entry.get_mut().value, value), watched, memory);
                }
            }
            Entry::Occupied(mut entry) => {
                entry.get_mut().rows -= 1;
                if entry.get().rows == 0
                    && let Some(value) = entry.remove().value
                {
                    self.change(group, &value, (false, watched), memory);
                }
            }
        }
    }

    /// One value of a group more or less.
    fn change(
        &mut self,
        group: u32,
        value: &Gathered,
        (adds, watched): (bool, bool),
        memory: &WorkingMemory,
    ) {
        self.groups.change_all(std::iter::once((group, value)), adds, watched, &memory.strings);
    }

    /// Gathers another value of a fact than before.
    fn exchange(
        &mut self,
        group: u32,
        (before, now): (&mut Option<Gathered>, Option<Gathered>),
        watched: bool,
        memory: &WorkingMemory,
    ) {
        if *before == now {
            return;
        }
        if let Some(value) = &now {
            self.change(group, value, (true, watched), memory);
        }
        if let Some(value) = before {
            self.change(group, value, (false, watched), memory);
        }
        *before = now;
    }

    /// What is gathered of a row; `None` when it has no value.
    fn measured(
        &self,
        branch: u32,
        chain: &[u32],
        views: &Views,
        memory: &WorkingMemory,
    ) -> Option<Gathered> {
        let place = &self.places[branch as usize];
        match &self.measure {
            AggregateInput::Row => Some(Gathered::Row),
            AggregateInput::Field { at, field, kind, counts } => {
                let word = memory.field(self.types[at.index()], chain[place.at(at.index())], *field)?;
                Some(gathered(word, *kind, *counts, memory))
            }
            AggregateInput::Computed { values, counts } => {
                let slots = place.declared(chain);
                let asking = ViewLookup { memory, types: &self.types, slots: &slots };
                let answers = answers(&self.derived_values, &asking, views);
                let tuple = Tuple::new(memory, &self.types, &slots).knowing(Bindings::new(&answers, &[]));
                let value = values.compute(tuple)?.pop()?;
                Some(match value {
                    Value::Missing => return None,
                    _ if *counts => Gathered::Row,
                    Value::Int(int) => Gathered::Int(int),
                    Value::Number(number) => Gathered::Number(number),
                    Value::Text(text) => Gathered::Text(text.into()),
                    Value::Bool(_) | Value::Fact(_) => Gathered::Row,
                })
            }
        }
    }
}

/// What is gathered of a field with this word.
#[inline]
fn gathered(word: u64, kind: Kind, counts: bool, memory: &WorkingMemory) -> Gathered {
    match kind {
        _ if counts => Gathered::Row,
        Kind::Int => Gathered::Int(word as i64),
        Kind::Number => Gathered::Number(f64::from_bits(word)),
        Kind::Text => Gathered::Text(memory.strings.text(word as u32).into()),
        Kind::Bool | Kind::Fact(_) => Gathered::Row,
    }
}

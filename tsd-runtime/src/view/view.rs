//! The live half of a view: its groups, what has been gathered for them, and who watches them.
//!
//! Rows arrive at the ends of the view's branches with a sign, as activations of rules do, and are gathered for the group
//! of their parameters. Where a fact may stand in several rows, or what is gathered of it may change while its row stays,
//! the view remembers what each fact has contributed.

use std::cell::Cell;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use tsd_ir::{AggregateKind, DerivedValue, FieldId, Kind, Parameters, Position, TypeId, Value, ViewId};

use super::accumulate::{Aggregate, Input};
use super::counts::ViewCounts;
use super::lookup::{ViewLookup, answers};
use super::views::Views;
use crate::base::PendingId;
use crate::beta::BranchPath;
use crate::eval::{Bindings, DerivedWord, Tuple, Values};
use crate::store::WorkingMemory;

/// A view in use.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) parameters: Parameters,
    /// The types of its patterns.
    pub(crate) types: Vec<TypeId>,
    pub(crate) measure: InputSource,
    pub(crate) source: Position,
    /// The derived values that the measure reads.
    pub(crate) derived_values: Vec<DerivedValue>,
    pub(crate) groups: Aggregate,
    /// What each fact has contributed to each group, where that has to be remembered.
    pub(crate) contributions: Option<HashMap<(u32, u32), Contribution, ahash::RandomState>>,
    /// For parameters that are values: how many watched tuples ask each group.
    pub(crate) users: Vec<u32>,
    /// The watches that ask this view, with the numbers that they know the derived value by.
    pub(crate) subscribers: Vec<(PendingId, u16)>,
    pub(crate) places: Vec<BranchPath>,
    /// How many layers of watches lie between the facts and this view.
    pub(crate) depth: u32,
    /// The word of the language for what is aggregated.
    pub(crate) name: &'static str,
    pub(crate) is_text: bool,
    pub(crate) counts: Cell<ViewCounts>,
}

#[derive(Debug)]
pub(crate) struct Contribution {
    rows: u32,
    value: Option<Input>,
}

/// What is gathered of a row.
#[derive(Debug)]
pub(crate) enum InputSource {
    Row,
    Field { at: Position, field: FieldId, kind: Kind, counts: bool },
    Computed { values: Values, counts: bool },
}

impl View {
    /// A view without rows. The derived values of its measure name live views.
    pub(crate) fn new(
        planned: &tsd_ir::View,
        derived_values: Vec<DerivedValue>,
        natives: &[crate::eval::NativeValues],
    ) -> Self {
        let counts = matches!(planned.aggregate, AggregateKind::Exists | AggregateKind::Count);
        let measure = match &planned.input {
            None => InputSource::Row,
            Some(tsd_ir::AggregateInput { kind, field: Some((at, field)), .. }) => {
                InputSource::Field { at: *at, field: *field, kind: *kind, counts }
            }
            Some(measure) => {
                InputSource::Computed { values: Values::of_measure(&measure.body, natives), counts }
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
            groups: Aggregate::new(planned.aggregate, kind),
            contributions: remembers.then(|| HashMap::with_hasher(crate::base::hasher())),
            users: Vec::new(),
            subscribers: Vec::new(),
            places: Vec::new(),
            depth: 0,
            name: planned.aggregate.name(),
            is_text: kind == Some(Kind::Text) && planned.aggregate.kind(Kind::Text) == Kind::Text,
            counts: Cell::default(),
        }
    }

    /// Makes the type that stands for the parameters this view's own.
    pub(crate) fn own(&mut self, id: ViewId) {
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

    /// Calls `put` with what comes of groups.
    #[inline]
    pub(crate) fn answer_all<'a>(
        &'a self,
        groups: impl Iterator<Item = u32>,
        put: impl FnMut(DerivedWord<'a>),
    ) {
        self.groups.outputs(groups, put);
    }

    #[inline]
    pub(crate) fn answer(&self, group: u32) -> DerivedWord<'_> {
        self.groups.output(group)
    }

    /// The groups that were touched and of which now comes something else than before, in ascending order; none is
    /// touched any more.
    pub(crate) fn take_changed(&mut self) -> Vec<u32> {
        self.groups.take_changed()
    }

    /// Takes back the room for the groups that were taken.
    pub(crate) fn put_back(&mut self, changed: Vec<u32>) {
        self.groups.put_back(changed);
    }

    /// The bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let contributions = self.contributions.as_ref().map_or(0, |known| known.allocation_size());
        self.groups.bytes() + contributions + self.users.capacity() * size_of::<u32>()
    }
}

impl View {
    /// A row arrives, or leaves, where it is remembered what its fact has contributed to the group.
    pub(crate) fn contribute(
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
                    self.change(group, value.clone(), (true, watched), memory);
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
                    self.change(group, value, (false, watched), memory);
                }
            }
        }
    }

    /// One value of a group more or less.
    pub(crate) fn change(
        &mut self,
        group: u32,
        value: Input,
        (adds, watched): (bool, bool),
        memory: &WorkingMemory,
    ) {
        self.groups.change(std::iter::once((group, value)), adds, watched, &memory.strings);
    }

    /// Gathers another value of a fact than before.
    fn exchange(
        &mut self,
        group: u32,
        (before, now): (&mut Option<Input>, Option<Input>),
        watched: bool,
        memory: &WorkingMemory,
    ) {
        if *before == now {
            return;
        }
        if let Some(value) = &now {
            self.change(group, value.clone(), (true, watched), memory);
        }
        if let Some(value) = before {
            self.change(group, value.clone(), (false, watched), memory);
        }
        *before = now;
    }

    /// What is gathered of a row; `None` when it has no value.
    pub(crate) fn measured(
        &self,
        branch: u32,
        chain: &[u32],
        views: &Views,
        memory: &WorkingMemory,
    ) -> Option<Input> {
        let place = &self.places[branch as usize];
        match &self.measure {
            InputSource::Row => Some(Input::Row),
            InputSource::Field { at, field, kind, counts } => {
                let word = memory.field(self.types[at.index()], chain[place.at(at.index())], *field)?;
                Some(gathered(word, *kind, *counts, memory))
            }
            InputSource::Computed { values, counts } => {
                let slots = place.declared(chain);
                let asking = ViewLookup { memory, types: &self.types, slots: &slots };
                let answers = answers(&self.derived_values, &asking, views);
                let tuple = Tuple::new(memory, &self.types, &slots).knowing(Bindings::new(&answers, &[]));
                let value = values.compute(tuple)?.pop()?;
                Some(match value {
                    Value::Missing => return None,
                    _ if *counts => Input::Row,
                    Value::Int(int) => Input::Int(int),
                    Value::Number(number) => Input::Number(number),
                    Value::Text(text) => Input::Text(text.into()),
                    Value::Bool(bool) => Input::Word(u64::from(bool)),
                    Value::Fact(handle) => Input::Word(handle.fact().to_word()),
                })
            }
        }
    }
}

/// What is gathered of a field with this word.
#[inline]
fn gathered(word: u64, kind: Kind, counts: bool, memory: &WorkingMemory) -> Input {
    match kind {
        _ if counts => Input::Row,
        Kind::Int => Input::Int(word as i64),
        Kind::Number => Input::Number(f64::from_bits(word)),
        Kind::Text => Input::Text(memory.strings.text(word as u32).into()),
        Kind::Bool | Kind::Fact(_) => Input::Word(word),
    }
}

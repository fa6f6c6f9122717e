//! What a view computes and which nodes it notifies is the same for all sessions of a rule base.

use std::sync::Arc;

use tsd_ir::{
    AggregateKind, DerivedValue, FieldId, Kind, Parameters, Position, Schema, TypeId, Value, ViewId,
};

use super::accumulate::{Aggregate, Input};
use super::lookup::{ViewLookup, derived_words};
use super::pending::PendingTests;
use super::views::Views;
use crate::base::PendingId;
use crate::beta::BranchPath;
use crate::eval::{Bindings, NativeValues, Tuple, Values};
use crate::store::WorkingMemory;

/// The views and pending nodes of a rule base, by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct DerivedSpecs {
    views: Vec<Option<Arc<ViewSpec>>>,
    pub(crate) pending: Vec<Option<Arc<PendingTests>>>,
    /// The tuples that follow references to facts of each type: the field, the pending node, and
    /// the number of the derived value there.
    pub(crate) followers: Vec<Vec<(FieldId, PendingId, u16)>>,
}

impl DerivedSpecs {
    /// The view with a number, which must be in use. Derived values only name such views: their
    /// owner is a user of the view, and the network frees a view with its last user.
    #[inline]
    pub(crate) fn view(&self, id: u16) -> &ViewSpec {
        self.views[id as usize].as_deref().expect("a derived value names a view in use")
    }

    /// The same, for changing it.
    pub(crate) fn view_mut(&mut self, id: u16) -> &mut ViewSpec {
        Arc::make_mut(self.views[id as usize].as_mut().expect("a derived value names a view in use"))
    }

    /// The view with a number, for changing it, if it is in use.
    pub(crate) fn find_view_mut(&mut self, id: u16) -> Option<&mut ViewSpec> {
        self.views.get_mut(id as usize)?.as_mut().map(Arc::make_mut)
    }

    pub(crate) fn put_view(&mut self, id: ViewId, view: ViewSpec) {
        let index = id.0 as usize;
        if self.views.len() <= index {
            self.views.resize_with(index + 1, || None);
        }
        self.views[index] = Some(Arc::new(view));
    }

    pub(crate) fn remove_view(&mut self, id: ViewId) -> Option<Arc<ViewSpec>> {
        self.views.get_mut(id.0 as usize)?.take()
    }

    /// The pending node with a number, if it is in use.
    #[inline]
    pub(crate) fn pending(&self, id: PendingId) -> Option<&PendingTests> {
        self.pending.get(id as usize)?.as_deref()
    }

    /// The same, for changing it.
    pub(crate) fn pending_mut(&mut self, id: PendingId) -> Option<&mut PendingTests> {
        self.pending.get_mut(id as usize)?.as_mut().map(Arc::make_mut)
    }

    /// All pending nodes with their numbers.
    pub(crate) fn all_pending(&self) -> impl Iterator<Item = (PendingId, &PendingTests)> {
        let places = self.pending.iter().enumerate();
        places.filter_map(|(id, pending)| Some((id as PendingId, pending.as_deref()?)))
    }

    pub(crate) fn add_pending(&mut self, pending: PendingTests) -> PendingId {
        let place = self.pending.iter().position(Option::is_none).unwrap_or_else(|| {
            self.pending.push(None);
            self.pending.len() - 1
        });
        self.pending[place] = Some(Arc::new(pending));
        place as PendingId
    }

    /// Whether a derived value is a string.
    pub(crate) fn is_text(&self, derived_value: &DerivedValue, schema: &Schema) -> bool {
        match derived_value {
            DerivedValue::Found { view, .. } => self.view(*view).is_text,
            DerivedValue::Followed { ty, field, .. } => schema.ty(*ty).field(*field).kind == Kind::Text,
        }
    }
}

/// What a view computes.
#[derive(Clone, Debug)]
pub(crate) struct ViewSpec {
    pub(crate) parameters: Parameters,
    /// The types of its patterns.
    pub(crate) types: Vec<TypeId>,
    pub(crate) input: InputSource,
    pub(crate) source: Position,
    /// The derived values that its input reads.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// No groups yet. Also gives the output of an empty group.
    pub(crate) empty: Aggregate,
    /// Whether the contribution of each fact must be remembered: a fact may be in several rows, or
    /// its input may change while its row stays.
    pub(crate) remembers: bool,
    /// The pending nodes to notify of changes, with the number of the derived value there.
    pub(crate) subscribers: Vec<(PendingId, u16)>,
    pub(crate) places: Vec<BranchPath>,
    /// How many layers of pending tests lie between the facts and this view.
    pub(crate) depth: u32,
    /// The name of the aggregate in the language.
    pub(crate) name: &'static str,
    is_text: bool,
}

/// Where the values to aggregate come from.
#[derive(Clone, Debug)]
pub(crate) enum InputSource {
    Row,
    Field { at: Position, field: FieldId, kind: Kind, counts: bool },
    Computed { values: Values, counts: bool },
}

impl ViewSpec {
    /// A view without branches and subscribers. The derived values of its input name views in use.
    pub(crate) fn new(
        id: ViewId,
        planned: &tsd_ir::View,
        derived_values: Vec<DerivedValue>,
        natives: &[NativeValues],
    ) -> Self {
        let counts = matches!(planned.aggregate, AggregateKind::Exists | AggregateKind::Count);
        let input = match &planned.input {
            None => InputSource::Row,
            Some(tsd_ir::AggregateInput { kind, field: Some((at, field)), .. }) => {
                InputSource::Field { at: *at, field: *field, kind: *kind, counts }
            }
            Some(input) => InputSource::Computed { values: Values::of_input(&input.body, natives), counts },
        };
        let kind = planned.input.as_ref().map(|input| input.kind);
        let patterns = planned.patterns.len() - usize::from(planned.parameters != Parameters::None);
        let own = |ty| if ty == TypeId::PARAMETERS { TypeId::parameters_of(id.0) } else { ty };
        Self {
            parameters: planned.parameters.clone(),
            types: planned.patterns.iter().map(|pattern| own(pattern.ty)).collect(),
            input,
            source: planned.source,
            remembers: patterns > 1 || !derived_values.is_empty(),
            derived_values,
            empty: Aggregate::new(planned.aggregate, kind),
            subscribers: Vec::new(),
            places: Vec::new(),
            depth: 0,
            name: planned.aggregate.name(),
            is_text: kind == Some(Kind::Text) && planned.aggregate.kind(Kind::Text) == Kind::Text,
        }
    }

    /// Whether some parameters may be missing.
    pub(crate) fn is_partial(&self) -> bool {
        matches!(&self.parameters, Parameters::Values(values) if values.iter().any(|value| value.optional))
    }

    /// The value of a row to aggregate; `None` if it has none.
    pub(super) fn input_of(
        &self,
        branch: u32,
        chain: &[u32],
        views: Views<'_>,
        memory: &WorkingMemory,
    ) -> Option<Input> {
        let place = &self.places[branch as usize];
        match &self.input {
            InputSource::Row => Some(Input::Row),
            InputSource::Field { at, field, kind, counts } => {
                let word = memory.field(self.types[at.index()], chain[place.at(at.index())], *field)?;
                Some(of_word(word, *kind, *counts, memory))
            }
            InputSource::Computed { values, counts } => {
                let slots = place.declared(chain);
                let lookup = ViewLookup { memory, types: &self.types, slots: &slots };
                let derived_words = derived_words(&self.derived_values, &lookup, views);
                let tuple =
                    Tuple::new(memory, &self.types, &slots).with_bindings(Bindings::new(&derived_words, &[]));
                Some(match values.compute(tuple)?.pop()? {
                    Value::Missing => return None,
                    _ if *counts => Input::Row,
                    Value::Int(int) => Input::Int(int),
                    Value::Number(number) => Input::Number(number),
                    Value::Text(text) => Input::Text(text.into()),
                    Value::Bool(bool) => Input::Word(u64::from(bool)),
                    Value::Fact(handle) => Input::Word(handle.fact().to_word()),
                    // `Value` may grow; no expression computes anything else.
                    _ => return None,
                })
            }
        }
    }
}

/// The value to aggregate of a field with this word.
#[inline]
fn of_word(word: u64, kind: Kind, counts: bool, memory: &WorkingMemory) -> Input {
    match kind {
        _ if counts => Input::Row,
        Kind::Int => Input::Int(word as i64),
        Kind::Number => Input::Number(f64::from_bits(word)),
        Kind::Text => Input::Text(memory.strings.text(word as u32).into()),
        Kind::Bool | Kind::Fact(_) => Input::Word(word),
    }
}

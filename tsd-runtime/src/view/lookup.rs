//! A tuple reads derived values: which group of a view it reads, and what the value is.

use smallvec::SmallVec;
use tsd_ir::{DerivedValue, FactRef, FieldId, Parameters, TypeId, ViewArgument};

use super::views::Views;
use crate::eval::{DerivedWord, DerivedWords};
use crate::store::{Store, WorkingMemory};

/// A tuple whose derived values are looked up.
pub(crate) struct ViewLookup<'a> {
    pub(crate) memory: &'a WorkingMemory,
    pub(crate) types: &'a [TypeId],
    pub(crate) slots: &'a [u32],
}

/// No group: a reference leads nowhere, or no tuple has read these parameters.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl ViewLookup<'_> {
    /// The word of an argument of a view.
    fn word(&self, argument: ViewArgument, derived_words: &[DerivedWord<'_>]) -> Option<u64> {
        match argument {
            ViewArgument::Field { at, field } => {
                self.memory.field(self.types[at.index()], self.slots[at.index()], field)
            }
            ViewArgument::Fact { at } => Some(self.reference(at.index()).to_word()),
            ViewArgument::Derived(derived_value) => match derived_words[derived_value as usize] {
                DerivedWord::Missing => None,
                DerivedWord::Word(word) => Some(word),
                DerivedWord::Text(text) => self.memory.strings.find(text).map(u64::from),
            },
        }
    }

    fn reference(&self, at: usize) -> FactRef {
        self.memory.store(self.types[at]).reference(self.slots[at])
    }

    /// The slot of the fact to which an argument refers.
    fn fact(&self, argument: ViewArgument, derived_words: &[DerivedWord<'_>]) -> u32 {
        match argument {
            ViewArgument::Fact { at } => self.slots[at.index()],
            _ => {
                let fact = self.word(argument, derived_words).map(FactRef::from_word);
                fact.and_then(|fact| self.memory.find_referred(fact)).unwrap_or(NOWHERE)
            }
        }
    }

    /// The group that a derived value reads; [`NOWHERE`] if it does not exist.
    pub(crate) fn group(
        &self,
        derived_value: &DerivedValue,
        views: Views<'_>,
        derived_words: &[DerivedWord<'_>],
    ) -> u32 {
        match derived_value {
            DerivedValue::Followed { reference, .. } => self.fact(*reference, derived_words),
            DerivedValue::Found { view, parameters } => match &views.spec(*view).parameters {
                Parameters::None => 0,
                Parameters::Fact(_) => self.fact(parameters[0], derived_words),
                Parameters::Values(_) => {
                    let row = self.parameter_row(parameters, views.spec(*view).is_partial(), derived_words);
                    self.memory.parameters(*view).find_by_key(&row).unwrap_or(NOWHERE)
                }
            },
        }
    }

    /// Parameters as the row of a fact; `partial` if some may be missing.
    pub(crate) fn parameter_row(
        &self,
        parameters: &[ViewArgument],
        partial: bool,
        derived_words: &[DerivedWord<'_>],
    ) -> SmallVec<[u64; 8]> {
        let words: SmallVec<[Option<u64>; 8]> =
            parameters.iter().map(|argument| self.word(*argument, derived_words)).collect();
        let mut row: SmallVec<[u64; 8]> = words.iter().map(|word| word.unwrap_or(0)).collect();
        if partial {
            let mut present: SmallVec<[u64; 2]> = smallvec::smallvec![0; (words.len() + 1).div_ceil(64)];
            let all = words.iter().map(Option::is_some).chain([true]);
            for (index, _) in all.enumerate().filter(|(_, present)| *present) {
                present[index / 64] |= 1 << (index % 64);
            }
            // A word that distinguishes parameters by which of them are present. Its bits are
            // unique for up to 64 parameters.
            row.push(present.iter().fold(0, |all, word| all.rotate_left(1) ^ word));
            row.extend(present);
        }
        row
    }
}

/// Where a derived value is read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    View(Views<'a>, u16),
    Field(&'a Store, FieldId),
}

impl<'a> Source<'a> {
    pub(crate) fn new(derived_value: &DerivedValue, views: Views<'a>, memory: &'a WorkingMemory) -> Self {
        match derived_value {
            DerivedValue::Found { view, .. } => Self::View(views, *view),
            DerivedValue::Followed { ty, field, .. } => Self::Field(memory.store(*ty), *field),
        }
    }

    /// Calls `put` with the values for groups.
    #[inline]
    pub(crate) fn read_all(
        self,
        groups: impl Iterator<Item = u32>,
        memory: &WorkingMemory,
        mut put: impl FnMut(DerivedWord<'a>),
    ) {
        match self {
            Self::View(views, id) => views.outputs(id, groups, |derived_word| {
                if derived_word == DerivedWord::Missing {
                    memory.count_no_value(views.spec(id).name);
                }
                put(derived_word);
            }),
            Self::Field(..) => groups.for_each(|group| put(self.read(group, memory))),
        }
    }

    /// The value for a group.
    #[inline]
    pub(crate) fn read(self, group: u32, memory: &WorkingMemory) -> DerivedWord<'a> {
        match self {
            Self::View(views, id) => {
                let derived_word = views.output(id, group);
                if derived_word == DerivedWord::Missing {
                    memory.count_no_value(views.spec(id).name);
                }
                derived_word
            }
            Self::Field(..) if group == NOWHERE => DerivedWord::Missing,
            Self::Field(store, field) => {
                store.field(group, field).map_or(DerivedWord::Missing, DerivedWord::Word)
            }
        }
    }
}

/// The derived values of a tuple, each of which may depend on those before it.
pub(crate) fn derived_words<'a>(
    derived_values: &[DerivedValue],
    lookup: &ViewLookup<'a>,
    views: Views<'a>,
) -> DerivedWords<'a> {
    views.count_lookups(derived_values, 1);
    let mut derived_words = DerivedWords::new();
    for derived_value in derived_values {
        let group = lookup.group(derived_value, views, &derived_words);
        derived_words.push(Source::new(derived_value, views, lookup.memory).read(group, lookup.memory));
    }
    derived_words
}

/// What must be created before a derived value of a tuple can be looked up.
pub(crate) enum Wanted {
    /// Parameters that no tuple has read before.
    Parameters(u16, Vec<u64>),
    /// A string that no fact has.
    Text(String),
}

impl ViewLookup<'_> {
    /// What must be created before the group of a derived value is known. `group` is its present
    /// group.
    pub(crate) fn lacks(
        &self,
        derived_value: &DerivedValue,
        group: u32,
        views: Views<'_>,
        derived_words: &[DerivedWord<'_>],
    ) -> Option<Wanted> {
        if let Some(text) = self.unknown_text(derived_value, derived_words) {
            return Some(Wanted::Text(text.to_owned()));
        }
        let DerivedValue::Found { view, parameters } = derived_value else { return None };
        let spec = views.spec(*view);
        let is_new = group == NOWHERE && matches!(spec.parameters, Parameters::Values(_));
        is_new.then(|| {
            let words = self.parameter_row(parameters, spec.is_partial(), derived_words);
            Wanted::Parameters(*view, words.to_vec())
        })
    }

    /// A parameter of a derived value that is a string which no fact has.
    fn unknown_text<'t>(
        &self,
        derived_value: &DerivedValue,
        derived_words: &[DerivedWord<'t>],
    ) -> Option<&'t str> {
        derived_value.arguments().iter().find_map(|argument| match argument {
            tsd_ir::ViewArgument::Derived(other) => match derived_words[*other as usize] {
                DerivedWord::Text(text) => self.memory.strings.find(text).is_none().then_some(text),
                _ => None,
            },
            _ => None,
        })
    }
}

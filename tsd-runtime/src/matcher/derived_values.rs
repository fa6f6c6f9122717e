//! Derived values at work: which group of a view a tuple asks, and what the answer is.

use smallvec::SmallVec;
use tsd_ir::{DerivedValue, FactRef, FieldId, Parameters, TypeId, ViewArgument};

use super::view::{View, Views};
use crate::memory::{Store, Strings, WorkingMemory};

/// What a derived value has for a tuple.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DerivedWord<'a> {
    /// No value.
    Missing,
    /// A value as a word, as facts hold it.
    Word(u64),
    /// A string that no fact need hold.
    Text(&'a str),
}

/// The answers to some derived values.
pub(crate) type DerivedWords<'a> = SmallVec<[DerivedWord<'a>; 4]>;

/// The answers that a test or an effect reads, by the numbers that it knows them by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bindings<'a> {
    answers: &'a [DerivedWord<'a>],
    /// For each number, the place of the answer; empty where these are the same.
    places: &'a [u16],
}

impl<'a> Bindings<'a> {
    pub(crate) fn new(answers: &'a [DerivedWord<'a>], places: &'a [u16]) -> Self {
        Self { answers, places }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> DerivedWord<'a> {
        let place = if self.places.is_empty() { index } else { usize::from(self.places[index]) };
        self.answers.get(place).copied().unwrap_or(DerivedWord::Missing)
    }
}

/// A tuple that derived values are asked about, with the answers to those before.
pub(crate) struct ViewLookup<'a> {
    pub(crate) memory: &'a WorkingMemory,
    pub(crate) types: &'a [TypeId],
    pub(crate) slots: &'a [u32],
}

/// No group: a reference leads nowhere, or nobody has asked for such parameters.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl ViewLookup<'_> {
    /// A parameter as a word.
    fn word(&self, leaf: ViewArgument, answers: &[DerivedWord<'_>]) -> Option<u64> {
        match leaf {
            ViewArgument::Field { at, field } => {
                self.memory.field(self.types[at.index()], self.slots[at.index()], field)
            }
            ViewArgument::Fact { at } => Some(self.reference(at.index()).to_word()),
            ViewArgument::Derived(derived_value) => match answers[derived_value as usize] {
                DerivedWord::Missing => None,
                DerivedWord::Word(word) => Some(word),
                DerivedWord::Text(text) => self.memory.strings.find(text).map(u64::from),
            },
        }
    }

    fn reference(&self, at: usize) -> FactRef {
        self.memory.store(self.types[at]).reference(self.slots[at])
    }

    /// The slot of the fact that a parameter names.
    fn fact(&self, leaf: ViewArgument, answers: &[DerivedWord<'_>]) -> u32 {
        match leaf {
            ViewArgument::Fact { at } => self.slots[at.index()],
            _ => {
                let fact = self.word(leaf, answers).map(FactRef::from_word);
                fact.and_then(|fact| self.memory.find_referred(fact)).unwrap_or(NOWHERE)
            }
        }
    }

    /// The group that a derived value asks; [`NOWHERE`] when it is not there.
    pub(crate) fn group(
        &self,
        derived_value: &DerivedValue,
        views: &Views,
        answers: &[DerivedWord<'_>],
    ) -> u32 {
        match derived_value {
            DerivedValue::Followed { reference, .. } => self.fact(*reference, answers),
            DerivedValue::Found { view, parameters } => match views.get(*view).parameters() {
                Parameters::None => 0,
                Parameters::Fact(_) => self.fact(parameters[0], answers),
                Parameters::Values(_) => {
                    let row = self.parameter_row(parameters, views.get(*view).is_partial(), answers);
                    self.memory.parameters[*view as usize].find_by_key(&row).unwrap_or(NOWHERE)
                }
            },
        }
    }

    /// Parameters as the row of a fact; `partial` where some may be missing.
    pub(crate) fn parameter_row(
        &self,
        parameters: &[ViewArgument],
        partial: bool,
        answers: &[DerivedWord<'_>],
    ) -> SmallVec<[u64; 8]> {
        let words: SmallVec<[Option<u64>; 8]> =
            parameters.iter().map(|leaf| self.word(*leaf, answers)).collect();
        let mut row: SmallVec<[u64; 8]> = words.iter().map(|word| word.unwrap_or(0)).collect();
        if partial {
            let mut present: SmallVec<[u64; 2]> = smallvec::smallvec![0; (words.len() + 1).div_ceil(64)];
            let all = words.iter().map(Option::is_some).chain([true]);
            for (index, _) in all.enumerate().filter(|(_, present)| *present) {
                present[index / 64] |= 1 << (index % 64);
            }
            // What tells parameters apart beside their words; more than 64 of them share it.
            row.push(present.iter().fold(0, |all, word| all.rotate_left(1) ^ word));
            row.extend(present);
        }
        row
    }
}

/// Where the answers to a derived value come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    View(&'a View),
    Field(&'a Store, FieldId),
}

impl<'a> Source<'a> {
    pub(crate) fn new(derived_value: &DerivedValue, views: &'a Views, memory: &'a WorkingMemory) -> Self {
        match derived_value {
            DerivedValue::Found { view, .. } => Self::View(views.get(*view)),
            DerivedValue::Followed { ty, field, .. } => Self::Field(memory.store(*ty), *field),
        }
    }

    /// Calls `put` with the answers for groups.
    #[inline]
    pub(crate) fn answer_all(
        self,
        groups: impl Iterator<Item = u32>,
        memory: &WorkingMemory,
        mut put: impl FnMut(DerivedWord<'a>),
    ) {
        match self {
            Self::View(view) => view.answer_all(groups, |group| self.answer(group, memory), put),
            Self::Field(..) => groups.for_each(|group| put(self.answer(group, memory))),
        }
    }

    /// The answer for a group.
    #[inline]
    pub(crate) fn answer(self, group: u32, memory: &WorkingMemory) -> DerivedWord<'a> {
        match self {
            Self::View(view) => {
                let answer = view.answer(group);
                if answer == DerivedWord::Missing {
                    memory.count_no_value(view.gather().name());
                }
                answer
            }
            Self::Field(..) if group == NOWHERE => DerivedWord::Missing,
            Self::Field(store, field) => {
                store.field(group, field).map_or(DerivedWord::Missing, DerivedWord::Word)
            }
        }
    }
}

/// The answers to all derived values of a list about a tuple, each of which may depend on those before it.
pub(crate) fn answers<'a>(
    derived_values: &[DerivedValue],
    asking: &ViewLookup<'a>,
    views: &'a Views,
) -> DerivedWords<'a> {
    views.count_asked(derived_values, 1);
    let mut answers = DerivedWords::new();
    for derived_value in derived_values {
        let group = asking.group(derived_value, views, &answers);
        answers.push(Source::new(derived_value, views, asking.memory).answer(group, asking.memory));
    }
    answers
}

/// An answer that outlives a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum LastSeen {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    Missing,
    Word(u64),
    /// In a box of its own, so that other answers are kept in 16 bytes.
    Text(Box<Box<str>>),
}

impl LastSeen {
    /// A word stays good for longer than the string that it names, so strings are kept as they are.
    #[inline]
    pub(crate) fn of(answer: DerivedWord<'_>, is_text: bool, strings: &Strings) -> Self {
        match answer {
            DerivedWord::Missing => Self::Missing,
            DerivedWord::Word(word) if is_text => Self::Text(Box::new(strings.text(word as u32).into())),
            DerivedWord::Word(word) => Self::Word(word),
            DerivedWord::Text(text) => Self::Text(Box::new(text.into())),
        }
    }
}

//! Figures at work: which group of a view a tuple asks, and what the answer is.

use smallvec::SmallVec;
use tsd_ir::{FactRef, FieldId, Figure, Leaf, Parameters, TypeId};

use super::view::{View, Views};
use crate::memory::{Store, Texts, WorkingMemory};

/// What a figure has for a tuple.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer<'a> {
    /// No value.
    Missing,
    /// A value as a word, as facts hold it.
    Word(u64),
    /// A string that no fact need hold.
    Text(&'a str),
}

/// The answers to some figures.
pub(crate) type Answers<'a> = SmallVec<[Answer<'a>; 4]>;

/// The answers that a test or an effect reads, by the numbers that it knows them by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    answers: &'a [Answer<'a>],
    /// For each number, the place of the answer; empty where these are the same.
    places: &'a [u16],
}

impl<'a> Known<'a> {
    pub(crate) fn new(answers: &'a [Answer<'a>], places: &'a [u16]) -> Self {
        Self { answers, places }
    }

    #[inline]
    pub(crate) fn get(self, index: usize) -> Answer<'a> {
        let place = if self.places.is_empty() { index } else { usize::from(self.places[index]) };
        self.answers.get(place).copied().unwrap_or(Answer::Missing)
    }
}

/// A tuple that figures are asked about, with the answers to those before.
pub(crate) struct Asking<'a> {
    pub(crate) memory: &'a WorkingMemory,
    pub(crate) types: &'a [TypeId],
    pub(crate) slots: &'a [u32],
}

/// No group: a reference leads nowhere, or nobody has asked for such parameters.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl Asking<'_> {
    /// A parameter as a word.
    fn word(&self, leaf: Leaf, answers: &[Answer<'_>]) -> Option<u64> {
        match leaf {
            Leaf::Field { at, field } => {
                self.memory.field(self.types[at.index()], self.slots[at.index()], field)
            }
            Leaf::Fact { at } => Some(self.reference(at.index()).to_word()),
            Leaf::Figure(figure) => match answers[figure as usize] {
                Answer::Missing => None,
                Answer::Word(word) => Some(word),
                Answer::Text(text) => self.memory.texts.find(text).map(u64::from),
            },
        }
    }

    fn reference(&self, at: usize) -> FactRef {
        self.memory.store(self.types[at]).reference(self.slots[at])
    }

    /// The slot of the fact that a parameter names.
    fn fact(&self, leaf: Leaf, answers: &[Answer<'_>]) -> u32 {
        match leaf {
            Leaf::Fact { at } => self.slots[at.index()],
            _ => {
                let fact = self.word(leaf, answers).map(FactRef::from_word);
                fact.and_then(|fact| self.memory.find_referred(fact)).unwrap_or(NOWHERE)
            }
        }
    }

    /// The group that a figure asks; [`NOWHERE`] when it is not there.
    pub(crate) fn group(&self, figure: &Figure, views: &Views, answers: &[Answer<'_>]) -> u32 {
        match figure {
            Figure::Followed { reference, .. } => self.fact(*reference, answers),
            Figure::Found { view, parameters } => match views.get(*view).parameters() {
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
        parameters: &[Leaf],
        partial: bool,
        answers: &[Answer<'_>],
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

/// Where the answers to a figure come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    View(&'a View),
    Field(&'a Store, FieldId),
}

impl<'a> Source<'a> {
    pub(crate) fn new(figure: &Figure, views: &'a Views, memory: &'a WorkingMemory) -> Self {
        match figure {
            Figure::Found { view, .. } => Self::View(views.get(*view)),
            Figure::Followed { ty, field, .. } => Self::Field(memory.store(*ty), *field),
        }
    }

    /// Calls `put` with the answers for groups.
    #[inline]
    pub(crate) fn answer_all(
        self,
        groups: impl Iterator<Item = u32>,
        memory: &WorkingMemory,
        mut put: impl FnMut(Answer<'a>),
    ) {
        match self {
            Self::View(view) => view.answer_all(groups, |group| self.answer(group, memory), put),
            Self::Field(..) => groups.for_each(|group| put(self.answer(group, memory))),
        }
    }

    /// The answer for a group.
    #[inline]
    pub(crate) fn answer(self, group: u32, memory: &WorkingMemory) -> Answer<'a> {
        match self {
            Self::View(view) => {
                let answer = view.answer(group);
                if answer == Answer::Missing {
                    memory.count_no_value(view.gather().name());
                }
                answer
            }
            Self::Field(..) if group == NOWHERE => Answer::Missing,
            Self::Field(store, field) => store.field(group, field).map_or(Answer::Missing, Answer::Word),
        }
    }
}

/// The answers to all figures of a list about a tuple, each of which may depend on those before it.
pub(crate) fn answers<'a>(figures: &[Figure], asking: &Asking<'a>, views: &'a Views) -> Answers<'a> {
    views.count_asked(figures, 1);
    let mut answers = Answers::new();
    for figure in figures {
        let group = asking.group(figure, views, &answers);
        answers.push(Source::new(figure, views, asking.memory).answer(group, asking.memory));
    }
    answers
}

/// An answer that outlives a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Seen {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    Missing,
    Word(u64),
    /// In a box of its own, so that other answers are kept in 16 bytes.
    Text(Box<Box<str>>),
}

impl Seen {
    /// A word stays good for longer than the string that it names, so strings are kept as they are.
    #[inline]
    pub(crate) fn of(answer: Answer<'_>, is_text: bool, texts: &Texts) -> Self {
        match answer {
            Answer::Missing => Self::Missing,
            Answer::Word(word) if is_text => Self::Text(Box::new(texts.text(word as u32).into())),
            Answer::Word(word) => Self::Word(word),
            Answer::Text(text) => Self::Text(Box::new(text.into())),
        }
    }
}

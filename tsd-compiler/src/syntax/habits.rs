//! What people write by habit, and what to write instead.
//!
//! Authors who know SQL, Drools, CLIPS, Python or Rust write `&&`, `IS NULL`, `BETWEEN`,
//! `modify(…)`. The parser can only say which token it did not expect there. This module knows the
//! habits: tables of what is written and what is meant, and rewritings if more than a token
//! changes. Each results in [`Advice`]: a message, the place, and edits.
//!
//! No entry has to be certain. Advice is tried before it is given: the edits are made, the
//! statement is parsed again, and only advice with which the parser gets past the fault is used. So
//! an entry may guess: `=>` can mean `==>`, `>=` and `==` in one table. A hint that does not parse
//! when followed cannot occur.

mod branches;
mod comments;
mod comparisons;
mod declarations;
mod effects;
mod functions;
mod methods;
mod names;
mod patterns;
mod place;
mod questions;
mod rules;
mod spelling;
mod values;

use std::ops::Range;

pub(crate) use self::functions::{built_in_type, effect};
pub(crate) use self::names::is_null;
pub(super) use self::names::is_suspect;
pub(super) use self::place::Place;

/// A message about a fault, and how to fix it.
#[derive(Debug)]
pub(super) struct Advice {
    /// The bytes at fault.
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) hint: String,
    /// Bytes and what to put there, in order and apart from each other.
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// Another place that explains it.
    pub(super) also: Option<(Range<usize>, String)>,
    /// How many tokens further the parser must get, unless it gets to the end.
    pub(super) least: usize,
}

impl Advice {
    fn new(at: Range<usize>, message: String) -> Self {
        Self { at, message, hint: String::new(), edits: Vec::new(), also: None, least: 2 }
    }

    /// Replaces bytes with text.
    fn edit(mut self, bytes: Range<usize>, text: impl Into<String>) -> Self {
        self.edits.push((bytes, text.into()));
        self.edits.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
        self
    }

    /// Says what to do.
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Is only right if the whole statement can be read, or most of it.
    fn only_when_far(mut self) -> Self {
        self.least = 5;
        self
    }

    /// The common case: what is wrong is replaced, and the hint shows the replacement.
    fn instead(self, text: impl Into<String>) -> Self {
        let (at, text) = (self.at.clone(), text.into());
        let hint = format!("write `{text}`");
        self.edit(at, text).hint(hint)
    }
}

/// One habit, or several that are found in the same way.
type Habit = fn(&Place<'_, '_>, &mut Vec<Advice>);

/// The habits, the most specific ones first.
const HABITS: [Habit; 11] = [
    comments::habits,
    rules::habits,
    branches::habits,
    patterns::habits,
    effects::habits,
    questions::habits,
    comparisons::habits,
    methods::habits,
    values::habits,
    declarations::habits,
    spelling::habits,
];

/// What may be meant at a place, the most likely first. Not yet tried.
pub(super) fn candidates(place: &Place<'_, '_>) -> Vec<Advice> {
    let mut found = Vec::new();
    for habit in HABITS {
        habit(place, &mut found);
    }
    found
}

/// What may be meant by a call of a function that does not exist.
pub(super) fn functions(place: &Place<'_, '_>) -> Vec<Advice> {
    let mut found = questions::gathers_nothing(place, place.at);
    found.extend(functions::unknown_function(place, place.at));
    found
}

/// What may be meant by a name that is not declared.
pub(super) fn suspects(place: &Place<'_, '_>) -> Vec<Advice> {
    names::suspect(place, place.at)
}

/// What may be meant by the type of a pattern in block notation, if there is no type of its name.
pub(super) fn pattern_types(place: &Place<'_, '_>) -> Vec<Advice> {
    names::pattern_type(place)
}

/// Whether the type of a pattern may not be one.
pub(super) fn is_no_pattern(name: &str) -> bool {
    patterns::NO_PATTERNS.iter().any(|habit| habit.eq_ignore_ascii_case(name))
}

/// What may be meant by a fact after the actions of a rule, if there is no type of its name.
pub(super) fn behind_actions(place: &Place<'_, '_>) -> Vec<Advice> {
    names::behind_actions(place)
}

/// What may be meant by an annotation that rules do not have.
pub(super) fn annotations(place: &Place<'_, '_>) -> Vec<Advice> {
    let mut found = Vec::new();
    rules::attribute(&place.with_fault_at(place.at + 1), &mut found);
    found
}

/// What may be meant by a comparison that parses but makes no sense.
pub(super) fn comparisons(place: &Place<'_, '_>) -> Vec<Advice> {
    comparisons::chained(place, place.at).into_iter().chain(comparisons::no_list(place, place.at)).collect()
}

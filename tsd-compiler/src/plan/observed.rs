//! The observations of a profile, as far as they match the rules.

use std::cell::RefCell;
use std::collections::BTreeSet;

use tsd_ir::{Filter, Part, Profile, Schema, Subject, TypeId};

use super::Planning;
use super::selectivity;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::normalize::PatternFilter;
use crate::source::{FileId, SourceMap, Span};

/// Observations instead of guesses, where there are any.
#[derive(Debug, Default)]
pub(super) struct Observed {
    profile: Option<Profile>,
    /// The observations that were looked up.
    wanted: RefCell<BTreeSet<Subject>>,
}

impl Observed {
    pub(super) fn new(planning: &Planning<'_>) -> Self {
        let text = planning.profile.map(|(sources, file)| sources.text(file));
        Self { profile: text.map(Profile::parse), wanted: RefCell::default() }
    }

    fn get(&self, subject: impl FnOnce() -> Subject) -> Option<f64> {
        let profile = self.profile.as_ref()?;
        let subject = subject();
        let value = profile.get(&subject);
        self.wanted.borrow_mut().insert(subject);
        value
    }

    /// How many facts a type has.
    pub(super) fn rows(&self, schema: &Schema, ty: TypeId) -> f64 {
        let declared = || schema.ty(ty).rows.unwrap_or(selectivity::DEFAULT_ROWS) as f64;
        self.get(|| Subject::facts(schema, ty)).unwrap_or_else(declared)
    }

    /// Whether the number of facts of a type was declared or seen.
    pub(super) fn knows_rows(&self, schema: &Schema, ty: TypeId) -> bool {
        schema.ty(ty).rows.is_some() || self.get(|| Subject::facts(schema, ty)).is_some()
    }

    /// The share of the facts of a type that pass a filter.
    pub(super) fn filter(
        &self,
        schema: &Schema,
        ty: TypeId,
        filter: &PatternFilter,
        planned: impl FnOnce() -> Filter,
    ) -> f64 {
        let observed = || self.get(|| Subject::filter(schema, ty, &planned()));
        let nothing = filter.fields.is_empty() && filter.tests.is_empty();
        let observed = if nothing { None } else { observed() };
        observed.unwrap_or_else(|| selectivity::of_filter(schema, ty, filter))
    }

    /// The share of the pairs of facts of two types that have equal keys.
    pub(super) fn join(
        &self,
        schema: &Schema,
        types: (TypeId, TypeId),
        keys: &[(Part, Part)],
    ) -> Option<f64> {
        self.get(|| Subject::join(schema, types, keys))
    }

    /// Warns when the profile has observations that no longer match any rule.
    pub(super) fn report_stale(&self, schema: &Schema, planning: &Planning<'_>, sink: &mut Diagnostics) {
        let (Some(profile), Some((sources, file))) = (&self.profile, planning.profile) else { return };
        if planning.part {
            return;
        }
        let wanted = self.wanted.borrow();
        let is_stale = |subject: &Subject| match subject {
            Subject::Facts(name) => schema.find_type(name).is_none(),
            Subject::Filter(_) | Subject::Join(_) => !wanted.contains(subject),
        };
        let stale = profile.subjects().filter(|(subject, _)| is_stale(subject)).map(|(_, line)| line);
        let mut lines: Vec<usize> = stale.chain(profile.unreadable().iter().copied()).collect();
        lines.sort_unstable();
        let Some(first) = lines.first() else { return };
        let count = lines.len();
        let (what, verb) = if count == 1 { ("line", "matches") } else { ("lines", "match") };
        let message = format!("{count} {what} of the profile no longer {verb} any rule or type");
        sink.report(
            Diagnostic::new(Code::StaleProfile, span_of_line(sources, file, *first), message)
                .label(if count == 1 { "it is ignored" } else { "the first of them; they are ignored" })
                .hint("write a new profile: `tsd run --profile FILE`, or `Session::profile`"),
        );
    }
}

fn span_of_line(sources: &SourceMap, file: FileId, line: usize) -> Span {
    let text = sources.text(file);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let length = text[start..].lines().next().map_or(0, str::len);
    Span::new(file, start as u32, (start + length) as u32)
}

//! What the compiler reports to the author of the rules.
//!
//! Every stage finds faults, and the author wants all of them at once, in the order of the text,
//! each at its exact place. So no stage prints or returns early: it reports a [`Diagnostic`] to the
//! one [`Diagnostics`] sink, and the driver takes them out, sorted, with [`Diagnostics::finish`].
//! Debug builds detect a driver that forgets to.

mod allowed;
mod code;
mod excerpt;
mod limit;
mod plain;
mod render;
mod suggest;

pub use code::{Code, Severity};
pub use limit::{Shown, shortened};
pub use plain::{place, plain};
pub use render::render;
pub use suggest::closest;

use self::allowed::Allowed;
use crate::source::{FileId, SourceMap, Span};

/// A place in the text and a message about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The range to underline.
    pub span: Span,
    /// The words beside the underline; may be empty.
    pub text: String,
}

/// A replacement for a part of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text at the place.
    pub text: String,
}

/// One error or warning.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a diagnostic says nothing until it is reported to a `Diagnostics` sink"]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Whether it stops the compilation.
    pub severity: Severity,
    /// One sentence in the author's words.
    pub message: String,
    /// The place at fault.
    pub primary: Label,
    /// Other places that explain it, such as an earlier declaration.
    pub secondary: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The edits that follow the hint, in the order of the text and without overlap. Empty if the
    /// author has to choose.
    pub fix: Vec<Edit>,
}

impl Diagnostic {
    /// A diagnostic of the severity that `code` has by default.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            hint: None,
            fix: Vec::new(),
        }
    }

    /// Writes words beside the primary range.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Shows a second range.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Adds a line of advice.
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// Adds an edit that follows the hint; edits are given in the order of the text.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix.push(Edit { span, text: text.into() });
        self
    }

    /// Adds "did you mean" when a candidate is close enough to `wanted`; otherwise keeps the
    /// present hint.
    pub fn did_you_mean<'a>(self, wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(wanted, candidates) {
            Some(found) => self.hint(format!("did you mean `{found}`?")),
            None => self,
        }
    }

    /// Turns the warning into an error.
    pub fn deny(&mut self) {
        self.severity = Severity::Error;
    }

    /// Whether it stops the compilation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// For how many unknown names a compilation searches for the name that was meant. Nobody reads
/// further, and each search compares all names.
const SEARCHES: u32 = 50;

/// How many names one search compares.
const CANDIDATES: usize = 20_000;

/// Collects the diagnostics of all stages.
#[derive(Debug, Default)]
pub struct Diagnostics {
    reported: Vec<Diagnostic>,
    allowed: Allowed,
    errors: usize,
    /// How often a search was made.
    searches: u32,
}

impl Diagnostics {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a diagnostic in.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.is_error());
        self.reported.push(diagnostic);
    }

    /// The candidates for a name that was meant: those given, unless there were so many searches
    /// that another one would only take time.
    pub fn candidates<I: IntoIterator>(&mut self, names: I) -> std::iter::Take<I::IntoIter> {
        let is_one_of_few = self.searches < SEARCHES;
        self.searches += u32::from(is_one_of_few);
        names.into_iter().take(if is_one_of_few { CANDIDATES } else { 0 })
    }

    /// Whether an error has been reported. Warnings do not count.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Switches a warning off in all files.
    pub fn allow(&mut self, code: Code) {
        self.allowed.everywhere(code);
    }

    /// Switches a warning off in one file.
    pub fn allow_in_file(&mut self, code: Code, file: FileId) {
        self.allowed.in_file(code, file);
    }

    /// Switches a warning off within a range, that of a rule.
    pub fn allow_within(&mut self, code: Code, span: Span) {
        self.allowed.within(code, span);
    }

    /// Whether a warning at this place is switched off.
    pub fn is_allowed(&self, code: Code, span: Span) -> bool {
        self.allowed.covers(code, span)
    }

    /// Returns everything that was reported and is not allowed, in the order of the text. Reports
    /// about one range keep the order of their codes, and then of reporting. Equal diagnostics are
    /// returned once.
    #[must_use = "these are the diagnostics; dropping them silences the compiler"]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        let mut all = std::mem::take(&mut self.reported);
        all.retain(|diagnostic| {
            diagnostic.is_error() || !self.allowed.covers(diagnostic.code, diagnostic.primary.span)
        });
        all.sort_by_key(|diagnostic| (diagnostic.primary.span, diagnostic.code));
        all.dedup();
        all
    }

    /// Returns the same as [`finish`](Self::finish), in the order of the files' names instead of
    /// that in which the files were found.
    #[must_use = "these are the diagnostics; dropping them silences the compiler"]
    pub(crate) fn finish_by_name(self, sources: &SourceMap) -> Vec<Diagnostic> {
        let mut diagnostics = self.finish();
        diagnostics.sort_by_key(|diagnostic| sources.name(diagnostic.primary.span.file));
        diagnostics
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        debug_assert!(
            self.reported.is_empty() || std::thread::panicking(),
            "diagnostics were reported and never read: call `Diagnostics::finish`"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finish_sorts_by_place() {
        let mut sources = SourceMap::new();
        let (first, second) = (sources.add("a", "x"), sources.add("b", "x"));
        let mut sink = Diagnostics::new();
        sink.report(Diagnostic::new(Code::Syntax, Span::new(second, 0, 1), "last"));
        sink.report(Diagnostic::new(Code::CrossProduct, Span::new(first, 4, 5), "middle"));
        assert!(!Diagnostics::new().has_errors());
        sink.report(Diagnostic::new(Code::UnknownType, Span::new(first, 1, 2), "first"));
        assert!(sink.has_errors());
        let messages: Vec<_> = sink.finish().into_iter().map(|diagnostic| diagnostic.message).collect();
        assert_eq!(messages, ["first", "middle", "last"]);
    }

    #[test]
    fn what_is_allowed_is_left_out_where_it_is_allowed() {
        let mut sources = SourceMap::new();
        let (one, other) = (sources.add("a", "x"), sources.add("b", "x"));
        let code = Code::CrossProduct;
        let left = |allow: fn(&mut Diagnostics, FileId)| {
            let mut sink = Diagnostics::new();
            for (file, start) in [(one, 0), (one, 10), (one, 20), (other, 10)] {
                sink.report(Diagnostic::new(code, Span::new(file, start, start + 5), ""));
            }
            sink.report(Diagnostic::new(Code::Syntax, Span::new(one, 10, 15), ""));
            sink.report(Diagnostic::new(Code::BareWord, Span::new(one, 10, 15), ""));
            allow(&mut sink, one);
            sink.finish().len()
        };
        assert_eq!(left(|_, _| ()), 6);
        assert_eq!(left(|sink, _| sink.allow(Code::CrossProduct)), 2);
        assert_eq!(left(|sink, file| sink.allow_in_file(Code::CrossProduct, file)), 3);
        assert_eq!(left(|sink, file| sink.allow_within(Code::CrossProduct, Span::new(file, 10, 15))), 5);
        assert_eq!(left(|sink, file| sink.allow_within(Code::CrossProduct, Span::new(file, 8, 25))), 4);
        assert_eq!(left(|sink, file| sink.allow_within(Code::CrossProduct, Span::new(file, 11, 15))), 6);
        assert_eq!(left(|sink, file| sink.allow_within(Code::CrossProduct, Span::new(file, 10, 14))), 6);
        assert_eq!(left(|sink, _| sink.allow(Code::Syntax)), 6, "an error is an error");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "never read")]
    fn a_dropped_sink_complains() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "x");
        let mut sink = Diagnostics::new();
        sink.report(Diagnostic::new(Code::Syntax, Span::new(file, 0, 1), "unread"));
    }
}

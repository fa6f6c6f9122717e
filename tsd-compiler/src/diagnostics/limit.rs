//! How many diagnostics are shown, and how much of each.
//!
//! A text that was never meant to be rules, or a generated file with the same slip on every line,
//! has thousands of errors. Its reader wants the first ones, the number of the others, and each
//! short enough to be read.

use std::borrow::Cow;

use super::{Diagnostic, Severity};

/// How many errors are shown, and how many warnings.
const MOST: usize = 100;

/// How many characters of a message are shown: enough for any sentence, but not for every name.
const LONGEST: usize = 1000;

/// Some diagnostics, of which the first errors and the first warnings are shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    all: &'a [Diagnostic],
}

impl<'a> Shown<'a> {
    /// What is shown of these.
    pub fn of(all: &'a [Diagnostic]) -> Self {
        Self { all }
    }

    /// The diagnostics that are shown, in their order.
    pub fn iter(self) -> impl Iterator<Item = &'a Diagnostic> {
        let (mut errors, mut warnings) = (0, 0);
        self.all.iter().filter(move |diagnostic| {
            let count = if diagnostic.is_error() { &mut errors } else { &mut warnings };
            *count += 1;
            *count <= MOST
        })
    }

    /// How many are not: `3900 more errors and 1 more warning are not shown`.
    pub fn rest(self) -> Option<String> {
        let errors = self.all.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let hidden = |count: usize, severity: Severity| {
            let more = count.checked_sub(MOST).filter(|more| *more > 0)?;
            Some((more, format!("{more} more {}{}", severity.name(), if more == 1 { "" } else { "s" })))
        };
        let hidden = [hidden(errors, Severity::Error), hidden(self.all.len() - errors, Severity::Warning)];
        let hidden: Vec<(usize, String)> = hidden.into_iter().flatten().collect();
        let verb = if matches!(hidden.as_slice(), [(1, _)]) { "is" } else { "are" };
        let texts: Vec<String> = hidden.into_iter().map(|(_, text)| text).collect();
        (!texts.is_empty()).then(|| format!("{} {verb} not shown", texts.join(" and ")))
    }
}

/// A message that is cut to a readable length.
pub fn shortened(text: &str) -> Cow<'_, str> {
    // A text with so few bytes has few enough characters.
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{} … ({} characters)", &text[..end], text.chars().count())),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::source::{SourceMap, Span};

    fn diagnostics(errors: usize, warnings: usize) -> Vec<Diagnostic> {
        let file = SourceMap::new().add("a", "x");
        let new = |code| Diagnostic::new(code, Span::new(file, 0, 1), "m");
        let warnings = std::iter::repeat_n(new(Code::CrossProduct), warnings);
        warnings.chain(std::iter::repeat_n(new(Code::Syntax), errors)).collect()
    }

    #[test]
    fn errors_are_not_hidden_by_warnings() {
        let all = diagnostics(3, 4000);
        let shown = Shown::of(&all);
        assert_eq!(shown.iter().filter(|diagnostic| diagnostic.is_error()).count(), 3);
        assert_eq!(shown.iter().count(), 103);
        assert_eq!(shown.rest().as_deref(), Some("3900 more warnings are not shown"));
    }

    #[test]
    fn the_rest_is_counted() {
        let rest = |errors, warnings| Shown::of(&diagnostics(errors, warnings)).rest();
        assert_eq!(rest(100, 100), None);
        assert_eq!(rest(101, 0).as_deref(), Some("1 more error is not shown"));
        assert_eq!(rest(4000, 101).as_deref(), Some("3900 more errors and 1 more warning are not shown"));
    }

    #[test]
    fn long_messages_are_cut() {
        assert_eq!(shortened("short"), "short");
        let cut = shortened(&"é".repeat(60_000)).into_owned();
        assert!(cut.ends_with("é … (60000 characters)") && cut.len() < 2100, "{cut}");
    }
}

//! Diagnostics as text, in the manner of rustc.
//!
//! The output is a function of the diagnostics and their sources alone: the width is fixed, line graphics are ASCII,
//! and only the lines that the labels need are laid out, so a fault in a large file costs no more than one in a
//! small file.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, SourceMap};

/// Lays diagnostics out with file, line, excerpt and hint. The text ends in a newline unless it is empty.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(140);
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group(sources, diagnostic)]));
        out.push('\n');
    }
    out
}

fn group<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group =
        Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name()));
    let own = diagnostic.primary.span.file;
    let mut others: Vec<FileId> = diagnostic.secondary.iter().map(|label| label.span.file).collect();
    others.retain(|file| *file != own);
    others.sort_unstable();
    others.dedup();
    for file in std::iter::once(own).chain(others) {
        group = group.element(excerpt(sources, diagnostic, file));
    }
    match &diagnostic.hint {
        Some(hint) => group.element(Level::HELP.message(hint.as_str())),
        None => group,
    }
}

/// The lines of one file that the labels of a diagnostic touch.
fn excerpt<'a>(
    sources: &'a SourceMap,
    diagnostic: &'a Diagnostic,
    file: FileId,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let labels: Vec<(AnnotationKind, &Label)> =
        std::iter::once((AnnotationKind::Primary, &diagnostic.primary))
            .chain(diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label)))
            .filter(|(_, label)| label.span.file == file)
            .collect();
    let first = labels.iter().map(|(_, label)| label.span.start).min().unwrap_or(0);
    let last = labels.iter().map(|(_, label)| label.span.end).max().unwrap_or(0);
    let line = sources.line_index(file, first as usize);
    let from = sources.line_start(file, line);
    let to = sources.line_start(file, sources.line_index(file, last as usize) + 1);
    let text = sources.text(file).get(from..to).unwrap_or("");
    labels.into_iter().fold(
        Snippet::source(text).path(sources.name(file)).line_start(line + 1),
        |snippet, (kind, label)| {
            let range = within(text, label.span.start as usize, label.span.end as usize, from);
            let words = (!label.text.is_empty()).then_some(label.text.as_str());
            snippet.annotation(kind.span(range).label(words))
        },
    )
}

/// A byte range relative to `from`, moved inward to character boundaries of `text`.
fn within(text: &str, start: usize, end: usize, from: usize) -> Range<usize> {
    let fit = |at: usize| {
        let mut at = at.saturating_sub(from).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    fit(start)..fit(end).max(fit(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::source::Span;

    #[test]
    fn looks_like_rustc() {
        let mut sources = SourceMap::new();
        let file =
            sources.add("shop.tsd", "type Order(#id: string)\n\nrule r : {o: Order} / o.ib == \"1\"\n");
        let at = |start, end| Span::new(file, start, end);
        let diagnostic = Diagnostic::new(Code::UnknownField, at(49, 51), "type `Order` has no field `ib`")
            .label("no such field")
            .also(at(5, 10), "declared here")
            .did_you_mean("ib", ["id"]);
        let expected = "\
error[unknown-field]: type `Order` has no field `ib`
 --> shop.tsd:3:25
  |
1 | type Order(#id: string)
  |      ----- declared here
2 |
3 | rule r : {o: Order} / o.ib == \"1\"
  |                         ^^ no such field
  |
  = help: did you mean `id`?
";
        assert_eq!(render(&sources, &[diagnostic], false), expected);
    }

    #[test]
    fn spans_that_do_not_fit_are_tamed() {
        let mut sources = SourceMap::new();
        let file = sources.add("é.tsd", "é");
        let diagnostic = Diagnostic::new(Code::Syntax, Span::new(file, 1, 900), "odd");
        assert!(render(&sources, std::slice::from_ref(&diagnostic), false).contains("é.tsd:1:1"));
        assert!(render(&SourceMap::new(), &[diagnostic], true).contains("odd"));
    }
}

//! Diagnostics as text, in the style of rustc.
//!
//! The output depends on the diagnostics and their sources alone: the width is fixed, and line
//! graphics are ASCII. Only the lines that the labels need are laid out, so a fault in a large file
//! costs no more than one in a small file. Of thousands of diagnostics the first are shown: see
//! [`Shown`].

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::excerpt::{Window, windows};
use super::limit::{Shown, shortened};
use super::{Diagnostic, Severity};
use crate::escape::one_line;
use crate::source::{FileId, Position, SourceMap};

/// Lays diagnostics out with file, line, excerpt and hint. The text ends in a newline unless it is
/// empty.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(140);
    let mut out = String::new();
    let shown = Shown::of(diagnostics);
    for diagnostic in shown.iter() {
        if !out.is_empty() {
            out.push('\n');
        }
        let mut places = Vec::new();
        let group = group(sources, diagnostic, &mut places);
        out.push_str(&placed(&renderer.render(&[group]), &places));
        out.push('\n');
    }
    if let Some(rest) = shown.rest() {
        out += &format!("\n{rest}\n");
    }
    out
}

/// Follows the name of a file where the renderer cannot know the column, because it does not see
/// the whole line. It occurs nowhere else: the renderer replaces control characters, and names
/// contain none.
const MARK: char = '\u{1}';

/// The rendered text, with these places instead of the marks.
fn placed(rendered: &str, places: &[Position]) -> String {
    let mut parts = rendered.split(MARK);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (part, Position { line, column }) in parts.zip(places) {
        out += &format!(":{line}:{column}");
        out += part.trim_start_matches(|sign: char| sign == ':' || sign.is_ascii_digit());
    }
    out
}

/// A diagnostic in the renderer's form; `places` collects those that it cannot know.
fn group<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic, places: &mut Vec<Position>) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = shortened(&diagnostic.message);
    let mut group = Group::with_title(level.primary_title(message).id(diagnostic.code.name()));
    let own = diagnostic.primary.span.file;
    let mut others: Vec<FileId> = diagnostic.secondary.iter().map(|label| label.span.file).collect();
    others.retain(|file| *file != own);
    others.sort_unstable();
    others.dedup();
    for file in std::iter::once(own).chain(others) {
        for window in windows(sources, diagnostic, file) {
            places.extend(window.place);
            group = group.element(excerpt(sources, file, window));
        }
    }
    match &diagnostic.hint {
        Some(hint) => group.element(Level::HELP.message(shortened(hint))),
        None => group,
    }
}

/// The lines of one window on a file, and above them its name.
fn excerpt<'a>(sources: &'a SourceMap, file: FileId, window: Window<'a>) -> Snippet<'a, Annotation<'a>> {
    let mut name = one_line(sources.name(file));
    if window.place.is_some() {
        name.to_mut().push(MARK);
    }
    let snippet = Snippet::source(window.text).line_start(window.line).path(name);
    window.labels.into_iter().fold(snippet, |snippet, (range, primary, label)| {
        let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let words = (!label.text.is_empty()).then(|| shortened(&label.text));
        snippet.annotation(kind.span(range).label(words))
    })
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
    fn what_lies_between_two_labels_is_not_laid_out() {
        let mut sources = SourceMap::new();
        let file = sources.add("shop.tsd", format!("A(id: 1)\n{}A(id: 1)\n", "// x\n".repeat(9000)));
        let end = 9 + 9000 * 5;
        let diagnostic = Diagnostic::new(Code::DuplicateKey, Span::new(file, end, end + 8), "twice")
            .label("the second fact")
            .also(Span::new(file, 0, 8), "the first fact");
        let expected = "\
error[duplicate-key]: twice
    --> shop.tsd:9002:1
     |
9002 | A(id: 1)
     | ^^^^^^^^ the second fact
     |
    ::: shop.tsd:1:1
     |
   1 | A(id: 1)
     | -------- the first fact
";
        assert_eq!(render(&sources, &[diagnostic], false), expected);
    }

    #[test]
    fn a_line_is_cut_around_its_label() {
        let mut sources = SourceMap::new();
        let before = "é, ".repeat(1_000_000);
        let at = before.len() as u32;
        let file = sources.add("a.tsd", format!("{before}!{}", "x ".repeat(1_000_000)));
        let diagnostic = Diagnostic::new(Code::Syntax, Span::new(file, at, at + 1), "odd");
        let text = render(&sources, &[diagnostic], false);
        assert!(text.starts_with("error[syntax]: odd\n --> a.tsd:1:3000001\n  |\n1 | ...é, é, "), "{text}");
        assert!(text.contains(" é, !x x ") && text.contains(" x x...\n") && text.len() < 600, "{text}");
        let all = Diagnostic::new(Code::Syntax, Span::new(file, 0, at * 2), "all of it");
        assert!(render(&sources, &[all], false).len() < 1000);
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

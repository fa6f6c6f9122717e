//! Which part of a text is shown around a fault.
//!
//! A label is a few words at some lines. The text between two labels, or beside one on a line of
//! five megabytes, need not be laid out, and with many labels must not be. So labels near each
//! other share a window on the text, others have windows of their own, and a window cuts lines that
//! are too long.

use std::borrow::Cow;
use std::ops::Range;

use super::{Diagnostic, Label};
use crate::source::{FileId, Position, SourceMap, Span};

/// How far apart two labels may be in one window: lines, and bytes.
const NEAR: (usize, usize) = (100, 4000);

/// How many bytes of a line are shown before the first label of a window and after the last, unless
/// the line begins or ends nearby.
const AROUND: usize = 80;
const SOON: usize = 300;

/// The replacement for the part of a line that is not shown.
const CUT: &str = "...";

/// A part of a text with labels.
pub(super) struct Window<'a> {
    /// The text to lay out, with the number of its first line, counted from one.
    pub(super) text: Cow<'a, str>,
    pub(super) line: usize,
    /// Where the first label is, unless that follows from the text.
    pub(super) place: Option<Position>,
    /// The labels, the diagnostic's primary one marked, with their ranges in the text.
    pub(super) labels: Vec<(Range<usize>, bool, &'a Label)>,
}

/// The windows that a diagnostic needs on one file, beginning with that of its primary label, if it
/// is in the file.
pub(super) fn windows<'a>(
    sources: &'a SourceMap,
    diagnostic: &'a Diagnostic,
    file: FileId,
) -> Vec<Window<'a>> {
    let labels = std::iter::once((true, &diagnostic.primary))
        .chain(diagnostic.secondary.iter().map(|label| (false, label)))
        .filter(|(_, label)| label.span.file == file);
    let mut labels: Vec<(Range<usize>, bool, &Label)> =
        labels.map(|(primary, label)| (range(sources, label.span), primary, label)).collect();
    labels.sort_by_key(|(range, primary, _)| (range.start, !*primary));
    let near = |one: &Range<usize>, other: &Range<usize>| {
        let gap = other.start.saturating_sub(one.end);
        let lines = sources.line_index(file, other.start) - sources.line_index(file, one.start);
        lines <= NEAR.0 && gap <= NEAR.1
    };
    let groups = labels.chunk_by(|(one, ..), (other, ..)| near(one, other));
    let mut windows: Vec<Window<'a>> = groups.map(|group| window(sources, file, group)).collect();
    windows.sort_by_key(|window| !window.labels.iter().any(|(_, primary, _)| *primary));
    windows
}

/// The bytes that a label underlines. Of many lines, or of a very long one, that is only the
/// beginning.
fn range(sources: &SourceMap, span: Span) -> Range<usize> {
    let text = sources.text(span.file);
    let (start, end) = (boundary(text, span.start as usize), boundary(text, span.end as usize));
    let line = sources.line_index(span.file, start);
    let is_small = end - start <= NEAR.1 && sources.line_index(span.file, end) - line <= NEAR.0;
    if is_small {
        return start..end;
    }
    let line_end = sources.line_start(span.file, line + 1);
    let line_end = start + text[start..line_end.max(start)].trim_end().len();
    start..boundary(text, line_end.min(end).min(start + AROUND))
}

fn window<'a>(
    sources: &'a SourceMap,
    file: FileId,
    labels: &[(Range<usize>, bool, &'a Label)],
) -> Window<'a> {
    let text = sources.text(file);
    let first = labels.first().map_or(0, |(range, ..)| range.start);
    let last = labels.iter().map(|(range, ..)| range.end).max().unwrap_or(0);
    let line = sources.line_index(file, first);
    let (begin, end) =
        (sources.line_start(file, line), sources.line_start(file, sources.line_index(file, last) + 1));
    let from = if first - begin > SOON { boundary(text, first - AROUND) } else { begin };
    let to = if end.saturating_sub(last) > SOON { boundary(text, last + AROUND) } else { end };
    let whole = &text[from..to.max(from)];
    let (shown, moved, place) = match (from > begin, to < end) {
        (false, false) => (Cow::Borrowed(whole), 0, None),
        (false, true) => (Cow::Owned(format!("{whole}{CUT}")), 0, None),
        (true, cut) => {
            let primary = labels.iter().find(|(_, primary, _)| *primary).or(labels.first());
            let place = primary.map(|(_, _, label)| sources.position(label.span));
            let behind = if cut { CUT } else { "" };
            (Cow::Owned(format!("{CUT}{whole}{behind}")), CUT.len(), place)
        }
    };
    let within = |range: &Range<usize>| range.start - from + moved..range.end - from + moved;
    let labels = labels.iter().map(|(range, primary, label)| (within(range), *primary, *label)).collect();
    Window { text: shown, line: line + 1, place, labels }
}

/// The last boundary between characters up to a byte.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

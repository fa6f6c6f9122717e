//! Diagnostics where another tool shows the excerpt: rustc for macros and generated code, Cargo on
//! its one line.

use super::{Diagnostic, Label, shortened};
use crate::source::{SourceMap, Span};

/// A diagnostic as a few lines without an excerpt: `[code] message: label`, then notes and the
/// hint.
pub fn plain(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, message, primary, secondary, hint, .. } = diagnostic;
    let mut text = format!("[{code}] {}", shortened(message));
    if !primary.text.is_empty() {
        text += &format!(": {}", shortened(&primary.text));
    }
    for Label { span, text: label } in secondary {
        text += &format!("\nnote: {label}: {}", place(sources, *span));
    }
    if let Some(hint) = hint {
        text += &format!("\nhelp: {}", shortened(hint));
    }
    text
}

/// A place as `shop.tsd:12:5`.
pub fn place(sources: &SourceMap, span: Span) -> String {
    let position = sources.position(span);
    format!("{}:{}:{}", sources.name(span.file), position.line, position.column)
}

//! What the tests of the syntax share.

use tsd_compiler::diagnostics::{Diagnostic, Diagnostics};
use tsd_compiler::source::SourceMap;
use tsd_compiler::syntax::{self, ast::Program};

/// Parses a text of its own.
pub(crate) fn parse(text: &str) -> (SourceMap, Program, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let file = sources.add("test.tsd", text);
    let mut sink = Diagnostics::new();
    let program = syntax::parse(&sources, file, &mut sink);
    (sources, program, sink.finish())
}

/// A tree as text without its spans.
pub(crate) fn bare(program: &Program) -> String {
    let text = format!("{program:#?}");
    let is_span = |line: &&str| !line.trim_start_matches(|c: char| c != '@').starts_with("@0:");
    text.lines().filter(is_span).collect::<Vec<_>>().join("\n")
}

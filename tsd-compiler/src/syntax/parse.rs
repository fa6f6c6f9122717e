//! From text to tree.
//!
//! The generated parser knows the grammar but stops at the first error and recurses without a limit. So a text is first
//! cut into pieces at the places where a statement surely begins ([`scan`](super::scan)); each piece is parsed by itself,
//! and an error costs one statement. What the parser recognised is then lowered to the [`ast`](super::ast).

mod block;
mod call;
mod expected;
mod expression;
mod lower;
mod names;
mod operand;
mod statement;

use pest::Parser as _;
use pest::error::InputLocation;

use self::lower::Lowering;
use super::ast::Program;
use super::scan::{Fault, Obstacle, Scan};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap, Span};

/// After so many errors in one text the parser goes on at the next declaration only: what it looks through after each
/// error may be all the rest of the text.
const MOST_ERRORS: usize = 100;

/// How deep brackets may nest, and how many signs may stand before one operand.
pub const MAX_NESTING: usize = 128;

#[derive(pest_derive::Parser)]
#[grammar = "syntax/grammar.pest"]
struct Grammar;

/// Reads one text. Statements with a syntax error are reported and left out.
pub fn parse(sources: &SourceMap, file: FileId, diagnostics: &mut Diagnostics) -> Program {
    let text = sources.text(file);
    if u32::try_from(text.len()).is_err() {
        let start = Span::new(file, 0, 0);
        diagnostics.report(Diagnostic::new(Code::Syntax, start, "a source text cannot be larger than 4 GiB"));
        return Program::default();
    }
    let lowering = Lowering::new(file, diagnostics);
    let mut parser = Parser { text, file, scan: Scan::new(text), lowering, errors: 0 };
    let mut program = Program::default();
    let mut at = 0;
    while at < parser.scan.tokens.len() {
        at = parser.piece(at, &mut program);
    }
    program
}

struct Parser<'t, 'd> {
    text: &'t str,
    file: FileId,
    scan: Scan<'t>,
    lowering: Lowering<'d>,
    /// How many statements could not be read.
    errors: usize,
}

impl Parser<'_, '_> {
    /// Reads the piece that begins at a token; gives the token to go on at, which is always a later one.
    fn piece(&mut self, first: usize, program: &mut Program) -> usize {
        let end = match self.scan.piece(first, MAX_NESTING) {
            Ok(end) => end,
            Err(obstacle) => return self.obstacle(first, obstacle),
        };
        let (from, to) = (self.start(first), self.end(end - 1));
        let piece = self.text.get(from..to).unwrap_or("");
        let error = match Grammar::parse(Rule::program, piece) {
            Ok(pairs) => {
                self.lowering.statements(pairs, from, program);
                return end;
            }
            Err(error) => error,
        };
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => from + at,
        };
        // No whole statement goes beyond a bracket that is still open, so the rest need not be read once more.
        let failed = self.scan.token_at(at).clamp(first, end);
        let whole = self.scan.open_brackets(first..failed).first().map_or(to, |bracket| self.start(*bracket));
        let good = match Grammar::parse(Rule::prefix, self.text.get(from..whole).unwrap_or("")) {
            Ok(pairs) => self.lowering.statements(pairs, from, program),
            Err(_) => from,
        };
        let statement = self.scan.token_at(good).clamp(first, end - 1);
        let found = self.scan.token_at(at).clamp(statement, end);
        self.lowering.report(expected::diagnostic(
            &self.scan,
            self.file,
            statement,
            found..end,
            &error.variant,
        ));
        match self.gives_up() {
            // The piece ends where the next declaration begins.
            true => end,
            false => self.scan.resume(statement, found).min(end).max(first + 1),
        }
    }

    /// Counts an error; whether there are too many to go on as soon as possible.
    fn gives_up(&mut self) -> bool {
        self.errors += 1;
        self.errors > MOST_ERRORS
    }

    /// Reports what keeps the parser from reading a piece.
    fn obstacle(&mut self, first: usize, obstacle: Obstacle) -> usize {
        let (index, diagnostic) = match obstacle {
            Obstacle::TooDeep(index) => (index, too_deep(self.span(index)).label("one bracket too many")),
            Obstacle::Fault(index, fault) => {
                (index, fault_diagnostic(self.span(index), fault, self.scan.slice(index)))
            }
        };
        self.lowering.report(diagnostic);
        // The rest of a string may hold further faults of its own.
        match self.scan.tokens.get(index + 1).map(|token| token.kind) {
            Some(super::scan::TokenKind::Fault(_)) => index + 1,
            _ if self.gives_up() => self.scan.next_declaration(index + 1),
            _ => self.scan.resume(first, index + 1),
        }
    }

    fn start(&self, token: usize) -> usize {
        self.scan.tokens.get(token).map_or(self.text.len(), |token| token.range.start)
    }

    fn end(&self, token: usize) -> usize {
        self.scan.tokens.get(token).map_or(self.text.len(), |token| token.range.end)
    }

    fn span(&self, token: usize) -> Span {
        span(self.file, self.start(token), self.end(token))
    }
}

/// A span of byte positions that are known to fit.
fn span(file: FileId, start: usize, end: usize) -> Span {
    let fit = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(file, fit(start), fit(end))
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::NestingTooDeep, span, format!("this is nested deeper than {MAX_NESTING} levels"))
        .hint("split the condition over several rules, or remove parentheses that are not needed")
}

fn fault_diagnostic(span: Span, fault: Fault, written: &str) -> Diagnostic {
    let new = |message: String| Diagnostic::new(Code::Syntax, span, message);
    match fault {
        Fault::UnclosedText => new("this string has no closing quote on its line".into())
            .label("begins here")
            .hint("a line break within a string is written `\\n`"),
        Fault::UnclosedComment => new("this comment is never closed".into()).hint("close it with `*/`"),
        Fault::UnknownEscape => new(format!("`{written}` means nothing in a string"))
            .label("unknown escape")
            .hint(format!("for a backslash in the string, as in a regular expression, write `\\{written}`")),
        Fault::NoSuchCharacter => new("`\\u` must be followed by the number of a character".into())
            .hint("write one to six hexadecimal digits in braces, as in `\\u{e9}`"),
    }
}

//! From text to tree.
//!
//! The generated parser knows the grammar, but it stops at the first error and recurses without a
//! limit. So a text is first cut into pieces where a statement certainly begins
//! ([`scan`](super::scan)). Each piece is parsed by itself, and an error costs one statement. The
//! result of the parser is then lowered to the [`ast`](super::ast).

mod block;
mod call;
mod expected;
mod expression;
mod lower;
mod names;
mod operand;
mod statement;
mod trial;

use pest::Parser as _;
use pest::error::InputLocation;
use pest::iterators::Pair;

use self::lower::Lowering;
use super::ast::Program;
use super::habits::Place;
use super::scan::{Obstacle, Scan};
use super::token::{Fault, TokenKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, SourceMap, Span};

/// After this many errors in one text the parser only continues at the next declaration, because
/// finding the next statement after an error may scan the rest of the text.
const MOST_ERRORS: usize = 100;

/// How deep brackets may nest, and how many signs may precede one operand.
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
    let scan = Scan::new(text);
    let lowering = Lowering::new(file, &scan, diagnostics);
    let mut parser = Parser { text, file, scan: &scan, lowering, open_rule: None, errors: 0 };
    let mut program = Program::default();
    let mut at = 0;
    while at < scan.tokens.len() {
        at = parser.piece(at, &mut program);
    }
    program.guesses = parser.lowering.take_guesses();
    program
}

struct Parser<'d> {
    text: &'d str,
    file: FileId,
    scan: &'d Scan<'d>,
    lowering: Lowering<'d>,
    /// The first token of the rule that was read last, if more actions could follow it.
    open_rule: Option<usize>,
    /// How many statements could not be read.
    errors: usize,
}

impl Parser<'_> {
    /// Reads the piece that begins at a token; returns the token to continue at, which is always a
    /// later one.
    fn piece(&mut self, first: usize, program: &mut Program) -> usize {
        let end = match self.scan.piece(first, MAX_NESTING) {
            Ok(end) => end,
            Err(obstacle) => return self.obstacle(first, obstacle),
        };
        let (from, to) = (self.start(first), self.end(end - 1));
        let piece = self.text.get(from..to).unwrap_or("");
        let error = match Grammar::parse(Rule::program, piece) {
            Ok(pairs) => {
                let pairs: Vec<_> = pairs.collect();
                if let Some(next) = self.bare_effect(&pairs, from, end) {
                    return next;
                }
                self.open_rule = self.open_rule_of(&pairs, from);
                self.lowering.statements(pairs, from, program);
                return end;
            }
            Err(error) => error,
        };
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => from + at,
        };
        // No whole statement extends beyond a bracket that is still open, so the rest need not be
        // read again.
        let failed = self.scan.token_at(at).clamp(first, end);
        let whole = self.scan.open_brackets(first..failed).first().map_or(to, |bracket| self.start(*bracket));
        let whole = self.text.get(from..whole).unwrap_or("");
        let mut good: Vec<_> = Grammar::parse(Rule::prefix, whole).map(Iterator::collect).unwrap_or_default();
        let good_end = good.last().map_or(from, |last| from + last.as_span().end());
        let mut statement = self.scan.token_at(good_end).clamp(first, end - 1);
        // `;;` before a statement belongs to what is wrong there.
        let before = (first..statement).rev().take_while(|index| self.scan.is_sign(*index, ';')).count();
        if before > 1 {
            statement -= before;
        }
        let joint = statement;
        // After a rule, the next tokens may have been meant as part of it.
        let rule = if good.is_empty() { self.open_rule } else { self.open_rule_of(&good, from) };
        let rule = rule.filter(|_| self.scan.continues_actions(joint));
        if let Some(rule) = rule {
            statement = rule;
            while good.last().is_some_and(|last| from + last.as_span().end() > self.start(rule)) {
                good.pop();
            }
        }
        self.lowering.statements(good, from, program);
        let found = self.scan.token_at(at).clamp(joint, end);
        if self.gives_up() {
            let place = (joint, rule.is_some());
            let diagnostic = expected::diagnostic(self.scan, self.file, place, found..end, &error.variant);
            self.lowering.report(diagnostic);
            self.open_rule = None;
            // The piece ends where the next declaration begins.
            return end;
        }
        let next = self.scan.resume(statement, found).max(first + 1);
        let place = Place::new(self.scan, statement..next, found).joined_at(rule.map(|_| joint));
        let advised = self.lowering.advise(&place);
        let next = advised.as_ref().map_or(next, |(_, resume)| (*resume).max(next));
        let diagnostic = advised.map_or_else(
            || {
                let place = (joint, rule.is_some());
                expected::diagnostic(self.scan, self.file, place, found..end, &error.variant)
            },
            |(diagnostic, _)| diagnostic,
        );
        self.lowering.report(diagnostic);
        self.open_rule = rule;
        next
    }

    /// Reports an effect that requires arguments but has them without parentheses, as in
    /// `Insert Order(id: 1)`. The grammar reads them as the next statement. Returns the token to
    /// continue at.
    fn bare_effect(&mut self, statements: &[Pair<'_, Rule>], from: usize, end: usize) -> Option<usize> {
        let rule = statements.iter().rfind(|pair| !matches!(pair.as_rule(), Rule::semicolon | Rule::EOI))?;
        let call = lower::parts_of(&lower::part(rule, Rule::arrow_body)?, Rule::call).last()?;
        let needs_some = matches!(call.as_str().trim(), "Insert" | "InsertLogical" | "Update" | "Retract");
        let (first, at) = (self.scan.token_at(from + rule.as_span().start()), end);
        if !needs_some || self.scan.tokens.get(at).is_none_or(|next| next.leads_line) {
            return None;
        }
        let next = self.scan.resume(first, at + 1);
        let place = Place::new(self.scan, first..next, at).joined_at(Some(at));
        let (diagnostic, _) = self.lowering.advise(&place)?;
        self.lowering.report(diagnostic);
        self.open_rule = Some(first);
        Some(next)
    }

    /// The first token of the last statement that was read, if it is a rule in arrow notation.
    fn open_rule_of(&self, statements: &[Pair<'_, Rule>], from: usize) -> Option<usize> {
        let last = statements.iter().rfind(|pair| !matches!(pair.as_rule(), Rule::semicolon | Rule::EOI))?;
        lower::part(last, Rule::arrow_body)?;
        Some(self.scan.token_at(from + last.as_span().start()))
    }

    /// Counts an error; returns whether there are too many to continue at the next statement.
    fn gives_up(&mut self) -> bool {
        self.errors += 1;
        self.errors > MOST_ERRORS
    }

    /// Reports what keeps the parser from reading a piece.
    fn obstacle(&mut self, first: usize, obstacle: Obstacle) -> usize {
        self.open_rule = None;
        match obstacle {
            Obstacle::TooDeep(index) => {
                self.lowering.report(too_deep(self.span(index)).label("one bracket too many"));
                self.behind(first, index + 1)
            }
            Obstacle::Fault(index) => self.faults(first, index),
        }
    }

    /// Reports the faults of one string or comment, the first of which is given.
    ///
    /// There may be thousands of them. So the place to continue is searched once, after the last
    /// one.
    fn faults(&mut self, first: usize, from: usize) -> usize {
        let scan = self.scan;
        let faults = scan.tokens.iter().enumerate().skip(from).map_while(|(index, token)| match token.kind {
            TokenKind::Fault(fault) => Some((index, fault)),
            _ => None,
        });
        let end = from + faults.clone().count();
        let next = self.behind(first, end);
        let mut resume = next;
        for (index, fault) in faults {
            let place = Place::new(scan, first..next, index);
            let diagnostic = match self.lowering.advise(&place) {
                Some((diagnostic, advised)) => {
                    resume = resume.max(advised);
                    diagnostic
                }
                None => fault_diagnostic(self.span(index), fault, scan.slice(index)),
            };
            self.lowering.report(diagnostic);
        }
        resume
    }

    /// Where to continue after an error.
    fn behind(&mut self, statement: usize, from: usize) -> usize {
        match self.gives_up() {
            true => self.scan.next_declaration(from),
            false => self.scan.resume(statement, from),
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

/// A span of byte positions that are known to fit into it.
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

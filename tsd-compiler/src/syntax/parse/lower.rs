//! From what the generated parser recognised to the tree.
//!
//! pest gives positions within the piece that it parsed; [`Lowering`] knows where the piece stands, so that spans are
//! those of the whole text, and it carries the sink for the few faults that the grammar cannot express. A fault that
//! leaves no tree is reported first and then returned as `None`.

use pest::iterators::{Pair, Pairs};

use super::{MAX_NESTING, Rule, span};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Name, Program};
use crate::syntax::normal_name;
use crate::syntax::scan_tokens::unescape;

/// Turns recognised statements into the tree.
pub(super) struct Lowering<'d> {
    file: FileId,
    offset: usize,
    diagnostics: &'d mut Diagnostics,
    /// How many diagnostics there have been, so that no statement is left out in silence.
    reported: usize,
    /// Signs before the operands that are being lowered, innermost last.
    pub(super) signs: usize,
    /// Whether `$name` may stand here.
    pub(super) in_block_notation: bool,
}

impl<'d> Lowering<'d> {
    pub(super) fn new(file: FileId, diagnostics: &'d mut Diagnostics) -> Self {
        Self { file, offset: 0, diagnostics, reported: 0, signs: 0, in_block_notation: false }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.reported += 1;
        self.diagnostics.report(diagnostic);
    }

    /// The names among which to look for the one that was meant.
    pub(super) fn candidates<I: IntoIterator>(&mut self, names: I) -> std::iter::Take<I::IntoIter> {
        self.diagnostics.candidates(names)
    }

    /// Reports a fault that the grammar lets through.
    pub(super) fn syntax_error(&mut self, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(Code::Syntax, span, message));
    }

    /// Adds the statements of a piece that stands at `offset` in the text; gives the end of the last one.
    pub(super) fn statements(
        &mut self,
        pairs: Pairs<'_, Rule>,
        offset: usize,
        program: &mut Program,
    ) -> usize {
        self.offset = offset;
        let mut end = offset;
        for pair in pairs {
            match pair.as_rule() {
                Rule::EOI => continue,
                Rule::semicolon => {}
                Rule::module => self.module(&pair, program),
                _ => {
                    let before = self.reported;
                    let statement = self.statement(&pair);
                    if statement.is_none() && self.reported == before {
                        self.syntax_error(self.span(&pair), "this statement cannot be read");
                    }
                    program.statements.extend(statement);
                }
            }
            end = offset + pair.as_span().end();
        }
        end
    }

    fn module(&mut self, pair: &Pair<'_, Rule>, program: &mut Program) {
        let span = self.span(pair);
        if let Some(first) = program.module.as_ref().map(|name| name.span) {
            self.report(
                Diagnostic::new(Code::Syntax, span, "a file belongs to one module")
                    .label("second `mod`")
                    .also(first, "named here"),
            );
        } else if !program.statements.is_empty() {
            self.syntax_error(span, "`mod` must be the first statement of the file");
        } else {
            program.module = parts(pair).next().map(|name| self.name(&name));
            program.annotations = self.annotations(pair);
        }
    }

    /// The span of a pair in the whole text.
    pub(super) fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let within = pair.as_span();
        span(self.file, self.offset + within.start(), self.offset + within.end())
    }

    /// A word, or a string that serves as a name.
    pub(super) fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        let inner = pair.clone().into_inner().next().map_or(pair.as_rule(), |inner| inner.as_rule());
        let written = pair.as_str();
        let text = match inner {
            Rule::text => unescape(written),
            Rule::block_variable => written.trim_start_matches('$').to_owned(),
            _ => written.to_owned(),
        };
        // The key of a fact is a value, and values stay as they are.
        let text = if pair.as_rule() == Rule::fact_key { text } else { normal_name(&text).into_owned() };
        Name { text, span: self.span(pair) }
    }

    /// Counts signs before one operand; false, and reported, when they are too many.
    pub(super) fn enter_signs(&mut self, count: usize, span: Span) -> bool {
        self.signs += count;
        if self.signs > MAX_NESTING {
            self.report(super::too_deep(span).label("too many signs one after another"));
            return false;
        }
        true
    }
}

/// The parts of a pair that mean something: punctuation and keywords are left out.
pub(super) fn parts<'i>(pair: &Pair<'i, Rule>) -> impl Iterator<Item = Pair<'i, Rule>> {
    pair.clone().into_inner().filter(|part| !is_punctuation(part.as_rule()))
}

/// The first part of the given kind.
pub(super) fn part<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> Option<Pair<'i, Rule>> {
    pair.clone().into_inner().find(|part| part.as_rule() == rule)
}

/// The parts of the given kind.
pub(super) fn parts_of<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> impl Iterator<Item = Pair<'i, Rule>> {
    pair.clone().into_inner().filter(move |part| part.as_rule() == rule)
}

fn is_punctuation(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::open
            | Rule::close
            | Rule::open_brace
            | Rule::close_brace
            | Rule::open_bracket
            | Rule::close_bracket
            | Rule::colon
            | Rule::comma
            | Rule::semicolon
            | Rule::slash
            | Rule::arrow
            | Rule::equals
            | Rule::path_separator
            | Rule::dot
            | Rule::at
            | Rule::less
            | Rule::greater
            | Rule::kw_type
            | Rule::kw_extern
            | Rule::kw_action
            | Rule::kw_rule
            | Rule::kw_remove
            | Rule::kw_fact
            | Rule::kw_mod
            | Rule::kw_salience
            | Rule::kw_when
            | Rule::kw_then
            | Rule::kw_end
            | Rule::kw_is
    )
}

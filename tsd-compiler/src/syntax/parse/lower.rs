//! From the result of the generated parser to the tree.
//!
//! pest returns positions within the piece that it parsed. [`Lowering`] knows the offset of the
//! piece, so that spans are those of the whole text, and has the sink for the few faults that the
//! grammar cannot express. A fault without a tree is reported first and then returned as `None`.

use std::ops::Range;

use pest::iterators::Pair;

use super::{MAX_NESTING, Rule, span, trial};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Name, Program};
use crate::syntax::habits::{self, Advice, Place};
use crate::syntax::normal_name;
use crate::syntax::scan::Scan;
use crate::syntax::scan_tokens::unescape;

/// Turns recognised statements into the tree.
pub(super) struct Lowering<'d> {
    file: FileId,
    scan: &'d Scan<'d>,
    offset: usize,
    /// The place of the statement that is being lowered.
    statement: Range<usize>,
    /// The diagnostics for names that the checker does not find.
    guesses: Vec<(Span, Diagnostic)>,
    /// How many bytes may still be parsed to try advice.
    trials: usize,
    /// How often advice was requested.
    advised: usize,
    diagnostics: &'d mut Diagnostics,
    /// How many diagnostics there were, so that no statement is dropped silently.
    reported: usize,
    /// Signs before the operands that are being lowered, innermost last.
    pub(super) signs: usize,
    /// Whether `$name` is allowed here.
    pub(super) in_block_notation: bool,
}

impl<'d> Lowering<'d> {
    pub(super) fn new(file: FileId, scan: &'d Scan<'d>, diagnostics: &'d mut Diagnostics) -> Self {
        let trials = trial::BUDGET;
        Self {
            file,
            scan,
            offset: 0,
            statement: 0..0,
            guesses: Vec::new(),
            trials,
            advised: 0,
            diagnostics,
            reported: 0,
            signs: 0,
            in_block_notation: false,
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.reported += 1;
        self.diagnostics.report(diagnostic);
    }

    /// Advice for a place where the parser could not continue, if it is a known habit, and the
    /// token after what the habit covers.
    pub(super) fn advise(&mut self, place: &Place<'_, '_>) -> Option<(Diagnostic, usize)> {
        self.best(place, habits::candidates)
    }

    fn best(
        &mut self,
        place: &Place<'_, '_>,
        candidates: fn(&Place<'_, '_>) -> Vec<Advice>,
    ) -> Option<(Diagnostic, usize)> {
        if !self.seeks_advice() {
            return None;
        }
        self.advised += 1;
        let advice = trial::best(place, candidates, &mut self.trials)?;
        let place = |bytes: &Range<usize>| span(self.file, bytes.start, bytes.end);
        let mut diagnostic =
            Diagnostic::new(Code::Syntax, place(&advice.at), advice.message).hint(advice.hint);
        if let Some((bytes, words)) = &advice.also {
            diagnostic = diagnostic.also(place(bytes), words.as_str());
        }
        for (bytes, text) in &advice.edits {
            diagnostic = diagnostic.edit(place(bytes), text.as_str());
        }
        Some((diagnostic, self.scan.token_at(advice.at.end)))
    }

    /// Stores the diagnostic for a name in case the checker does not find it.
    pub(super) fn guess(&mut self, code: Code, span: Span, habit: fn(&Place<'_, '_>) -> Vec<Advice>) {
        if !self.seeks_advice() {
            return;
        }
        let place = self.place(self.statement.clone(), span.start as usize);
        if let Some((advised, _)) = self.best(&place, habit) {
            self.guesses.push((span, Diagnostic { code, ..advised }));
        }
    }

    /// Whether advice is still computed. It reads the whole statement, and no more errors are shown
    /// than these.
    fn seeks_advice(&self) -> bool {
        self.advised < super::MOST_ERRORS
    }

    /// A fault at a byte of a statement that parsed, or of several.
    fn place(&self, statement: Range<usize>, at: usize) -> Place<'d, 'd> {
        let token = |byte| self.scan.token_at(byte);
        Place::new(self.scan, token(statement.start)..token(statement.end), token(at))
    }

    /// Stores advice about a fact after a rule that is more likely one more action of the rule.
    fn guess_action(&mut self, rule: usize, pair: &Pair<'_, Rule>) {
        let token = self.scan.token_at(self.statement.start);
        let Some(name) = self.scan.tokens.get(token).map(|token| token.range.clone()) else { return };
        if pair.as_rule() != Rule::fact || !self.scan.begins_call(token) {
            return;
        }
        let place = self.place(rule..self.statement.end, self.statement.start).joined_at(Some(token));
        if let Some((advised, _)) = self.best(&place, habits::behind_actions) {
            self.guesses.push((span(self.file, name.start, name.end), advised));
        }
    }

    /// Reports a fault of something that parsed, with advice if `habit` recognises it.
    pub(super) fn report_with(&mut self, diagnostic: Diagnostic, habit: fn(&Place<'_, '_>) -> Vec<Advice>) {
        if !self.reported_with(diagnostic.clone(), habit) {
            self.report(diagnostic);
        }
    }

    /// Reports a fault of something that parsed, if `habit` recognises it; returns whether it did.
    pub(super) fn reported_with(
        &mut self,
        diagnostic: Diagnostic,
        habit: fn(&Place<'_, '_>) -> Vec<Advice>,
    ) -> bool {
        if !self.seeks_advice() {
            return false;
        }
        let place = self.place(self.statement.clone(), diagnostic.primary.span.start as usize);
        match self.best(&place, habit) {
            Some((advised, _)) => {
                let mut primary = advised.primary;
                if primary.span == diagnostic.primary.span {
                    primary.text = diagnostic.primary.text;
                }
                let (code, secondary) = (diagnostic.code, diagnostic.secondary);
                self.report(Diagnostic { code, primary, secondary, ..advised });
            }
            None => return false,
        }
        true
    }

    /// The candidates for the name that was meant.
    pub(super) fn candidates<I: IntoIterator>(&mut self, names: I) -> std::iter::Take<I::IntoIter> {
        self.diagnostics.candidates(names)
    }

    /// Reports a fault that the grammar accepts.
    pub(super) fn syntax_error(&mut self, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::new(Code::Syntax, span, message));
    }

    /// Adds the statements of a piece at `offset` in the text.
    pub(super) fn statements(&mut self, pairs: Vec<Pair<'_, Rule>>, offset: usize, program: &mut Program) {
        self.offset = offset;
        let mut rule = None;
        for pair in pairs {
            let place = pair.as_span();
            self.statement = offset + place.start()..offset + place.end();
            match pair.as_rule() {
                Rule::EOI => continue,
                Rule::semicolon => continue,
                Rule::file_head => self.file_head(&pair, program),
                Rule::module => self.module(&pair, program),
                _ => {
                    if let Some(rule) = rule {
                        self.guess_action(rule, &pair);
                    }
                    let before = self.reported;
                    let statement = self.statement(&pair);
                    if statement.is_none() && self.reported == before {
                        self.syntax_error(self.span(&pair), "this statement cannot be read");
                    }
                    program.statements.extend(statement);
                }
            }
            rule = part(&pair, Rule::arrow_body).map(|_| self.statement.start);
        }
    }

    /// How many names the checker may not find.
    pub(super) fn diagnosed(&self) -> usize {
        self.guesses.len()
    }

    /// Reports the last stored advice, if some was stored since there were `known`.
    pub(super) fn report_guess(&mut self, known: usize) -> bool {
        let guess = if self.guesses.len() > known { self.guesses.pop() } else { None };
        let found = guess.is_some();
        guess.into_iter().for_each(|(_, guess)| self.report(guess));
        found
    }

    /// Returns the diagnostics for names that are not found.
    pub(super) fn take_guesses(&mut self) -> Vec<(Span, Diagnostic)> {
        std::mem::take(&mut self.guesses)
    }

    fn file_head(&mut self, pair: &Pair<'_, Rule>, program: &mut Program) {
        let annotations = self.annotations(pair);
        if program.module.is_none() && program.statements.is_empty() {
            program.head.extend(annotations);
            return;
        }
        let message = "an annotation by itself applies to its file and must be its first statement";
        let diagnostic = Diagnostic::new(Code::Syntax, self.span(pair), message);
        self.report(match program.statements.is_empty() {
            true => {
                diagnostic.hint("to have it for the whole module, remove the `;` after the module's name")
            }
            false => diagnostic.hint("one for a rule belongs after the rule's name: `rule r @allow(…) : …`"),
        });
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

/// The meaningful parts of a pair: without punctuation and keywords.
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

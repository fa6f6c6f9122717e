//! Reading around a fault.
//!
//! The statement did not parse, so there is no tree. What an operator compares, or where a call
//! ends, is guessed from the tokens. A wrong guess does no harm, because advice is only given when
//! it lets the parser get further.

use std::ops::Range;

use super::Advice;
use crate::syntax::ast::{AggregateFunction, CastType};
use crate::syntax::scan::{Scan, is_word_operator};
use crate::syntax::token::{Token, TokenKind};

/// The offset from which the tokens of a place are counted. Looking a few tokens back from the
/// first finds none, and no number below zero.
const PAD: usize = 16;

/// A statement with a fault, as its tokens.
pub(in crate::syntax) struct Place<'a, 't> {
    scan: &'a Scan<'t>,
    /// The first token of the statement.
    pub(super) first: usize,
    /// The token at which the parser could not continue.
    pub(super) at: usize,
    /// Where the statement seemed to be over although the following tokens seem to belong to it.
    pub(super) joint: Option<usize>,
    /// The index just past the statement.
    pub(super) end: usize,
}

impl<'a, 't> Place<'a, 't> {
    /// A fault at a token of a statement, which are tokens of a scan.
    pub(in crate::syntax) fn new(scan: &'a Scan<'t>, statement: Range<usize>, at: usize) -> Self {
        Self { scan, first: statement.start + PAD, at: at + PAD, joint: None, end: statement.end + PAD }
    }

    /// The same where the statement seemed to be over before a token.
    pub(in crate::syntax) fn joined_at(self, joint: Option<usize>) -> Self {
        Self { joint: joint.map(|joint| joint + PAD), ..self }
    }

    /// The same with the fault at another token of the place.
    pub(super) fn with_fault_at(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    /// The tokens of the statement as those of the scan, and the scan.
    pub(in crate::syntax) fn statement(&self) -> (&'a Scan<'t>, Range<usize>) {
        (self.scan, self.first - PAD..self.end - PAD)
    }

    /// All of the text.
    pub(super) fn text(&self) -> &'t str {
        self.scan.text()
    }

    pub(super) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.scan.kind(index.wrapping_sub(PAD))
    }

    fn token(&self, index: usize) -> Option<&'a Token> {
        self.scan.tokens.get(index.wrapping_sub(PAD))
    }

    /// Whether the statement is a rule in the block notation.
    pub(super) fn is_block(&self) -> bool {
        self.scan.is_block(self.first.wrapping_sub(PAD))
    }

    /// Whether `Name (` begins at a token and is more likely a call than a fact.
    pub(super) fn begins_call(&self, index: usize) -> bool {
        self.scan.begins_call(index.wrapping_sub(PAD))
    }

    /// The fields of a type that the text declares, each with its type and whether it is part of
    /// the key.
    pub(super) fn fields_of(&self, ty: &str) -> Vec<(&'t str, &'t str, bool)> {
        self.scan.fields_of(ty)
    }

    pub(super) fn word(&self, index: usize) -> &'t str {
        self.scan.slice(index.wrapping_sub(PAD))
    }

    /// Whether a token is a word, in any case.
    pub(super) fn is(&self, index: usize, word: &str) -> bool {
        self.word(index).eq_ignore_ascii_case(word)
    }

    pub(super) fn is_any(&self, index: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(index, word))
    }

    pub(super) fn sign(&self, index: usize, sign: char) -> bool {
        self.scan.is_sign(index.wrapping_sub(PAD), sign)
    }

    pub(super) fn is_name(&self, index: usize) -> bool {
        self.scan.is_name(index.wrapping_sub(PAD))
    }

    pub(super) fn is_text(&self, index: usize) -> bool {
        self.kind(index) == Some(TokenKind::Text)
    }

    pub(super) fn is_number(&self, index: usize) -> bool {
        self.word(index).starts_with(|c: char| c.is_ascii_digit())
    }

    /// The bytes of a range of tokens.
    pub(in crate::syntax) fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.token(tokens.start).map_or(self.scan.text().len(), |token| token.range.start);
        let end = self.token(tokens.end.wrapping_sub(1));
        start..end.map_or(start, |token| token.range.end).max(start)
    }

    /// The text of a range of tokens, with everything between them.
    pub(super) fn source(&self, tokens: Range<usize>) -> &'t str {
        self.scan.text().get(self.bytes(tokens)).unwrap_or("")
    }

    /// Whether two tokens are adjacent without a space.
    pub(super) fn adjacent(&self, index: usize) -> bool {
        match (self.token(index), self.token(index + 1)) {
            (Some(this), Some(next)) => this.range.end == next.range.start,
            _ => false,
        }
    }

    pub(super) fn leads_line(&self, index: usize) -> bool {
        self.token(index).is_none_or(|token| token.leads_line)
    }

    /// The tokens of the sign that a token belongs to: signs without a space between them count as
    /// one.
    pub(super) fn joined(&self, index: usize) -> Range<usize> {
        let part = |index| match self.kind(index) {
            Some(TokenKind::Sign(sign)) => {
                !"()[]{},;\"'$@`.".contains(sign) || sign == '.' && self.dots(index)
            }
            _ => false,
        };
        if !part(index) {
            return index..index + 1;
        }
        let (mut from, mut to) = (index, index + 1);
        while from > self.first && part(from - 1) && self.adjacent(from - 1) {
            from -= 1;
        }
        while part(to) && self.adjacent(to - 1) {
            to += 1;
        }
        from..to
    }

    /// Whether a dot is one of several, or follows a `?`.
    fn dots(&self, index: usize) -> bool {
        let beside = |index: usize| self.sign(index, '.') || self.sign(index, '?') || self.sign(index, '!');
        (index > 0 && self.adjacent(index - 1) && beside(index - 1))
            || (self.adjacent(index) && self.sign(index + 1, '.'))
    }

    /// The bracket that closes the one at a token.
    pub(super) fn close(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for index in open..self.end {
            match self.kind(index) {
                Some(TokenKind::Sign('(' | '[' | '{')) => depth += 1,
                Some(TokenKind::Sign(')' | ']' | '}')) => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The bracket that the one at a token closes.
    pub(super) fn open(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for index in (self.first..=close).rev() {
            match self.kind(index) {
                Some(TokenKind::Sign(')' | ']' | '}')) => depth += 1,
                Some(TokenKind::Sign('(' | '[' | '{')) => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The bracket around a token, innermost.
    pub(super) fn around(&self, index: usize) -> Option<usize> {
        let tokens = self.first.wrapping_sub(PAD)..index.wrapping_sub(PAD);
        self.scan.unclosed(tokens).map(|index| index + PAD)
    }

    /// Whether `==>` begins at a token.
    pub(super) fn is_arrow(&self, index: usize) -> bool {
        self.sign(index, '=') && self.sign(index + 1, '=') && self.sign(index + 2, '>')
    }

    /// The first token of the actions.
    pub(super) fn actions(&self) -> Option<usize> {
        let is_block = self.is_block();
        (self.first..self.end).find_map(|index| {
            if is_block {
                self.is(index, "then").then_some(index + 1)
            } else {
                self.is_arrow(index).then_some(index + 3)
            }
        })
    }

    /// The last token of the head of a rule and its name: the `:` or `when`.
    pub(super) fn head(&self) -> Option<usize> {
        (self.first + 2..self.end).find(|index| self.sign(*index, ':') || self.is(*index, "when"))
    }

    /// Whether a `/` follows patterns rather than being between numbers.
    fn separates(&self, index: usize) -> bool {
        let before = |count: usize| index.checked_sub(count).unwrap_or(usize::MAX);
        if self.sign(before(1), '}') || self.is_arrow(index + 1) {
            return true;
        }
        let asks = |index| {
            self.is_any(index, &["EXISTS", "FORALL", "ANY", "ALL"])
                || AggregateFunction::from_text(self.word(index)).is_some()
        };
        let distinct = usize::from(self.is(before(4), "DISTINCT"));
        self.is_name(before(1))
            && self.sign(before(2), ':')
            && self.sign(before(4 + distinct), '(')
            && asks(before(5 + distinct))
    }

    /// Whether a token is an arithmetic operator between two operands.
    fn is_arithmetic(&self, index: usize) -> bool {
        match self.kind(index) {
            Some(TokenKind::Sign('+' | '*' | '%')) => true,
            Some(TokenKind::Sign('-')) => !self.sign(index + 1, '>'),
            Some(TokenKind::Sign('/')) => !self.separates(index),
            _ => false,
        }
    }

    /// Whether an operand can end with a token.
    pub(super) fn ends_operand(&self, index: usize) -> bool {
        match self.kind(index) {
            Some(TokenKind::Word) => !is_word_operator(self.word(index)),
            Some(TokenKind::Text | TokenKind::Sign(')' | ']')) => true,
            _ => false,
        }
    }

    /// The first token of the operand that ends before a token.
    pub(super) fn operand_before(&self, end: usize) -> Option<usize> {
        let last = end.checked_sub(1).filter(|last| *last >= self.first)?;
        if !self.ends_operand(last) {
            return None;
        }
        let mut start = last;
        if self.sign(last, ')') || self.sign(last, ']') {
            start = self.open(last)?;
            if start > self.first && self.is_name(start - 1) && !self.sign(start, '[') {
                start -= 1;
            } else if start > self.first && self.is(start - 1, "EXISTS") {
                return Some(start - 1);
            }
        }
        while start >= self.first + 2
            && self.sign(start - 1, '.')
            && self.kind(start - 2) == Some(TokenKind::Word)
        {
            start -= 2;
        }
        if start > self.first && self.sign(start - 1, '$') {
            start -= 1;
        }
        if start >= self.first + 3
            && self.sign(start - 1, ')')
            && self.sign(start - 3, '(')
            && CastType::from_text(self.word(start - 2)).is_some()
        {
            start -= 3;
        }
        if start > self.first + 1 && self.sign(start - 1, '-') && !self.ends_operand(start - 2) {
            start -= 1;
        }
        Some(start)
    }

    /// The first token of the arithmetic that ends before a token.
    pub(super) fn sum_before(&self, end: usize) -> Option<usize> {
        let mut start = self.operand_before(end)?;
        while start > self.first && self.is_arithmetic(start - 1) {
            match self.operand_before(start - 1) {
                Some(further) => start = further,
                None => break,
            }
        }
        Some(start)
    }

    /// The index just past the operand that begins at a token.
    pub(super) fn operand_after(&self, start: usize) -> Option<usize> {
        let mut at = start;
        while self.sign(at, '-')
            || (self.sign(at, '(')
                && CastType::from_text(self.word(at + 1)).is_some()
                && self.sign(at + 2, ')'))
        {
            at += if self.sign(at, '-') { 1 } else { 3 };
        }
        if self.sign(at, '(') || self.sign(at, '[') {
            return Some(self.close(at)? + 1);
        }
        if self.sign(at, '$') {
            at += 1;
        }
        match self.kind(at)? {
            TokenKind::Text => return Some(at + 1),
            TokenKind::Word if !is_word_operator(self.word(at)) || self.is(at, "EXISTS") => {}
            _ => return None,
        }
        at += 1;
        while self.sign(at, '.') && self.kind(at + 1) == Some(TokenKind::Word) {
            at += 2;
        }
        if self.sign(at, '(') {
            at = self.close(at)? + 1;
        }
        (at <= self.end).then_some(at)
    }

    /// The index just past the arithmetic that begins at a token.
    pub(super) fn sum_after(&self, start: usize) -> Option<usize> {
        let mut end = self.operand_after(start)?;
        while self.is_arithmetic(end) {
            match self.operand_after(end + 1) {
                Some(further) => end = further,
                None => break,
            }
        }
        Some(end)
    }

    /// Whether a token ends a part of a condition or an argument, outside of brackets.
    fn ends_clause(&self, index: usize) -> bool {
        self.is_any(index, &["AND", "OR", "then", "else", "end"])
            || self.is_arrow(index)
            || matches!(
                self.kind(index),
                Some(TokenKind::Sign(',' | ';' | ')' | ']' | '}' | '&' | '|')) | None
            )
    }

    /// The index just past the comparison or other condition that begins at a token.
    pub(super) fn clause_after(&self, start: usize) -> usize {
        let mut at = start;
        while at < self.end && !self.ends_clause(at) {
            at = match self.kind(at) {
                Some(TokenKind::Sign('(' | '[' | '{')) => self.close(at).map_or(self.end, |close| close + 1),
                _ => at + 1,
            };
        }
        at
    }

    /// The first token of the comparison or other condition that contains a token.
    pub(super) fn clause_before(&self, end: usize) -> usize {
        let mut at = end;
        while at > self.first {
            let before = at - 1;
            let divides = self.is_any(before, &["AND", "OR", "NOT", "when", "then"])
                || matches!(self.word(before), "(" | "[" | "{" | "," | ";" | ":" | "&" | "|")
                || (self.sign(before, '/') && self.separates(before));
            if divides {
                break;
            }
            at = match self.word(before) {
                ")" | "]" | "}" => self.open(before).unwrap_or(self.first),
                _ => before,
            };
        }
        at
    }

    /// Where one of the words or signs next occurs outside of brackets, before `end`.
    pub(super) fn next(&self, from: usize, end: usize, wanted: &[&str]) -> Option<usize> {
        let mut at = from;
        while at < end {
            if self.is_any(at, wanted) {
                return Some(at);
            }
            at = match self.kind(at) {
                Some(TokenKind::Sign('(' | '[' | '{')) => self.close(at)? + 1,
                Some(TokenKind::Sign(')' | ']' | '}')) => return None,
                _ => at + 1,
            };
        }
        None
    }

    /// The parts between commas inside the bracket at a token.
    pub(super) fn arguments(&self, open: usize) -> Option<Vec<Range<usize>>> {
        let close = self.close(open)?;
        let (mut parts, mut from) = (Vec::new(), open + 1);
        while from < close {
            let end = self.next(from, close, &[","]).unwrap_or(close);
            parts.push(from..end);
            from = end + 1;
        }
        Some(parts)
    }

    /// The type of a variable that a pattern of the statement binds, as in `o: Order` and
    /// `$o : Order`.
    pub(super) fn type_of(&self, variable: &str) -> Option<&'t str> {
        (self.first..self.end).find_map(|index| {
            let binds = self.word(index) == variable && self.sign(index + 1, ':') && self.is_name(index + 2);
            binds.then(|| self.word(index + 2))
        })
    }

    /// A variable with the first of these names that the statement does not use, numbered if need
    /// be.
    pub(super) fn fresh(&self, wishes: &[&str]) -> String {
        let used = |name: &str| (self.first..self.end).any(|index| self.word(index) == name);
        let numbered = (2..).map(|number: u32| format!("x{number}"));
        let mut all = wishes.iter().map(|wish| (*wish).to_owned()).chain(numbered);
        all.find(|name| !used(name)).unwrap_or_default()
    }

    /// Starts advice about some tokens.
    pub(super) fn advice(&self, tokens: Range<usize>, message: impl Into<String>) -> Advice {
        Advice::new(self.bytes(tokens), message.into())
    }
}

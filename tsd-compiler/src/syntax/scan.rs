//! A first, shallow look at a text: where its statements begin and whether its brackets nest too deep.
//!
//! Two things cannot be left to the generated parser. It stops at the first error, and the author wants all of them; and
//! it recurses, so it must not see a text that nests without end. This pass cuts the text into words, signs and
//! strings and finds from them the places where a statement surely begins. The parser then reads one piece at a time,
//! and after an error goes on at the next beginning.
//!
//! A beginning that is missed costs nothing but precision after an error: the grammar accepts several statements in one
//! piece. One that is wrong would break a valid program, so [`Scan::is_start`] only holds where no valid
//! statement can go on.

use std::ops::Range;

/// What a token is, as far as finding statements needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A name, a keyword, or a number.
    Word,
    /// A string, quotes included.
    Text,
    /// One character of anything else.
    Sign(char),
    /// Something that no statement can contain.
    Fault(Fault),
}

/// What can be wrong within a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// A string without its closing quote on the line.
    UnclosedText,
    /// A `/*` without `*/`.
    UnclosedComment,
    /// A backslash in a string before a character that it means nothing before.
    UnknownEscape,
    /// `\u{…}` that names no character.
    NoSuchCharacter,
}

/// A piece of the text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
    /// Whether it is the first on its line.
    pub(super) leads_line: bool,
}

/// All tokens of a text.
pub(super) struct Scan<'t> {
    text: &'t str,
    pub(super) tokens: Vec<Token>,
}

/// Why a piece cannot be given to the parser.
pub(super) enum Obstacle {
    /// The token with this index is at fault.
    Fault(usize, Fault),
    /// The bracket with this index is nested too deep.
    TooDeep(usize),
}

impl<'t> Scan<'t> {
    /// Cuts a text into tokens.
    pub(super) fn new(text: &'t str) -> Self {
        Scan { text, tokens: super::scan_tokens::tokens(text) }
    }

    /// The text of a token; empty past the last one.
    pub(super) fn slice(&self, index: usize) -> &'t str {
        self.tokens.get(index).and_then(|token| self.text.get(token.range.clone())).unwrap_or("")
    }

    /// What a token is; none past the last one.
    pub(super) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    fn is_sign(&self, index: usize, sign: char) -> bool {
        self.kind(index) == Some(TokenKind::Sign(sign))
    }

    /// A word that may be a name: not a number, not an operator.
    fn is_name(&self, index: usize) -> bool {
        self.kind(index) == Some(TokenKind::Word)
            && !self.slice(index).starts_with(|c: char| c.is_ascii_digit())
            && !is_word_operator(self.slice(index))
    }

    /// The index just past the piece that begins at `first`: that of the next sure beginning of a statement.
    pub(super) fn piece(&self, first: usize, max_depth: usize) -> Result<usize, Obstacle> {
        let mut depth = 0;
        let mut in_block = false;
        for index in first..self.tokens.len() {
            if index > first
                && (self.is_declaration(index) || (depth == 0 && !in_block && self.is_start(index)))
            {
                return Ok(index);
            }
            match self.tokens[index].kind {
                TokenKind::Fault(fault) => return Err(Obstacle::Fault(index, fault)),
                TokenKind::Sign('(' | '[' | '{') => {
                    depth += 1;
                    if depth > max_depth {
                        return Err(Obstacle::TooDeep(index));
                    }
                }
                TokenKind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                TokenKind::Word if depth == 0 && !self.is_sign(index.wrapping_sub(1), '.') => {
                    in_block = match self.slice(index) {
                        "when" if self.slice(first) == "rule" => true,
                        "end" => false,
                        _ => in_block,
                    };
                }
                TokenKind::Word | TokenKind::Text | TokenKind::Sign(_) => {}
            }
        }
        Ok(self.tokens.len())
    }

    /// Where to go on after an error at `from` in the statement that begins at `statement`. Brackets do not count here,
    /// since a missing one may be the error.
    pub(super) fn resume(&self, statement: usize, from: usize) -> usize {
        let from = from.max(statement + 1);
        let words = |range: Range<usize>, word| range.into_iter().any(|index| self.slice(index) == word);
        let in_block = self.slice(statement) == "rule"
            && words(statement..from, "when")
            && !words(statement..from, "end");
        for index in from..self.tokens.len() {
            if self.is_declaration(index) {
                return index;
            }
            if in_block {
                if self.slice(index) == "end" {
                    return index + 1;
                }
            } else if self.is_start(index) || self.looks_like_start(index) {
                return index;
            }
        }
        self.tokens.len()
    }

    /// The next token from which on a declaration or command surely begins.
    pub(super) fn next_declaration(&self, from: usize) -> usize {
        (from..self.tokens.len()).find(|index| self.is_declaration(*index)).unwrap_or(self.tokens.len())
    }

    /// Whether the token begins a statement, given that it stands outside all brackets and pattern lists.
    fn is_start(&self, index: usize) -> bool {
        let after_lone_word = self.looks_like_start(index.wrapping_sub(1)) && !self.tokens[index].leads_line;
        self.is_declaration(index)
            || (self.can_end_statement(index.wrapping_sub(1))
                && !after_lone_word
                && (self.begins_fact(index)
                    || (self.slice(index) == "reset" && !self.is_sign(index + 1, '.'))))
    }

    /// Whether a line begins as a statement would, be it with a misspelt keyword.
    fn looks_like_start(&self, index: usize) -> bool {
        let leads_line = self.tokens.get(index).is_some_and(|token| token.leads_line);
        leads_line && self.is_name(index) && (self.begins_fact(index) || self.is_name(index + 1))
    }

    /// Whether a keyword and what follows it can only be the beginning of a declaration or command. Two names
    /// never stand side by side within an expression, so this holds inside brackets too.
    fn is_declaration(&self, index: usize) -> bool {
        if self.kind(index) != Some(TokenKind::Word) {
            return false;
        }
        let before = if index == 0 { "" } else { self.slice(index - 1) };
        if before == "." || before == "$" || before == "@" {
            return false;
        }
        match self.slice(index) {
            "type" if before != "extern" => {
                before != "rule"
                    && self.is_name(index + 1)
                    && (self.is_sign(index + 2, '(') || self.is_sign(index + 2, ':'))
            }
            "action" => before != "rule" && self.is_name(index + 1) && self.is_sign(index + 2, '('),
            "extern" => self.slice(index + 1) == "type" && self.is_name(index + 2),
            "remove" => matches!(self.slice(index + 1), "rule" | "fact") && self.is_name(index + 2),
            "rule" if before != "remove" => {
                matches!(self.kind(index + 1), Some(TokenKind::Word | TokenKind::Text))
                    && (self.is_sign(index + 2, ':')
                        || self.is_sign(index + 2, '@')
                        || matches!(self.slice(index + 2), "salience" | "no" | "when"))
            }
            _ => false,
        }
    }

    /// `Name (` or `name = Name (`.
    fn begins_fact(&self, index: usize) -> bool {
        self.is_name(index)
            && (self.is_sign(index + 1, '(')
                || (self.is_sign(index + 1, '=') && self.is_name(index + 2) && self.is_sign(index + 3, '(')))
    }

    /// Whether a statement can end with the token: it is a value, a closing bracket or a `;`, and neither a keyword that
    /// a name must follow nor the end of a cast.
    fn can_end_statement(&self, index: usize) -> bool {
        match self.kind(index) {
            Some(TokenKind::Word) => {
                !is_word_operator(self.slice(index))
                    && !matches!(
                        self.slice(index),
                        "type" | "action" | "rule" | "remove" | "fact" | "mod" | "extern"
                    )
                    && !self.is_sign(index.wrapping_sub(1), '@')
            }
            Some(TokenKind::Text) => true,
            Some(TokenKind::Sign(')')) => {
                !(self.is_sign(index.wrapping_sub(2), '(')
                    && super::ast::CastType::from_text(self.slice(index.wrapping_sub(1))).is_some())
            }
            Some(TokenKind::Sign(sign)) => sign == ';',
            Some(TokenKind::Fault(_)) | None => false,
        }
    }

    /// The innermost bracket that is opened in `range` and not closed in it.
    pub(super) fn unclosed(&self, range: Range<usize>) -> Option<usize> {
        self.open_brackets(range).pop()
    }

    /// The brackets that are opened in `range` and not closed in it, outermost first.
    pub(super) fn open_brackets(&self, range: Range<usize>) -> Vec<usize> {
        let mut open = Vec::new();
        for index in range {
            match self.kind(index) {
                Some(TokenKind::Sign('(' | '[' | '{')) => open.push(index),
                Some(TokenKind::Sign(')' | ']' | '}')) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The first token that ends after a byte.
    pub(super) fn token_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.range.end <= byte)
    }
}

/// Whether a word is an operator of conditions, in any case.
pub(super) fn is_word_operator(word: &str) -> bool {
    ["and", "or", "not", "in", "is", "like", "matches", "contains", "exists"]
        .iter()
        .any(|operator| operator.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first words of the pieces of a text.
    fn check(text: &str, expected: &[&str]) {
        let scan = Scan::new(text);
        let (mut at, mut found) = (0, Vec::new());
        while at < scan.tokens.len() {
            found.push(scan.slice(at));
            at = scan.piece(at, 128).unwrap_or(scan.tokens.len());
        }
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn statements_are_found() {
        check(
            "type A(x: int) action f(a: A) rule r : {a: A} / ==> f(a) A(x: 1) b = A(x: 2)",
            &["type", "action", "rule", "A", "b"],
        );
        check(
            "extern type A(#x: int) = a::B remove rule r remove fact A 1 reset type B()",
            &["extern", "remove", "remove", "reset", "type"],
        );
    }

    #[test]
    fn statements_are_not_cut() {
        check(
            "rule type : {a: A} / (number)\nLENGTH(a.x) > 1 AND\nLENGTH(a.y) > 1 OR NOT\n(a.z) ==>\nf(a),\ng(a)",
            &["rule"],
        );
        check("rule \"r\" when\nA($x : id)\nnot B(id == $x)\nthen f($x); g(); end\nA(id: 1)", &["rule", "A"]);
        check("type\nOrder(x: int)\nremove rule\nrule", &["type", "remove"]);
        check("rule r @context\n@rows\n(1) : {a: A} / a.type LIKE (a.b) ==> f", &["rule"]);
    }

    #[test]
    fn a_missing_bracket_does_not_hide_the_next_declaration() {
        check("type A(x: int\nrule r : {a: A} / ==> f", &["type", "rule"]);
    }
}

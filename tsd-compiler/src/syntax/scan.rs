//! A first, shallow pass over a text: where its statements begin and whether its brackets nest too
//! deep.
//!
//! Two things cannot be left to the generated parser. It stops at the first error, and the author
//! wants all of them. And it recurses, so it must not see a text with unlimited nesting. This pass
//! cuts the text into words, signs and strings, and finds the places where a statement certainly
//! begins. The parser then reads one piece at a time, and continues after an error at the next
//! beginning.
//!
//! A beginning that is missed only costs precision after an error, because the grammar accepts
//! several statements in one piece. A false one would break a valid program, so [`Scan::is_start`]
//! only holds where no valid statement can continue.

use std::collections::BTreeMap;
use std::ops::Range;

use super::token::{Token, TokenKind};

/// All tokens of a text.
pub(super) struct Scan<'t> {
    text: &'t str,
    pub(super) tokens: Vec<Token>,
    /// The names after `type` and after `action`, and where.
    types: BTreeMap<&'t str, usize>,
    actions: BTreeMap<&'t str, usize>,
}

/// Why a piece cannot be parsed.
pub(super) enum Obstacle {
    /// The token with this index is at fault.
    Fault(usize),
    /// The bracket with this index is nested too deep.
    TooDeep(usize),
}

impl<'t> Scan<'t> {
    /// Cuts a text into tokens.
    pub(super) fn new(text: &'t str) -> Self {
        let tokens = super::scan_tokens::tokens(text);
        let scan = Scan { text, tokens, types: BTreeMap::new(), actions: BTreeMap::new() };
        let behind = |keyword: &str| -> BTreeMap<&'t str, usize> {
            (1..scan.tokens.len())
                .filter(|index| scan.slice(index - 1) == keyword && scan.is_name(*index))
                .map(|index| (scan.slice(index), index))
                .collect()
        };
        let (types, actions) = (behind("type"), behind("action"));
        Scan { types, actions, ..scan }
    }

    /// The text of the tokens.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The text of a token; empty past the last one.
    pub(super) fn slice(&self, index: usize) -> &'t str {
        self.tokens.get(index).and_then(|token| self.text.get(token.range.clone())).unwrap_or("")
    }

    /// The kind of a token; none past the last one.
    pub(super) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    pub(super) fn is_sign(&self, index: usize, sign: char) -> bool {
        self.kind(index) == Some(TokenKind::Sign(sign))
    }

    /// A word that may be a name: not a number, not an operator.
    pub(super) fn is_name(&self, index: usize) -> bool {
        self.kind(index) == Some(TokenKind::Word)
            && !self.slice(index).starts_with(|c: char| c.is_ascii_digit())
            && !is_word_operator(self.slice(index))
    }

    /// The index just past the piece that begins at `first`: the next certain beginning of a
    /// statement.
    pub(super) fn piece(&self, first: usize, max_depth: usize) -> Result<usize, Obstacle> {
        let mut depth = 0;
        let mut in_block = false;
        let is_rule = self.slice(first) == "rule";
        let mut in_head = is_rule;
        for index in first..self.tokens.len() {
            let inside = in_block || in_head || depth > 0;
            let starts = |index| self.is_start(index) && !(is_rule && self.begins_call(index));
            if index > first && (self.is_declaration(index) || (!inside && starts(index))) {
                return Ok(index);
            }
            match self.tokens[index].kind {
                TokenKind::Fault(_) => return Err(Obstacle::Fault(index)),
                TokenKind::Sign('(' | '[' | '{') => {
                    depth += 1;
                    if depth > max_depth {
                        return Err(Obstacle::TooDeep(index));
                    }
                }
                TokenKind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                TokenKind::Sign(':') if depth == 0 => in_head = false,
                TokenKind::Word if depth == 0 && !self.is_sign(index.wrapping_sub(1), '.') => {
                    if in_head && self.slice(index).eq_ignore_ascii_case("when") {
                        (in_block, in_head) = (true, false);
                    } else if self.slice(index).eq_ignore_ascii_case("end") {
                        (in_block, in_head) = (false, false);
                    }
                }
                TokenKind::Word | TokenKind::Text | TokenKind::Sign(_) => {}
            }
        }
        Ok(self.tokens.len())
    }

    /// Where to continue after an error at `from` in the statement that begins at `statement`.
    /// Brackets do not count here, since a missing one may be the error.
    pub(super) fn resume(&self, statement: usize, from: usize) -> usize {
        let from = from.max(statement + 1);
        let in_rule = self.slice(statement) == "rule";
        let in_block = self.is_block(statement)
            && !(statement..from).any(|index| self.slice(index).eq_ignore_ascii_case("end"));
        for index in from..self.tokens.len() {
            if self.is_declaration(index) {
                return index;
            }
            if in_block && self.slice(index).eq_ignore_ascii_case("end") {
                return index + 1;
            }
            // After a fault in a rule, something alone on a line of its own is certainly not part
            // of it.
            let starts = match in_rule {
                true => self.tokens[index].leads_line && !self.begins_call(index),
                false => true,
            };
            if !in_block && starts && (self.is_start(index) || self.looks_like_start(index)) {
                return index;
            }
        }
        self.tokens.len()
    }

    /// Whether the statement that begins at a token is a rule in block notation, as far as it can
    /// be read.
    pub(super) fn is_block(&self, statement: usize) -> bool {
        if !self.slice(statement).eq_ignore_ascii_case("rule") {
            return false;
        }
        let mut depth = 0_usize;
        for index in statement + 2..self.tokens.len() {
            if self.is_declaration(index) {
                return false;
            }
            match self.tokens[index].kind {
                TokenKind::Sign('(' | '[' | '{') => depth += 1,
                TokenKind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                TokenKind::Sign(':' | '=') if depth == 0 => return false,
                TokenKind::Word if depth == 0 => match self.slice(index) {
                    word if word.eq_ignore_ascii_case("when") || word.eq_ignore_ascii_case("then") => {
                        return true;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        false
    }

    /// The fields of a type that the text declares, in order, each with its type and whether it is
    /// part of the key.
    pub(super) fn fields_of(&self, name: &str) -> Vec<(&'t str, &'t str, bool)> {
        let Some(head) = self.types.get(name) else { return Vec::new() };
        let fields = (head + 2..self.tokens.len()).take_while(|index| !self.is_sign(*index, ')'));
        let is_field = |index: &usize| self.is_name(*index) && self.is_sign(index + 1, ':');
        let field = |index| (self.slice(index), self.slice(index + 2), self.is_sign(index - 1, '#'));
        fields.filter(is_field).map(field).collect()
    }

    /// Whether `Name (` is more likely a call than a fact: what is in the brackets has no field
    /// name before it, or an action of this text or the language has this name.
    fn is_action(&self, index: usize) -> bool {
        let name = self.slice(index);
        let named = self.is_name(index + 2) && self.is_sign(index + 3, ':');
        let sounds = name.starts_with(char::is_lowercase) || super::ast::EFFECTS.contains(&name);
        !named && !self.types.contains_key(name) && (sounds || self.actions.contains_key(name))
    }

    /// Whether `Name (` begins at a token and is more likely a call than a fact.
    pub(super) fn begins_call(&self, index: usize) -> bool {
        self.is_sign(index + 1, '(') && self.is_action(index)
    }

    /// Whether a token after a rule more likely continues its actions than begins a statement.
    pub(super) fn continues_actions(&self, index: usize) -> bool {
        if !self.is_name(index) {
            return self.kind(index) != Some(TokenKind::Sign('#')) && index < self.tokens.len();
        }
        if self.is_sign(index + 1, '(') {
            return self.is_action(index);
        }
        !self.tokens[index].leads_line && !self.begins_fact(index)
    }

    /// The next token at which a declaration or command certainly begins.
    pub(super) fn next_declaration(&self, from: usize) -> usize {
        (from..self.tokens.len()).find(|index| self.is_declaration(*index)).unwrap_or(self.tokens.len())
    }

    /// Whether the token begins a statement, given that it is outside all brackets and pattern
    /// lists.
    fn is_start(&self, index: usize) -> bool {
        let after_lone_word = self.looks_like_start(index.wrapping_sub(1)) && !self.tokens[index].leads_line;
        self.is_declaration(index)
            || (self.can_end_statement(index.wrapping_sub(1))
                && !after_lone_word
                && (self.begins_fact(index)
                    || (self.slice(index) == "reset" && !self.is_sign(index + 1, '.'))))
    }

    /// Whether a line begins as a statement would, even with a misspelt keyword.
    fn looks_like_start(&self, index: usize) -> bool {
        let leads_line = self.tokens.get(index).is_some_and(|token| token.leads_line);
        leads_line && self.is_name(index) && (self.begins_fact(index) || self.is_name(index + 1))
    }

    /// Whether a keyword and what follows it can only begin a declaration or command. Two names are
    /// never adjacent within an expression, so this holds inside brackets too.
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

    /// Whether a statement can end with the token: it is a value, a closing bracket or a `;`, and
    /// neither a keyword that a name must follow nor the end of a cast.
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
            "rule type : {a: A} / (number)\nLENGTH(a.x) > 1 AND\nLENGTH(a.y) > 1 OR NOT\n(a.z) \
             ==>\nf(a),\ng(a)",
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

//! Messages for syntax errors.
//!
//! pest knows where it could not continue and which rules it tried there. The author wants to know
//! what is missing, in the words of the language, and what to write instead of what other languages
//! write.

use pest::error::ErrorVariant;

use super::{Rule, span};
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::source::FileId;
use crate::syntax::scan::{Scan, is_word_operator};
use crate::syntax::token::TokenKind;

/// The diagnostic for an error at the first token of `found`, in the statement that begins at
/// `statement`, or that would begin there if it did not follow the actions of a rule. The piece
/// that was parsed ends where `found` does.
pub(super) fn diagnostic(
    scan: &Scan<'_>,
    file: FileId,
    (statement, after_actions): (usize, bool),
    found: std::ops::Range<usize>,
    variant: &ErrorVariant<Rule>,
) -> Diagnostic {
    let tried: &[Rule] = match variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let (at, ended) = (found.start, found.is_empty());
    let mut error = Place { scan, statement, after_actions, at, ended, tried };
    if error.is_no_statement() {
        (error.at, error.ended) = (statement, false);
    }
    let (range, written) = error.found();
    let message = format!("expected {}, found {written}", error.expectation());
    let mut diagnostic = Diagnostic::new(Code::Syntax, span(file, range.start, range.end), message);
    if let Some(bracket) = scan.unclosed(statement..found.start)
        && (error.tried(Rule::close) || error.tried(Rule::close_brace) || error.tried(Rule::close_bracket))
        && let Some(token) = scan.tokens.get(bracket)
    {
        let place = span(file, token.range.start, token.range.end);
        diagnostic = diagnostic.also(place, "this bracket is still open");
    }
    match error.hint() {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

struct Place<'a, 't> {
    scan: &'a Scan<'t>,
    statement: usize,
    after_actions: bool,
    at: usize,
    /// Whether the statement ended where more was expected.
    ended: bool,
    tried: &'a [Rule],
}

impl Place<'_, '_> {
    fn tried(&self, rule: Rule) -> bool {
        self.tried.contains(&rule)
    }

    /// Whether the first word was read as that of a fact because it is not a keyword.
    fn is_no_statement(&self) -> bool {
        self.at <= self.statement + 1
            && self.tried(Rule::equals)
            && self.tried(Rule::open)
            && !self.tried(Rule::kw_fact)
            && self.scan.kind(self.statement) == Some(TokenKind::Word)
    }

    fn wants_operator(&self) -> bool {
        self.tried.iter().any(|rule| group(*rule) == OPERATOR)
    }

    fn wants_operand(&self) -> bool {
        self.tried.iter().any(|rule| group(*rule) == OPERAND)
    }

    /// The range to underline and the words for it.
    fn found(&self) -> (std::ops::Range<usize>, String) {
        let end_of = |index: usize| self.scan.tokens.get(index).map_or(0, |token| token.range.end);
        match self.scan.tokens.get(self.at) {
            Some(token) if !self.ended => {
                let text = self.sign();
                let range = token.range.start..token.range.start + text.len();
                let short: String = text.chars().take(40).collect();
                (range, format!("`{short}`"))
            }
            _ => {
                let end = end_of(self.at.saturating_sub(1));
                (end..end, "the end of the statement".into())
            }
        }
    }

    /// The token at fault; signs without a space between them count as one.
    fn sign(&self) -> String {
        let mut text = self.scan.slice(self.at).to_owned();
        if !matches!(text.as_str(), "&" | "|" | "=" | "!" | "<" | ">" | "-") {
            return text;
        }
        let mut last = self.at;
        while let (Some(this), Some(next)) = (self.scan.tokens.get(last), self.scan.tokens.get(last + 1)) {
            let joined = next.range.start == this.range.end
                && matches!(next.kind, TokenKind::Sign('&' | '|' | '=' | '<' | '>'));
            if !joined || text.len() > 3 {
                break;
            }
            text.push_str(self.scan.slice(last + 1));
            last += 1;
        }
        text
    }

    fn expectation(&self) -> String {
        if self.is_no_statement() || (self.tried(Rule::kw_mod) && self.tried(Rule::kw_type)) {
            return match self.at == self.statement {
                _ if self.after_actions => "`,` and another action, or the next statement".into(),
                true => "a statement: `type`, `action`, `rule`, `remove`, `reset` or a fact".into(),
                false => "the next statement".into(),
            };
        }
        if self.tried(Rule::kw_fact) {
            return "`rule` or `fact`".into();
        }
        if self.tried(Rule::arrow) {
            return match self.wants_operator() {
                true => "`==>` and at least one action after the condition".into(),
                false => "a condition, a pattern block or `==>`".into(),
            };
        }
        if self.tried(Rule::kw_then) && self.tried(Rule::pattern) {
            return "another pattern, or `then` and at least one action".into();
        }
        let mut words: Vec<&str> = Vec::new();
        for rule in self.tried {
            let word = group(*rule);
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        if self.wants_operator() {
            words.retain(|word| *word != group(Rule::dot));
        }
        if self.wants_operand() {
            let operands =
                [Rule::number, Rule::text, Rule::name, Rule::open, Rule::open_bracket, Rule::open_brace];
            words.retain(|word| operands.iter().all(|rule| group(*rule) != *word));
        }
        words.sort_by_key(|word| (word.starts_with('`'), *word));
        match words.split_last() {
            None => "something else".into(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }

    /// What to write instead, if the mistake is a known one.
    fn hint(&self) -> Option<String> {
        let written = if self.ended { String::new() } else { self.sign() };
        let next = self.scan.slice(self.at + 1);
        match written.as_str() {
            "&" | "&&" => return Some("write `AND`".into()),
            "|" | "||" => return Some("write `OR`".into()),
            "!" => return Some("write `NOT (…)`".into()),
            "<>" | "=!" => return Some("write `!=`".into()),
            "=" | "===" if self.wants_operator() => return Some("write `==` to compare".into()),
            "=>" | "->" if self.wants_operator() => return Some("write `==>` before the actions".into()),
            _ => {}
        }
        if self.wants_operand() && is_word_operator(&written) && next == "(" {
            let operator = written.to_uppercase();
            return Some(format!("`{operator}` belongs between its operands: `a {operator} b`"));
        }
        if self.wants_operator() && written.eq_ignore_ascii_case("not") {
            return Some("put `NOT` before the whole condition, as in `NOT (x IN [1, 2])`".into());
        }
        if self.at == self.statement + 1 || self.at == self.statement {
            let keywords = ["type", "action", "rule", "remove", "reset", "extern"];
            return closest(self.scan.slice(self.statement), keywords)
                .map(|keyword| format!("did you mean `{keyword}`?"));
        }
        None
    }
}

const OPERATOR: &str = "an operator";
const OPERAND: &str = "a value or a condition";

/// The words for a rule that was tried; rules with the same words count once, those without words
/// do not count.
fn group(rule: Rule) -> &'static str {
    match rule {
        Rule::or | Rule::and | Rule::compare | Rule::additive | Rule::multiplicative | Rule::presence => {
            OPERATOR
        }
        Rule::expression
        | Rule::value
        | Rule::paren
        | Rule::exists
        | Rule::aggregate
        | Rule::function
        | Rule::list
        | Rule::path
        | Rule::cast
        | Rule::boolean => OPERAND,
        Rule::kw_not | Rule::kw_exists | Rule::fact_argument | Rule::block_variable | Rule::field_alias => "",
        Rule::name | Rule::source | Rule::field_path => "a name",
        Rule::number => "a number",
        Rule::text => "a string",
        Rule::rule_name => "the name of the rule",
        Rule::fact_key | Rule::bare_key => "the key of the fact",
        Rule::type_name | Rule::type_word => "a type",
        Rule::field => "a field such as `name: string`",
        Rule::parameter => "a parameter such as `name: string`",
        Rule::field_value => "a field and its value such as `total: 12`",
        Rule::binding => "a variable and its type such as `c: Customer`",
        Rule::block => "a pattern block such as `{c: Customer}`",
        Rule::group_value => "`(`",
        Rule::call | Rule::block_call | Rule::action_name => "an action",
        Rule::pattern | Rule::pattern_type => "a pattern such as `Customer(id == 1)`",
        Rule::fact_literal => "a fact",
        Rule::constant | Rule::signed_number | Rule::constant_list | Rule::bare_word => "a literal",
        Rule::kw_missing => "`MISSING`",
        Rule::kw_present => "`PRESENT`",
        Rule::kw_type => "`type`",
        Rule::kw_rule => "`rule`",
        Rule::kw_fact => "`fact`",
        Rule::kw_when => "`when`",
        Rule::kw_then => "`then`",
        Rule::kw_end => "`end`",
        Rule::kw_salience | Rule::salience => "`salience`",
        Rule::kw_no | Rule::kw_loop | Rule::no_loop => "`no-loop`",
        Rule::annotation | Rule::at => "`@`",
        Rule::open | Rule::arguments | Rule::parameters | Rule::fields | Rule::constants => "`(`",
        Rule::close => "`)`",
        Rule::open_brace | Rule::changes => "`{`",
        Rule::close_brace => "`}`",
        Rule::open_bracket => "`[`",
        Rule::close_bracket => "`]`",
        Rule::colon | Rule::old_fields => "`:`",
        Rule::comma => "`,`",
        Rule::semicolon => "`;`",
        Rule::slash => "`/`",
        Rule::equals => "`=`",
        Rule::less => "`<`",
        Rule::greater => "`>`",
        Rule::path_separator => "`::`",
        Rule::dot => "`.`",
        Rule::question => "`?`",
        _ => "",
    }
}

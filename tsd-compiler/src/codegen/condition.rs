//! Tests as Rust.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use tsd_ir::{Comparison, Const, Expr, Kind, Test};

use super::expr::{Code, Expressions, number};

/// The body of a test function.
pub(super) struct Condition<'a> {
    exprs: Expressions,
    /// The regular expressions of the module, each compiled once, by their numbers.
    regexes: &'a mut BTreeMap<String, usize>,
}

/// How tightly the outermost operator of some code binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Compare,
    Tight,
}

impl<'a> Condition<'a> {
    pub(super) fn new(regexes: &'a mut BTreeMap<String, usize>) -> Self {
        Self { exprs: Expressions::default(), regexes }
    }

    /// The test as an expression of type `bool`.
    pub(super) fn code(&mut self, test: &Test) -> TokenStream {
        self.test(test).0
    }

    fn test(&mut self, test: &Test) -> (TokenStream, Binding) {
        match test {
            Test::Constant(value) => (quote!(#value), Binding::Tight),
            Test::All(tests) => self.list(tests, Binding::And),
            Test::Any(tests) => self.list(tests, Binding::Or),
            Test::Not(test) => {
                let test = self.bound(test, Binding::Tight);
                (quote!(!#test), Binding::Tight)
            }
            Test::Compare { op, left, right } => self.compare(*op, left, right),
            Test::Contains { text, part } => self.of_texts(text, part, &quote!(contains)),
            Test::Like { text, pattern } => self.of_texts(text, pattern, &quote!(like)),
            Test::Matches { text, pattern } => {
                let regex = self.regex(pattern);
                let text = self.exprs.code(text);
                let text_code = text.str();
                (holds(quote!(#regex.is_match(#text_code)), text.uses_try()), Binding::Tight)
            }
            Test::Missing(operand) => {
                let operand = self.exprs.code(operand).outside();
                (quote!(#operand.is_none()), Binding::Tight)
            }
            Test::Holds(operand) => {
                let operand = self.exprs.code(operand);
                let code = operand.in_closure();
                (quote!(rt::holds(|| #code)), Binding::Tight)
            }
        }
    }

    /// A test as an operand of an operator that binds as tightly as `binding`.
    fn bound(&mut self, test: &Test, binding: Binding) -> TokenStream {
        let (code, own) = self.test(test);
        if own < binding { quote!((#code)) } else { code }
    }

    fn list(&mut self, tests: &[Test], binding: Binding) -> (TokenStream, Binding) {
        if let [test] = tests {
            return self.test(test);
        }
        let codes: Vec<TokenStream> = tests.iter().map(|test| self.bound(test, binding)).collect();
        match binding {
            _ if codes.is_empty() => {
                let value = binding == Binding::And;
                (quote!(#value), Binding::Tight)
            }
            Binding::And => (quote!(#(#codes)&&*), binding),
            _ => (quote!(#(#codes)||*), binding),
        }
    }

    fn compare(&mut self, op: Comparison, left: &Expr, right: &Expr) -> (TokenStream, Binding) {
        let missing = |operand: &Expr| matches!(operand, Expr::Const(Const::Missing));
        if missing(left) || missing(right) {
            return (quote!(false), Binding::Tight);
        }
        if matches!(op, Comparison::Equal | Comparison::NotEqual)
            && let (Some(left), Some(right)) = (text_word(left), text_word(right))
        {
            // Texts are interned: they are equal exactly when their words are.
            let op = operator(op);
            return (quote!(rt::holds(|| Some(#left? #op #right?))), Binding::Tight);
        }
        let is_text = left.kind() == Some(Kind::Text);
        let (left, right) = (self.exprs.code(left), self.exprs.code(right));
        let uses_try = left.uses_try() || right.uses_try();
        let plain = |code: &Code| if is_text { code.str() } else { code.plain() };
        let (left, right, op) = (plain(&left), plain(&right), operator(op));
        let binding = if uses_try { Binding::Tight } else { Binding::Compare };
        (holds(quote!(#left #op #right), uses_try), binding)
    }

    fn of_texts(&mut self, left: &Expr, right: &Expr, function: &TokenStream) -> (TokenStream, Binding) {
        let (left, right) = (self.exprs.code(left), self.exprs.code(right));
        let uses_try = left.uses_try() || right.uses_try();
        let (left, right) = (left.str(), right.str());
        (holds(quote!(rt::ops::#function(#left, #right)), uses_try), Binding::Tight)
    }

    /// The static that holds a regular expression.
    fn regex(&mut self, pattern: &str) -> proc_macro2::Ident {
        let next = self.regexes.len();
        let index = *self.regexes.entry(pattern.to_owned()).or_insert(next);
        format_ident!("REGEX_{index}")
    }
}

/// A test of operands that may have no value.
fn holds(test: TokenStream, uses_try: bool) -> TokenStream {
    if uses_try { quote!(rt::holds(|| Some(#test))) } else { test }
}

/// A text field as its word.
fn text_word(expr: &Expr) -> Option<TokenStream> {
    let Expr::Field { at, field, kind: Kind::Text } = expr else { return None };
    let (at, field) = (number(at.index()), number(field.index()));
    Some(quote!(facts.word(#at, #field)))
}

fn operator(op: Comparison) -> TokenStream {
    match op {
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
    }
}

//! Expressions as Rust.
//!
//! An operand without a value ends the computation, so the code of an expression may contain `?`.
//! Its caller decides whether `?` is allowed there. What the operators compute is in `tsd_ir::ops`
//! alone.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use tsd_ir::{Arithmetic, Const, Expr, Function, Kind};

/// The code of an expression.
pub(super) struct Code {
    tokens: TokenStream,
    /// Whether the tokens evaluate to an `Option`.
    option: bool,
    /// Whether there is a `?` in the tokens.
    uses_try: bool,
    /// For a text: how long it lives.
    text: Lifetime,
}

/// The owner that a text borrows from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lifetime {
    /// From the facts or the constants.
    Facts,
    /// From a temporary, which ends with the statement.
    Temporary,
    /// It is a `String`.
    Owned,
}

impl Code {
    fn new(tokens: TokenStream, uses_try: bool) -> Self {
        Self { tokens, option: false, uses_try, text: Lifetime::Facts }
    }

    fn optional(tokens: TokenStream, uses_try: bool) -> Self {
        Self { option: true, ..Self::new(tokens, uses_try) }
    }

    fn with_text(self, text: Lifetime) -> Self {
        Self { text, ..self }
    }

    /// Whether [`plain`](Self::plain) code contains a `?`.
    pub(super) fn uses_try(&self) -> bool {
        self.uses_try || self.option
    }

    /// The value itself, where `?` is allowed; a text may be a `String`.
    pub(super) fn plain(&self) -> TokenStream {
        let tokens = &self.tokens;
        if self.option { quote!(#tokens?) } else { tokens.clone() }
    }

    /// A text as `&str`, where `?` is allowed.
    pub(super) fn str(&self) -> TokenStream {
        let tokens = self.plain();
        if self.text == Lifetime::Owned { quote!(#tokens.as_str()) } else { tokens }
    }

    /// The value as an `Option`, where `?` is allowed.
    pub(super) fn in_closure(&self) -> TokenStream {
        let tokens = &self.tokens;
        match (self.option, self.text == Lifetime::Temporary) {
            (true, true) => quote!(#tokens.map(str::to_owned)),
            (true, false) => tokens.clone(),
            (false, true) => quote!(Some(#tokens.to_owned())),
            (false, false) => quote!(Some(#tokens)),
        }
    }

    /// The value as an `Option`, anywhere; a text may be an `Option<String>`.
    pub(super) fn outside(&self) -> TokenStream {
        let tokens = self.in_closure();
        if self.uses_try { quote!(rt::value(|| #tokens)) } else { tokens }
    }

    /// A text as `Option<&str>`, anywhere.
    pub(super) fn optional_str(&self) -> TokenStream {
        let tokens = self.outside();
        if self.text == Lifetime::Facts { tokens } else { quote!(#tokens.as_deref()) }
    }
}

/// Writes expressions one after another, numbering their constants.
#[derive(Default)]
pub(super) struct Expressions {
    constants: usize,
}

impl Expressions {
    pub(super) fn code(&mut self, expr: &Expr) -> Code {
        match expr {
            Expr::Const(constant) => self.constant(constant),
            Expr::Field { at, field, kind } => {
                let reader = format_ident!("{}", reader(*kind));
                let (at, field) = (number(at.index()), number(field.index()));
                Code::optional(quote!(facts.#reader(#at, #field)), false)
            }
            Expr::Fact { at, .. } => {
                let at = number(at.index());
                Code::new(quote!(facts.fact(#at)), false)
            }
            Expr::Derived(derived_value) => {
                let reader = format_ident!("{}_derived", reader(derived_value.kind));
                let index = number(usize::from(derived_value.index));
                Code::optional(quote!(facts.#reader(#index)), false)
            }
            Expr::Negate(operand) => {
                let kind = operand.kind();
                let operand = self.code(operand);
                operator("negate", Arithmetic::Subtract.symbol(), kind, &[&operand])
            }
            Expr::Arithmetic { kind, first, rest } => {
                let first = self.code(first);
                rest.iter().fold(first, |left, (op, right)| {
                    let right = self.code(right);
                    let symbol = op.symbol();
                    counted(symbol, &operator(arithmetic(*op), symbol, Some(*kind), &[&left, &right]))
                })
            }
            Expr::Concat(parts) => {
                let parts: Vec<Code> = parts.iter().map(|part| self.code(part)).collect();
                let uses_try = parts.iter().any(Code::uses_try);
                let parts = parts.iter().map(Code::str);
                let symbol = Arithmetic::Add.symbol();
                let whole = quote!(facts.counted(#symbol, rt::ops::concat(&[#(#parts),*])));
                Code::optional(whole, uses_try).with_text(Lifetime::Owned)
            }
            Expr::Call { function, arguments } => self.call(*function, arguments),
            Expr::Cast { to, operand } => self.cast(*to, operand),
        }
    }

    fn constant(&mut self, constant: &Const) -> Code {
        let reader = match constant {
            Const::Missing => return Code::optional(quote!(None), false),
            Const::Bool(_) => "bool",
            Const::Int(_) => "int",
            Const::Number(_) => "number",
            Const::Text(_) => "text",
        };
        let (reader, index) = (format_ident!("{reader}"), number(self.constants));
        self.constants += 1;
        Code::new(quote!(rt::constant::#reader(constants, #index)), false)
    }

    fn call(&mut self, function: Function, arguments: &[Expr]) -> Code {
        let kind = arguments.first().and_then(Expr::kind);
        let codes: Vec<Code> = arguments.iter().map(|argument| self.code(argument)).collect();
        let Some(operand) = codes.first() else { return Code::optional(quote!(None), false) };
        let uses_try = codes.iter().any(Code::uses_try);
        let borrowed = match operand.text {
            Lifetime::Facts => Lifetime::Facts,
            Lifetime::Temporary | Lifetime::Owned => Lifetime::Temporary,
        };
        let (text, name) = (operand.str(), function.name());
        match function {
            Function::Length => Code::new(quote!(rt::ops::length(#text)), uses_try),
            Function::Upper => Code::new(quote!(rt::ops::upper(#text)), uses_try).with_text(Lifetime::Owned),
            Function::Lower => Code::new(quote!(rt::ops::lower(#text)), uses_try).with_text(Lifetime::Owned),
            Function::Trim => Code::new(quote!(rt::ops::trim(#text)), uses_try).with_text(borrowed),
            Function::Substring => {
                let start = codes.get(1).map(Code::plain);
                let length =
                    codes.get(2).map(Code::plain).map_or(quote!(None), |length| quote!(Some(#length)));
                let part = quote!(facts.counted(#name, rt::ops::substring(#text, #start, #length)));
                Code::optional(part, uses_try).with_text(borrowed)
            }
            Function::Abs => operator("abs", name, kind, &[operand]),
            Function::Round | Function::Floor | Function::Ceil if kind == Some(Kind::Int) => {
                Code { tokens: operand.tokens.clone(), ..*operand }
            }
            Function::Round => operator("round", name, kind, &[operand]),
            Function::Floor => operator("floor", name, kind, &[operand]),
            Function::Ceil => operator("ceil", name, kind, &[operand]),
        }
    }

    fn cast(&mut self, to: Kind, operand: &Expr) -> Code {
        let from = operand.kind();
        let operand = self.code(operand);
        let Some(from) = from.filter(|from| *from != to) else { return operand };
        let uses_try = operand.uses_try();
        let function = format_ident!("{}_to_{}", reader(from), reader(to));
        let argument = if from == Kind::Text { operand.str() } else { operand.plain() };
        let call = quote!(rt::ops::#function(#argument));
        match (from, to) {
            (Kind::Text, _) | (Kind::Number, Kind::Int) => {
                counted(to.cast(), &Code::optional(call, uses_try))
            }
            (Kind::Int | Kind::Number, Kind::Text) => Code::new(call, uses_try).with_text(Lifetime::Owned),
            _ => Code::new(call, uses_try),
        }
    }
}

/// An operator on numbers or integers, which may have no value; the rules call it `written`. Only
/// integer arithmetic can fail with one operand.
fn operator(name: &str, written: &str, kind: Option<Kind>, operands: &[&Code]) -> Code {
    let whole = kind == Some(Kind::Int);
    let function = format_ident!("{name}_{}", if whole { "int" } else { "number" });
    let uses_try = operands.iter().any(|operand| operand.uses_try());
    let plain = operands.iter().map(|operand| operand.plain());
    let code = Code::optional(quote!(rt::ops::#function(#(#plain),*)), uses_try);
    if whole && operands.len() == 1 { counted(written, &code) } else { code }
}

/// The same, counting results without a value for the operator that the rules call `written`.
fn counted(written: &str, code: &Code) -> Code {
    let tokens = &code.tokens;
    Code::optional(quote!(facts.counted(#written, #tokens)), code.uses_try)
}

fn arithmetic(op: Arithmetic) -> &'static str {
    match op {
        Arithmetic::Add => "add",
        Arithmetic::Subtract => "subtract",
        Arithmetic::Multiply => "multiply",
        Arithmetic::Divide => "divide",
        Arithmetic::Remainder => "remainder",
    }
}

/// The name of a kind in the readers of fields and constants, and in cast functions.
pub(super) fn reader(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Int => "int",
        Kind::Bool => "bool",
        Kind::Fact(_) => "reference",
    }
}

/// A number without a suffix.
pub(super) fn number(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

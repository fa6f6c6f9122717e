//! The tree that the parser builds and the checker reads.
//!
//! Two notations and several spellings mean the same thing, so the tree contains what was said, not
//! how. The block notation has become patterns and a condition, parentheses are gone, and chains
//! such as `a AND b AND c` or `1 + 2 - 3` are flat lists. So the depth of a tree is bounded by the
//! nesting that the parser admits (`parse::MAX_NESTING`), and no walk over it can exhaust the
//! stack.
//!
//! Nothing is resolved here: a [`Name`] is the text as written, and a path such as
//! `o.customer.name` is a list of names. Everything carries its [`Span`].

use crate::diagnostics::Diagnostic;
use crate::source::Span;

mod expr;
mod vocabulary;

pub use expr::{Aggregate, Exists, Expr, ExprKind, Literal, Number, Path, Step};
pub use vocabulary::{AggregateFunction, ArithmeticOp, CastType, CompareOp, EFFECTS, Function};

/// A name as it was written, without any `$` of the block notation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The text. A rule or fact key may be written as a string, so it need not look like an
    /// identifier.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// One source text.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Program {
    /// Those before everything else, which are about this file: `@allow(bare-word);`.
    pub head: Vec<Annotation>,
    /// The annotations after the module's name: `mod shop @plan(greedy);`.
    pub module: Option<Name>,
    /// Those behind the module's name: `mod shop @plan(greedy);`.
    pub annotations: Vec<Annotation>,
    /// The statements in the order of the text. Those with a syntax error are left out, and
    /// reported.
    pub statements: Vec<Statement>,
    /// The diagnostic for a name that is not declared but means something in other languages, by
    /// its place.
    pub guesses: Vec<(Span, Diagnostic)>,
}

/// One statement. Order matters only to facts and commands; declarations may be used before they
/// appear.
#[derive(Clone, PartialEq, Debug)]
pub enum Statement {
    /// `type Order(#id: string, total: number)`, `extern type …`.
    Type(TypeDeclaration),
    /// `action notify(to: string)`.
    Action(ActionDeclaration),
    /// `rule vip : {c: Customer} / … ==> …`, or a rule in the block notation.
    Rule(Rule),
    /// `Customer(id: "c1")`, `alice = Customer(id: "c1")`.
    Fact(FactStatement),
    /// `remove rule vip`, `remove fact Order o1`.
    Remove(Remove),
    /// `reset`, at this place.
    Reset(Span),
}

impl Statement {
    /// The range of the whole statement.
    pub fn span(&self) -> Span {
        match self {
            Statement::Type(declaration) => declaration.span,
            Statement::Action(declaration) => declaration.span,
            Statement::Rule(rule) => rule.span,
            Statement::Fact(fact) => fact.span,
            Statement::Remove(Remove::Rule { span, .. } | Remove::Fact { span, .. }) => *span,
            Statement::Reset(span) => *span,
        }
    }
}

/// A type of facts.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeDeclaration {
    /// The name of the type.
    pub name: Name,
    /// The fields in order. May be empty.
    pub fields: Vec<Field>,
    /// `@rows(1000000)` and the like.
    pub annotations: Vec<Annotation>,
    /// For `extern type`, the path of the Rust struct, such as `crate`, `model`, `Customer`.
    pub rust_path: Option<Vec<Name>>,
    /// The whole statement.
    pub span: Span,
}

/// A field of a type.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Whether `#` makes it part of the primary key.
    pub key: bool,
    /// The name of the field.
    pub name: Name,
    /// What it holds.
    pub kind: TypeName,
    /// From the `#` or the name to the type and its `?`.
    pub span: Span,
}

/// The type of a field or parameter: `string`, `number?`, `Customer`.
#[derive(Clone, PartialEq, Debug)]
pub struct TypeName {
    /// The name of a built-in or declared type.
    pub name: Name,
    /// Whether `?` allows it to be missing.
    pub optional: bool,
}

/// An action that rules may call.
#[derive(Clone, PartialEq, Debug)]
pub struct ActionDeclaration {
    /// The name of the action.
    pub name: Name,
    /// Its parameters in order.
    pub parameters: Vec<Parameter>,
    /// `@context` and the like.
    pub annotations: Vec<Annotation>,
    /// The whole statement.
    pub span: Span,
}

/// A parameter of an action.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    /// The name of the parameter.
    pub name: Name,
    /// What it takes.
    pub kind: TypeName,
    /// Its value when a call leaves it out: a literal, or a list of literals.
    pub default: Option<Expr>,
    /// From the name to the end of the default.
    pub span: Span,
}

/// `@name` or `@name(12, "x", a-word)` at the head of a file or after a module, a type, an action
/// or the head of a rule. The parser does not interpret it.
#[derive(Clone, PartialEq, Debug)]
pub struct Annotation {
    /// The name after the `@`.
    pub name: Name,
    /// Literals, lists of literals, or bare words: a path of one name, which may hold `-`.
    pub arguments: Vec<Expr>,
    /// The whole annotation.
    pub span: Span,
}

/// A rule, whichever notation it was written in.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// The name of the rule.
    pub name: Name,
    /// `salience 10`.
    pub salience: Option<Salience>,
    /// The place of `no-loop`, if it is given.
    pub no_loop: Option<Span>,
    /// Those between the name and the `:`.
    pub annotations: Vec<Annotation>,
    /// The pattern blocks: at least one, each with at least one binding. The rule joins all of
    /// them; only for aggregate variables does it matter which block is the first.
    pub blocks: Vec<Block>,
    /// The condition on the joined facts.
    pub condition: Option<Expr>,
    /// What the rule does, in order. At least one.
    pub calls: Vec<Call>,
    /// The whole statement.
    pub span: Span,
}

/// The priority of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Salience {
    /// Higher fires first.
    pub value: i64,
    /// Where the number stands.
    pub span: Span,
}

/// One `{c: Customer, n: COUNT(o)}`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// The variables that the block binds.
    pub bindings: Vec<Binding>,
    /// From brace to brace; for a rule in block notation, all of its positive patterns.
    pub span: Span,
}

/// One variable of a pattern block.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    /// The variable. A pattern without a variable in block notation gets a fresh name; its span is
    /// then that of the type.
    pub variable: Name,
    /// What it is bound to.
    pub kind: BindingKind,
    /// The whole binding.
    pub span: Span,
}

/// What a variable of a pattern block is bound to.
#[derive(Clone, PartialEq, Debug)]
pub enum BindingKind {
    /// `c: Customer`: a fact of the type.
    Fact(Name),
    /// `pay: SUM(e.salary)`: a derived value over the joined rows of one group.
    Aggregate {
        /// Which derived value.
        function: AggregateFunction,
        /// Of what: `e.salary`, or for `COUNT` also a fact variable `e`.
        value: Expr,
    },
}

/// A call of an action or of a built-in effect such as `Insert`.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The name of the action or effect.
    pub name: Name,
    /// The arguments. A call written without parentheses has none.
    pub arguments: Vec<Argument>,
    /// The whole call.
    pub span: Span,
}

/// An argument of a call. The last two belong to `Insert`, `InsertLogical` and `Update`. The parser
/// admits them in any call, so that the checker can say what is wrong.
#[derive(Clone, PartialEq, Debug)]
pub enum Argument {
    /// A value or a fact variable.
    Value(Expr),
    /// `Order(id: "o1", total: c.points * 2)`. An `Order()` without fields is one too.
    Fact(FactLiteral),
    /// `{total: 0}`.
    Changes {
        /// The fields to change.
        fields: Vec<FieldValue>,
        /// From brace to brace.
        span: Span,
    },
}

/// A fact as a statement.
#[derive(Clone, PartialEq, Debug)]
pub struct FactStatement {
    /// The name that later facts may refer to it by.
    pub variable: Option<Name>,
    /// The fact.
    pub fact: FactLiteral,
    /// The whole statement.
    pub span: Span,
}

/// `Customer(id: "c1", tier: gold)`.
#[derive(Clone, PartialEq, Debug)]
pub struct FactLiteral {
    /// The type of the fact.
    pub type_name: Name,
    /// Its fields as written.
    pub fields: Vec<FieldValue>,
    /// From the type to the closing parenthesis.
    pub span: Span,
}

/// `tier: gold`. A value that is a path of one name is a variable, or else a bare word: only the
/// checker can tell.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldValue {
    /// The field.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// A command that removes something.
#[derive(Clone, PartialEq, Debug)]
pub enum Remove {
    /// `remove rule vip`.
    Rule {
        /// The rule.
        name: Name,
        /// The whole statement.
        span: Span,
    },
    /// `remove fact Order o1`.
    Fact {
        /// The type of the fact.
        type_name: Name,
        /// Its primary key; a composite key joins its parts with `_`.
        key: Name,
        /// The whole statement.
        span: Span,
    },
}

//! Expressions: values and conditions in one tree.
//!
//! Whether `(o.total)` begins a condition or an operand is only known after reading on, and a bare
//! Boolean field is both. So there is one kind of expression, and the checker determines the type
//! of each.

use super::{AggregateFunction, ArithmeticOp, CastType, CompareOp, Function, Name};
use crate::source::Span;

/// A value or a condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place, without the parentheses around it.
    pub span: Span,
}

impl Expr {
    /// Calls `visit` for every path in the expression, including those in `EXISTS` and aggregates.
    pub fn walk_paths<'e>(&'e self, visit: &mut dyn FnMut(&'e Path)) {
        let mut all = |parts: &'e [Expr]| parts.iter().for_each(|part| part.walk_paths(visit));
        match &self.kind {
            ExprKind::Path(path) => visit(path),
            ExprKind::List(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => all(parts),
            ExprKind::Function { arguments, .. } => all(arguments),
            ExprKind::Negate(operand)
            | ExprKind::Not(operand)
            | ExprKind::Cast { operand, .. }
            | ExprKind::Presence { operand, .. } => operand.walk_paths(visit),
            ExprKind::Arithmetic { first, rest } => {
                first.walk_paths(visit);
                rest.iter().for_each(|step| step.operand.walk_paths(visit));
            }
            ExprKind::Compare { left, right, .. } => {
                left.walk_paths(visit);
                right.walk_paths(visit);
            }
            ExprKind::Exists(exists) => exists.condition.iter().for_each(|part| part.walk_paths(visit)),
            ExprKind::Aggregate(aggregate) => {
                aggregate.condition.iter().chain(&aggregate.value).for_each(|part| part.walk_paths(visit));
            }
            ExprKind::Literal(_) | ExprKind::Invalid => {}
        }
    }
}

/// The forms of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `12`, `"gold"`, `true`.
    Literal(Literal),
    /// `o.customer.name`, or a variable alone, or a bare word.
    Path(Path),
    /// `[1, [2, "x"]]`.
    List(Vec<Expr>),
    /// `-x`. A minus before a number literal is part of the literal.
    Negate(Box<Expr>),
    /// `(number) x`.
    Cast {
        /// The type to convert to.
        to: CastType,
        /// What is turned.
        operand: Box<Expr>,
    },
    /// Operators of one precedence from left to right: `a + b - c` is `a` with the steps `+ b` and
    /// `- c`.
    Arithmetic {
        /// The leftmost operand.
        first: Box<Expr>,
        /// The rest in order. At least one; all of them `+ -`, or all of them `* / %`.
        rest: Vec<Step>,
    },
    /// `LENGTH(s)`. The number of arguments is not checked.
    Function {
        /// Which function.
        function: Function,
        /// Where its name stands.
        name: Span,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `SUM(o: Order / o.cid == c.id ; o.total)`.
    Aggregate(Box<Aggregate>),
    /// `a >= b`, `x IN [1, 2]`, `s LIKE "C%"`.
    Compare {
        /// Which comparison.
        op: CompareOp,
        /// The place of its sign or word.
        op_span: Span,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand. For `IN` it is a list.
        right: Box<Expr>,
    },
    /// `x IS MISSING` (`missing` is true) and `x IS PRESENT`.
    Presence {
        /// The tested operand.
        operand: Box<Expr>,
        /// Which of the two tests it is.
        missing: bool,
    },
    /// `a AND b AND c`: two or more. One in parentheses is a separate element.
    And(Vec<Expr>),
    /// `a OR b OR c`: two or more.
    Or(Vec<Expr>),
    /// `NOT (a)`.
    Not(Box<Expr>),
    /// `EXISTS (o: Order / o.cid == c.id)`.
    Exists(Box<Exists>),
    /// Wrong and already reported: every type suits it, and no more is reported about it.
    Invalid,
}

/// A value written out.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// A number.
    Number(Number),
    /// A string, its escapes resolved.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
}

/// A number literal. Its spelling decides: `12` is an integer; `12.0`, `1e3` and an integer beyond
/// 64 bits are not.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Number {
    /// An integer.
    Int(i64),
    /// A finite floating-point number.
    Float(f64),
}

/// A variable and the fields to follow from it.
#[derive(Clone, PartialEq, Debug)]
pub struct Path {
    /// The variable.
    pub root: Name,
    /// The fields, in the order to follow them; empty for the variable itself.
    pub fields: Vec<Name>,
}

/// One operator of an arithmetic chain and the operand to its right.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Which operator.
    pub op: ArithmeticOp,
    /// Where its sign stands.
    pub op_span: Span,
    /// The right operand.
    pub operand: Expr,
}

/// Whether a fact exists. `NOT (EXISTS (…))` is an [`ExprKind::Not`] around it.
#[derive(Clone, PartialEq, Debug)]
pub struct Exists {
    /// The variable; it is visible in the condition only.
    pub variable: Name,
    /// The type of the fact.
    pub type_name: Name,
    /// What the fact must satisfy.
    pub condition: Option<Expr>,
}

/// A derived value over all facts that satisfy a condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Aggregate {
    /// Which derived value.
    pub function: AggregateFunction,
    /// Where its name stands.
    pub function_span: Span,
    /// The variable; it is visible in the condition and the value only.
    pub variable: Name,
    /// The type of the facts.
    pub type_name: Name,
    /// The condition on the facts.
    pub condition: Option<Expr>,
    /// Of what: the part after the `;`. Always present, except that `COUNT` may omit it.
    pub value: Option<Expr>,
}

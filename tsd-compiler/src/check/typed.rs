//! What is known about an operand: its expression and its type.
//!
//! An integer literal has no kind of its own. Beside an `int` it is an `int`, beside a `number` a
//! number, and among literals only a number, so that `7 / 2` is 3.5. Therefore arithmetic on
//! literals is evaluated here, as numbers and, while the values are whole, as integers too; the
//! context of the result selects one of them.

use tsd_ir::{Arithmetic, Const, Expr, Kind, ops};

use crate::source::Span;

/// A checked operand.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    /// How it is computed. For a literal: as a number.
    pub(super) expr: Expr,
    pub(super) ty: Ty,
    pub(super) span: Span,
}

/// The type of an operand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Ty {
    /// It has this kind.
    Is(Kind),
    /// A number made of literals only, with its value as an integer if all of them are integers and
    /// it is whole.
    Literal(Option<i64>),
    /// Unknown because of a fault that has been reported.
    Unknown,
}

/// Two operands converted to one kind.
pub(super) enum Pair {
    Same(Kind, Expr, Expr),
    Unknown,
    Mismatch(Typed, Typed),
}

impl Typed {
    pub(super) fn new(expr: Expr, kind: Kind, span: Span) -> Self {
        Self { expr, ty: Ty::Is(kind), span }
    }

    pub(super) fn unknown(span: Span) -> Self {
        Self { expr: Expr::Const(Const::Missing), ty: Ty::Unknown, span }
    }

    /// A number made of literals. `number` is `None` when it has no value.
    pub(super) fn literal(int: Option<i64>, number: Option<f64>, span: Span) -> Self {
        let constant = number.and_then(Const::number).unwrap_or(Const::Missing);
        Self { expr: Expr::Const(constant), ty: Ty::Literal(int), span }
    }

    /// The kind; literals alone are numbers. `None` when it is not known.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self.ty {
            Ty::Is(kind) => Some(kind),
            Ty::Literal(_) => Some(Kind::Number),
            Ty::Unknown => None,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.ty == Ty::Unknown
    }

    fn is_numeric(&self) -> bool {
        matches!(self.kind(), Some(Kind::Number | Kind::Int))
    }

    /// The expression where a value of `kind` is required; returns the operand if it is of another
    /// kind.
    pub(super) fn fit(self, kind: Kind) -> Result<Expr, Self> {
        match (self.ty, kind) {
            (Ty::Unknown, _) => Ok(self.expr),
            (Ty::Is(found), _) if found == kind => Ok(self.expr),
            (Ty::Is(Kind::Int), Kind::Number) => Ok(widened(self.expr)),
            (Ty::Literal(_), Kind::Number) => Ok(self.expr),
            (Ty::Literal(Some(int)), Kind::Int) => Ok(Expr::Const(Const::Int(int))),
            (Ty::Literal(None), Kind::Int) => whole(&self.expr).ok_or(self),
            _ => Err(self),
        }
    }

    /// The expression as a text, for concatenation; returns a reference unchanged as an error.
    pub(super) fn into_text(self) -> Result<Expr, Self> {
        match self.ty {
            Ty::Unknown | Ty::Is(Kind::Text) => Ok(self.expr),
            Ty::Is(Kind::Fact(_)) => Err(self),
            Ty::Literal(Some(int)) => Ok(Expr::Const(Const::Text(ops::int_to_text(int).into()))),
            Ty::Is(Kind::Number | Kind::Int | Kind::Bool) | Ty::Literal(None) => {
                Ok(Expr::Cast { to: Kind::Text, operand: Box::new(self.expr) })
            }
        }
    }

    /// Converts two operands to one kind, as a comparison or an arithmetic operator needs them.
    pub(super) fn pair(self, other: Self) -> Pair {
        if self.is_unknown() || other.is_unknown() {
            return Pair::Unknown;
        }
        let int = |int| Expr::Const(Const::Int(int));
        match (self.ty, other.ty) {
            (Ty::Is(left), Ty::Is(right)) if left == right => Pair::Same(left, self.expr, other.expr),
            (Ty::Is(Kind::Int), Ty::Literal(Some(value))) => Pair::Same(Kind::Int, self.expr, int(value)),
            (Ty::Literal(Some(value)), Ty::Is(Kind::Int)) => Pair::Same(Kind::Int, int(value), other.expr),
            _ if self.is_numeric() && other.is_numeric() => {
                Pair::Same(Kind::Number, self.into_number(), other.into_number())
            }
            _ => Pair::Mismatch(self, other),
        }
    }

    fn into_number(self) -> Expr {
        if self.ty == Ty::Is(Kind::Int) { widened(self.expr) } else { self.expr }
    }

    /// `self op other` when both are literals.
    pub(super) fn literal_arithmetic(&self, op: Arithmetic, other: &Self) -> Option<Self> {
        let (Ty::Literal(left), Ty::Literal(right)) = (self.ty, other.ty) else { return None };
        let int = match (left, right) {
            (Some(left), Some(right)) => ops::int_arithmetic(op, left, right)
                .filter(|_| op != Arithmetic::Divide || ops::remainder_int(left, right) == Some(0)),
            _ => None,
        };
        let number = match (&self.expr, &other.expr) {
            (Expr::Const(Const::Number(left)), Expr::Const(Const::Number(right))) => {
                ops::number_arithmetic(op, *left, *right)
            }
            _ => None,
        };
        Some(Self::literal(int, number, self.span.to(other.span)))
    }

    /// The value of a literal, changed by a function on integers and the same function on numbers.
    pub(super) fn map_literal(
        &self,
        on_int: impl Fn(i64) -> Option<i64>,
        on_number: impl Fn(f64) -> Option<f64>,
    ) -> Option<Self> {
        let Ty::Literal(int) = self.ty else { return None };
        let number = match &self.expr {
            Expr::Const(Const::Number(number)) => on_number(*number),
            _ => None,
        };
        Some(Self::literal(int.and_then(on_int), number, self.span))
    }
}

/// An integer beside a number.
fn widened(expr: Expr) -> Expr {
    Expr::Cast { to: Kind::Number, operand: Box::new(expr) }
}

/// A whole number as an integer.
fn whole(expr: &Expr) -> Option<Expr> {
    let Expr::Const(Const::Number(number)) = expr else { return None };
    let int = ops::number_to_int(*number)?;
    (ops::int_to_number(int) == *number).then_some(Expr::Const(Const::Int(int)))
}

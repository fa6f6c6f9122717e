//! Checked expressions: every operator knows what kind it works on, and every fact is named by its
//! position.
//!
//! An [`Expr`] computes a value or has none (a missing field, a division by zero, a failed cast).
//! The meaning of each operator is defined once, in [`ops`](crate::ops).

use crate::{Arithmetic, Const, FieldId, Function, Kind, Position, Text, TypeId};

/// Computes a value from the facts of a tuple.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Const(Const),
    /// A field of the fact at a position.
    Field {
        /// Which fact.
        at: Position,
        /// Which field of it.
        field: FieldId,
        /// The field's kind.
        kind: Kind,
    },
    /// A reference to the fact at a position.
    Fact {
        /// Which fact.
        at: Position,
        /// The fact's type.
        ty: TypeId,
    },
    /// The result of a view, or the field of a fact that a reference names.
    Derived(Box<DerivedExpr>),
    /// `- operand`; the operand is an integer or a number, and so is the result.
    Negate(Box<Expr>),
    /// Operators of one precedence, applied from left to right: `first op operand op operand …`.
    Arithmetic {
        /// [`Kind::Int`] or [`Kind::Number`]: of every operand and of the result.
        kind: Kind,
        /// The leftmost operand.
        first: Box<Expr>,
        /// The operators with their right operands.
        rest: Vec<(Arithmetic, Expr)>,
    },
    /// The operands' texts, one after another.
    Concat(Vec<Expr>),
    /// A built-in function.
    Call {
        /// Which function.
        function: Function,
        /// As many arguments as the function takes, of the kinds that it takes.
        arguments: Vec<Expr>,
    },
    /// The operand as a value of another kind. An integer beside a number is widened by such a
    /// cast.
    Cast {
        /// The kind of the result; never [`Kind::Fact`].
        to: Kind,
        /// What is converted.
        operand: Box<Expr>,
    },
}

impl Expr {
    /// The kind of the expression's value; `None` for a missing constant.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Const(Const::Missing) => return None,
            Self::Const(Const::Bool(_)) => Kind::Bool,
            Self::Const(Const::Int(_)) => Kind::Int,
            Self::Const(Const::Number(_)) => Kind::Number,
            Self::Const(Const::Text(_)) | Self::Concat(_) => Kind::Text,
            Self::Field { kind, .. } | Self::Arithmetic { kind, .. } => *kind,
            Self::Fact { ty, .. } => Kind::Fact(*ty),
            Self::Derived(derived_value) => derived_value.kind,
            Self::Negate(operand) => return operand.kind(),
            Self::Call { function, arguments } => match function {
                Function::Length => Kind::Int,
                Function::Substring | Function::Upper | Function::Lower | Function::Trim => Kind::Text,
                Function::Abs | Function::Round | Function::Floor | Function::Ceil => {
                    return arguments.first().and_then(Self::kind);
                }
            },
            Self::Cast { to, .. } => *to,
        })
    }

    /// Calls `visit` for this expression and every one inside it, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        match self {
            Self::Const(_) | Self::Field { .. } | Self::Fact { .. } => {}
            Self::Derived(derived_value) => {
                derived_value.operands.iter().for_each(|operand| operand.walk(visit))
            }
            Self::Negate(operand) | Self::Cast { operand, .. } => operand.walk(visit),
            Self::Arithmetic { first, rest, .. } => {
                first.walk(visit);
                rest.iter().for_each(|(_, operand)| operand.walk(visit));
            }
            Self::Concat(parts) | Self::Call { arguments: parts, .. } => {
                parts.iter().for_each(|part| part.walk(visit));
            }
        }
    }

    /// The expression with every part replaced for which `replace` returns another, outermost
    /// first.
    pub fn rewrite(&self, replace: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        if let Some(other) = replace(self) {
            return other;
        }
        let mut boxed = |operand: &Expr| Box::new(operand.rewrite(replace));
        match self {
            Self::Const(_) | Self::Field { .. } | Self::Fact { .. } => self.clone(),
            Self::Derived(derived_value) => {
                let operands =
                    derived_value.operands.iter().map(|operand| operand.rewrite(replace)).collect();
                Self::Derived(Box::new(DerivedExpr { operands, ..(**derived_value).clone() }))
            }
            Self::Negate(operand) => Self::Negate(boxed(operand)),
            Self::Arithmetic { kind, first, rest } => Self::Arithmetic {
                kind: *kind,
                first: boxed(first),
                rest: rest.iter().map(|(op, operand)| (*op, operand.rewrite(replace))).collect(),
            },
            Self::Concat(parts) => Self::Concat(parts.iter().map(|part| part.rewrite(replace)).collect()),
            Self::Call { function, arguments } => Self::Call {
                function: *function,
                arguments: arguments.iter().map(|argument| argument.rewrite(replace)).collect(),
            },
            Self::Cast { to, operand } => Self::Cast { to: *to, operand: boxed(operand) },
        }
    }

    /// The expression with every position mapped by `map`.
    pub fn at_positions(&self, map: &dyn Fn(Position) -> Position) -> Self {
        self.rewrite(&mut |part| match part {
            Self::Field { at, field, kind } => Some(Self::Field { at: map(*at), field: *field, kind: *kind }),
            Self::Fact { at, ty } => Some(Self::Fact { at: map(*at), ty: *ty }),
            _ => None,
        })
    }

    /// The positions of the facts that the expression reads, in ascending order.
    pub fn positions(&self) -> Vec<Position> {
        let mut positions = Vec::new();
        self.walk(&mut |part| positions.extend(part.position()));
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    pub(crate) fn position(&self) -> Option<Position> {
        match self {
            Self::Field { at, .. } | Self::Fact { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether the expression reads a derived value.
    pub fn reads_derived_values(&self) -> bool {
        let mut reads = false;
        self.walk(&mut |part| reads |= matches!(part, Self::Derived(_)));
        reads
    }
}

/// A derived value inside an expression: see [`Expr::Derived`].
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedExpr {
    /// The number of the derived value in its branch or effects. Only meaningful in final plans.
    pub index: u16,
    /// The kind of the value.
    pub kind: Kind,
    /// Whether there may be no value.
    pub optional: bool,
    /// Where the value comes from.
    pub source: Source,
    /// A name for the source that depends only on what it computes.
    pub name: Text,
    /// The parameters: fields, facts and other derived values.
    pub operands: Vec<Expr>,
}

/// Where a derived value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The view with this number in the rule.
    View(u16),
    /// A field of the fact that the one operand refers to.
    Field(TypeId, FieldId),
}

//! The kind of an expression, which decides whether the sum of nothing is an integer.

use tsd_compiler::syntax::ast::{AggregateFunction, ArithmeticOp, CastType, Expr, ExprKind, Function};

use crate::evaluate::Scope;
use crate::operators;
use crate::schema::{Schema, constant};
use crate::value::{Kind, Operand, Value};

/// What is known about an expression's value in advance.
enum Known {
    /// Its kind.
    Kind(Kind),
    /// A number made of literals.
    Literal(Operand),
}

impl<'a> Scope<'a> {
    /// The kind of an operand. Numbers made of literals alone are numbers.
    pub(crate) fn kind(&self, expr: &'a Expr) -> Kind {
        match self.known(expr) {
            Known::Kind(kind) => kind,
            Known::Literal(_) => Kind::Number,
        }
    }

    fn known(&self, expr: &'a Expr) -> Known {
        Known::Kind(match &expr.kind {
            ExprKind::Literal(_) => return literal(constant(&expr.kind)),
            ExprKind::Path(path) => {
                let schema = self.schema();
                let start = self.kind_of(&path.root.text);
                path.fields.iter().fold(start, |kind, field| field_kind(schema, kind, &field.text))
            }
            ExprKind::Negate(operand) => match self.known(operand) {
                Known::Literal(operand) => return literal(operators::negate(operand)),
                Known::Kind(kind) => kind,
            },
            ExprKind::Cast { to, .. } => match to {
                CastType::Number => Kind::Number,
                CastType::Int => Kind::Int,
                CastType::String => Kind::Text,
                CastType::Bool => Kind::Bool,
            },
            ExprKind::Arithmetic { first, rest } => {
                let first = self.known(first);
                return rest
                    .iter()
                    .fold(first, |left, step| joined(step.op, left, self.known(&step.operand)));
            }
            ExprKind::Function { function, arguments, .. } => match function {
                Function::Length => Kind::Int,
                Function::Substring | Function::Upper | Function::Lower | Function::Trim => Kind::Text,
                Function::Abs | Function::Round | Function::Floor | Function::Ceil => {
                    match self.known(&arguments[0]) {
                        Known::Literal(operand) => {
                            return literal(operators::function(*function, vec![operand]));
                        }
                        Known::Kind(kind) => kind,
                    }
                }
            },
            ExprKind::Aggregate(aggregate) => match (aggregate.function, &aggregate.value) {
                (AggregateFunction::Avg, _) => Kind::Number,
                (AggregateFunction::Count | AggregateFunction::CountDistinct, _) | (_, None) => Kind::Int,
                (_, Some(value)) => {
                    let mut inner = self.clone();
                    let ty = self.schema().type_index(&aggregate.type_name.text);
                    inner.declare(&aggregate.variable.text, ty);
                    inner.kind(value)
                }
            },
            ExprKind::List(_)
            | ExprKind::Compare { .. }
            | ExprKind::Presence { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Exists(_)
            | ExprKind::Invalid => panic!("the checker admits no such operand: {expr:?}"),
        })
    }
}

fn literal(operand: Option<Operand>) -> Known {
    match operand {
        Some(Operand::Is(Value::Text(_))) => Known::Kind(Kind::Text),
        Some(Operand::Is(Value::Bool(_))) => Known::Kind(Kind::Bool),
        Some(Operand::Is(Value::Int(_))) => Known::Kind(Kind::Int),
        Some(operand @ Operand::Literal { .. }) => Known::Literal(operand),
        // Literals without a value, such as 1 / 0, are numbers too.
        _ => Known::Kind(Kind::Number),
    }
}

fn field_kind(schema: &Schema, kind: Kind, field: &str) -> Kind {
    let Kind::Fact(ty) = kind else { panic!("the checker admits only facts before `.{field}`") };
    let declared = &schema.types[ty];
    declared.fields[declared.field_index(field)].kind
}

/// The kind of `left op right`.
fn joined(op: ArithmeticOp, left: Known, right: Known) -> Known {
    use Known::{Kind as Is, Literal};
    match (left, right) {
        (Literal(left), Literal(right)) => literal(operators::arithmetic(op, left, right)),
        (Is(Kind::Text), _) | (_, Is(Kind::Text)) => Is(Kind::Text),
        (Is(Kind::Int), Is(Kind::Int) | Literal(Operand::Literal { whole: Some(_), .. }))
        | (Literal(Operand::Literal { whole: Some(_), .. }), Is(Kind::Int)) => Is(Kind::Int),
        _ => Is(Kind::Number),
    }
}

//! Closures for numbers, integers, Booleans and references need a type each; values of any kind are
//! built on them.

use tsd_ir::{Arithmetic, Const, Expr, FactHandle, Function, Kind, Value, ops};

use super::Compute;
use super::text::text;
use crate::eval::tuple::Tuple;

/// Computes a value of any kind.
type ComputeValue = Box<dyn Fn(Tuple<'_>) -> Value + Send + Sync>;

/// Computes a list of values.
pub(crate) type ComputeValues = Box<dyn Fn(Tuple<'_>, &mut Vec<Value>) + Send + Sync>;

/// The values of some expressions, in order; [`Value::Missing`] for those without a value.
pub(crate) fn values(exprs: &[Expr]) -> ComputeValues {
    let values: Vec<ComputeValue> = exprs.iter().map(value).collect();
    Box::new(move |tuple, out| out.extend(values.iter().map(|value| value(tuple))))
}

fn value(expr: &Expr) -> ComputeValue {
    match expr.kind() {
        Some(Kind::Number) => {
            let number = number(expr);
            Box::new(move |tuple| number(tuple).map_or(Value::Missing, Value::Number))
        }
        Some(Kind::Int) => {
            let int = int(expr);
            Box::new(move |tuple| int(tuple).map_or(Value::Missing, Value::Int))
        }
        Some(Kind::Bool) => {
            let bool = bool(expr);
            Box::new(move |tuple| bool(tuple).map_or(Value::Missing, Value::Bool))
        }
        Some(Kind::Fact(_)) => {
            let fact = fact(expr);
            Box::new(move |tuple| fact(tuple).map_or(Value::Missing, Value::Fact))
        }
        Some(Kind::Text) => {
            let text = text(expr);
            Box::new(move |tuple| text(tuple).map_or(Value::Missing, |text| Value::Text(text.into_owned())))
        }
        None => Box::new(|_| Value::Missing),
    }
}

/// Whether an expression has no value.
pub(crate) fn is_missing(expr: &Expr) -> impl Fn(Tuple<'_>) -> bool + Send + Sync + use<> {
    let field = match expr {
        Expr::Field { at, field, .. } => Some((at.index(), field.0)),
        _ => None,
    };
    let value = value(expr);
    move |tuple| match field {
        Some((at, field)) => tuple.word(at, field).is_none(),
        None => value(tuple) == Value::Missing,
    }
}

/// An expression of kind [`Kind::Number`].
pub(crate) fn number(expr: &Expr) -> Compute<f64> {
    match expr {
        Expr::Const(Const::Number(number)) => {
            let number = *number;
            Box::new(move |_| Some(number))
        }
        Expr::Field { at, field, .. } => {
            let (at, field) = (at.index(), field.0);
            Box::new(move |tuple| tuple.number(at, field))
        }
        Expr::Derived(derived_value) => {
            let index = usize::from(derived_value.index);
            Box::new(move |tuple| tuple.number_derived(index))
        }
        Expr::Negate(operand) => {
            let operand = number(operand);
            Box::new(move |tuple| ops::negate_number(operand(tuple)?))
        }
        Expr::Arithmetic { first, rest, .. } => {
            let first = number(first);
            let rest: Vec<_> =
                rest.iter().map(|(op, operand)| (*op, number_op(*op), number(operand))).collect();
            Box::new(move |tuple| {
                rest.iter().try_fold(first(tuple)?, |left, (op, compute, right)| {
                    let right = right(tuple)?;
                    tuple.counted(op.symbol(), compute(left, right))
                })
            })
        }
        Expr::Call { function, arguments } => {
            let function = match function {
                Function::Abs => ops::abs_number,
                Function::Round => ops::round_number,
                Function::Floor => ops::floor_number,
                Function::Ceil => ops::ceil_number,
                _ => return Box::new(|_| None),
            };
            let Some(operand) = arguments.first().map(number) else { return Box::new(|_| None) };
            Box::new(move |tuple| function(operand(tuple)?))
        }
        Expr::Cast { operand, .. } => match operand.kind() {
            Some(Kind::Int) => {
                let operand = int(operand);
                Box::new(move |tuple| operand(tuple).map(ops::int_to_number))
            }
            Some(Kind::Bool) => {
                let operand = bool(operand);
                Box::new(move |tuple| operand(tuple).map(ops::bool_to_number))
            }
            Some(Kind::Text) => {
                let operand = text(operand);
                Box::new(move |tuple| {
                    let text = operand(tuple)?;
                    tuple.counted(Kind::Number.cast(), ops::text_to_number(&text))
                })
            }
            _ => number(operand),
        },
        _ => Box::new(|_| None),
    }
}

fn number_op(op: Arithmetic) -> fn(f64, f64) -> Option<f64> {
    match op {
        Arithmetic::Add => ops::add_number,
        Arithmetic::Subtract => ops::subtract_number,
        Arithmetic::Multiply => ops::multiply_number,
        Arithmetic::Divide => ops::divide_number,
        Arithmetic::Remainder => ops::remainder_number,
    }
}

/// An expression of kind [`Kind::Int`].
pub(crate) fn int(expr: &Expr) -> Compute<i64> {
    match expr {
        Expr::Const(Const::Int(int)) => {
            let int = *int;
            Box::new(move |_| Some(int))
        }
        Expr::Field { at, field, .. } => {
            let (at, field) = (at.index(), field.0);
            Box::new(move |tuple| tuple.int(at, field))
        }
        Expr::Derived(derived_value) => {
            let index = usize::from(derived_value.index);
            Box::new(move |tuple| tuple.int_derived(index))
        }
        Expr::Negate(operand) => {
            let operand = int(operand);
            Box::new(move |tuple| {
                let operand = operand(tuple)?;
                tuple.counted(Arithmetic::Subtract.symbol(), ops::negate_int(operand))
            })
        }
        Expr::Arithmetic { first, rest, .. } => {
            let first = int(first);
            let rest: Vec<_> = rest.iter().map(|(op, operand)| (*op, int_op(*op), int(operand))).collect();
            Box::new(move |tuple| {
                rest.iter().try_fold(first(tuple)?, |left, (op, compute, right)| {
                    let right = right(tuple)?;
                    tuple.counted(op.symbol(), compute(left, right))
                })
            })
        }
        Expr::Call { function: Function::Length, arguments } => {
            let Some(operand) = arguments.first().map(text) else { return Box::new(|_| None) };
            Box::new(move |tuple| Some(ops::length(&operand(tuple)?)))
        }
        Expr::Call { function: Function::Abs, arguments } => {
            let Some(operand) = arguments.first().map(int) else { return Box::new(|_| None) };
            Box::new(move |tuple| {
                let operand = operand(tuple)?;
                tuple.counted(Function::Abs.name(), ops::abs_int(operand))
            })
        }
        // Rounding an integer does not change it.
        Expr::Call { arguments, .. } => {
            arguments.first().map_or_else(|| -> Compute<i64> { Box::new(|_| None) }, int)
        }
        Expr::Cast { operand, .. } => match operand.kind() {
            Some(Kind::Number) => {
                let operand = number(operand);
                Box::new(move |tuple| {
                    let number = operand(tuple)?;
                    tuple.counted(Kind::Int.cast(), ops::number_to_int(number))
                })
            }
            Some(Kind::Bool) => {
                let operand = bool(operand);
                Box::new(move |tuple| operand(tuple).map(ops::bool_to_int))
            }
            Some(Kind::Text) => {
                let operand = text(operand);
                Box::new(move |tuple| {
                    let text = operand(tuple)?;
                    tuple.counted(Kind::Int.cast(), ops::text_to_int(&text))
                })
            }
            _ => int(operand),
        },
        _ => Box::new(|_| None),
    }
}

fn int_op(op: Arithmetic) -> fn(i64, i64) -> Option<i64> {
    match op {
        Arithmetic::Add => ops::add_int,
        Arithmetic::Subtract => ops::subtract_int,
        Arithmetic::Multiply => ops::multiply_int,
        Arithmetic::Divide => ops::divide_int,
        Arithmetic::Remainder => ops::remainder_int,
    }
}

/// An expression of kind [`Kind::Bool`].
pub(crate) fn bool(expr: &Expr) -> Compute<bool> {
    match expr {
        Expr::Const(Const::Bool(bool)) => {
            let bool = *bool;
            Box::new(move |_| Some(bool))
        }
        Expr::Field { at, field, .. } => {
            let (at, field) = (at.index(), field.0);
            Box::new(move |tuple| tuple.bool(at, field))
        }
        Expr::Derived(derived_value) => {
            let index = usize::from(derived_value.index);
            Box::new(move |tuple| tuple.bool_derived(index))
        }
        Expr::Cast { operand, .. } => match operand.kind() {
            Some(Kind::Number) => {
                let operand = number(operand);
                Box::new(move |tuple| operand(tuple).map(ops::number_to_bool))
            }
            Some(Kind::Int) => {
                let operand = int(operand);
                Box::new(move |tuple| operand(tuple).map(ops::int_to_bool))
            }
            Some(Kind::Text) => {
                let operand = text(operand);
                Box::new(move |tuple| {
                    let text = operand(tuple)?;
                    tuple.counted(Kind::Bool.cast(), ops::text_to_bool(&text))
                })
            }
            _ => bool(operand),
        },
        _ => Box::new(|_| None),
    }
}

/// An expression of kind [`Kind::Fact`].
pub(crate) fn fact(expr: &Expr) -> Compute<FactHandle> {
    match expr {
        Expr::Field { at, field, .. } => {
            let (at, field) = (at.index(), field.0);
            Box::new(move |tuple| tuple.reference(at, field))
        }
        Expr::Derived(derived_value) => {
            let index = usize::from(derived_value.index);
            Box::new(move |tuple| tuple.reference_derived(index))
        }
        Expr::Fact { at, .. } => {
            let at = at.index();
            Box::new(move |tuple| Some(tuple.fact(at)))
        }
        _ => Box::new(|_| None),
    }
}

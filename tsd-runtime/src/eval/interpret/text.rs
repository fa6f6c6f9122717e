//! Strings are expensive to copy, so closures borrow them from facts where possible.

use std::borrow::Cow;

use tsd_ir::{Arithmetic, Const, Expr, Function, Kind, ops};

use super::{BoxedTest, value};
use crate::eval::tuple::Tuple;

/// Computes a string, or none.
pub(crate) type ComputeText = Box<dyn for<'a> Fn(Tuple<'a>) -> Option<Cow<'a, str>> + Send + Sync>;

/// Makes the compiler infer a closure that is general in the lifetime of the tuple.
fn text_closure<F>(closure: F) -> ComputeText
where
    F: for<'a> Fn(Tuple<'a>) -> Option<Cow<'a, str>> + Send + Sync + 'static,
{
    Box::new(closure)
}

/// A test of two strings; false if one has no value.
pub(crate) fn test_of_two(
    left: &Expr,
    right: &Expr,
    holds: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
) -> BoxedTest {
    let left = text(left);
    if let Expr::Const(Const::Text(right)) = right {
        let right = right.to_string();
        return Box::new(move |tuple| left(tuple).is_some_and(|left| holds(&left, &right)));
    }
    let right = text(right);
    Box::new(move |tuple| match (left(tuple), right(tuple)) {
        (Some(left), Some(right)) => holds(&left, &right),
        _ => false,
    })
}

/// `MATCHES`. The checker has already compiled the pattern.
#[cfg(feature = "regex")]
pub(crate) fn matches(operand: &Expr, pattern: &str) -> BoxedTest {
    let operand = text(operand);
    let pattern = crate::eval::Pattern::new(pattern);
    Box::new(move |tuple| operand(tuple).is_some_and(|text| pattern.is_match(&text)))
}

/// `MATCHES` needs the feature `regex`. Without it, no rule that uses `MATCHES` can be added.
#[cfg(not(feature = "regex"))]
pub(crate) fn matches(_: &Expr, _: &str) -> BoxedTest {
    Box::new(|_| false)
}

/// An expression of kind [`Kind::Text`].
pub(crate) fn text(expr: &Expr) -> ComputeText {
    match expr {
        Expr::Const(Const::Text(text)) => {
            let text: std::sync::Arc<str> = text.as_ref().into();
            text_closure(move |_| Some(Cow::Owned(text.to_string())))
        }
        Expr::Derived(derived_value) => {
            let index = usize::from(derived_value.index);
            text_closure(move |tuple| tuple.text_derived(index).map(Cow::Borrowed))
        }
        Expr::Field { at, field, .. } => {
            let (at, field) = (at.index(), field.0);
            text_closure(move |tuple| tuple.text(at, field).map(Cow::Borrowed))
        }
        Expr::Concat(parts) => {
            let parts: Vec<ComputeText> = parts.iter().map(text).collect();
            text_closure(move |tuple| {
                let parts = parts.iter().map(|part| part(tuple)).collect::<Option<Vec<_>>>()?;
                let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
                tuple.counted(Arithmetic::Add.symbol(), ops::concat(&parts)).map(Cow::Owned)
            })
        }
        Expr::Call { function, arguments } => call(*function, arguments),
        Expr::Cast { operand, .. } => cast(operand),
        _ => text_closure(|_| None),
    }
}

fn call(function: Function, arguments: &[Expr]) -> ComputeText {
    let Some(operand) = arguments.first().map(text) else { return text_closure(|_| None) };
    match function {
        Function::Upper => text_closure(move |tuple| Some(ops::upper(&operand(tuple)?).into())),
        Function::Lower => text_closure(move |tuple| Some(ops::lower(&operand(tuple)?).into())),
        Function::Trim => text_closure(move |tuple| Some(ops::trim(&operand(tuple)?).to_owned().into())),
        Function::Substring => {
            let start = arguments.get(1).map(value::int);
            let length = arguments.get(2).map(value::int);
            text_closure(move |tuple| {
                let text = operand(tuple)?;
                let start = start.as_ref()?(tuple)?;
                let length = match &length {
                    Some(length) => Some(length(tuple)?),
                    None => None,
                };
                let part = tuple.counted(function.name(), ops::substring(&text, start, length))?;
                Some(Cow::Owned(part.to_owned()))
            })
        }
        _ => text_closure(|_| None),
    }
}

fn cast(operand: &Expr) -> ComputeText {
    match operand.kind() {
        Some(Kind::Number) => {
            let operand = value::number(operand);
            text_closure(move |tuple| Some(ops::number_to_text(operand(tuple)?).into()))
        }
        Some(Kind::Int) => {
            let operand = value::int(operand);
            text_closure(move |tuple| Some(ops::int_to_text(operand(tuple)?).into()))
        }
        Some(Kind::Bool) => {
            let operand = value::bool(operand);
            text_closure(move |tuple| Some(ops::bool_to_text(operand(tuple)?).into()))
        }
        _ => text(operand),
    }
}

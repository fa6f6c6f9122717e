//! Aggregates: one derived value from many values.

use tsd_compiler::syntax::ast::AggregateFunction;

use crate::exact;
use crate::operators;
use crate::value::{Kind, Operand, Value};

/// The aggregate of these values. `kind` is their kind, which cannot be inferred if there are none.
pub(crate) fn derived_value(function: AggregateFunction, kind: Kind, values: Vec<Value>) -> Option<Value> {
    let count = values.len();
    match function {
        AggregateFunction::Count => i64::try_from(count).ok().map(Value::Int),
        AggregateFunction::CountDistinct => {
            let is_first = |(at, value): &(usize, &Value)| !values[..*at].contains(value);
            i64::try_from(values.iter().enumerate().filter(is_first).count()).ok().map(Value::Int)
        }
        AggregateFunction::Sum if kind == Kind::Int => {
            i64::try_from(exact::sum_of_ints(&ints(&values))).ok().map(Value::Int)
        }
        AggregateFunction::Sum => exact::sum(&numbers(&values)).and_then(Value::number),
        AggregateFunction::Avg if count == 0 => None,
        AggregateFunction::Avg => {
            let sum = match kind {
                Kind::Int => exact::nearest(&exact::sum_of_ints(&ints(&values))),
                _ => exact::sum(&numbers(&values))?,
            };
            Value::number(sum / count as f64)
        }
        AggregateFunction::Min => values.into_iter().reduce(|one, other| lesser(one, other).0),
        AggregateFunction::Max => values.into_iter().reduce(|one, other| lesser(one, other).1),
    }
}

fn ints(values: &[Value]) -> Vec<i64> {
    let int = |value: &Value| match value {
        Value::Int(int) => *int,
        other => panic!("the checker admits integers only: {other:?}"),
    };
    values.iter().map(int).collect()
}

fn numbers(values: &[Value]) -> Vec<f64> {
    let number = |value: &Value| match value {
        Value::Number(number) => *number,
        other => panic!("the checker admits numbers only: {other:?}"),
    };
    values.iter().map(number).collect()
}

/// The lesser and the greater of two.
fn lesser(one: Value, other: Value) -> (Value, Value) {
    let is_less = operators::compare(
        tsd_compiler::syntax::ast::CompareOp::Less,
        &Operand::Is(other.clone()),
        &Operand::Is(one.clone()),
    );
    if is_less { (other, one) } else { (one, other) }
}

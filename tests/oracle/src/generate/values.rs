//! Random values from small domains, so that joins find partners.

use super::choices::Choices;
use crate::schema::Field;
use crate::value::{FactId, Kind, Value};

const TEXTS: [&str; 12] = ["", "a", "b", "ab", "A", "aba", " b ", "é", "3", "2.5", "true", "日本"];
/// Some of them make a sum that is rounded more than once go astray.
const NUMBERS: [f64; 17] = [
    0.0,
    1.0,
    0.1,
    2.0,
    -1.0,
    0.5,
    0.7,
    3.0,
    2.5,
    -2.5,
    100.0,
    1e17,
    -1e17,
    -0.25,
    9_007_199_254_740_993.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
];
const INTS: [i64; 9] = [0, 1, 2, 3, -1, 7, -7, i64::MAX, i64::MIN];

/// The value of a field. For a reference one of `facts`; `None` when it is missing, or when there is no such fact.
pub(super) fn field(choices: &mut Choices<'_>, field: &Field, facts: &[FactId]) -> Option<Value> {
    if field.optional && choices.chance(30) {
        return None;
    }
    match field.kind {
        Kind::Fact(_) if facts.is_empty() => None,
        Kind::Fact(_) => Some(Value::Fact(choices.pick(facts))),
        kind => Some(of_kind(choices, kind)),
    }
}

/// A value of a kind other than a reference; mostly one of three.
pub(super) fn of_kind(choices: &mut Choices<'_>, kind: Kind) -> Value {
    let wide = choices.chance(20);
    let mut index = |count: usize| choices.below(if wide { count } else { 3 });
    match kind {
        Kind::Text => Value::Text(TEXTS[index(TEXTS.len())].to_owned()),
        Kind::Number => Value::Number(NUMBERS[index(NUMBERS.len())]),
        Kind::Int => Value::Int(INTS[index(INTS.len())]),
        Kind::Bool | Kind::Fact(_) => Value::Bool(index(2) == 1),
    }
}

/// A value as a rule writes it; `None` for a reference.
pub(super) fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => format!("{text:?}"),
        // Infinity can be inserted, but not be written.
        Value::Number(number) => number.clamp(-1e300, 1e300).to_string(),
        // The least integer cannot be written as minus a positive one.
        Value::Int(int) => int.max(&-i64::MAX).to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Fact(_) => return None,
    })
}

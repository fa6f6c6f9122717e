//! Random values from small domains, so that joins find partners.

use super::choices::Choices;
use crate::schema::Field;
use crate::value::{FactId, Kind, Value};

const TEXTS: [&str; 12] = ["", "a", "b", "ab", "A", "aba", " b ", "é", "3", "2.5", "true", "日本"];
/// Some of them falsify a sum that is rounded more than once.
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

/// Integers that numbers no longer distinguish, and the extreme ones.
const EDGES_OF_INTS: [i64; 8] = [
    9_007_199_254_740_993,
    9_007_199_254_740_992,
    i64::MIN,
    -1,
    9_007_199_254_740_991,
    i64::MAX,
    -9_007_199_254_740_993,
    i64::MAX - 1,
];

/// The numbers that they become, and numbers that soon overflow.
const EDGES_OF_NUMBERS: [f64; 8] = [
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    -9_223_372_036_854_775_808.0,
    -1.0,
    1e308,
    9_223_372_036_854_775_808.0,
    -f64::MAX,
    5e-324,
];

/// The value of a field. For a reference one of `facts`; `None` if it is missing, or if there is no
/// such fact.
pub(super) fn field(choices: &mut Choices<'_>, field: &Field, facts: &[FactId]) -> Option<Value> {
    if field.optional && choices.chance(30) {
        return None;
    }
    match field.kind {
        Kind::Fact(_) if facts.is_empty() => None,
        Kind::Fact(_) => Some(Value::Fact(choices.pick(facts))),
        kind if is_edgy(&field.name) && choices.chance(75) => Some(edge(choices, kind)),
        kind => Some(of_kind(choices, kind)),
    }
}

/// Whether the values of a field are mostly extreme.
pub(super) fn is_edgy(field: &str) -> bool {
    field.starts_with(|first: char| first.is_ascii_uppercase())
}

/// A value of a kind other than a reference; mostly one of three.
pub(super) fn of_kind(choices: &mut Choices<'_>, kind: Kind) -> Value {
    if matches!(kind, Kind::Number | Kind::Int) && choices.chance(6) {
        return edge(choices, kind);
    }
    let wide = choices.chance(20);
    let mut index = |count: usize| choices.below(if wide { count } else { 3 });
    match kind {
        Kind::Text => Value::Text(TEXTS[index(TEXTS.len())].to_owned()),
        Kind::Number => Value::Number(NUMBERS[index(NUMBERS.len())]),
        Kind::Int => Value::Int(INTS[index(INTS.len())]),
        Kind::Bool | Kind::Fact(_) => Value::Bool(index(2) == 1),
    }
}

/// A number or an integer at an edge of what there is; mostly one of three.
pub(super) fn edge(choices: &mut Choices<'_>, kind: Kind) -> Value {
    let many = if choices.chance(50) { EDGES_OF_INTS.len() } else { 3 };
    let index = choices.below(many);
    if kind == Kind::Int { Value::Int(EDGES_OF_INTS[index]) } else { Value::Number(EDGES_OF_NUMBERS[index]) }
}

/// A value as a rule writes it; `None` for a reference.
pub(super) fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) => format!("{text:?}"),
        // Infinity can be inserted, but has no literal. A whole number keeps its point, or it would
        // be an integer.
        Value::Number(number) => format!("{:?}", number.clamp(-f64::MAX, f64::MAX)),
        Value::Int(int) => int.to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Fact(_) => return None,
    })
}

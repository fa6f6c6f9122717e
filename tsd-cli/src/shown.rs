//! Values as the command shows them, for people and as JSON.

use std::fmt;

use serde_json::{Number, Value as Json};
use tsd_runtime::ir::{Value, ops};

/// A value, with the name of the fact if it is one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    Value(Value),
    /// A fact, as `Type~key`.
    Fact(String),
}

impl Shown {
    /// A value; `name` returns the name of a fact.
    pub(crate) fn new(value: &Value, name: impl FnOnce() -> String) -> Self {
        match value {
            Value::Fact(_) => Self::Fact(name()),
            value => Self::Value(value.clone()),
        }
    }

    /// As JSON: whole numbers without `.0`, a missing value as `null`, a fact as its name.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Fact(name) => Json::from(&**name),
            Self::Value(Value::Bool(bool)) => Json::from(*bool),
            Self::Value(Value::Int(int)) => Json::from(*int),
            Self::Value(Value::Number(value)) => number(*value),
            Self::Value(Value::Text(text)) => Json::from(&**text),
            // Facts have become names; a kind of value that a later runtime may have is not shown.
            Self::Value(_) => Json::Null,
        }
    }
}

/// Whole numbers become JSON integers as long as they fit. JSON has no infinity, so that becomes a
/// string.
fn number(value: f64) -> Json {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if value.fract() == 0.0 && value.abs() < TWO_TO_63 {
        return Json::from(value as i64);
    }
    Number::from_f64(value).map_or_else(|| Json::from(ops::number_to_text(value)), Json::Number)
}

/// As rules would write it.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(name) => f.write_str(name),
            Self::Value(Value::Bool(bool)) => f.write_str(ops::bool_to_text(*bool)),
            Self::Value(Value::Int(int)) => f.write_str(&ops::int_to_text(*int)),
            Self::Value(Value::Number(number)) => f.write_str(&ops::number_to_text(*number)),
            Self::Value(Value::Text(text)) => write!(f, "{text:?}"),
            Self::Value(_) => f.write_str("missing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_fraction_in_json() {
        let json = |number: f64| Shown::Value(Value::Number(number)).to_json().to_string();
        assert_eq!(json(1200.0), "1200");
        assert_eq!(json(-0.5), "-0.5");
        assert_eq!(json(0.0), "0");
        assert!(!json(1e300).contains('.'));
        assert_eq!(json(f64::INFINITY), "\"inf\"");
    }
}

//! Kinds of values, the constants that rules are written with, and the values that cross the API.

use std::cmp::Ordering;
use std::fmt;

use crate::{FactHandle, Text, TypeId};

/// What a field, a parameter or an expression holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `string`.
    Text,
    /// `number`: a 64-bit float, never NaN.
    Number,
    /// `int`: a signed 64-bit integer.
    Int,
    /// `bool`.
    Bool,
    /// A reference to a fact of the type.
    Fact(TypeId),
}

/// A constant in a rule.
///
/// Constants of one kind are totally ordered (a number is never NaN and never negative zero).
/// Across kinds the order is that of the variants, which only serves to sort canonical forms.
#[derive(Clone, Debug)]
pub enum Const {
    /// No value: an optional argument that was left out.
    Missing,
    /// A Boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number; see [`Const::number`].
    Number(f64),
    /// A string.
    Text(Text),
}

impl Const {
    /// The constant for `number`, with negative zero replaced by zero. `None` for NaN, which is not
    /// a value.
    pub fn number(number: f64) -> Option<Self> {
        // Adding zero turns -0.0 into 0.0 and changes nothing else.
        (!number.is_nan()).then_some(Self::Number(number + 0.0))
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Number(_) => 3,
            Self::Text(_) => 4,
        }
    }
}

impl Ord for Const {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Int(left), Self::Int(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Const {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Const {}

/// As the rules would write it: strings quoted and escaped, whole numbers without `.0`.
impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
        }
    }
}

/// A value that crosses the API: a field of a fact, or an argument of an action.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    Missing,
    /// A Boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A reference to a fact.
    Fact(FactHandle),
}

impl Value {
    /// The kind of the value; `None` when it is missing.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Missing => return None,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::Fact(handle) => Kind::Fact(handle.ty()),
        })
    }
}

impl From<&Const> for Value {
    fn from(constant: &Const) -> Self {
        match constant {
            Const::Missing => Self::Missing,
            Const::Bool(value) => Self::Bool(*value),
            Const::Int(value) => Self::Int(*value),
            Const::Number(value) => Self::Number(*value),
            Const::Text(value) => Self::Text(value.to_string()),
        }
    }
}

impl Kind {
    /// The cast to it as the rules write it.
    pub fn cast(self) -> &'static str {
        match self {
            Self::Text => "(string)",
            Self::Number => "(number)",
            Self::Int => "(int)",
            Self::Bool => "(bool)",
            Self::Fact(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_constant_is_never_nan_or_negative_zero() {
        assert_eq!(Const::number(f64::NAN), None);
        assert_eq!(Const::number(-0.0), Const::number(0.0));
    }
}

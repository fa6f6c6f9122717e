//! Values, and operands that may still be literals without a kind of their own.

/// A fact, numbered over the whole life of an [`Oracle`](crate::Oracle). A retracted fact keeps its
/// number, so that references to it never equal a later fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FactId(pub usize);

/// What a field or an expression holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `string`
    Text,
    /// `number`
    Number,
    /// `int`
    Int,
    /// `bool`
    Bool,
    /// A reference to a fact of the type with this index.
    Fact(usize),
}

/// A value. `Option` expresses that there is none.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A string.
    Text(String),
    /// A number: neither NaN nor negative zero.
    Number(f64),
    /// An integer.
    Int(i64),
    /// A Boolean.
    Bool(bool),
    /// A reference to a fact.
    Fact(FactId),
}

impl Value {
    /// A number as a value: NaN is none, negative zero is zero.
    pub fn number(number: f64) -> Option<Self> {
        if number.is_nan() {
            None
        } else if number == 0.0 {
            Some(Self::Number(0.0))
        } else {
            Some(Self::Number(number))
        }
    }
}

/// What an expression evaluates to.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// A value with a known kind.
    Is(Value),
    /// A number made of literals alone. Its context decides whether it is an integer or a number.
    Literal {
        /// The value computed in integers, as long as it stays whole and in range.
        whole: Option<i64>,
        /// The value computed in numbers.
        number: f64,
    },
}

impl Operand {
    /// The value where nothing else is required: a literal is a number.
    pub fn settled(self) -> Option<Value> {
        match self {
            Self::Is(value) => Some(value),
            Self::Literal { number, .. } => Value::number(number),
        }
    }

    /// The value where this kind is required: literals adapt, an `int` is widened to a `number`.
    pub fn fit(self, kind: Kind) -> Option<Value> {
        match (self, kind) {
            (Self::Literal { whole: Some(whole), .. }, Kind::Int) => Some(Value::Int(whole)),
            (Self::Literal { number, .. }, Kind::Int) => {
                crate::operators::truncated(number).filter(|whole| *whole as f64 == number).map(Value::Int)
            }
            (Self::Literal { number, .. }, _) => Value::number(number),
            (Self::Is(Value::Int(int)), Kind::Number) => Some(Value::Number(int as f64)),
            (Self::Is(value), _) => Some(value),
        }
    }
}

/// A value as output shows it: the facts in it by name.
#[derive(Clone, PartialEq, Debug)]
pub enum Shown {
    /// No value.
    Missing,
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// An integer.
    Int(i64),
    /// A Boolean.
    Bool(bool),
    /// A fact, as `Type~key`, `Type~#n` or, if it is retracted, `Type~(retracted)`.
    Fact(String),
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Text(text) | Self::Fact(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Int(int) => write!(f, "{int}"),
            Self::Bool(bool) => write!(f, "{bool}"),
        }
    }
}

//! The operators and functions of the language, by name.
//!
//! Rules, plans, canonical forms and generated code all name an operator, and must name the same
//! one. The meaning of each is defined in [`ops`](crate::ops).

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// A built-in function. Texts are counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// `LENGTH(text)`: an integer.
    Length,
    /// `SUBSTRING(text, start[, length])`: from the character `start` on, counted from 0.
    Substring,
    /// `UPPER(text)`
    Upper,
    /// `LOWER(text)`
    Lower,
    /// `TRIM(text)`
    Trim,
    /// `ABS(x)`, of the kind of `x`.
    Abs,
    /// `ROUND(number)`: half away from zero.
    Round,
    /// `FLOOR(number)`
    Floor,
    /// `CEIL(number)`
    Ceil,
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison with the same meaning for swapped operands.
    pub fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }

    /// Whether operands in this order satisfy the comparison.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The operator as the rules write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Arithmetic {
    /// The operator as the rules write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

impl Function {
    /// Every function, in order of declaration.
    pub const ALL: [Self; 9] = [
        Self::Length,
        Self::Substring,
        Self::Upper,
        Self::Lower,
        Self::Trim,
        Self::Abs,
        Self::Round,
        Self::Floor,
        Self::Ceil,
    ];

    /// The name as the rules write it, in upper case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "LENGTH",
            Self::Substring => "SUBSTRING",
            Self::Upper => "UPPER",
            Self::Lower => "LOWER",
            Self::Trim => "TRIM",
            Self::Abs => "ABS",
            Self::Round => "ROUND",
            Self::Floor => "FLOOR",
            Self::Ceil => "CEIL",
        }
    }
}

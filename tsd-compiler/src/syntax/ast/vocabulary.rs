//! The closed sets of words and signs: functions, aggregates, casts and operators.
//!
//! Each set is one table from variant to spelling, which the parser, the printer and "did you mean"
//! all read.

macro_rules! vocabulary {
    ($(#[doc = $doc:literal])+ $name:ident {
        $($(#[doc = $item:literal])+ $variant:ident = $text:literal,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[doc = $item])+ $variant,)+
        }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The canonical spelling.
            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            /// The member with this spelling, in any case.
            pub fn from_text(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|member| member.text().eq_ignore_ascii_case(text))
            }
        }
    };
}

/// The effects that need no declaration. An action that a program declares under such a name
/// replaces the effect.
pub const EFFECTS: [&str; 6] = ["Insert", "InsertLogical", "Update", "Retract", "Print", "Log"];

vocabulary! {
    /// The built-in functions.
    Function {
        /// Characters of a string.
        Length = "LENGTH",
        /// `SUBSTRING(s, start0[, len])`.
        Substring = "SUBSTRING",
        /// To upper case.
        Upper = "UPPER",
        /// To lower case.
        Lower = "LOWER",
        /// Without white space at either end.
        Trim = "TRIM",
        /// Without its sign.
        Abs = "ABS",
        /// To the nearest integer, half away from zero.
        Round = "ROUND",
        /// Down to an integer.
        Floor = "FLOOR",
        /// Up to an integer.
        Ceil = "CEIL",
    }
}

vocabulary! {
    /// The aggregate functions.
    AggregateFunction {
        /// The sum.
        Sum = "SUM",
        /// The mean.
        Avg = "AVG",
        /// The least.
        Min = "MIN",
        /// The greatest.
        Max = "MAX",
        /// How many.
        Count = "COUNT",
        /// How many different ones: written with `DISTINCT` behind the bracket.
        CountDistinct = "COUNT",
    }
}

impl AggregateFunction {
    /// Whether values that are equal count once.
    pub fn is_distinct(self) -> bool {
        self == AggregateFunction::CountDistinct
    }

    /// The spelling up to what is aggregated, as in `SUM(` or `COUNT(DISTINCT `.
    pub fn opening(self) -> String {
        format!("{}({}", self.text(), if self.is_distinct() { "DISTINCT " } else { "" })
    }
}

vocabulary! {
    /// The target of a cast.
    CastType {
        /// 64-bit float.
        Number = "number",
        /// 64-bit integer.
        Int = "int",
        /// Text.
        String = "string",
        /// Boolean.
        Bool = "bool",
    }
}

vocabulary! {
    /// Comparisons of two operands.
    CompareOp {
        /// Equal.
        Equal = "==",
        /// Not equal.
        NotEqual = "!=",
        /// Less.
        Less = "<",
        /// Less or equal.
        LessOrEqual = "<=",
        /// Greater.
        Greater = ">",
        /// Greater or equal.
        GreaterOrEqual = ">=",
        /// One of a list.
        In = "IN",
        /// Has the substring.
        Contains = "CONTAINS",
        /// Fits the SQL pattern.
        Like = "LIKE",
        /// Fits the regular expression.
        Matches = "MATCHES",
    }
}

vocabulary! {
    /// Arithmetic signs.
    ArithmeticOp {
        /// Sum of numbers, concatenation of strings.
        Add = "+",
        /// Difference.
        Subtract = "-",
        /// Product.
        Multiply = "*",
        /// Quotient.
        Divide = "/",
        /// Remainder.
        Remainder = "%",
    }
}

impl ArithmeticOp {
    /// Whether it binds as tightly as `*`.
    pub fn is_multiplicative(self) -> bool {
        !matches!(self, ArithmeticOp::Add | ArithmeticOp::Subtract)
    }
}

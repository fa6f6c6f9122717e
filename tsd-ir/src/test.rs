//! Tests: what is true or false for a tuple of facts.
//!
//! A comparison with an operand without a value is false, and so is its opposite. Only
//! [`Test::Not`] inverts that, so a negation cannot be pushed inwards where a value may be missing.

use crate::{Comparison, Expr, Position, Text};

/// True or false for a tuple of facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Always so.
    Constant(bool),
    /// Every one of them; true when there are none.
    All(Vec<Test>),
    /// At least one of them; false when there are none.
    Any(Vec<Test>),
    /// Not so.
    Not(Box<Test>),
    /// A comparison of two operands of one kind.
    Compare {
        /// How they are compared.
        op: Comparison,
        /// The left operand.
        left: Expr,
        /// The right operand.
        right: Expr,
    },
    /// `text CONTAINS part`
    Contains {
        /// The text to search in.
        text: Expr,
        /// What to search for.
        part: Expr,
    },
    /// `text LIKE pattern`
    Like {
        /// The text to test.
        text: Expr,
        /// `%` stands for any run of characters, `_` for one.
        pattern: Expr,
    },
    /// `text MATCHES pattern`
    Matches {
        /// The text to test.
        text: Expr,
        /// A regular expression, known to compile.
        pattern: Text,
    },
    /// `operand IS MISSING`: the operand has no value.
    Missing(Expr),
    /// A Boolean operand that is true; false when it has no value.
    Holds(Expr),
}

impl Test {
    /// Calls `visit` for every operand of the test and of the tests inside it.
    pub fn walk_operands<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Constant(_) => {}
            Self::All(tests) | Self::Any(tests) => {
                tests.iter().for_each(|test| test.walk_operands(visit));
            }
            Self::Not(test) => test.walk_operands(visit),
            Self::Compare { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::Contains { text, part: other } | Self::Like { text, pattern: other } => {
                text.walk(visit);
                other.walk(visit);
            }
            Self::Matches { text, .. } => text.walk(visit),
            Self::Missing(operand) | Self::Holds(operand) => operand.walk(visit),
        }
    }

    /// The test with every part of an operand replaced for which `replace` returns another.
    pub fn rewrite(&self, replace: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Self {
        match self {
            Self::Constant(_) => self.clone(),
            Self::All(tests) => Self::All(tests.iter().map(|test| test.rewrite(replace)).collect()),
            Self::Any(tests) => Self::Any(tests.iter().map(|test| test.rewrite(replace)).collect()),
            Self::Not(test) => Self::Not(Box::new(test.rewrite(replace))),
            Self::Compare { op, left, right } => {
                Self::Compare { op: *op, left: left.rewrite(replace), right: right.rewrite(replace) }
            }
            Self::Contains { text, part } => {
                Self::Contains { text: text.rewrite(replace), part: part.rewrite(replace) }
            }
            Self::Like { text, pattern } => {
                Self::Like { text: text.rewrite(replace), pattern: pattern.rewrite(replace) }
            }
            Self::Matches { text, pattern } => {
                Self::Matches { text: text.rewrite(replace), pattern: pattern.clone() }
            }
            Self::Missing(operand) => Self::Missing(operand.rewrite(replace)),
            Self::Holds(operand) => Self::Holds(operand.rewrite(replace)),
        }
    }

    /// The test with every position mapped by `map`.
    pub fn at_positions(&self, map: &dyn Fn(Position) -> Position) -> Self {
        self.rewrite(&mut |part| match part {
            Expr::Field { .. } | Expr::Fact { .. } => Some(part.at_positions(map)),
            _ => None,
        })
    }

    /// The positions of the facts that the test reads, in ascending order.
    pub fn positions(&self) -> Vec<Position> {
        let mut positions = Vec::new();
        self.walk_operands(&mut |operand| positions.extend(operand.position()));
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Whether the test reads a derived value, so that its outcome can change while its facts stay
    /// the same.
    pub fn reads_derived_values(&self) -> bool {
        let mut reads = false;
        self.walk_operands(&mut |operand| reads |= matches!(operand, Expr::Derived(_)));
        reads
    }
}

//! The canonical text of tests and expressions: equal texts mean equal tests.
//!
//! Variables appear by position, fields by name, constants as literals with their kind, so that the
//! text depends neither on what a rule calls its variables nor on how a schema numbers its fields.

use std::fmt::{self, Write};

use crate::{Const, Expr, Kind, Schema, Test, TypeId};

/// Writes canonical forms. The types are those of the tuple that positions refer to.
#[derive(Clone, Copy, Debug)]
pub struct Canonical<'a> {
    schema: &'a Schema,
    types: &'a [TypeId],
}

impl<'a> Canonical<'a> {
    /// A writer for tests on tuples of facts of these types.
    pub fn new(schema: &'a Schema, types: &'a [TypeId]) -> Self {
        Self { schema, types }
    }

    /// The canonical form of a test.
    pub fn test(self, test: &Test) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_test(&mut text, test);
        text
    }

    /// The canonical form of an expression.
    pub fn expr(self, expr: &Expr) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_expr(&mut text, expr);
        text
    }

    fn write_test(self, f: &mut String, test: &Test) -> fmt::Result {
        match test {
            Test::Constant(value) => write!(f, "{value}"),
            Test::All(tests) => self.write_list(f, "and", tests, Self::write_test),
            Test::Any(tests) => self.write_list(f, "or", tests, Self::write_test),
            Test::Not(test) => self.write_list(f, "not", [&**test], Self::write_test),
            Test::Compare { op, left, right } => {
                self.write_list(f, op.symbol(), [left, right], Self::write_expr)
            }
            Test::Contains { text, part } => self.write_list(f, "contains", [text, part], Self::write_expr),
            Test::Like { text, pattern } => self.write_list(f, "like", [text, pattern], Self::write_expr),
            Test::Matches { text, pattern } => {
                let pattern = Expr::Const(Const::Text(pattern.clone()));
                self.write_list(f, "matches", [text, &pattern], Self::write_expr)
            }
            Test::Missing(operand) => self.write_list(f, "missing", [operand], Self::write_expr),
            Test::Holds(operand) => self.write_list(f, "holds", [operand], Self::write_expr),
        }
    }

    fn write_expr(self, f: &mut String, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Const(constant @ Const::Int(_)) => write!(f, "{constant}i"),
            Expr::Const(constant) => write!(f, "{constant}"),
            Expr::Field { at, field, .. } => {
                let ty = self.schema.ty(self.types[at.index()]);
                write!(f, "{}.{}", at.0, ty.field(*field).name)
            }
            Expr::Fact { at, .. } => write!(f, "{}.#", at.0),
            Expr::Derived(derived_value) => {
                self.write_list(f, &derived_value.name, &derived_value.operands, Self::write_expr)
            }
            Expr::Negate(operand) => self.write_list(f, "neg", [&**operand], Self::write_expr),
            Expr::Arithmetic { first, rest, .. } => {
                f.write_str("(")?;
                self.write_expr(f, first)?;
                for (op, operand) in rest {
                    write!(f, " {} ", op.symbol())?;
                    self.write_expr(f, operand)?;
                }
                f.write_str(")")
            }
            Expr::Concat(parts) => self.write_list(f, "concat", parts, Self::write_expr),
            Expr::Call { function, arguments } => {
                self.write_list(f, function.name(), arguments, Self::write_expr)
            }
            Expr::Cast { to, operand } => {
                let name = match to {
                    Kind::Text => "to-string",
                    Kind::Number => "to-number",
                    Kind::Int => "to-int",
                    Kind::Bool => "to-bool",
                    Kind::Fact(_) => "to-fact",
                };
                self.write_list(f, name, [&**operand], Self::write_expr)
            }
        }
    }

    fn write_list<'t, T: 't>(
        self,
        f: &mut String,
        head: &str,
        items: impl IntoIterator<Item = &'t T>,
        write: impl Fn(Self, &mut String, &T) -> fmt::Result,
    ) -> fmt::Result {
        write!(f, "({head}")?;
        for item in items {
            f.write_str(" ")?;
            write(self, f, item)?;
        }
        f.write_str(")")
    }
}

//! What a generated function depends on, and what its uses may differ in.
//!
//! The key of a test or an expression is its tree with a mark in place of every constant. Trees
//! with equal keys share one function. The constants go to the tables, in the order in which the
//! key visits them: depth first, left operands first. [`expr`](super::expr) reads them in the same
//! order.

use std::fmt::Write;

use tsd_ir::{Const, Expr, Kind, Test};

/// The key of a tree and the constants that were lifted out of it.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) key: String,
    pub(super) constants: Vec<Const>,
}

impl Shape {
    pub(super) fn of_test(test: &Test) -> Self {
        let mut shape = Self::default();
        shape.test(test);
        shape
    }

    pub(super) fn of_list(exprs: &[Expr]) -> Self {
        let mut shape = Self::default();
        exprs.iter().for_each(|expr| shape.expr(expr));
        shape
    }

    /// Begins a form; writing to a String cannot fail.
    fn open(&mut self, head: &str) {
        self.key.push('(');
        self.key.push_str(head);
    }

    fn form<'t>(&mut self, head: &str, operands: impl IntoIterator<Item = &'t Expr>) {
        self.open(head);
        operands.into_iter().for_each(|operand| self.expr(operand));
        self.key.push(')');
    }

    fn tests(&mut self, head: &str, tests: &[Test]) {
        self.open(head);
        tests.iter().for_each(|test| self.test(test));
        self.key.push(')');
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Constant(value) => {
                let _ = write!(self.key, " {value}");
            }
            Test::All(tests) => self.tests("and", tests),
            Test::Any(tests) => self.tests("or", tests),
            Test::Not(test) => self.tests("not", std::slice::from_ref(test)),
            Test::Compare { op, left, right } => self.form(op.symbol(), [left, right]),
            Test::Contains { text, part } => self.form("contains", [text, part]),
            Test::Like { text, pattern } => self.form("like", [text, pattern]),
            Test::Matches { text, pattern } => {
                let _ = write!(self.key, "(matches {pattern:?}");
                self.expr(text);
                self.key.push(')');
            }
            Test::Missing(operand) => self.form("missing", [operand]),
            Test::Holds(operand) => self.form("holds", [operand]),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Const(Const::Missing) => self.key.push_str(" missing"),
            Expr::Const(constant) => {
                self.key.push_str(match constant {
                    Const::Text(_) => " ?t",
                    Const::Number(_) => " ?n",
                    Const::Int(_) => " ?i",
                    Const::Bool(_) | Const::Missing => " ?b",
                });
                self.constants.push(constant.clone());
            }
            Expr::Field { at, field, kind } => {
                let _ = write!(self.key, " {}.{}{}", at.0, field.0, letter(*kind));
            }
            Expr::Fact { at, .. } => {
                let _ = write!(self.key, " {}.#", at.0);
            }
            // Each use of the function knows which derived value it is.
            Expr::Derived(derived_value) => {
                let _ = write!(self.key, " ?{}{}", derived_value.index, letter(derived_value.kind));
            }
            Expr::Negate(operand) => self.form("neg", [&**operand]),
            Expr::Arithmetic { kind, first, rest } => {
                let _ = write!(self.key, "({}", letter(*kind));
                self.expr(first);
                for (op, operand) in rest {
                    self.key.push_str(op.symbol());
                    self.expr(operand);
                }
                self.key.push(')');
            }
            Expr::Concat(parts) => self.form("concat", parts),
            Expr::Call { function, arguments } => self.form(function.name(), arguments),
            Expr::Cast { to, operand } => {
                let _ = write!(self.key, "(to{}", letter(*to));
                self.expr(operand);
                self.key.push(')');
            }
        }
    }
}

fn letter(kind: Kind) -> char {
    match kind {
        Kind::Text => 't',
        Kind::Number => 'n',
        Kind::Int => 'i',
        Kind::Bool => 'b',
        Kind::Fact(_) => 'f',
    }
}

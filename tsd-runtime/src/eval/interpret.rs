//! Rules that are added at run time must be evaluated without rustc: expressions become closures.
//!
//! A closure is made once, when its rule is added. It captures constants, compiled regular
//! expressions and the closures of its operands, and is typed by its result. [`tsd_ir::ops`] says
//! what the operators compute, as for generated code.

mod text;
mod value;
mod word;

use std::sync::Arc;

use tsd_ir::{Comparison, Expr, Kind, Test, ops};

use super::predicate::Closure;
use super::tuple::Tuple;

pub(crate) use value::{ComputeValues, values};
pub(crate) use word::{ComputeWord, word};

/// Computes a value of one kind, or none.
type Compute<T> = Box<dyn Fn(Tuple<'_>) -> Option<T> + Send + Sync>;

/// A closure for a test.
pub(crate) fn test(test: &Test) -> Closure {
    Arc::from(boxed(test))
}

type BoxedTest = Box<dyn Fn(Tuple<'_>) -> bool + Send + Sync>;

fn boxed(test: &Test) -> BoxedTest {
    match test {
        Test::Constant(value) => {
            let value = *value;
            Box::new(move |_| value)
        }
        Test::All(tests) => {
            let tests: Vec<BoxedTest> = tests.iter().map(boxed).collect();
            Box::new(move |tuple| tests.iter().all(|test| test(tuple)))
        }
        Test::Any(tests) => {
            let tests: Vec<BoxedTest> = tests.iter().map(boxed).collect();
            Box::new(move |tuple| tests.iter().any(|test| test(tuple)))
        }
        Test::Not(test) => {
            let test = boxed(test);
            Box::new(move |tuple| !test(tuple))
        }
        Test::Compare { op, left, right } => compare(*op, left, right),
        Test::Contains { text, part } => text::test_of_two(text, part, ops::contains),
        Test::Like { text, pattern } => text::test_of_two(text, pattern, ops::like),
        Test::Matches { text, pattern } => text::matches(text, pattern),
        Test::Missing(operand) => {
            let is_missing = value::is_missing(operand);
            Box::new(is_missing)
        }
        Test::Holds(operand) => {
            let operand = value::bool(operand);
            Box::new(move |tuple| operand(tuple) == Some(true))
        }
    }
}

/// A comparison by the kind of its operands. The checker has made sure that both have the same
/// kind.
fn compare(op: Comparison, left: &Expr, right: &Expr) -> BoxedTest {
    let kind = left.kind().or_else(|| right.kind());
    match kind {
        Some(Kind::Number) => {
            let (left, right) = (value::number(left), value::number(right));
            Box::new(move |tuple| match (left(tuple), right(tuple)) {
                (Some(left), Some(right)) => op.accepts(ops::compare_number(left, right)),
                _ => false,
            })
        }
        Some(Kind::Int) => {
            let (left, right) = (value::int(left), value::int(right));
            Box::new(move |tuple| compared(op, left(tuple), right(tuple)))
        }
        Some(Kind::Bool) => {
            let (left, right) = (value::bool(left), value::bool(right));
            Box::new(move |tuple| compared(op, left(tuple), right(tuple)))
        }
        Some(Kind::Fact(_)) => {
            let (left, right) = (value::fact(left), value::fact(right));
            Box::new(move |tuple| compared(op, left(tuple), right(tuple)))
        }
        Some(Kind::Text) => text::test_of_two(left, right, move |left, right| op.accepts(left.cmp(right))),
        None => Box::new(|_| false),
    }
}

fn compared<T: Ord>(op: Comparison, left: Option<T>, right: Option<T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if op.accepts(left.cmp(&right)))
}

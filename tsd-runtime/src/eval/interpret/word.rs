//! Join keys are words, so an expression in a key is compiled to a closure that computes one.

use std::sync::Arc;

use tsd_ir::{Expr, Kind};

use super::text::text;
use super::value;
use crate::eval::key_word::word_of;
use crate::eval::tuple::Tuple;

/// Computes a value as a word: equal values of one kind have equal words.
pub(crate) type ComputeWord = Arc<dyn Fn(Tuple<'_>) -> Option<u64> + Send + Sync>;

/// The value of an expression as a word; `None` if it has none.
pub(crate) fn word(expr: &Expr) -> ComputeWord {
    match expr.kind() {
        Some(Kind::Number) => {
            let number = value::number(expr);
            Arc::new(move |tuple| word_of(number(tuple)))
        }
        Some(Kind::Int) => {
            let int = value::int(expr);
            Arc::new(move |tuple| word_of(int(tuple)))
        }
        Some(Kind::Bool) => {
            let bool = value::bool(expr);
            Arc::new(move |tuple| word_of(bool(tuple)))
        }
        Some(Kind::Fact(_)) => {
            let fact = value::fact(expr);
            Arc::new(move |tuple| word_of(fact(tuple)))
        }
        Some(Kind::Text) => {
            let text = text(expr);
            Arc::new(move |tuple| word_of(text(tuple)))
        }
        None => Arc::new(|_| None),
    }
}

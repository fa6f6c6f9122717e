//! The network evaluates generated and interpreted rules through the same types.
//!
//! Generated code provides tables of functions, and rules refer to a function by its place in a
//! table.

use tsd_ir::{Const, Value};

use super::tuple::Tuple;

/// A generated test. Positions count the facts in the order in which the network joins them. The
/// constants are those of one use of the function.
pub type NativeTest = fn(Tuple<'_>, &[Const]) -> bool;

/// Generated expressions. The function appends their values in order, with [`Value::Missing`] for
/// those without a value. Positions count the patterns in order of declaration.
pub type NativeValues = fn(Tuple<'_>, &[Const], &mut Vec<Value>);

/// A generated part of a join key: its value as a word, or none. Positions count the facts from
/// which it is computed.
pub type NativeKey = fn(Tuple<'_>, &[Const]) -> Option<u64>;

/// The functions to which the rules of a module refer by number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Natives {
    pub(crate) tests: &'static [NativeTest],
    pub(crate) values: &'static [NativeValues],
    pub(crate) keys: &'static [NativeKey],
}

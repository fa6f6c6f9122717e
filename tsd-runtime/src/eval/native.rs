//! Functions that a build generated, as a session calls them.
//!
//! Generated code hands its functions over as tables; what the rules name is a place in such a
//! table. So the network evaluates generated and interpreted rules through the same types.

use tsd_ir::{Const, Value};

use super::tuple::Tuple;

/// A generated test. Positions count the facts in the order in which the network joins them; the
/// constants are those of one use of the function.
pub type NativeTest = fn(Tuple<'_>, &[Const]) -> bool;

/// Generated expressions: appends the values, in order, with [`Value::Missing`] for those that have
/// none. Positions count the patterns as the rule declares them.
pub type NativeValues = fn(Tuple<'_>, &[Const], &mut Vec<Value>);

/// A generated part of a join key: its value as a word, or none. Positions count the facts of which
/// it is computed.
pub type NativeKey = fn(Tuple<'_>, &[Const]) -> Option<u64>;

/// The functions of a module that its rules refer to by number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Natives {
    pub(crate) tests: &'static [NativeTest],
    pub(crate) values: &'static [NativeValues],
    pub(crate) keys: &'static [NativeKey],
}

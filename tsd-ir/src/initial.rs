//! The facts in the rules themselves.
//!
//! A compiled module carries them as a constant table, and the interpreter inserts the same ones. A
//! reference among them is the number of an initial fact, because no fact has a handle before a
//! session holds it.

use crate::{Const, List, TypeId};

/// A fact that stands in the rules themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct InitialFact {
    /// Its type.
    pub ty: TypeId,
    /// A value for each field, in order of declaration.
    pub values: List<InitialValue>,
}

/// A field of an [`InitialFact`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InitialValue {
    /// A constant, or missing.
    Const(Const),
    /// A reference to an earlier initial fact, by its index.
    Fact(u32),
}

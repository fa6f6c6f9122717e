//! Something to evaluate, by the interpreter or by generated code.
//!
//! One network runs both, so whatever contains an expression or a test contains a [`Body`]: the
//! tree, or the number of a generated function with its constants.

use crate::{Const, List, Test, Text};

/// A test, with the form that identifies equal tests.
#[derive(Clone, Debug, PartialEq)]
pub struct TestRef {
    /// The canonical form ([`Canonical`](crate::Canonical)): equal for tests that mean the same.
    pub canonical: Text,
    /// How to evaluate it.
    pub body: Body<Test>,
}

/// Something to evaluate: as a tree, or as a function of the generated module.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<T> {
    /// The expression tree, for the interpreter.
    Tree(T),
    /// A generated function, shared by all bodies of the same shape, and the constants of this one.
    Native {
        /// The function's number in the module.
        function: u32,
        /// The constants in the order in which the shape uses them.
        constants: List<Const>,
    },
}

//! The network calls generated and interpreted tests in the same way.

use std::fmt;
use std::sync::Arc;

use tsd_ir::{Body, Const, List, Test};

use super::interpret;
use super::native::NativeTest;
use super::tuple::Tuple;

/// An interpreted test.
pub(crate) type Closure = Arc<dyn Fn(Tuple<'_>) -> bool + Send + Sync>;

/// A prepared test of a tuple.
#[derive(Clone)]
pub(crate) enum Predicate {
    /// A generated function with the constants of this use.
    Native(NativeTest, List<Const>),
    /// An interpreted test.
    Interpreted(Closure),
}

impl Predicate {
    pub(crate) fn new(body: &Body<Test>, natives: &[NativeTest]) -> Self {
        match body {
            Body::Tree(test) => Self::Interpreted(interpret::test(test)),
            Body::Native { function, constants } => {
                Self::Native(natives[*function as usize], constants.clone())
            }
        }
    }

    #[inline]
    pub(crate) fn holds(&self, tuple: Tuple<'_>) -> bool {
        match self {
            Self::Native(function, constants) => function(tuple, constants),
            Self::Interpreted(closure) => closure(tuple),
        }
    }
}

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native(..) => "generated test",
            Self::Interpreted(_) => "interpreted test",
        })
    }
}

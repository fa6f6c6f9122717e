//! Effects and aggregates compute lists of values from a tuple.

use std::fmt;
use std::sync::Arc;

use tsd_ir::{Arguments, Body, Const, List, Value};

use super::interpret;
use super::native::NativeValues;
use super::tuple::Tuple;

/// Computes the values that an effect needs.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    compute: Compute,
    optional: List<bool>,
}

#[derive(Clone)]
enum Compute {
    Native(NativeValues, List<Const>),
    Interpreted(Arc<interpret::ComputeValues>),
}

impl fmt::Debug for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native(..) => "generated values",
            Self::Interpreted(_) => "interpreted values",
        })
    }
}

impl Values {
    pub(crate) fn new(arguments: &Arguments, natives: &[NativeValues]) -> Self {
        Self { optional: arguments.optional.clone(), ..Self::of_input(&arguments.body, natives) }
    }

    /// The value of a row that a view aggregates; it may be missing.
    pub(crate) fn of_input(body: &Body<Vec<tsd_ir::Expr>>, natives: &[NativeValues]) -> Self {
        let compute = match body {
            Body::Tree(exprs) => Compute::Interpreted(Arc::new(interpret::values(exprs))),
            Body::Native { function, constants } => {
                Compute::Native(natives[*function as usize], constants.clone())
            }
        };
        Self { compute, optional: List::Borrowed(&[true]) }
    }

    /// Computes the values; `None` if a required one has no value.
    pub(crate) fn compute(&self, tuple: Tuple<'_>) -> Option<Vec<Value>> {
        let mut values = Vec::with_capacity(self.optional.len());
        match &self.compute {
            Compute::Native(function, constants) => function(tuple, constants, &mut values),
            Compute::Interpreted(closure) => closure(tuple, &mut values),
        }
        let fits = |(value, optional): (&Value, &bool)| *optional || *value != Value::Missing;
        values.iter().zip(self.optional.iter()).all(fits).then_some(values)
    }
}

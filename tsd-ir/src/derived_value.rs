//! Values that are derived from other facts than those of the tuple, and the tests that read them.
//!
//! Such a value can change while the tuple stays the same. So a chain says at which of its places derived values matter,
//! which ones, and what the tests there want of them.

use crate::{Domain, FieldId, Kind, List, Position, TestRef, TypeId};

/// The answer that a tuple of facts gets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DerivedValue {
    /// What a view finds.
    Found {
        /// The view's number in its rule.
        view: u16,
        /// The view's parameters, in their order.
        parameters: List<ViewArgument>,
    },
    /// A field of the fact that a reference names; missing when the fact is gone.
    Followed {
        /// The reference.
        reference: ViewArgument,
        /// The type of the fact.
        ty: TypeId,
        /// Which field of it.
        field: FieldId,
    },
}

/// Where a derived value's parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViewArgument {
    /// A field of a fact of the tuple.
    Field {
        /// Which fact.
        at: Position,
        /// Which field of it.
        field: FieldId,
    },
    /// A fact of the tuple.
    Fact {
        /// Which fact.
        at: Position,
    },
    /// Another derived value of the tuple, with a lower number.
    Derived(u16),
}

impl DerivedValue {
    /// Where its parameters come from.
    pub fn leaves(&self) -> &[ViewArgument] {
        match self {
            Self::Found { parameters, .. } => parameters,
            Self::Followed { reference, .. } => std::slice::from_ref(reference),
        }
    }

    /// Whether a parameter comes from one of some other derived values, whose numbers ascend.
    pub fn depends_on(&self, derived_values: &[u16]) -> bool {
        let is_one = |leaf: &ViewArgument| matches!(leaf, ViewArgument::Derived(other) if derived_values.binary_search(other).is_ok());
        self.leaves().iter().any(is_one)
    }
}

/// Tests that read derived values, at the place of a chain where all the facts are there that they look at.
///
/// Their outcome can change while the tuple stays the same, so the place remembers its tuples.
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedTests {
    /// The place in the chain.
    pub place: Position,
    /// The derived values that matter here, in ascending order: those that the tests read and those behind them.
    pub derived_values: List<u16>,
    /// Those of the derived values whose change is a change of the tuple, whatever the tests say.
    pub shown: List<u16>,
    /// The tests, sorted by canonical form.
    pub tests: List<TestRef>,
    /// What those of the tests say that are bounds, in the order of the tests.
    pub bounds: List<Bound>,
}

/// A test that says nothing but which values one derived value may have, such as `COUNT(…) > 3` or `NOT (EXISTS (…))`. The bounds
/// of all rules on a derived value make one table, so that a derived value is looked up once for a thousand thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The test's place among the tests.
    pub test: u16,
    /// The derived value.
    pub derived_value: u16,
    /// The derived value's kind, whose values are words: [`Kind::Int`], [`Kind::Number`] or [`Kind::Bool`].
    pub kind: Kind,
    /// The values that it may have.
    pub values: Domain,
}

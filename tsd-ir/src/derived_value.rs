//! Values derived from other facts than those of the tuple, and the tests that read them.
//!
//! Such a value can change while the tuple stays the same. So a chain says at which of its places
//! derived values matter, which ones, and which tests read them.

use crate::{Domain, FieldId, Kind, List, Position, TestRef, TypeId};

/// A value that a tuple of facts gets from a view or through a reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DerivedValue {
    /// The result of a view.
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
    pub fn arguments(&self) -> &[ViewArgument] {
        match self {
            Self::Found { parameters, .. } => parameters,
            Self::Followed { reference, .. } => std::slice::from_ref(reference),
        }
    }

    /// Whether a parameter comes from one of these derived values, whose numbers ascend.
    pub fn depends_on(&self, derived_values: &[u16]) -> bool {
        let is_one = |argument: &ViewArgument| match argument {
            ViewArgument::Derived(other) => derived_values.binary_search(other).is_ok(),
            _ => false,
        };
        self.arguments().iter().any(is_one)
    }
}

/// Tests that read derived values, at the first place of a chain where all facts that they read are
/// joined.
///
/// Their outcome can change while the tuple stays the same, so the runtime keeps the tuples of this
/// place (pending tests).
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedTests {
    /// The place in the chain.
    pub place: Position,
    /// The derived values that matter here, in ascending order: those that the tests read, and
    /// those that these depend on.
    pub derived_values: List<u16>,
    /// The derived values whose change counts as a change of the tuple, whatever the tests say.
    pub results: List<u16>,
    /// The tests, sorted by canonical form.
    pub tests: List<TestRef>,
    /// The bounds among the tests, in the order of the tests.
    pub bounds: List<Bound>,
}

/// A test of one derived value against constants, such as `COUNT(…) > 3` or `NOT (EXISTS (…))`. The
/// bounds of all rules on a derived value form one filter index, so one search decides a thousand
/// thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The number of the test among the tests.
    pub test: u16,
    /// The derived value.
    pub derived_value: u16,
    /// The derived value's kind, whose values are words: [`Kind::Int`], [`Kind::Number`] or
    /// [`Kind::Bool`].
    pub kind: Kind,
    /// The accepted values.
    pub values: Domain,
}

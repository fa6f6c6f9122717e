//! What a rule does when it fires.
//!
//! The expressions of an effect are evaluated before the first effect of its activation takes
//! place, in the positions of the patterns as the rule declares them.

use crate::{ActionId, Body, Expr, FieldId, List, Position, TypeId};

/// Something that a rule does when it fires. Positions count the patterns as the rule declares
/// them.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Calls an action of the host program. A generated function reads the arguments from the facts
    /// itself, so no earlier effect of the rule may change facts; otherwise it is an
    /// [`Effect::Perform`].
    Call {
        /// Which action.
        action: ActionId,
        /// Its arguments, one for each parameter.
        arguments: Arguments,
    },
    /// Calls an action with arguments that were computed before any effect of the activation took
    /// place.
    Perform {
        /// Which action.
        action: ActionId,
        /// Its arguments, one for each parameter.
        arguments: Arguments,
    },
    /// Inserts a fact.
    Insert {
        /// Its type.
        ty: TypeId,
        /// Its fields' values, one for each field.
        values: Arguments,
        /// Whether the fact stays only as long as an activation that inserts it holds
        /// (`InsertLogical`).
        logical: bool,
    },
    /// Updates a matched fact.
    Update {
        /// Which fact.
        at: Position,
        /// The fields to set.
        fields: List<FieldId>,
        /// Their new values, one for each.
        values: Arguments,
    },
    /// Retracts a matched fact.
    Retract {
        /// Which fact.
        at: Position,
    },
    /// Prints values, separated by blanks, on a line of standard output.
    Print {
        /// What to print.
        values: Arguments,
    },
    /// Writes values to the session's log.
    Log {
        /// What to log.
        values: Arguments,
    },
}

/// A list of expressions that an effect evaluates, in the positions of the declared patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    /// The expressions.
    pub body: Body<Vec<Expr>>,
    /// Which of them may be missing; all others must have a value for the effect to take place.
    pub optional: List<bool>,
}

impl Effect {
    /// The expressions that the effect evaluates, if it can have any.
    pub fn arguments(&self) -> Option<&Arguments> {
        match self {
            Self::Call { arguments, .. } | Self::Perform { arguments, .. } => Some(arguments),
            Self::Insert { values, .. }
            | Self::Update { values, .. }
            | Self::Print { values }
            | Self::Log { values } => Some(values),
            Self::Retract { .. } => None,
        }
    }

    /// The expressions that the effect evaluates, to be changed.
    pub fn arguments_mut(&mut self) -> Option<&mut Arguments> {
        match self {
            Self::Call { arguments, .. } | Self::Perform { arguments, .. } => Some(arguments),
            Self::Insert { values, .. }
            | Self::Update { values, .. }
            | Self::Print { values }
            | Self::Log { values } => Some(values),
            Self::Retract { .. } => None,
        }
    }

    /// The trees of these expressions; none once they are generated functions.
    pub fn operands(&self) -> &[Expr] {
        match self.arguments() {
            Some(Arguments { body: Body::Tree(operands), .. }) => operands,
            _ => &[],
        }
    }
}

//! The variables that may be used at a place.

use tsd_ir::{Position, TypeId};

use crate::source::Span;

/// A variable and what it stands for.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) meaning: Meaning,
}

/// What a variable stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// The fact at a position.
    Fact { at: Position, ty: TypeId },
    /// An initial fact of the program, which only other initial facts may name.
    Initial { index: usize, ty: TypeId },
    /// An initial fact that comes later in the program.
    Later,
    /// A fact of the program, seen from a rule.
    Outside,
    /// Something that is wrong and has been reported.
    Broken,
}

/// The variables at a place, in the order in which they were bound.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub(super) variables: Vec<Variable>,
}

impl Scope {
    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

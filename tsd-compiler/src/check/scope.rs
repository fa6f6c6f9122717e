//! The variables that may be used at a place.

use std::collections::BTreeMap;

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
    /// Something that is wrong and has been reported.
    Broken,
}

/// The variables at a place, in the order in which they were bound.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    variables: Vec<Variable>,
    index: BTreeMap<String, usize>,
    /// The names of the program's facts, which a rule cannot use but may try to.
    pub(super) outside: Option<&'a BTreeMap<String, Span>>,
}

impl Scope<'_> {
    /// Binds a variable; gives the place of an earlier one of the same name, which then stays.
    pub(super) fn bind(&mut self, name: &str, span: Span, meaning: Meaning) -> Result<(), Span> {
        if let Some(first) = self.find(name) {
            return Err(first.span);
        }
        self.index.insert(name.to_owned(), self.variables.len());
        self.variables.push(Variable { name: name.to_owned(), span, meaning });
        Ok(())
    }

    /// Says anew what a variable stands for.
    pub(super) fn rebind(&mut self, name: &str, meaning: Meaning) {
        if let Some(index) = self.index.get(name) {
            self.variables[*index].meaning = meaning;
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.index.get(name).map(|index| &self.variables[*index])
    }

    pub(super) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The types of the facts, by position.
    pub(super) fn types(&self) -> Vec<TypeId> {
        let facts = self.variables.iter().filter_map(|variable| match variable.meaning {
            Meaning::Fact { ty, .. } => Some(ty),
            _ => None,
        });
        facts.collect()
    }
}

//! The variables that can be used at a place.

use std::collections::BTreeMap;

use tsd_ir::{Expr, Position, TypeId};

use crate::source::Span;

/// A variable and its meaning.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) meaning: Meaning,
}

/// The meaning of a variable.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// The fact at a position.
    Fact { at: Position, ty: TypeId },
    /// The value of an aggregate variable.
    DerivedValue(Expr),
    /// The facts that aggregate variables aggregate, where no single one of them can be meant.
    Source(Aggregated),
    /// An initial fact of the program, which only other initial facts may name.
    Initial { index: usize, ty: TypeId },
    /// An initial fact that comes later in the program.
    Later,
    /// Wrong, and already reported.
    Broken,
}

/// Where a variable whose facts are aggregated is not allowed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aggregated {
    /// In a condition that also reads an aggregate variable.
    Mixed,
    /// In an effect.
    Effect,
}

impl Aggregated {
    pub(super) fn message(self, name: &str) -> String {
        match self {
            Self::Mixed => format!("one condition cannot mention both `{name}` and an aggregate variable"),
            Self::Effect => format!("`{name}` stands for all facts that the aggregates read"),
        }
    }

    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Mixed => {
                "connect conditions on the aggregated facts and conditions on the aggregates with `AND`"
            }
            Self::Effect => {
                "the rule fires once for the facts of its first block; pass an aggregate variable"
            }
        }
    }
}

/// The variables at a place, in the order in which they were bound.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    /// The scope around a question, whose variables are visible in it too.
    around: Option<&'a Scope<'a>>,
    variables: Vec<Variable>,
    index: BTreeMap<String, usize>,
    /// The types of the facts, those of the scope around included.
    types: Vec<TypeId>,
    /// The names of the program's facts, which a rule cannot use but might try to.
    pub(super) outside: Option<&'a BTreeMap<String, Span>>,
}

impl<'a> Scope<'a> {
    /// No variables yet, in a program whose facts have these names.
    pub(super) fn inside(outside: &'a BTreeMap<String, Span>) -> Self {
        Self { outside: Some(outside), ..Self::default() }
    }

    /// The scope of a question inside another scope.
    pub(super) fn within(around: &'a Scope<'a>) -> Self {
        Self { around: Some(around), types: around.types.clone(), outside: around.outside, ..Self::default() }
    }

    /// Binds a variable; returns the place of an earlier one of the same name, which then stays.
    pub(super) fn bind(&mut self, name: &str, span: Span, meaning: Meaning) -> Result<(), Span> {
        if let Some(first) = self.find(name) {
            return Err(first.span);
        }
        if let Meaning::Fact { ty, .. } = &meaning {
            self.types.push(*ty);
        }
        self.index.insert(name.to_owned(), self.variables.len());
        self.variables.push(Variable { name: name.to_owned(), span, meaning });
        Ok(())
    }

    /// Changes the meaning of a variable.
    pub(super) fn rebind(&mut self, name: &str, meaning: Meaning) {
        if let Some(index) = self.index.get(name) {
            self.variables[*index].meaning = meaning;
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.scopes().find_map(|scope| scope.index.get(name).map(|index| &scope.variables[*index]))
    }

    /// All variables, the nearest scope's first.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Variable> + Clone {
        self.scopes().flat_map(|scope| &scope.variables)
    }

    /// This scope and those around it.
    fn scopes(&self) -> impl Iterator<Item = &Scope<'a>> + Clone {
        std::iter::successors(Some(self), |scope| scope.around)
    }

    /// The types of the facts, by position.
    pub(super) fn types(&self) -> &[TypeId] {
        &self.types
    }
}

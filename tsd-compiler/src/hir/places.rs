//! The places of declarations.
//!
//! Code generation tells rustc at which lines of the rules a type, a field or an action is
//! declared. Numbers identify them, because names of different modules may be equal.

use crate::source::Span;

/// The places of the declarations of a schema, by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// One for each type.
    pub types: Vec<TypePlace>,
    /// One for each action: its name in its declaration; `None` when it is only called.
    pub actions: Vec<Option<Span>>,
}

/// Where a type is declared.
#[derive(Clone, Debug)]
pub struct TypePlace {
    /// Its name.
    pub name: Span,
    /// Its fields, by their numbers.
    pub fields: Vec<Span>,
    /// For an extern type, the path of the struct.
    pub path: Option<Span>,
}

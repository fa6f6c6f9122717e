//! Where declarations stand.
//!
//! Code generation tells rustc at which lines of the rules a type, a field or an action is declared. Numbers say which is
//! which, because names of different modules may be the same.

use crate::source::Span;

/// Where the declarations of a schema stand, by their numbers.
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

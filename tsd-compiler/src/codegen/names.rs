//! The Rust names of what the rules declare.
//!
//! A name of the rules is kept wherever Rust lets it be: keywords become raw identifiers, and the few words that cannot
//! even be that (`self`, `Self`, `super`, `crate`, `_`) get an underscore. So does a type that would hide something that
//! the generated module names itself.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use tsd_ir::{ActionId, FieldId, Schema, TypeId};

use super::places::Places;

/// What every generated module declares beside the types of the rules, or takes from Rust's prelude.
const TAKEN: [&str; 14] = [
    "Actions", "Context", "Rules", "Session", "Objects", "Self", "network", "rt", "Option", "String", "Vec",
    "Borrowed", "usize", "str",
];

/// The identifiers of one module.
pub(super) struct Names {
    pub(super) types: Vec<Ident>,
    /// The fields of each type.
    pub(super) fields: Vec<Vec<Ident>>,
    pub(super) actions: Vec<Ident>,
    /// The parameters of each action.
    pub(super) parameters: Vec<Vec<Ident>>,
    /// The type parameter that stands for the host.
    pub(super) host: Ident,
}

impl Names {
    pub(super) fn new(schema: &Schema, places: &Places<'_>) -> Self {
        let mut scope = Scope::with(&TAKEN);
        let types = schema.types.iter().enumerate();
        let types = types.map(|(index, ty)| {
            let place = places.type_name(TypeId(index as u16));
            scope.add(&ty.name, places.tokens(place))
        });
        let types = types.collect();
        let host = scope.add("A", Span::call_site());
        let fields = schema.types.iter().enumerate().map(|(index, ty)| {
            let mut scope = Scope::default();
            let fields = ty.fields.iter().enumerate().map(|(at, field)| {
                let place = places.field(TypeId(index as u16), FieldId(at as u16));
                scope.add(&field.name, places.tokens(place))
            });
            fields.collect()
        });
        let mut scope = Scope::default();
        let actions = schema.actions.iter().enumerate();
        let actions = actions.map(|(index, action)| {
            let place = places.action(ActionId(index as u16));
            scope.add(&action.name, places.tokens(place))
        });
        let actions = actions.collect();
        let parameters = schema.actions.iter().map(|action| {
            let mut scope = Scope::with(&["context"]);
            action.parameters.iter().map(|parameter| scope.add(&parameter.name, Span::call_site())).collect()
        });
        Self { types, host, fields: fields.collect(), actions, parameters: parameters.collect() }
    }
}

/// Names that must differ.
#[derive(Default)]
struct Scope(BTreeSet<String>);

impl Scope {
    fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// An identifier for `name`, with as many underscores after it as it takes to be new.
    fn add(&mut self, name: &str, span: Span) -> Ident {
        let mut name = match name {
            "self" | "Self" | "super" | "crate" => format!("{name}_"),
            "_" => "underscore".to_owned(),
            _ => name.to_owned(),
        };
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        identifier(&name, span)
    }
}

/// A name as an identifier: raw where it is a keyword. Names of the rules follow the rules for identifiers.
pub(super) fn identifier(name: &str, span: Span) -> Ident {
    let mut ident = syn::parse_str::<Ident>(name)
        .or_else(|_| syn::parse_str::<Ident>(&format!("r#{name}")))
        .unwrap_or_else(|_| format_ident!("unnamed"));
    ident.set_span(span);
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_where_rust_allows() {
        let mut scope = Scope::with(&TAKEN);
        let mut name = |name| scope.add(name, Span::call_site()).to_string();
        assert_eq!(name("Order"), "Order");
        assert_eq!(name("Session"), "Session_");
        assert_eq!(name("match"), "r#match");
        assert_eq!(name("self"), "self_");
        assert_eq!(name("self_"), "self__");
        assert_eq!(name("_"), "underscore");
        assert_eq!(name("größe"), "größe");
    }
}

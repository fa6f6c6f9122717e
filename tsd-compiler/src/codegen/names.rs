//! The Rust names of what the rules declare.
//!
//! A name of the rules is kept wherever Rust allows it. Keywords become raw identifiers, and the
//! few words that cannot (`self`, `Self`, `super`, `crate`, `_`) get an underscore. So does a type
//! named like something that the generated module declares, or like one of Rust's own types, which
//! importing the module would hide. Generated code uses whole paths for Rust's libraries, so a type
//! may be called `Option`.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use tsd_ir::{ActionId, FieldId, Schema, TypeId};
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization;

use super::places::Places;

/// The types and modules that a generated module declares besides the types of the rules, and
/// Rust's own types.
const TAKEN: &[&str] = &[
    "Actions", "Context", "RuleBase", "Rules", "Session", "Objects", "network", "rules", "rt",
    // Rust's:
    "bool", "char", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8",
    "u16", "u32", "u64", "u128", "usize",
];

/// Names that a parameter cannot have: those that are patterns for a value, and the one parameter
/// that does not come from the rules.
const VALUES: &[&str] = &["context", "Rules", "None", "Some", "Ok", "Err"];

/// Keywords of editions later than the one that [`syn`] knows.
const LATER_KEYWORDS: [&str; 1] = ["gen"];

/// The identifiers of one module.
pub(super) struct Names {
    pub(super) types: Vec<Ident>,
    /// The fields of each type.
    pub(super) fields: Vec<Vec<Ident>>,
    pub(super) actions: Vec<Ident>,
    /// The parameters of each action.
    pub(super) parameters: Vec<Vec<Ident>>,
    /// The type parameter for the host.
    pub(super) host: Ident,
}

impl Names {
    pub(super) fn new(schema: &Schema, places: &Places<'_>) -> Self {
        let mut scope = Scope::with(TAKEN);
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
            let mut scope = Scope::with(VALUES);
            action.parameters.iter().map(|parameter| scope.add(&parameter.name, Span::call_site())).collect()
        });
        Self { types, host, fields: fields.collect(), actions, parameters: parameters.collect() }
    }
}

/// The names of the constants for rules, in order of declaration: `VIP_ORDER` for `vip_order`,
/// `vipOrder` and `"vip order"`.
pub(super) fn rule_constants<'a>(rules: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    let mut scope = Scope::default();
    rules.into_iter().map(|name| scope.add(&constant_case(name), Span::call_site())).collect()
}

/// A name in the style of Rust's constants. What cannot be in an identifier becomes an underscore.
fn constant_case(name: &str) -> String {
    let mut constant = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for character in name.chars() {
        if after_small && character.is_uppercase() {
            constant.push('_');
        }
        after_small = character.is_lowercase() || character.is_numeric();
        let capitals = character.to_uppercase();
        constant.extend(capitals.map(|capital| if is_xid_continue(capital) { capital } else { '_' }));
    }
    if !constant.starts_with(is_xid_start) {
        constant.insert(0, '_');
    }
    // rustc compares identifiers in this form.
    constant.nfc().collect()
}

/// Names that must differ.
#[derive(Default)]
struct Scope(BTreeSet<String>);

impl Scope {
    fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// An identifier for `name`, with as many underscores after it as make it new.
    fn add(&mut self, name: &str, span: Span) -> Ident {
        let mut name = match name {
            "_" => "underscore".to_owned(),
            _ if is_never_a_name(name) => format!("{name}_"),
            _ => name.to_owned(),
        };
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        identifier(&name, span)
    }
}

/// Whether Rust rejects a word even as a raw identifier.
pub fn is_never_a_name(word: &str) -> bool {
    matches!(word, "self" | "Self" | "super" | "crate" | "_")
}

/// A name as an identifier, raw if it is a keyword of any edition. Names in rules follow the rules
/// for identifiers.
pub fn identifier(name: &str, span: Span) -> Ident {
    let plain = if LATER_KEYWORDS.contains(&name) { None } else { syn::parse_str::<Ident>(name).ok() };
    let raw = || syn::parse_str::<Ident>(&format!("r#{name}")).ok();
    let mut ident = plain.or_else(raw).unwrap_or_else(|| format_ident!("unnamed"));
    ident.set_span(span);
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_where_rust_allows() {
        let mut scope = Scope::with(TAKEN);
        let mut name = |name| scope.add(name, Span::call_site()).to_string();
        assert_eq!(name("Order"), "Order");
        assert_eq!(name("Session"), "Session_");
        assert_eq!(name("match"), "r#match");
        assert_eq!(name("gen"), "r#gen");
        assert_eq!(name("Option"), "Option");
        assert_eq!(name("u8"), "u8_");
        assert_eq!(name("self"), "self_");
        assert_eq!(name("self_"), "self__");
        assert_eq!(name("_"), "underscore");
        assert_eq!(name("größe"), "größe");
    }
}

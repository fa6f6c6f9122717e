//! Parts of plans in the words of the rules.

mod canonical;

use tsd_runtime::ir::network::ViewNode;
use tsd_runtime::ir::{KeyPair, Part, Schema, TypeId};

pub(crate) use self::canonical::test;

/// The equalities of a join, as `c.id = o.customer`. `left` are the types of the tuple on its left,
/// each with its name; `right` is the joined one.
pub(crate) fn keys(
    schema: &Schema,
    keys: &[KeyPair],
    left: &[(TypeId, String)],
    right: &(TypeId, String),
) -> Vec<String> {
    let key =
        |key: &KeyPair| format!("{} = {}", left_part(schema, key, left), part(schema, right, &key.right));
    keys.iter().map(key).collect()
}

/// The left part of a key, of a tuple of facts with these types and names.
pub(crate) fn left_part(schema: &Schema, key: &KeyPair, places: &[(TypeId, String)]) -> String {
    let own = &places[key.at.index()];
    match &key.left {
        Part::Computed(computed) => {
            let others = computed.others.iter().map(|other| places[other.index()].1.as_str());
            let names: Vec<&str> = std::iter::once(own.1.as_str()).chain(others).collect();
            canonical::test(&computed.form, &names)
        }
        stored => part(schema, own, stored),
    }
}

/// A part of a fact: one of its fields, the fact itself, or an expression over it.
pub(crate) fn part(schema: &Schema, (ty, name): &(TypeId, String), part: &Part) -> String {
    match part {
        Part::Field(field) | Part::Widened(field) if ty.view().is_some() => format!("{name}.p{}", field.0),
        Part::Field(field) | Part::Widened(field) => format!("{name}.{}", schema.ty(*ty).field(*field).name),
        Part::Fact => name.clone(),
        Part::Computed(computed) => canonical::test(&computed.form, &[name]),
    }
}

/// Names for the places of a tuple by their types: `Order`, or `Order#2` if there are several.
pub(crate) fn by_type(schema: &Schema, types: &[TypeId]) -> Vec<(TypeId, String)> {
    let name = |(place, ty): (usize, &TypeId)| {
        let name = type_name(schema, *ty);
        let number = types[..=place].iter().filter(|other| *other == ty).count();
        let alone = types.iter().filter(|other| *other == ty).count() == 1;
        (*ty, if alone { name } else { format!("{name}#{number}") })
    };
    types.iter().enumerate().map(name).collect()
}

/// The name of a type; the parameters of a view have none.
pub(crate) fn type_name(schema: &Schema, ty: TypeId) -> String {
    match ty.view() {
        Some(_) => "parameters".to_owned(),
        None => schema.ty(ty).name.to_string(),
    }
}

/// What a view computes, as `SUM(Order.total of Order where Customer.id == Order.customer)`.
pub(crate) fn view(view: &ViewNode) -> String {
    canonical::question(&view.form, &[])
}

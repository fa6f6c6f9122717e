//! The network as text: a tree of nodes below each root, each with the rules that use it.

use std::fmt::Write;

use super::{Network, NodeId, Path};
use crate::{Part, Schema, TypeId, signature};

/// Writes the whole network.
///
/// ```text
/// Customer                                         | vip, gold
///   Order on 0.id = customer_id #3f2a1c9d00b7e612  | vip, view #81f0a3b2c4d5e6f7
/// view #81f0a3b2c4d5e6f7 (SUM …)                   | gold
/// ```
pub(super) fn write(network: &Network, schema: &Schema) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (id, root) in network.roots() {
        let rules = users(network, |path| path.root == id);
        lines.push((network.type_name(schema, root.ty), rules));
        for child in &root.children {
            write_join(network, schema, *child, 1, &mut lines);
        }
    }
    for (id, view) in network.views() {
        let of_rules =
            network.rules.iter().filter(|(_, placed)| placed.views.iter().any(|(one, _)| *one == id));
        let of_views = network.views().filter(|(_, other)| other.asks.iter().any(|(_, asked)| *asked == id));
        let names = of_rules.map(|(name, _)| name.to_string());
        let names: Vec<String> =
            names.chain(of_views.map(|(_, other)| format!("view #{}", other.signature.short()))).collect();
        lines.push((format!("view #{} {}", view.signature.short(), view.form), names.join(", ")));
    }
    let width = lines.iter().map(|(node, _)| node.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (node, rules) in lines {
        let padding = width - node.chars().count();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{node}{:padding$}  | {rules}", "");
    }
    text
}

fn write_join(
    network: &Network,
    schema: &Schema,
    id: NodeId,
    depth: usize,
    lines: &mut Vec<(String, String)>,
) {
    let join = network.join(id);
    let right = join.types[depth];
    let keys: Vec<String> = (join.keys.iter())
        .map(|key| {
            let left = part(schema, join.types[key.at.index()], key.left);
            format!("{}.{left} = {}", key.at.0, part(schema, right, key.right))
        })
        .collect();
    let on = if keys.is_empty() { "cross".to_owned() } else { format!("on {}", keys.join(", ")) };
    let indent = "  ".repeat(depth);
    let node = format!("{indent}{} {on} #{}", network.type_name(schema, right), join.signature.short());
    lines.push((node, users(network, |path| path.joins.contains(&id))));
    for child in &join.children {
        write_join(network, schema, *child, depth + 1, lines);
    }
}

/// A key part of a fact, or a parameter.
fn part(schema: &Schema, ty: TypeId, part: Part) -> String {
    match (ty.view(), part) {
        (Some(_), Part::Field(field)) => format!("p{}", field.0),
        (Some(_), Part::Widened(field)) => format!("(number)p{}", field.0),
        _ => signature::part(schema, ty, part),
    }
}

/// The names of the rules and views one of whose paths is accepted.
fn users(network: &Network, accepts: impl Fn(&Path) -> bool) -> String {
    let rules = network.rules().filter(|(_, paths)| paths.iter().any(&accepts));
    let views = network.views().filter(|(_, view)| view.paths.iter().any(&accepts));
    let names = rules.map(|(name, _)| name.to_string());
    let names: Vec<String> =
        names.chain(views.map(|(_, view)| format!("view #{}", view.signature.short()))).collect();
    names.join(", ")
}

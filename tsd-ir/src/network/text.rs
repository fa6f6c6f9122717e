//! The network as text: a tree of nodes below each root, each with the rules that use it.

use std::fmt::Write;

use super::{Network, NodeId};
use crate::{Schema, Text, signature};

/// Writes the whole network.
///
/// ```text
/// Customer                                         | vip, gold
///   Order on 0.id = customer_id #3f2a1c9d00b7e612  | vip
/// ```
pub(super) fn write(network: &Network, schema: &Schema) -> String {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (id, root) in network.roots() {
        let rules = users(network, |path| path.root == id);
        lines.push((schema.ty(root.ty).name.to_string(), rules));
        for child in &root.children {
            write_join(network, schema, *child, 1, &mut lines);
        }
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
            let left = signature::part(schema, join.types[key.at.index()], key.left);
            format!("{}.{left} = {}", key.at.0, signature::part(schema, right, key.right))
        })
        .collect();
    let on = if keys.is_empty() { "cross".to_owned() } else { format!("on {}", keys.join(", ")) };
    let indent = "  ".repeat(depth);
    let node = format!("{indent}{} {on} #{}", schema.ty(right).name, join.signature.short());
    lines.push((node, users(network, |path| path.joins.contains(&id))));
    for child in &join.children {
        write_join(network, schema, *child, depth + 1, lines);
    }
}

/// The names of the rules one of whose paths is accepted.
fn users(network: &Network, accepts: impl Fn(&super::Path) -> bool) -> String {
    let names: Vec<&Text> =
        (network.rules()).filter(|(_, paths)| paths.iter().any(&accepts)).map(|(name, _)| name).collect();
    let names: Vec<&str> = names.into_iter().map(|name| name.as_ref()).collect();
    names.join(", ")
}

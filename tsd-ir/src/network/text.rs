//! The network as text: a tree of nodes below each root, each with the rules that use it.

use std::fmt::Write;

use super::{Network, NodeId, RootId};
use crate::{Schema, Text, signature};

/// What else is to be said of a root and of a join.
pub(super) type Remarks<'a> = (&'a dyn Fn(RootId) -> String, &'a dyn Fn(NodeId) -> String);

/// One node: what it is, who uses it, and perhaps a remark.
struct Line {
    node: String,
    rules: String,
    remark: Option<String>,
}

/// Writes the whole network.
///
/// ```text
/// Customer                                         | vip, gold
///   Order on 0.id = customer_id #3f2a1c9d00b7e612  | vip
/// ```
pub(super) fn write(network: &Network, schema: &Schema, remarks: Option<Remarks<'_>>) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for (id, root) in network.roots() {
        let rules = users(network, |path| path.root == id);
        let remark = remarks.map(|(of_root, _)| of_root(id));
        lines.push(Line { node: schema.ty(root.ty).name.to_string(), rules, remark });
        for child in &root.children {
            write_join(network, schema, *child, remarks, 1, &mut lines);
        }
    }
    let widest = |column: &dyn Fn(&Line) -> &str| {
        lines.iter().map(|line| column(line).chars().count()).max().unwrap_or(0)
    };
    let nodes = widest(&|line| &line.node);
    let remarks = widest(&|line| line.remark.as_deref().unwrap_or_default());
    let mut text = String::new();
    for Line { node, rules, remark } in &lines {
        let padding = nodes - node.chars().count();
        // Writing to a String cannot fail.
        let _ = write!(text, "{node}{:padding$}  | ", "");
        if let Some(remark) = remark {
            let padding = remarks - remark.chars().count();
            let _ = write!(text, "{remark}{:padding$}  | ", "");
        }
        text += rules;
        text.push('\n');
    }
    text
}

fn write_join(
    network: &Network,
    schema: &Schema,
    id: NodeId,
    remarks: Option<Remarks<'_>>,
    depth: usize,
    lines: &mut Vec<Line>,
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
    let rules = users(network, |path| path.joins.contains(&id));
    lines.push(Line { node, rules, remark: remarks.map(|(_, of_join)| of_join(id)) });
    for child in &join.children {
        write_join(network, schema, *child, remarks, depth + 1, lines);
    }
}

/// The names of the rules one of whose paths is accepted.
fn users(network: &Network, accepts: impl Fn(&super::Path) -> bool) -> String {
    let names: Vec<&Text> =
        (network.rules()).filter(|(_, paths)| paths.iter().any(&accepts)).map(|(name, _)| name).collect();
    let names: Vec<&str> = names.into_iter().map(|name| name.as_ref()).collect();
    names.join(", ")
}

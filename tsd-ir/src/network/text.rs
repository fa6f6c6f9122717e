//! The network as text: a tree of nodes below each root, each with the rules that use it.

use std::fmt::Write;

use super::{Network, NodeId, Path, RootId, ViewId};
use crate::Schema;

/// What the caller adds to nodes.
#[derive(Clone, Copy)]
pub(super) struct Remarks<'a> {
    pub(super) root: &'a dyn Fn(RootId) -> String,
    pub(super) join: &'a dyn Fn(NodeId) -> String,
    pub(super) view: &'a dyn Fn(ViewId) -> String,
}

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
///   Order on 0.id = customer_id #3f2a1c9d00b7e612  | vip, view #81f0a3b2c4d5e6f7
/// view #81f0a3b2c4d5e6f7 (SUM …)                   | gold
/// ```
pub(super) fn write(network: &Network, schema: &Schema, remarks: Option<Remarks<'_>>) -> String {
    let mut lines: Vec<Line> = Vec::new();
    for (id, root) in network.roots() {
        let rules = users(network, |path| path.root == id);
        let remark = remarks.map(|remarks| (remarks.root)(id));
        lines.push(Line { node: network.type_name(schema, root.ty), rules, remark });
        for child in &root.children {
            write_join(network, schema, *child, remarks, 1, &mut lines);
        }
    }
    for (id, view) in network.views() {
        let of_rules =
            network.rules.iter().filter(|(_, placed)| placed.views.iter().any(|(one, _)| *one == id));
        let of_views = network.views().filter(|(_, other)| other.reads.iter().any(|(_, read)| *read == id));
        let names = of_rules.map(|(name, _)| name.to_string());
        let names: Vec<String> =
            names.chain(of_views.map(|(_, other)| format!("view #{}", other.signature.short()))).collect();
        let node = format!("view #{} {}", view.signature.short(), view.form);
        lines.push(Line { node, rules: names.join(", "), remark: remarks.map(|remarks| (remarks.view)(id)) });
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
            let [left, right] = key.texts(schema, &join.types[..depth], right);
            format!("{left} = {right}")
        })
        .collect();
    let on = if keys.is_empty() { "cross".to_owned() } else { format!("on {}", keys.join(", ")) };
    let indent = "  ".repeat(depth);
    let node = format!("{indent}{} {on} #{}", network.type_name(schema, right), join.signature.short());
    let rules = users(network, |path| path.joins.contains(&id));
    lines.push(Line { node, rules, remark: remarks.map(|remarks| (remarks.join)(id)) });
    for child in &join.children {
        write_join(network, schema, *child, remarks, depth + 1, lines);
    }
}

/// The names of the rules and views that have an accepted path.
fn users(network: &Network, accepts: impl Fn(&Path) -> bool) -> String {
    let rules = network.rules().filter(|(_, paths)| paths.iter().any(&accepts));
    let views = network.views().filter(|(_, view)| view.paths.iter().any(&accepts));
    let names = rules.map(|(name, _)| name.to_string());
    let names: Vec<String> =
        names.chain(views.map(|(_, view)| format!("view #{}", view.signature.short()))).collect();
    names.join(", ")
}

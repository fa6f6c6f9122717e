//! The text of each node.

use tsd_compiler::PlannedRule;
use tsd_runtime::Statistics;
use tsd_runtime::ir::{Network, NodeId, RootId, Schema, TypeId, ViewId};

use super::super::picture::{Kind, Node};
use crate::described;
use crate::rules::counted;

/// Creates the nodes of a diagram.
pub(super) struct NodeTexts<'a> {
    pub(super) schema: &'a Schema,
    pub(super) network: &'a Network,
    pub(super) statistics: Option<&'a Statistics>,
}

impl NodeTexts<'_> {
    pub(super) fn ty(&self, ty: TypeId) -> Node {
        if let Some(view) = ty.view() {
            return self.parameters(ViewId(view));
        }
        let declared = self.schema.ty(ty);
        let mut node = Node::new(Kind::Type, declared.name.clone());
        let fields = declared.fields.iter().enumerate().map(|(index, field)| {
            let key = declared.key.iter().any(|key| key.index() == index);
            format!("{}{}", if key { "#" } else { "" }, field.name)
        });
        node.text = format!("{}({})", declared.name, fields.collect::<Vec<_>>().join(", "));
        if let Some(rows) = declared.rows {
            node.counts.push(("facts expected", rows.to_string()));
        }
        if let Some(held) = self.statistics.and_then(|statistics| statistics.types.get(ty.index())) {
            node.lines.push(counted(held.facts, "fact"));
            node.counts.extend([("facts", held.facts.to_string()), ("bytes", held.bytes.to_string())]);
        }
        node
    }

    /// The parameters of a view.
    fn parameters(&self, view: ViewId) -> Node {
        let view_node = self.network.view(view);
        let mut node = Node::new(Kind::Parameters, "parameters");
        node.lines.push(format!("for #{}", view_node.signature.short()));
        node.text = format!("The parameter values that are in use\n{}", described::view(view_node));
        if let Some(held) = self.statistics.and_then(|held| held.views.iter().find(|held| held.view == view))
        {
            node.lines.push(counted(held.groups, "combination"));
        }
        node
    }

    pub(super) fn root(&self, id: RootId) -> Node {
        let root = self.network.root(id);
        let mut node = Node::new(Kind::Root, described::type_name(self.schema, root.ty));
        node.counts.push(("branches", root.users.to_string()));
        node.text = format!("The facts of {}, where chains start that share nothing", node.name);
        node
    }

    pub(super) fn join(&self, id: NodeId) -> Node {
        let join = self.network.join(id);
        let places = described::by_type(self.schema, &join.types);
        let names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
        let (right, left) = places.split_last().expect("a join has a type on its right");
        let keys = described::keys(self.schema, &join.keys, left, right);
        let mut node = Node::new(Kind::Join, format!("⋈ {}", right.1));
        node.lines = if keys.is_empty() { vec!["every pair".to_owned()] } else { keys };
        node.text = format!("{}\non {}", names.join(" ⋈ "), node.lines.join(", "));
        node.signature = Some(format!("{:?}", join.signature));
        node.counts.push(("branches", join.users.to_string()));
        let held = self.statistics.and_then(|held| held.joins.iter().find(|held| held.node == id));
        if let Some(held) = held {
            node.lines.push(held.input_sizes());
            node.counts.extend([
                ("tuples on the left", kept(held.left)),
                ("facts on the right", kept(held.right)),
                ("bytes", held.bytes.to_string()),
            ]);
            if let Some(counts) = held.counts {
                node.counts.extend([
                    ("probes", counts.probes.to_string()),
                    ("hits", counts.hits.to_string()),
                    ("passed", counts.passed.to_string()),
                ]);
            }
        }
        node
    }

    pub(super) fn view(&self, id: ViewId) -> Node {
        let view = self.network.view(id);
        let question = described::view(view);
        let (aggregate, inside) = question.split_once('(').unwrap_or((&question, ""));
        let mut node = Node::new(Kind::View, aggregate);
        node.lines.push(inside.strip_suffix(')').unwrap_or(inside).to_owned());
        node.signature = Some(format!("{:?}", view.signature));
        node.counts.push(("readers", view.users.to_string()));
        if let Some(held) = self.statistics.and_then(|held| held.views.iter().find(|held| held.view == id)) {
            node.lines.push(counted(held.groups, "group"));
            node.counts.extend([("groups", held.groups.to_string()), ("bytes", held.bytes.to_string())]);
            if let Some(counts) = held.counts {
                node.counts.extend([
                    ("lookups", counts.lookups.to_string()),
                    ("changes", counts.changes.to_string()),
                ]);
            }
        }
        node.text = question;
        node
    }

    /// Pending tests, behind a root or a join.
    pub(super) fn pending(&self, root: RootId, join: Option<NodeId>) -> Node {
        let mut node = Node::new(Kind::Pending, "tested again");
        node.text = "Tuples that are tested again when a value that they read has changed".to_owned();
        if let Some(held) = self.statistics {
            let here = held.pending_nodes.iter().filter(|node| node.root == root && node.join == join);
            let (tuples, bytes) =
                here.fold((0, 0), |(tuples, bytes), node| (tuples + node.tuples, bytes + node.bytes));
            node.lines.push(counted(tuples, "tuple"));
            node.counts.extend([("tuples", tuples.to_string()), ("bytes", bytes.to_string())]);
        }
        node
    }

    pub(super) fn rule(&self, planned: &PlannedRule, source: &str) -> Node {
        let rule = &planned.rule;
        let mut node = Node::new(Kind::Rule, rule.name.clone());
        if rule.salience != 0 {
            node.lines.push(format!("salience {}", rule.salience));
        }
        if rule.branches.is_empty() {
            node.lines.push("never holds".to_owned());
        }
        node.text = format!("{}\n\n{}", source.trim(), planned.to_text(self.schema).trim_end());
        if let Some(held) = self.statistics.and_then(|statistics| statistics.rule(&rule.name)) {
            node.lines.push(match held.fired {
                0 => format!("{} waiting", held.waiting),
                fired => format!("{fired} fired, {} waiting", held.waiting),
            });
            node.counts.extend([("fired", held.fired.to_string()), ("waiting", held.waiting.to_string())]);
        }
        node
    }
}

/// How much a side of a join holds.
fn kept(held: Option<usize>) -> String {
    held.map_or_else(|| "not kept".to_owned(), |held| held.to_string())
}

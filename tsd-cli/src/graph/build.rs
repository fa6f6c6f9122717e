//! From rules and their network to a picture.

use std::collections::{BTreeMap, BTreeSet};

use tsd_compiler::PlannedRule;
use tsd_runtime::Statistics;
use tsd_runtime::ir::network::{JoinNode, Parent, Path};
use tsd_runtime::ir::{Network, NodeId, RootId, Schema, TypeId};
use tsd_runtime::statistics::{JoinStatistics, RuleStatistics, TypeStatistics};

use super::picture::{Kind, Node, Passing, Picture};
use crate::described;
use crate::rules::{Compiled, counted};

/// Draws the network of a module's rules, or of those with the given names. With statistics, nodes say how much they
/// hold.
pub(crate) fn build(
    compiled: &Compiled,
    network: &Network,
    only: &[String],
    statistics: Option<&Statistics>,
) -> Picture {
    let Compiled { module, sources, .. } = compiled;
    let wanted = |name: &str| only.is_empty() || only.iter().any(|rule| rule == name);
    let mut drawing = Drawing {
        schema: &module.schema,
        network,
        statistics,
        users: users(network),
        picture: Picture::default(),
        types: BTreeMap::new(),
        roots: BTreeMap::new(),
        joins: BTreeMap::new(),
    };
    // Left to itself, the order of the nodes is that of the rules which first use them.
    for planned in module.rules.iter().filter(|planned| wanted(&planned.rule.name)) {
        let paths = network.paths(&planned.rule.name).unwrap_or_default();
        let ends: BTreeSet<(usize, Passing)> =
            paths.iter().map(|path| (drawing.path(path), Passing::Matches)).collect();
        let rule = drawing.rule(planned, sources.slice(planned.span));
        ends.into_iter().for_each(|(end, passing)| drawing.picture.edge(end, rule, passing));
    }
    drawing.picture
}

/// The rules that use each node, in their order.
#[derive(Default)]
struct Users {
    roots: BTreeMap<RootId, Vec<String>>,
    joins: BTreeMap<NodeId, Vec<String>>,
    types: BTreeMap<TypeId, Vec<String>>,
}

fn users(network: &Network) -> Users {
    let mut users = Users::default();
    for (name, paths) in network.rules() {
        let name = name.to_string();
        for path in paths {
            note(users.roots.entry(path.root).or_default(), &name);
            note(users.types.entry(network.root(path.root).ty).or_default(), &name);
            for id in &path.joins {
                note(users.joins.entry(*id).or_default(), &name);
                let joined = network.join(*id).types.last();
                joined.into_iter().for_each(|ty| note(users.types.entry(*ty).or_default(), &name));
            }
        }
    }
    users
}

/// Adds a name to a list that it does not end with.
fn note(names: &mut Vec<String>, name: &String) {
    if names.last() != Some(name) {
        names.push(name.clone());
    }
}

/// A picture under way, and where in it the parts of the network are.
struct Drawing<'a> {
    schema: &'a Schema,
    network: &'a Network,
    statistics: Option<&'a Statistics>,
    users: Users,
    picture: Picture,
    types: BTreeMap<TypeId, usize>,
    roots: BTreeMap<RootId, usize>,
    joins: BTreeMap<NodeId, usize>,
}

impl Drawing<'_> {
    /// Draws the nodes of a branch that are not there yet, and returns the last.
    fn path(&mut self, path: &Path) -> usize {
        let mut end = self.root(path.root);
        for id in &path.joins {
            end = self.join(*id, end);
        }
        end
    }

    fn ty(&mut self, ty: TypeId) -> usize {
        if let Some(known) = self.types.get(&ty) {
            return *known;
        }
        let declared = self.schema.ty(ty);
        let mut node = Node::new(Kind::Type, declared.name.clone());
        node.users = self.users.types.get(&ty).cloned().unwrap_or_default();
        let fields = declared.fields.iter().enumerate().map(|(index, field)| {
            let key = declared.key.iter().any(|key| key.index() == index);
            format!("{}{}", if key { "#" } else { "" }, field.name)
        });
        node.text = format!("{}({})", declared.name, fields.collect::<Vec<_>>().join(", "));
        if let Some(rows) = declared.rows {
            node.counts.push(("facts expected", rows.to_string()));
        }
        if let Some(TypeStatistics { facts, bytes, .. }) =
            self.statistics.and_then(|statistics| statistics.types.get(ty.index()))
        {
            node.lines.push(counted(*facts, "fact"));
            node.counts.extend([("facts", facts.to_string()), ("bytes", bytes.to_string())]);
        }
        let place = self.picture.node(node);
        self.types.insert(ty, place);
        place
    }

    /// A root. One that is its type's only root is drawn as the type.
    fn root(&mut self, id: RootId) -> usize {
        if let Some(known) = self.roots.get(&id) {
            return *known;
        }
        let ty = self.network.root(id).ty;
        let entering = self.ty(ty);
        let alone = self.network.roots().filter(|(_, root)| root.ty == ty).nth(1).is_none();
        let place = if alone {
            entering
        } else {
            let mut node = Node::new(Kind::Root, self.schema.ty(ty).name.clone());
            node.users = self.users.roots.get(&id).cloned().unwrap_or_default();
            node.counts.push(("branches", self.network.root(id).users.to_string()));
            let place = self.picture.node(node);
            self.picture.edge(entering, place, Passing::Tuples);
            place
        };
        self.roots.insert(id, place);
        place
    }

    fn join(&mut self, id: NodeId, left: usize) -> usize {
        if let Some(known) = self.joins.get(&id) {
            return *known;
        }
        let join = self.network.join(id);
        let right = self.ty(join.types[join.types.len() - 1]);
        let node = self.join_node(id, join);
        let place = self.picture.node(node);
        self.picture.edge(left, place, Passing::Tuples);
        self.picture.edge(right, place, Passing::Facts);
        self.joins.insert(id, place);
        place
    }

    fn join_node(&self, id: NodeId, join: &JoinNode) -> Node {
        let places = described::by_type(self.schema, &join.types);
        let names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
        let (right, left) = places.split_last().expect("a join has a type on its right");
        let keys = described::keys(self.schema, &join.keys, left, right);
        let mut node = Node::new(Kind::Join, format!("⋈ {}", right.1));
        node.lines = if keys.is_empty() { vec!["every pair".to_owned()] } else { keys };
        node.text = format!("{}\non {}", names.join(" ⋈ "), node.lines.join(", "));
        node.signature = Some(format!("{:?}", join.signature));
        node.users = self.users.joins.get(&id).cloned().unwrap_or_default();
        node.counts.push(("branches", join.users.to_string()));
        if matches!(join.parent, Parent::Join(_)) {
            node.counts.push(("tuple width", join.types.len().to_string()));
        }
        if let Some(JoinStatistics { left, right, bytes, counts, .. }) =
            self.statistics.and_then(|statistics| statistics.joins.iter().find(|join| join.node == id))
        {
            node.lines.push(format!("{left} × {right}"));
            node.counts.extend([
                ("tuples on the left", left.to_string()),
                ("facts on the right", right.to_string()),
                ("bytes", bytes.to_string()),
            ]);
            if let Some(counts) = counts {
                node.counts.extend([
                    ("probes", counts.probes.to_string()),
                    ("hits", counts.hits.to_string()),
                    ("passed", counts.passed.to_string()),
                ]);
            }
        }
        node
    }

    fn rule(&mut self, planned: &PlannedRule, source: &str) -> usize {
        let rule = &planned.rule;
        let mut node = Node::new(Kind::Rule, rule.name.clone());
        if rule.salience != 0 {
            node.lines.push(format!("salience {}", rule.salience));
        }
        if rule.branches.is_empty() {
            node.lines.push("never holds".to_owned());
        }
        node.text = format!("{}\n\n{}", source.trim(), planned.to_text(self.schema).trim_end());
        if let Some(RuleStatistics { fired, waiting, .. }) =
            self.statistics.and_then(|statistics| statistics.rule(&rule.name))
        {
            node.lines.push(match fired {
                0 => format!("{waiting} waiting"),
                _ => format!("{fired} fired, {waiting} waiting"),
            });
            node.counts.extend([("fired", fired.to_string()), ("waiting", waiting.to_string())]);
        }
        self.picture.node(node)
    }
}

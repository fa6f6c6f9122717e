//! From rules and their network to a picture.

mod nodes;

use std::collections::{BTreeMap, BTreeSet};

use tsd_runtime::Statistics;
use tsd_runtime::ir::network::Path;
use tsd_runtime::ir::{Branch, DerivedValue, Network, NodeId, RootId, Rule, TypeId, ViewId};

use self::nodes::NodeTexts;
use super::picture::{Edge, Node, Passing, Picture};
use crate::rules::Compiled;

/// Draws the network of a module's rules, or the part that the named rules use. With statistics,
/// nodes show how much they hold.
pub(crate) fn build(
    compiled: &Compiled,
    network: &Network,
    only: &[String],
    statistics: Option<&Statistics>,
) -> Picture {
    let Compiled { module, sources, .. } = compiled;
    let texts = NodeTexts { schema: &module.schema, network, statistics };
    let mut drawing = Drawing {
        network,
        texts,
        picture: Picture::default(),
        drawn: BTreeMap::new(),
        used: BTreeSet::new(),
        gone_through: BTreeSet::new(),
        types: BTreeMap::new(),
        roots: BTreeMap::new(),
        joins: BTreeMap::new(),
        views: BTreeMap::new(),
        pending: BTreeMap::new(),
    };
    // By default, the order of the nodes is that of the rules that first use them. All rules are
    // drawn, even if only some are wanted, because nodes name their other users.
    let mut wanted = Vec::new();
    for planned in &module.rules {
        let Some(placed) = network.placed(&planned.rule.name) else { continue };
        let views: Vec<ViewId> = placed.views.iter().map(|(view, _)| *view).collect();
        let reader = Reader { rule: &planned.rule, views: &views };
        let branches = placed.paths.iter().zip(planned.rule.branches.iter());
        let ends: Vec<usize> = branches.map(|(path, branch)| drawing.path(path, branch, reader)).collect();
        let node = drawing.texts.rule(planned, sources.slice(planned.span));
        let rule = drawing.picture.node(node);
        ends.into_iter().for_each(|end| drawing.edge(end, rule, Passing::Matches));
        drawing.used_by(rule);
        if only.contains(&planned.rule.name.to_string()) {
            wanted.push(rule);
        }
    }
    let mut picture = drawing.picture;
    picture.name_users();
    if only.is_empty() { picture } else { picture.of_rules(&wanted) }
}

/// A rule that is drawn, with its views in the network.
#[derive(Clone, Copy)]
struct Reader<'a> {
    rule: &'a Rule,
    views: &'a [ViewId],
}

/// A place where tuples wait: the end of a root or join, and the number of layers of pending tests
/// before
/// it.
type PendingPlace = (RootId, Option<NodeId>, usize);

/// An unfinished diagram, and where in it the parts of the network are.
struct Drawing<'a> {
    network: &'a Network,
    texts: NodeTexts<'a>,
    picture: Picture,
    /// The drawn lines, with their indexes in the diagram.
    drawn: BTreeMap<Edge, usize>,
    /// The lines that the current rule uses, new or not.
    used: BTreeSet<usize>,
    /// The views of the current rule whose lines are among these.
    gone_through: BTreeSet<ViewId>,
    types: BTreeMap<TypeId, usize>,
    roots: BTreeMap<RootId, usize>,
    joins: BTreeMap<NodeId, usize>,
    /// Each also with the layers of pending tests before it.
    views: BTreeMap<ViewId, (usize, usize)>,
    pending: BTreeMap<PendingPlace, usize>,
}

impl Drawing<'_> {
    /// Adds a line, unless it exists, and marks it as used by the current rule.
    fn edge(&mut self, from: usize, to: usize, kind: Passing) {
        let edge = Edge { from, to, kind };
        let picture = &mut self.picture;
        let place = *self.drawn.entry(edge).or_insert_with(|| picture.edge(edge));
        self.used.insert(place);
    }

    /// The current rule is drawn as this node.
    fn used_by(&mut self, rule: usize) {
        std::mem::take(&mut self.used).into_iter().for_each(|edge| self.picture.edge_users[edge].push(rule));
        self.gone_through.clear();
    }

    fn node(&mut self, node: Node) -> usize {
        self.picture.node(node)
    }

    /// Draws the missing nodes of a branch, and returns the last.
    fn path(&mut self, path: &Path, branch: &Branch, reader: Reader<'_>) -> usize {
        self.path_with_layers(path, branch, reader).0
    }

    /// The same, with the layers of pending tests along the path.
    fn path_with_layers(&mut self, path: &Path, branch: &Branch, reader: Reader<'_>) -> (usize, usize) {
        let root = self.root(path.root);
        let (mut end, mut layers) = self.through_pending(root, (path.root, None), (branch, 0), reader);
        for (index, id) in path.joins.iter().enumerate() {
            let join = self.join(*id, end);
            let (next, depth) =
                self.through_pending(join, (path.root, Some(*id)), (branch, index + 1), reader);
            (end, layers) = (next, layers.max(depth));
        }
        (end, layers)
    }

    fn ty(&mut self, ty: TypeId) -> usize {
        if let Some(known) = self.types.get(&ty) {
            return *known;
        }
        let node = self.texts.ty(ty);
        let place = self.node(node);
        self.types.insert(ty, place);
        place
    }

    /// A root. The only root of a type is drawn as the type.
    fn root(&mut self, id: RootId) -> usize {
        let ty = self.network.root(id).ty;
        let entering = self.ty(ty);
        let known = self.roots.get(&id).copied();
        let place = known.unwrap_or_else(|| {
            let alone = self.network.roots().filter(|(_, root)| root.ty == ty).nth(1).is_none();
            let place = if alone { entering } else { self.node(self.texts.root(id)) };
            self.roots.insert(id, place);
            place
        });
        if place != entering {
            self.edge(entering, place, Passing::Tuples);
        }
        place
    }

    fn join(&mut self, id: NodeId, left: usize) -> usize {
        let types = &self.network.join(id).types;
        let right = self.ty(types[types.len() - 1]);
        let known = self.joins.get(&id).copied();
        let place = known.unwrap_or_else(|| self.node(self.texts.join(id)));
        self.joins.insert(id, place);
        // Tuples may come from after pending tests for one rule, and past them for another.
        self.edge(left, place, Passing::Tuples);
        self.edge(right, place, Passing::Facts);
        place
    }

    /// Draws where the tuples of a branch wait at one of its places. Returns the node from which
    /// they continue, and the layers of pending tests before it.
    fn through_pending(
        &mut self,
        end: usize,
        (root, join): (RootId, Option<NodeId>),
        (branch, place): (&Branch, usize),
        reader: Reader<'_>,
    ) -> (usize, usize) {
        let Some(pending) = branch.derived_tests.iter().find(|pending| pending.place.index() == place) else {
            return (end, 0);
        };
        let derived_values = pending
            .derived_values
            .iter()
            .map(|derived_value| &branch.derived_values[*derived_value as usize]);
        let mut layers = 1;
        let sources: Vec<(usize, Passing)> = derived_values
            .map(|derived_value| match derived_value {
                DerivedValue::Found { view, .. } => {
                    let (node, before) = self.view(*view, reader);
                    layers = layers.max(before + 1);
                    (node, Passing::Values)
                }
                DerivedValue::Followed { ty, .. } => (self.ty(*ty), Passing::Facts),
            })
            .collect();
        let key = (root, join, layers);
        let known = self.pending.get(&key).copied();
        let node = known.unwrap_or_else(|| {
            let node = self.texts.pending(root, join);
            let place = self.node(node);
            self.pending.insert(key, place);
            place
        });
        self.edge(end, node, Passing::Tuples);
        sources.into_iter().for_each(|(source, passing)| self.edge(source, node, passing));
        (node, layers)
    }

    /// A view of a rule, with the layers of pending tests before it.
    fn view(&mut self, index: u16, reader: Reader<'_>) -> (usize, usize) {
        let id = reader.views[index as usize];
        let known = self.views.get(&id).copied();
        // Another rule may have drawn the view. This one uses the same lines, and passes through
        // them once.
        if let Some(known) = known.filter(|_| !self.gone_through.insert(id)) {
            return known;
        }
        let planned = &reader.rule.views[index as usize];
        let (mut ends, mut layers) = (Vec::new(), 0);
        for (path, branch) in self.network.view(id).paths.iter().zip(planned.branches.iter()) {
            let (end, before) = self.path_with_layers(path, branch, reader);
            ends.push((end, Passing::Tuples));
            layers = layers.max(before);
        }
        for derived_value in planned.derived_values.iter() {
            match derived_value {
                DerivedValue::Found { view, .. } => {
                    let (read, before) = self.view(*view, reader);
                    ends.push((read, Passing::Values));
                    layers = layers.max(before);
                }
                DerivedValue::Followed { ty, .. } => ends.push((self.ty(*ty), Passing::Facts)),
            }
        }
        let known = known.unwrap_or_else(|| (self.node(self.texts.view(id)), layers));
        ends.into_iter().for_each(|(end, passing)| self.edge(end, known.0, passing));
        self.views.insert(id, known);
        self.gone_through.insert(id);
        known
    }
}

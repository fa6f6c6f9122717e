//! A network as a diagram: boxes, lines, and their texts.
//!
//! The drawings know nothing about rules and joins. The look of a node follows from its [`Kind`],
//! and everything else is text. A new kind of node is a new kind here and a few lines where the
//! diagram is [built](super::build).

use std::collections::{BTreeMap, BTreeSet};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The title of the whole.
    pub(crate) title: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// For each line the rules that use it, as the indexes of their nodes, ascending: the lines of
    /// a rule are its whole path.
    pub(crate) edge_users: Vec<Vec<usize>>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// The name of the node: the first line in its box.
    pub(crate) name: String,
    /// The further lines in its box.
    pub(crate) lines: Vec<String>,
    /// What identifies the node.
    pub(crate) signature: Option<String>,
    /// The rules that use the node.
    pub(crate) users: Vec<String>,
    /// Numbers, each with what it counts.
    pub(crate) counts: Vec<(&'static str, String)>,
    /// More lines of text about the node.
    pub(crate) text: String,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The facts of a type, entering.
    Type,
    /// Where the chains of one branch start, when branches do not share it.
    Root,
    /// The combinations of a view's parameters.
    Parameters,
    /// A join.
    Join,
    /// An `EXISTS` or an aggregate.
    View,
    /// Where tuples wait to be tested again when a view or a followed fact changes.
    Pending,
    /// A rule, which fires.
    Rule,
}

impl Kind {
    /// How round the corners of its box are.
    pub(crate) fn corner(self) -> u32 {
        match self {
            Self::Type | Self::Root | Self::Parameters => 12,
            Self::Join | Self::Pending => 3,
            Self::View | Self::Rule => 7,
        }
    }

    /// The kind as one word, for people and for style sheets.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Root => "root",
            Self::Parameters => "parameters",
            Self::Join => "join",
            Self::View => "view",
            Self::Pending => "pending",
            Self::Rule => "rule",
        }
    }
}

/// A line from one node to another, by their indexes in the diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: Passing,
}

/// What moves along a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Passing {
    /// Tuples, to the left side of a join, to pending tests, or to a view that aggregates them.
    Tuples,
    /// Facts, to the right side of a join.
    Facts,
    /// The values of a view, to the pending tests that read it.
    Values,
    /// Tuples that satisfy a rule.
    Matches,
}

impl Passing {
    /// How far from the middle of its box a line ends, so that the two inputs of a join are
    /// distinguishable.
    pub(crate) fn port(self) -> f64 {
        match self {
            Self::Tuples => -6.0,
            Self::Facts | Self::Values => 6.0,
            Self::Matches => 0.0,
        }
    }

    /// The kind as one word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Tuples => "tuples",
            Self::Facts => "facts",
            Self::Values => "values",
            Self::Matches => "matches",
        }
    }
}

impl Picture {
    /// Adds a node and returns its index.
    pub(crate) fn node(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Adds a line, without users so far, and returns its index.
    pub(crate) fn edge(&mut self, edge: Edge) -> usize {
        self.edges.push(edge);
        self.edge_users.push(Vec::new());
        self.edges.len() - 1
    }

    /// Makes every node name the rules whose lines begin or end there, except that a rule needs no
    /// user.
    pub(crate) fn name_users(&mut self) {
        let mut users: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.nodes.len()];
        for (edge, by) in self.edges.iter().zip(&self.edge_users) {
            [edge.from, edge.to].into_iter().for_each(|node| users[node].extend(by));
        }
        for (node, by) in users.iter().enumerate() {
            if self.nodes[node].kind != Kind::Rule {
                self.nodes[node].users = by.iter().map(|rule| self.nodes[*rule].name.clone()).collect();
            }
        }
    }

    /// What some rules, given by the indexes of their nodes, use of the diagram.
    pub(crate) fn of_rules(self, rules: &[usize]) -> Self {
        let used = |users: &[usize]| rules.iter().any(|rule| users.contains(rule));
        let kept = self.edges.iter().zip(self.edge_users).filter(|(_, users)| used(users));
        let kept: Vec<(Edge, Vec<usize>)> = kept.map(|(edge, users)| (*edge, users)).collect();
        let ends = kept.iter().flat_map(|(edge, _)| [edge.from, edge.to]);
        let stay: BTreeSet<usize> = rules.iter().copied().chain(ends).collect();
        let mut picture = Self { title: self.title, ..Self::default() };
        let mut places = BTreeMap::new();
        for (place, node) in self.nodes.into_iter().enumerate().filter(|(place, _)| stay.contains(place)) {
            places.insert(place, picture.node(node));
        }
        for (Edge { from, to, kind }, users) in kept {
            let edge = picture.edge(Edge { from: places[&from], to: places[&to], kind });
            picture.edge_users[edge] = users.iter().filter_map(|rule| places.get(rule).copied()).collect();
        }
        picture
    }
}

impl Node {
    /// A node with only a kind and a name.
    pub(crate) fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            lines: Vec::new(),
            signature: None,
            users: Vec::new(),
            counts: Vec::new(),
            text: String::new(),
        }
    }
}

//! A host program needs to know what takes memory and time: facts by type, tuples by node,
//! activations by rule, and bytes.
//!
//! Everything here is computed on demand, except the [`Counts`] of joins and the [`ViewCounts`] of
//! views. These are collected after
//! [`Session::enable_counters`](crate::Session::enable_counters).

use std::fmt;

use tsd_ir::{NodeId, RootId, Signature, TypeId, ViewId};

pub use crate::beta::Counts;
pub use crate::view::ViewCounts;

/// What a session holds and has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The types, in order of declaration.
    pub types: Vec<TypeStatistics>,
    /// The joins, in ascending order of their numbers.
    pub joins: Vec<JoinStatistics>,
    /// The views, in ascending order of their numbers.
    pub views: Vec<ViewStatistics>,
    /// The nodes with pending tests.
    pub pending_nodes: Vec<PendingStatistics>,
    /// The rules, in order of declaration.
    pub rules: Vec<RuleStatistics>,
    /// The bytes of each part of the session.
    pub bytes: Bytes,
}

/// The facts of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeStatistics {
    /// The type.
    pub ty: TypeId,
    /// Its name.
    pub name: String,
    /// The number of facts.
    pub facts: usize,
    /// The bytes of their rows, slots and indexes, without the strings in them.
    pub bytes: usize,
}

/// One join node.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JoinStatistics {
    /// The node.
    pub node: NodeId,
    /// The signature of what it joins.
    pub signature: Signature,
    /// How many branches of rules and views pass through it or end in it.
    pub users: u32,
    /// The number of tuples in its left input; `None` while it is evicted.
    pub left: Option<usize>,
    /// The number of facts in its right input; `None` while it is not materialised.
    pub right: Option<usize>,
    /// The bytes of both inputs.
    pub bytes: usize,
    /// Its counts; `None` unless the session counts.
    pub counts: Option<Counts>,
}

impl JoinStatistics {
    /// The sizes of both inputs as text: `2 × 3`, or `2 × –` if the right one is not materialised.
    pub fn input_sizes(&self) -> String {
        let size = |held: Option<usize>| held.map_or_else(|| "–".to_owned(), |held| held.to_string());
        format!("{} × {}", size(self.left), size(self.right))
    }
}

/// One view: what an `EXISTS`, an aggregate or an aggregate variable computes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewStatistics {
    /// The view.
    pub view: ViewId,
    /// The signature of what it computes.
    pub signature: Signature,
    /// How many rules and other views read it.
    pub users: u32,
    /// The number of its groups, one for each combination of parameters.
    pub groups: usize,
    /// The bytes of its groups and parameters.
    pub bytes: usize,
    /// How often it was looked up and changed; `None` unless the session counts.
    pub counts: Option<ViewCounts>,
}

/// A node with pending tests. Its tuples are re-tested when a view or a followed fact changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PendingStatistics {
    /// The root of its tree.
    pub root: RootId,
    /// The join whose tuples are held; `None` for those of the root.
    pub join: Option<NodeId>,
    /// The number of held tuples.
    pub tuples: usize,
    /// The bytes of these tuples and their indexes.
    pub bytes: usize,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleStatistics {
    /// Its name.
    pub name: String,
    /// How many of its activations have fired since it was added.
    pub fired: u64,
    /// How many of its activations are on the agenda.
    pub waiting: usize,
}

/// The bytes of each part of a session. Parts that sessions of a rule base share are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bytes {
    /// The rows, slots and indexes of facts.
    pub facts: usize,
    /// The strings that are not shared with other sessions.
    pub strings: usize,
    /// The inputs of joins.
    pub memories: usize,
    /// The groups of views, and their parameters.
    pub views: usize,
    /// The tuples held for pending tests.
    pub pending_nodes: usize,
    /// The rule sets that are not shared with other sessions.
    pub rule_sets: usize,
    /// The agenda and truth maintenance.
    pub agenda: usize,
}

impl Bytes {
    /// The sum, as [`Session::bytes`](crate::Session::bytes) returns it.
    pub fn total(&self) -> usize {
        let Self { facts, strings, memories, views, pending_nodes, rule_sets, agenda } = self;
        facts + strings + memories + views + pending_nodes + rule_sets + agenda
    }
}

impl Statistics {
    /// The number of facts, of all types.
    pub fn facts(&self) -> usize {
        self.types.iter().map(|ty| ty.facts).sum()
    }

    /// The number of tuples and facts in the inputs of all joins.
    pub fn tuples(&self) -> usize {
        self.joins.iter().map(|join| join.left.unwrap_or(0) + join.right.unwrap_or(0)).sum()
    }

    /// The number of tuples held for pending tests.
    pub fn pending_tuples(&self) -> usize {
        self.pending_nodes.iter().map(|pending| pending.tuples).sum()
    }

    /// How many activations of the rules in use have fired.
    pub fn fired(&self) -> u64 {
        self.rules.iter().map(|rule| rule.fired).sum()
    }

    /// The number of activations on the agenda.
    pub fn waiting(&self) -> usize {
        self.rules.iter().map(|rule| rule.waiting).sum()
    }

    /// The statistics of a rule.
    pub fn rule(&self, name: &str) -> Option<&RuleStatistics> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// The statistics of a type.
    pub fn type_named(&self, name: &str) -> Option<&TypeStatistics> {
        self.types.iter().find(|ty| ty.name == name)
    }
}

/// One line for each kind of node, and one for the bytes.
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted =
            |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        writeln!(f, "{} of {}", counted(self.facts(), "fact"), counted(self.types.len(), "type"))?;
        let tuples = counted(self.tuples(), "tuple");
        writeln!(f, "{} that hold {tuples}", counted(self.joins.len(), "join"))?;
        if !self.views.is_empty() {
            let groups = counted(self.views.iter().map(|view| view.groups).sum(), "group");
            writeln!(f, "{} that hold {groups}", counted(self.views.len(), "view"))?;
        }
        if !self.pending_nodes.is_empty() {
            writeln!(f, "{} held for pending tests", counted(self.pending_tuples(), "tuple"))?;
        }
        let rules = counted(self.rules.len(), "rule");
        writeln!(f, "{rules}: {} fired, {} waiting", self.fired(), self.waiting())?;
        let Bytes { facts, strings, memories, views, pending_nodes, rule_sets, agenda } = self.bytes;
        writeln!(
            f,
            "{} bytes: facts {facts}, strings {strings}, joins {memories}, views {views}, pending tests \
             {pending_nodes}, rule sets {rule_sets}, agenda {agenda}",
            self.bytes.total(),
        )
    }
}

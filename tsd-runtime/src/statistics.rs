//! What a session holds and has done: facts by type, tuples by node, activations by rule, and
//! bytes.
//!
//! Everything here is read off the session when it is asked for, except the [`Counts`] of joins and
//! the [`ViewCounts`] of views, which are kept only while
//! [`Session::collect_counts`](crate::Session::collect_counts) says so.

use std::fmt;

use tsd_ir::{NodeId, RootId, Signature, TypeId, ViewId};

pub use crate::beta::Counts;
pub use crate::view::ViewCounts;

/// What a session holds and has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// The types, in order of declaration.
    pub types: Vec<TypeStatistics>,
    /// The joins, in ascending order of their numbers.
    pub joins: Vec<JoinStatistics>,
    /// The views, in ascending order of their numbers.
    pub views: Vec<ViewStatistics>,
    /// The places where tuples wait for views to change.
    pub pending_nodes: Vec<PendingStatistics>,
    /// The rules, in the order in which they were added.
    pub rules: Vec<RuleStatistics>,
    /// What takes how much room.
    pub bytes: Bytes,
}

/// The facts of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeStatistics {
    /// The type.
    pub ty: TypeId,
    /// Its name.
    pub name: String,
    /// How many facts there are.
    pub facts: usize,
    /// The bytes of their rows and of the index of their primary key, without the strings in them.
    pub bytes: usize,
}

/// One join node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinStatistics {
    /// The node.
    pub node: NodeId,
    /// What it joins.
    pub signature: Signature,
    /// How many branches of rules pass through it or end in it.
    pub users: u32,
    /// How many tuples its left memory holds; `None` while they are not kept, because they changed
    /// and no fact came that might have joined one of them.
    pub left: Option<usize>,
    /// How many facts its right memory holds; `None` while they need not be kept, because no tuple
    /// comes that might join one of them.
    pub right: Option<usize>,
    /// The bytes of both memories.
    pub bytes: usize,
    /// What passed through it; `None` unless the session counts.
    pub counts: Option<Counts>,
}

impl JoinStatistics {
    /// What both memories hold, to be read: `2 × 3`, or `2 × –` while no facts are kept on the
    /// right.
    pub fn sides(&self) -> String {
        let side = |held: Option<usize>| held.map_or_else(|| "–".to_owned(), |held| held.to_string());
        format!("{} × {}", side(self.left), side(self.right))
    }
}

/// One view: what an `EXISTS`, an aggregate or an aggregate variable asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewStatistics {
    /// The view.
    pub view: ViewId,
    /// What it asks.
    pub signature: Signature,
    /// How many rules and other views ask it.
    pub users: u32,
    /// For how many combinations of its parameters it has an answer.
    pub groups: usize,
    /// The bytes of what it has gathered, and of its parameters.
    pub bytes: usize,
    /// How often it was asked, and told of changes; `None` unless the session counts.
    pub counts: Option<ViewCounts>,
}

/// A place where tuples wait, which are tested again when a view or a followed fact changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingStatistics {
    /// The root of the chains that pass here.
    pub root: RootId,
    /// The join behind which the tuples wait; `None` right behind the root.
    pub join: Option<NodeId>,
    /// How many tuples wait.
    pub tuples: usize,
    /// The bytes that they take.
    pub bytes: usize,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleStatistics {
    /// Its name.
    pub name: String,
    /// How many of its activations have fired since it was added.
    pub fired: u64,
    /// How many of its activations wait to fire.
    pub waiting: usize,
}

/// What takes how much room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// The rows of facts and the indexes of their primary keys.
    pub facts: usize,
    /// The strings in facts and rules.
    pub strings: usize,
    /// The memories of joins.
    pub memories: usize,
    /// What views have gathered, and their parameters.
    pub views: usize,
    /// The tuples that wait for views to change.
    pub pending_nodes: usize,
    /// The sets of rules that facts and tuples carry.
    pub rule_sets: usize,
    /// The agenda, and which activations support which facts.
    pub agenda: usize,
}

impl Bytes {
    /// All of it: what [`Session::bytes`](crate::Session::bytes) returns.
    pub fn total(&self) -> usize {
        let Self { facts, strings, memories, views, pending_nodes, rule_sets, agenda } = self;
        facts + strings + memories + views + pending_nodes + rule_sets + agenda
    }
}

impl Statistics {
    /// How many facts there are, of all types.
    pub fn facts(&self) -> usize {
        self.types.iter().map(|ty| ty.facts).sum()
    }

    /// How many tuples and facts the memories of all joins hold.
    pub fn tuples(&self) -> usize {
        self.joins.iter().map(|join| join.left.unwrap_or(0) + join.right.unwrap_or(0)).sum()
    }

    /// How many tuples wait for views to change.
    pub fn watched(&self) -> usize {
        self.pending_nodes.iter().map(|pending| pending.tuples).sum()
    }

    /// How many activations have fired, of the rules that are there.
    pub fn fired(&self) -> u64 {
        self.rules.iter().map(|rule| rule.fired).sum()
    }

    /// How many activations wait to fire.
    pub fn waiting(&self) -> usize {
        self.rules.iter().map(|rule| rule.waiting).sum()
    }

    /// A rule's statistics.
    pub fn rule(&self, name: &str) -> Option<&RuleStatistics> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// A type's statistics.
    pub fn type_named(&self, name: &str) -> Option<&TypeStatistics> {
        self.types.iter().find(|ty| ty.name == name)
    }
}

/// A line for each kind of node, and one for the bytes.
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted =
            |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        writeln!(f, "{} of {}", counted(self.facts(), "fact"), counted(self.types.len(), "type"))?;
        let tuples = counted(self.tuples(), "tuple");
        writeln!(f, "{} that hold {tuples}", counted(self.joins.len(), "join"))?;
        if !self.views.is_empty() {
            let groups = counted(self.views.iter().map(|view| view.groups).sum(), "answer");
            writeln!(f, "{} that hold {groups}", counted(self.views.len(), "view"))?;
        }
        if !self.pending_nodes.is_empty() {
            writeln!(f, "{} that wait for changes of views", counted(self.watched(), "tuple"))?;
        }
        let rules = counted(self.rules.len(), "rule");
        writeln!(f, "{rules}: {} fired, {} waiting", self.fired(), self.waiting())?;
        let Bytes { facts, strings, memories, views, pending_nodes, rule_sets, agenda } = self.bytes;
        writeln!(
            f,
            "{} bytes: facts {facts}, strings {strings}, joins {memories}, views {views}, pending_nodes {pending_nodes}, \
             rule sets {rule_sets}, agenda {agenda}",
            self.bytes.total(),
        )
    }
}

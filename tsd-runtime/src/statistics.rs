//! What a session holds and has done: facts by type, tuples by node, activations by rule, and bytes.
//!
//! Everything here is read off the session when it is asked for, except the [`Counts`] of joins, which are kept only while
//! [`Session::collect_counts`](crate::Session::collect_counts) says so.

use std::fmt;

use tsd_ir::{NodeId, Signature, TypeId};

pub use crate::matcher::Counts;

/// What a session holds and has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// The types, in order of declaration.
    pub types: Vec<TypeStatistics>,
    /// The joins, in ascending order of their numbers.
    pub joins: Vec<JoinStatistics>,
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
    /// How many tuples its left memory holds.
    pub left: usize,
    /// How many facts its right memory holds.
    pub right: usize,
    /// The bytes of both memories.
    pub bytes: usize,
    /// What passed through it; `None` unless the session counts.
    pub counts: Option<Counts>,
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
    /// The sets of rules that facts and tuples carry.
    pub rule_sets: usize,
    /// The agenda.
    pub agenda: usize,
}

impl Bytes {
    /// All of it: what [`Session::bytes`](crate::Session::bytes) returns.
    pub fn total(&self) -> usize {
        self.facts + self.strings + self.memories + self.rule_sets + self.agenda
    }
}

impl Statistics {
    /// How many facts there are, of all types.
    pub fn facts(&self) -> usize {
        self.types.iter().map(|ty| ty.facts).sum()
    }

    /// How many tuples and facts the memories of all joins hold.
    pub fn tuples(&self) -> usize {
        self.joins.iter().map(|join| join.left + join.right).sum()
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

/// A line for facts, joins, rules and bytes each.
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} facts of {} types", self.facts(), self.types.len())?;
        writeln!(f, "{} joins that hold {} tuples", self.joins.len(), self.tuples())?;
        writeln!(f, "{} rules: {} fired, {} waiting", self.rules.len(), self.fired(), self.waiting())?;
        let Bytes { facts, strings, memories, rule_sets, agenda } = self.bytes;
        writeln!(
            f,
            "{} bytes: facts {facts}, strings {strings}, memories {memories}, rule sets {rule_sets}, agenda {agenda}",
            self.bytes.total(),
        )
    }
}

//! The result of compiling a script: steps to execute with a session, in order.
//!
//! A script may remove earlier rules and facts, so the order of its statements matters. Types and
//! actions are declared first, as in a module, for everything between two `reset`s. Between two
//! commands, the rules are added before the facts are inserted. Nothing fires before the end of a
//! script, so everything that a `reset` forgets is left out.

use tsd_ir::{FactHandle, Schema, TypeId, Value};

use crate::module::{InitialFact, PlannedRule};

/// What a script does to a session, checked against it: none of it can fail.
#[derive(Clone, Debug)]
pub struct Script {
    /// Whether everything before is forgotten first.
    pub reset: bool,
    /// The types and actions of the session from here on: the existing ones, unless they are
    /// forgotten, and then those that the script declares.
    pub schema: Schema,
    /// What to do, in order.
    pub steps: Vec<ScriptStep<PlannedRule>>,
}

impl Script {
    /// An upper bound for the number of views of the rules that it adds.
    pub fn views(&self) -> usize {
        let added = self.steps.iter().flat_map(|step| match step {
            ScriptStep::AddRules(rules) => rules.as_slice(),
            _ => &[],
        });
        added.map(|planned| planned.rule.views.len()).sum()
    }
}

/// A step of a script.
#[derive(Clone, Debug)]
pub enum ScriptStep<R> {
    /// Adds rules, all at once.
    AddRules(Vec<R>),
    /// Inserts a fact. Its references number first the facts that the session knows by name, in its
    /// order, and then the facts inserted by the script.
    Insert {
        /// The name by which later texts may refer to the fact.
        name: Option<String>,
        /// The fact.
        fact: InitialFact,
    },
    /// Removes a rule.
    RemoveRule(String),
    /// Retracts a fact, unless another one took it along.
    RemoveFact(Removed),
}

/// A fact that a script retracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// A fact of the session.
    Standing(FactHandle),
    /// A fact of the script, numbered as references are.
    Inserted(usize),
}

/// The state of the session that is to execute a script, as far as a script can depend on it.
pub trait Standing {
    /// Its types and actions.
    fn schema(&self) -> &Schema;

    /// The names of its rules, in order.
    fn rules(&self) -> Vec<&str>;

    /// The named facts, with their names.
    fn named_facts(&self) -> Vec<(&str, FactHandle)>;

    /// The fact of a type with these values in the fields of its primary key.
    fn find_by_key(&self, ty: TypeId, key: &[Value]) -> Option<FactHandle>;

    /// The name of a fact: `Type~key`. `None` after it was retracted.
    fn name_of(&self, fact: FactHandle) -> Option<String>;

    /// The facts of a type, with their names.
    fn names(&self, ty: TypeId) -> Vec<(String, FactHandle)>;
}

/// A session without any content.
#[derive(Debug, Default)]
pub struct Nothing(Schema);

impl Standing for Nothing {
    fn schema(&self) -> &Schema {
        &self.0
    }

    fn rules(&self) -> Vec<&str> {
        Vec::new()
    }

    fn named_facts(&self) -> Vec<(&str, FactHandle)> {
        Vec::new()
    }

    fn find_by_key(&self, _: TypeId, _: &[Value]) -> Option<FactHandle> {
        None
    }

    fn name_of(&self, _: FactHandle) -> Option<String> {
        None
    }

    fn names(&self, _: TypeId) -> Vec<(String, FactHandle)> {
        Vec::new()
    }
}

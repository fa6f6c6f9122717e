//! A checked script, and what it is checked against.
//!
//! A script may remove what it or the session added before. So it is checked against a
//! [`SessionState`], and becomes steps in order.

use tsd_ir::{FactHandle, InitialFact, Schema, TypeId, Value};

use super::Rule;

/// A script from its last `reset` on, or from its beginning.
#[derive(Debug, Default)]
pub struct Script {
    /// Whether everything before is forgotten first.
    pub reset: bool,
    /// The types and actions, after those of the session unless these are forgotten.
    pub schema: Schema,
    /// What to do, in order.
    pub steps: Vec<ScriptStep<Rule>>,
}

impl Script {
    /// How often it adds rules.
    pub(crate) fn additions(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, ScriptStep::AddRules(_))).count()
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
    Session(FactHandle),
    /// A fact of the script, numbered as references are.
    Inserted(usize),
}

/// The state of the session that is to execute a script, as far as a script can depend on it.
pub trait SessionState {
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
pub struct EmptySession(Schema);

impl SessionState for EmptySession {
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

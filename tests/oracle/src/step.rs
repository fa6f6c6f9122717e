//! Steps with a session and their outcomes: the language in which an engine and the oracle are
//! compared.

use crate::facts::Fields;
use crate::strategy::Strategy;
use crate::value::{FactId, Shown};

/// One change to a session, or a run.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    /// Inserts a fact.
    Insert {
        /// The index of its type.
        ty: usize,
        /// Its fields.
        fields: Fields,
    },
    /// Inserts facts in a batch, up to the first that must be refused.
    InsertAll {
        /// One part after another: the index of a type, and the fields of each fact.
        parts: Vec<(usize, Vec<Fields>)>,
    },
    /// Replaces all fields of a fact.
    Update {
        /// Which fact; perhaps one that was retracted.
        fact: FactId,
        /// All its fields.
        fields: Fields,
    },
    /// Retracts a fact.
    Retract {
        /// Which fact; perhaps one that was retracted before.
        fact: FactId,
    },
    /// Adds the rules of a text.
    AddRules {
        /// One rule or several.
        text: String,
    },
    /// Removes a rule.
    RemoveRule {
        /// The rule, if there is one of this name.
        name: String,
    },
    /// Puts back a rule of the program that was removed.
    RestoreRule {
        /// The rule, if the program has one of this name.
        name: String,
    },
    /// Puts present and future activations in another order.
    SetStrategy {
        /// Which order.
        strategy: Strategy,
    },
    /// Fires what waits.
    Run {
        /// An upper limit for the activations.
        limit: u64,
    },
}

impl Step {
    /// The fields in the step.
    pub fn fields(&self) -> Vec<&Fields> {
        match self {
            Self::Insert { fields, .. } | Self::Update { fields, .. } => vec![fields],
            Self::InsertAll { parts } => parts.iter().flat_map(|(_, facts)| facts).collect(),
            _ => Vec::new(),
        }
    }
}

/// The outcome of a step.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused and changed nothing; of a batch, the facts before it stay.
    Refused(Refusal),
    /// A run did this.
    Ran(Ran),
}

/// Why a step was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The fact of this name has the primary key.
    DuplicateKey(String),
    /// The fact was retracted.
    NoSuchFact,
    /// A rule of this name exists.
    DuplicateRule(String),
    /// There is no rule of this name.
    UnknownRule(String),
}

/// What a run did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ran {
    /// Everything visible, in order.
    pub events: Vec<Event>,
    /// Whether it was stopped by its limit.
    pub is_stopped: bool,
    /// What could not be done, in order.
    pub problems: Vec<Problem>,
    /// How often each rule fired: most often first, then by name.
    pub counts: Vec<(String, u64)>,
}

/// A visible event of a run.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// An activation fires.
    Fired {
        /// Its rule.
        rule: String,
        /// Its variables with the names of their facts, in the order of the patterns.
        bindings: Vec<(String, String)>,
    },
    /// An action is called.
    Called {
        /// The action.
        action: String,
        /// Its arguments, one for each parameter.
        arguments: Vec<Shown>,
    },
    /// `Insert`, `InsertLogical`, `Update` or `Retract` has changed the facts, or their support.
    Changed {
        /// Which of them.
        effect: String,
        /// The fact, by the name that it had before an update or retraction.
        fact: String,
        /// The fields that got values.
        fields: Vec<(String, Shown)>,
    },
    /// A line is printed.
    Printed(String),
    /// A line is logged.
    Logged(String),
}

/// An effect that could not take place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The rule.
    pub rule: String,
    /// The action or effect.
    pub effect: String,
    /// The facts, as `variable=Type~key`.
    pub facts: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// Why an effect could not take place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// An argument that must have a value has none.
    NoValue,
    /// The fact of this name has the primary key.
    DuplicateKey(String),
    /// An earlier effect retracted the fact.
    Retracted,
}

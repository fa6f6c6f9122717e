//! What the stories do with a session and how they observe it.

use tsd_oracle::{Event, Oracle, Outcome, Ran, Step, Value};

/// Nothing.
pub(crate) const NOTHING: [&str; 0] = [];

/// The session of a story.
pub(crate) trait Story {
    /// Takes a step.
    fn step(&mut self, step: &Step) -> Outcome;

    /// The oracle, in the state after the last step.
    fn oracle(&self) -> &Oracle;

    /// Inserts a fact.
    fn insert(&mut self, fact: &str) {
        let step = self.oracle().insertion(fact);
        assert_eq!(self.step(&step), Outcome::Done, "{fact}");
    }

    /// Sets some fields of a fact.
    fn set(&mut self, fact: &str, fields: &str) {
        let step = self.oracle().change(fact, fields);
        assert_eq!(self.step(&step), Outcome::Done, "{fact} {fields}");
    }

    /// Removes the value of a field of a fact.
    fn clear(&mut self, fact: &str, field: &str) {
        self.set_value(fact, field, None);
    }

    /// Sets a field of a fact to a number, even one without a literal.
    fn set_number(&mut self, fact: &str, field: &str, number: f64) {
        self.set_value(fact, field, Some(Value::Number(number)));
    }

    /// Sets or removes the value of a field of a fact.
    fn set_value(&mut self, fact: &str, field: &str, value: Option<Value>) {
        let facts = self.oracle().facts();
        let fact = self.oracle().named(fact);
        let mut fields: Vec<Option<Value>> = facts.ever(fact).fields.clone();
        fields[facts.schema.types[facts.ever(fact).ty].field_index(field)] = value;
        assert_eq!(self.step(&Step::Update { fact, fields }), Outcome::Done);
    }

    /// Retracts a fact.
    fn retract(&mut self, fact: &str) {
        let fact = self.oracle().named(fact);
        assert_eq!(self.step(&Step::Retract { fact }), Outcome::Done);
    }

    /// Adds rules.
    fn add(&mut self, text: &str) {
        assert_eq!(self.step(&Step::AddRules { text: text.to_owned() }), Outcome::Done);
    }

    /// The keys of the facts that satisfy the rule `r`, tuple by tuple.
    fn matches(&self) -> Vec<String> {
        self.matches_of("r")
    }

    /// The keys of the facts that satisfy a rule, tuple by tuple.
    fn matches_of(&self, rule: &str) -> Vec<String> {
        let keys = |tuple: Vec<String>| {
            let keys: Vec<&str> =
                tuple.iter().map(|fact| fact.split_once('~').unwrap_or_default().1).collect();
            keys.join(" ")
        };
        self.oracle().matches(rule).into_iter().map(keys).collect()
    }

    /// Runs, and returns what was printed.
    fn run(&mut self) -> Vec<String> {
        let (events, problems) = self.ran();
        assert_eq!(problems, 0, "{events:?}");
        events
    }

    /// Runs, and returns what was printed and how many effects could not take place.
    fn ran(&mut self) -> (Vec<String>, usize) {
        let Outcome::Ran(Ran { events, problems, is_stopped: false, .. }) =
            self.step(&Step::Run { limit: 100 })
        else {
            panic!("not a run")
        };
        let printed = events.into_iter().filter_map(|event| match event {
            Event::Printed(line) => Some(line),
            _ => None,
        });
        (printed.collect(), problems.len())
    }
}

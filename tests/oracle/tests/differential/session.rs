//! A session of the engine, driven by the oracle's steps and answering in the oracle's terms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tsd_ir::{FactHandle, Rule, TypeId, Value as EngineValue};
use tsd_oracle::{
    Event, FactId, Facts, Fields, Outcome, Problem, Ran, Reason, Refusal, Shown, Step, Strategy, Value,
};
use tsd_runtime::Program;
use tsd_runtime::{Activation, Change, Error, Report, Session, Strategy as EngineStrategy};

/// The visible events of a session, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    /// Notes an event.
    pub(crate) fn push(&self, event: Event) {
        self.0.lock().expect("nobody panics with it").push(event);
    }

    fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().expect("nobody panics with it"))
    }
}

/// A value as output shows it.
pub(crate) fn shown(value: &EngineValue, name: impl Fn(&EngineValue) -> String) -> Shown {
    match value {
        EngineValue::Missing => Shown::Missing,
        EngineValue::Bool(bool) => Shown::Bool(*bool),
        EngineValue::Int(int) => Shown::Int(*int),
        EngineValue::Number(number) => Shown::Number(*number),
        EngineValue::Text(text) => Shown::Text(text.clone()),
        EngineValue::Fact(_) => Shown::Fact(name(value)),
        other => panic!("the oracle does not know {other:?}"),
    }
}

/// What is done with a session, independent of its program.
pub(crate) trait AnySession {
    fn insert_values(&mut self, ty: TypeId, values: &[EngineValue]) -> Result<FactHandle, Error>;
    fn insert_parts(&mut self, parts: Vec<(TypeId, Vec<Vec<EngineValue>>)>) -> Result<(), Error>;
    fn update_values(&mut self, handle: FactHandle, values: &[EngineValue]) -> Result<(), Error>;
    fn retract_fact(&mut self, handle: FactHandle) -> Result<(), Error>;
    fn add_rules(&mut self, text: &str) -> Result<(), Error>;
    fn remove_rule(&mut self, name: &str) -> Result<(), Error>;
    fn restore_rule(&mut self, rule: Rule, place: u32) -> Result<(), Error>;
    fn run(&mut self, limit: u64) -> Result<Report, Error>;
    fn set_strategy(&mut self, strategy: EngineStrategy);
    fn matches(&mut self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error>;
    fn name_of(&self, handle: FactHandle) -> Option<String>;
    fn values(&self, handle: FactHandle) -> Option<Vec<EngineValue>>;
    fn is_logical(&self, handle: FactHandle) -> bool;
    fn handles(&self, ty: TypeId) -> Vec<FactHandle>;
    fn type_name(&self, ty: TypeId) -> String;
    /// The network as text, when there is anything in it.
    fn network(&self) -> Option<String>;
    fn bytes(&self) -> usize;
    /// A copy that goes its own way, whose events go to a log.
    fn forked(&self, log: &Log) -> Box<dyn AnySession>;
}

impl<P: Program> AnySession for Session<P>
where
    P::Host: Clone,
{
    fn forked(&self, log: &Log) -> Box<dyn AnySession> {
        let mut forked = self.fork();
        listen(&mut forked, log);
        Box::new(forked)
    }

    fn insert_values(&mut self, ty: TypeId, values: &[EngineValue]) -> Result<FactHandle, Error> {
        self.insert_values(ty, values)
    }

    fn insert_parts(&mut self, mut parts: Vec<(TypeId, Vec<Vec<EngineValue>>)>) -> Result<(), Error> {
        if let [(ty, facts)] = &mut parts[..] {
            return self.insert_all_values(*ty, std::mem::take(facts)).map(drop);
        }
        self.batch(|batch| {
            parts.into_iter().try_for_each(|(ty, facts)| batch.insert_all_values(ty, facts).map(drop))
        })
    }

    fn update_values(&mut self, handle: FactHandle, values: &[EngineValue]) -> Result<(), Error> {
        self.update_values(handle, values)
    }

    fn retract_fact(&mut self, handle: FactHandle) -> Result<(), Error> {
        self.retract_fact(handle)
    }

    fn add_rules(&mut self, text: &str) -> Result<(), Error> {
        self.add_rule(text).map(drop)
    }

    fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        self.remove_rule(name)
    }

    fn restore_rule(&mut self, rule: Rule, place: u32) -> Result<(), Error> {
        self.restore_planned_rule(rule, place)
    }

    fn run(&mut self, limit: u64) -> Result<Report, Error> {
        self.set_run_limit(limit);
        self.run()
    }

    fn set_strategy(&mut self, strategy: EngineStrategy) {
        self.set_strategy(strategy);
    }

    fn matches(&mut self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error> {
        Session::matches(self, rule)
    }

    fn name_of(&self, handle: FactHandle) -> Option<String> {
        self.name_of(handle)
    }

    fn values(&self, handle: FactHandle) -> Option<Vec<EngineValue>> {
        self.values(handle)
    }

    fn is_logical(&self, handle: FactHandle) -> bool {
        self.is_logical(handle)
    }

    fn handles(&self, ty: TypeId) -> Vec<FactHandle> {
        self.handles(ty).collect()
    }

    fn type_name(&self, ty: TypeId) -> String {
        self.schema().ty(ty).name.to_string()
    }

    fn network(&self) -> Option<String> {
        let network = self.network().shape();
        (!network.is_empty()).then(|| network.to_text(self.schema()))
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }
}

/// A session, and which of its facts are which of the oracle's.
pub(crate) struct Subject {
    /// What messages call it.
    pub(crate) name: &'static str,
    /// The session.
    pub(crate) session: Box<dyn AnySession>,
    log: Log,
    handles: BTreeMap<FactId, FactHandle>,
    types: Vec<TypeId>,
    /// The rules of its program, in order.
    declared: Vec<Rule>,
    /// Whether each step is taken by a fork of the session that took the one before, with the handles
    /// of all sessions so far.
    pub(crate) forks: bool,
}

/// Has a log take what happens in a session.
fn listen<P: Program>(session: &mut Session<P>, log: &Log) {
    let (fired, changed, printed, logged) = (log.clone(), log.clone(), log.clone(), log.clone());
    session.observe(move |activation| fired.push(fired_event(activation)));
    session.observe_changes(move |change| changed.push(changed_event(change)));
    session.on_print(move |line| printed.push(Event::Printed(line.to_owned())));
    session.on_log(move |line| logged.push(Event::Logged(line.to_owned())));
}

impl Subject {
    /// Wraps a session whose actions are recorded in `log`; `facts` are those of the oracle, and
    /// `declared` the rules of the session's program.
    pub(crate) fn new<P: Program>(
        name: &'static str,
        mut session: Session<P>,
        log: Log,
        facts: &Facts,
        declared: Vec<Rule>,
    ) -> Self
    where
        P::Host: Clone,
    {
        let types = (0..facts.schema.types.len()).map(type_id).collect();
        listen(&mut session, &log);
        let session = Box::new(session);
        let mut subject =
            Self { name, session, log, handles: BTreeMap::new(), types, declared, forks: false };
        subject.recognise(facts);
        subject
    }

    /// Finds out by their names which handles belong to facts that came without one.
    fn recognise(&mut self, facts: &Facts) {
        let mut names = BTreeMap::new();
        for ty in 0..facts.schema.types.len() {
            for handle in self.session.handles(type_id(ty)) {
                names.insert(self.session.name_of(handle), handle);
            }
        }
        for id in facts.live() {
            if !self.handles.contains_key(&id)
                && let Some(handle) = names.get(&Some(facts.name(id)))
            {
                self.handles.insert(id, *handle);
            }
        }
    }

    /// Takes a step that the oracle has taken already; `facts` are those after it.
    pub(crate) fn apply(&mut self, step: &Step, facts: &Facts) -> Outcome {
        if self.forks {
            self.session = self.session.forked(&self.log);
        }
        let outcome = match step {
            Step::Insert { ty, fields } => {
                let values = self.values(fields);
                self.session.insert_values(type_id(*ty), &values).map(|handle| {
                    self.handles.insert(FactId(facts.count() - 1), handle);
                })
            }
            Step::InsertAll { parts } => {
                let rows = |all: &[Fields]| all.iter().map(|fields| self.values(fields)).collect();
                let parts = parts.iter().map(|(ty, facts)| (type_id(*ty), rows(facts))).collect();
                let inserted = self.session.insert_parts(parts);
                self.recognise(facts);
                inserted
            }
            Step::Update { fact, fields } => {
                let values = self.values(fields);
                match self.handles.get(fact) {
                    Some(handle) => self.session.update_values(*handle, &values),
                    None => Err(Error::NoSuchFact),
                }
            }
            Step::Retract { fact } => match self.handles.get(fact) {
                Some(handle) => self.session.retract_fact(*handle),
                None => Err(Error::NoSuchFact),
            },
            Step::AddRules { text } => self.session.add_rules(text),
            Step::RemoveRule { name } => self.session.remove_rule(name),
            Step::RestoreRule { name } => self.restore_rule(name),
            Step::SetStrategy { strategy } => {
                self.session.set_strategy(engine_strategy(*strategy));
                Ok(())
            }
            Step::Run { limit } => {
                let ran = self.session.run(*limit);
                let ran = Ran { events: self.log.take(), ..ran_of(ran) };
                self.recognise(facts);
                return Outcome::Ran(ran);
            }
        };
        match outcome {
            Ok(()) => Outcome::Done,
            Err(Error::DuplicateKey { fact }) => Outcome::Refused(Refusal::DuplicateKey(fact)),
            Err(Error::NoSuchFact) => Outcome::Refused(Refusal::NoSuchFact),
            Err(Error::DuplicateRule(name)) => Outcome::Refused(Refusal::DuplicateRule(name)),
            Err(Error::UnknownRule(name)) => Outcome::Refused(Refusal::UnknownRule(name)),
            Err(error) => panic!("{}: {step:?} must not fail:\n{error}", self.name),
        }
    }

    fn restore_rule(&mut self, name: &str) -> Result<(), Error> {
        let mut declared = (0..).zip(&self.declared);
        let found = declared.find(|(_, rule)| &*rule.name == name);
        let (place, rule) = found.ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        self.session.restore_rule(rule.clone(), place)
    }

    /// Handles of another session's facts must have no effect here. `steps` selects which are
    /// tried.
    pub(crate) fn refuses_handles_of(&mut self, other: &Self, steps: usize) -> Result<(), String> {
        let chosen = other.handles.values().nth(steps % other.handles.len().max(1));
        let Some(handle) = chosen.copied() else { return Ok(()) };
        let refused = [self.session.retract_fact(handle), self.session.update_values(handle, &[])];
        let is_known = self.session.values(handle).is_some() || self.session.is_logical(handle);
        if refused.iter().all(|refused| *refused == Err(Error::NoSuchFact)) && !is_known {
            return Ok(());
        }
        Err(format!("{}: {handle:?} of another session does something: {refused:?}", self.name))
    }

    /// The engine's form of fields. A fact that came and went within one run never had a handle;
    /// only facts of the same run refer to it.
    fn values(&self, fields: &Fields) -> Vec<EngineValue> {
        let value = |value: &Option<Value>| match value {
            None => EngineValue::Missing,
            Some(Value::Bool(bool)) => EngineValue::Bool(*bool),
            Some(Value::Int(int)) => EngineValue::Int(*int),
            // The engine makes zero of negative zero.
            Some(Value::Number(0.0)) => EngineValue::Number(-0.0),
            Some(Value::Number(number)) => EngineValue::Number(*number),
            Some(Value::Text(text)) => EngineValue::Text(text.clone()),
            Some(Value::Fact(fact)) => EngineValue::Fact(self.handles[fact]),
        };
        fields.iter().map(value).collect()
    }

    /// Whether the session has seen the fact.
    pub(crate) fn knows(&self, fact: FactId) -> bool {
        self.handles.contains_key(&fact)
    }

    /// The tuples that satisfy a rule, each fact by name. Each is found once.
    pub(crate) fn matches(&mut self, rule: &str) -> BTreeSet<Vec<String>> {
        let tuples = self.session.matches(rule).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let name = |handle| self.session.name_of(handle).expect("a fact that matches is there");
        let found: Vec<Vec<String>> =
            tuples.into_iter().map(|tuple| tuple.into_iter().map(name).collect()).collect();
        let distinct: BTreeSet<Vec<String>> = found.iter().cloned().collect();
        assert_eq!(found.len(), distinct.len(), "{}: `{rule}` matches a tuple twice: {found:?}", self.name);
        distinct
    }

    /// Every fact by name, with its fields and whether only activations support it; sorted by name.
    pub(crate) fn facts(&self) -> Vec<(String, Vec<Shown>, bool)> {
        let show = |value: &EngineValue| {
            shown(value, |value| {
                let EngineValue::Fact(handle) = value else { unreachable!("only facts have names") };
                let gone = || format!("{}~(retracted)", self.session.type_name(handle.ty()));
                self.session.name_of(*handle).unwrap_or_else(gone)
            })
        };
        let mut facts = Vec::new();
        for ty in self.types.clone() {
            for handle in self.session.handles(ty) {
                let values = self.session.values(handle).expect("it is there");
                let name = self.session.name_of(handle).expect("it is there");
                facts.push((name, values.iter().map(show).collect(), self.session.is_logical(handle)));
            }
        }
        facts.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        facts
    }
}

fn engine_strategy(strategy: Strategy) -> EngineStrategy {
    match strategy {
        Strategy::Breadth => EngineStrategy::Breadth,
        Strategy::Depth => EngineStrategy::Depth,
        Strategy::Lex => EngineStrategy::Lex,
        Strategy::Mea => EngineStrategy::Mea,
        Strategy::Complexity => EngineStrategy::Complexity,
        Strategy::Simplicity => EngineStrategy::Simplicity,
    }
}

fn fired_event(activation: &Activation<'_>) -> Event {
    let fact = |fact| activation.name_of(fact).expect("a firing activation has its facts");
    let bindings = activation.bindings().map(|(variable, handle)| (variable.to_owned(), fact(handle)));
    Event::Fired { rule: activation.rule().to_owned(), bindings: bindings.collect() }
}

fn changed_event(change: &Change<'_>) -> Event {
    let fields =
        change.fields().map(|(name, value)| (name.to_owned(), shown(value, |fact| change.show(fact))));
    Event::Changed {
        effect: change.kind().to_string(),
        fact: change.name().to_owned(),
        fields: fields.collect(),
    }
}

fn type_id(index: usize) -> TypeId {
    TypeId(u16::try_from(index).expect("there are few types"))
}

fn ran_of(ran: Result<Report, Error>) -> Ran {
    let (report, last) = match ran {
        Ok(report) => (report, None),
        Err(Error::RunLimit { rules, report, .. }) => (*report, Some(rules)),
        Err(error) => panic!("a run must not fail: {error}"),
    };
    let mut counts: Vec<(String, u64)> =
        report.rules().map(|(name, count)| (name.to_owned(), count)).collect();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), report.total());
    assert_eq!(report.problem_count(), report.problems().len() as u64, "runs are short");
    counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    assert!(
        last.as_ref().is_none_or(|last| *last == counts),
        "runs are short, so all rules fired to the end"
    );
    let problems = report.problems().iter().map(problem).collect();
    Ran { events: Vec::new(), is_stopped: last.is_some(), problems, counts }
}

fn problem(problem: &tsd_runtime::Problem) -> Problem {
    let tsd_runtime::Problem { rule, effect, facts, reason, .. } = problem.clone();
    let there = reason.strip_prefix("the fact ").and_then(|rest| rest.strip_suffix(" exists already"));
    let reason = match there {
        Some(fact) => Reason::DuplicateKey(fact.to_owned()),
        None if reason.contains("no value") => Reason::NoValue,
        None if reason.contains("retracted") => Reason::Retracted,
        None => panic!("an unexpected problem: {reason}"),
    };
    Problem { rule, effect, facts, reason }
}

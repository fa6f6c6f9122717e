//! One comparison from beginning to end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Compilation, JoinOrder, Module, Planning, compile_with};
use tsd_ir::Sharing;
use tsd_oracle::generate::{Plan, RuleSteps};
use tsd_oracle::{Event, FactId, Facts, Fields, Oracle, Outcome, Shown, Step, Tuple, Value};
use tsd_runtime::{Context, Engine, Host, Interpreted};

use crate::session::{Log, Subject, shown};

/// The actions of an interpreted program: they are noted.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(pub(crate) Log);

impl Host for Recorder {
    fn perform(
        &mut self,
        action: &str,
        arguments: &[tsd_ir::Value],
        context: &mut Context<'_, Interpreted<Self>>,
    ) {
        let arguments = arguments.iter().map(|value| shown(value, |fact| context.show(fact))).collect();
        self.0.push(Event::Called { action: action.to_owned(), arguments });
    }
}

/// Where two disagree, with the program and the steps up to there.
#[derive(Debug)]
pub(crate) struct Difference(String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Creates the interpreters of a program that are compared with the oracle.
pub(crate) type Subjects = fn(&str, &Facts) -> [Subject; 2];

/// An interpreter that shares nodes, and one that does not.
pub(crate) fn with_and_without_sharing(program: &str, facts: &Facts) -> [Subject; 2] {
    let module = compiled(program);
    [
        interpreter("interpreted", &module, Sharing::On, facts),
        interpreter("interpreted without sharing", &module, Sharing::Off, facts),
    ]
}

/// An interpreter that begins on the rules of another session, and one that is forked at each step.
pub(crate) fn shared_and_forked(program: &str, facts: &Facts) -> [Subject; 2] {
    let module = compiled(program);
    let log = Log::default();
    let other = Engine::from_module(module.clone(), Recorder(log.clone()), Sharing::On);
    let shared = Engine::with_rule_base(Recorder(log.clone()), &other.rule_base());
    let declared = module.rules.iter().map(|planned| planned.rule.clone()).collect();
    let mut forked = interpreter("forked at each step", &module, Sharing::On, facts);
    forked.forks = true;
    [Subject::new("on the rules of another session", shared, log, facts, declared), forked]
}

/// Interpreters of a program whose joins and views all have one signature.
pub(crate) fn colliding(program: &str, facts: &Facts) -> [Subject; 2] {
    let mut module = compiled(program);
    let collide = |branches: &mut tsd_ir::List<tsd_ir::Branch>| {
        for join in branches.to_mut().iter_mut().flat_map(|branch| branch.joins.to_mut()) {
            join.signature = tsd_ir::Signature([0; 32]);
        }
    };
    for planned in &mut module.rules {
        collide(&mut planned.rule.branches);
        for view in planned.rule.views.to_mut() {
            view.signature = tsd_ir::Signature([0; 32]);
            collide(&mut view.branches);
        }
    }
    [
        interpreter("interpreted, all signatures the same", &module, Sharing::On, facts),
        interpreter("interpreted without sharing, all signatures the same", &module, Sharing::Off, facts),
    ]
}

/// Interpreters of a program whose patterns are joined as declared, and greedily.
pub(crate) fn ordered_otherwise(program: &str, facts: &Facts) -> [Subject; 2] {
    let planned = |strategy| {
        let mut sources = SourceMap::new();
        let file = sources.add("program", program);
        let planning = Planning { strategy: Some(strategy), ..Planning::default() };
        compile_with(&sources, &[file], &planning).module.expect("the compiler accepts the program")
    };
    [
        interpreter("joined as declared", &planned(JoinOrder::Declared), Sharing::On, facts),
        interpreter("joined greedily", &planned(JoinOrder::Greedy), Sharing::On, facts),
    ]
}

/// Takes the plan's steps with the oracle and with interpreters, and compares.
pub(crate) fn hold_to_the_oracle(
    plan: &Plan,
    rules: RuleSteps,
    subjects: Subjects,
) -> Result<(), Difference> {
    let program = plan.program();
    let mut story = format!("\n{program}");
    if let Ok(path) = std::env::var("TSD_TRACE") {
        // A program that hangs can be inspected.
        std::fs::write(path, &story).expect("the trace can be written");
    }
    // A panic of the engine is a difference like any other, to be shrunk and shown with its story.
    let outcome = catch_unwind(AssertUnwindSafe(|| follow(plan, rules, subjects, &program, &mut story)));
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(difference)) => Err(Difference(format!("{story}\n{difference}"))),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().cloned();
            let message =
                message.or_else(|| panic.downcast_ref::<&str>().map(|message| (*message).to_owned()));
            Err(Difference(format!("{story}\npanicked: {}", message.unwrap_or_default())))
        }
    }
}

fn follow(
    plan: &Plan,
    rules: RuleSteps,
    subjects: Subjects,
    program: &str,
    story: &mut String,
) -> Result<(), String> {
    let mut oracle = Oracle::new(program);
    let mut texts = rule_texts(program);
    let mut subjects = subjects(program, oracle.facts());
    compare_facts(&oracle, &subjects)?;
    compare_matches(&oracle, &mut subjects)?;
    // What waits at the end fires too.
    for index in 0..=plan.steps.len() {
        let step = plan.step(index, &oracle, rules);
        if refers_to_unknown(&step, &subjects[0]) {
            continue;
        }
        let _ = writeln!(story, "{}", told(&step, &oracle));
        let expected = oracle.apply(&step);
        if let (Step::AddRules { text }, Outcome::Done) = (&step, &expected) {
            texts.extend(rule_texts(text));
        }
        if let (Step::RestoreRule { name }, Outcome::Done) = (&step, &expected) {
            texts.extend(rule_texts(program).into_iter().filter(|(declared, _)| declared == name));
        }
        for subject in &mut subjects {
            let found = subject.apply(&step, oracle.facts());
            same(subject.name, "outcome", &expected, &found)?;
        }
        let [one, other] = &mut subjects;
        one.refuses_handles_of(other, index)?;
        other.refuses_handles_of(one, index)?;
        compare_facts(&oracle, &subjects)?;
        // To compute matches is to probe memories, which are materialised only while they are
        // probed.
        if index % 3 == 2 || index == plan.steps.len() {
            compare_matches(&oracle, &mut subjects)?;
        }
    }
    texts.retain(|name, _| oracle.rule_names().any(|live| live == name));
    story.push_str("at the end\n");
    let texts: Vec<&str> = oracle.rule_names().map(|name| texts[name].as_str()).collect();
    compare_fresh(program, &texts, &oracle)?;
    let [mut shared, _] = subjects;
    gives_back(&mut shared, &oracle, &texts)
}

/// A program that the compiler accepts, compiled for the interpreter.
pub(crate) fn compiled(program: &str) -> Module {
    let mut sources = SourceMap::new();
    let file = sources.add("program", program);
    let Compilation { module, diagnostics, .. } = tsd_compiler::compile(&sources, &[file]);
    module.unwrap_or_else(|| {
        panic!("the compiler refuses the program:\n{}", render(&sources, &diagnostics, false))
    })
}

/// An interpreter of a program.
pub(crate) fn interpreter(name: &'static str, program: &Module, sharing: Sharing, facts: &Facts) -> Subject {
    let log = Log::default();
    let mut engine = Engine::from_module(program.clone(), Recorder(log.clone()), sharing);
    let declared = program.rules.iter().map(|planned| planned.rule.clone()).collect();
    // There are few facts: with this threshold, join inputs that a real session would keep for long
    // are evicted and rebuilt.
    engine.set_eviction_threshold(if sharing == Sharing::On { 3 } else { 0 });
    Subject::new(name, engine, log, facts, declared)
}

/// The text of each rule, by name. The generator writes one on a line.
fn rule_texts(program: &str) -> BTreeMap<String, String> {
    let rules = program.lines().filter_map(|line| Some((line.strip_prefix("rule ")?, line)));
    rules
        .map(|(rest, line)| (rest.split(' ').next().unwrap_or_default().to_owned(), line.to_owned()))
        .collect()
}

fn refers_to_unknown(step: &Step, subject: &Subject) -> bool {
    step.fields()
        .into_iter()
        .flatten()
        .any(|value| matches!(value, Some(Value::Fact(fact)) if !subject.knows(*fact)))
}

fn told(step: &Step, oracle: &Oracle) -> String {
    let show = |fields: &Fields| -> Vec<Shown> {
        fields.iter().map(|value| oracle.facts().show(value.as_ref())).collect()
    };
    match step {
        Step::Insert { ty, fields } => {
            format!("insert {} {:?}", oracle.facts().schema.types[*ty].name, show(fields))
        }
        Step::InsertAll { parts } => {
            let part = |(ty, facts): &(usize, Vec<Fields>)| {
                let facts: Vec<String> = facts.iter().map(|fields| format!("{:?}", show(fields))).collect();
                format!(" {} {}", oracle.facts().schema.types[*ty].name, facts.join(" "))
            };
            format!("insert together{}", parts.iter().map(part).collect::<String>())
        }
        Step::Update { fact, fields } => format!("update {} {:?}", oracle.facts().name(*fact), show(fields)),
        Step::Retract { fact } => format!("retract {}", oracle.facts().name(*fact)),
        Step::AddRules { text } => format!("add\n{}", text.trim_end()),
        Step::RemoveRule { name } => format!("remove {name}"),
        Step::RestoreRule { name } => format!("restore {name}"),
        Step::SetStrategy { strategy } => format!("{strategy:?}"),
        Step::Run { limit } => format!("run, at most {limit}"),
    }
}

fn same<T: PartialEq + Debug>(who: &str, what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{who}, {what}:\n expected {expected:?}\n    found {found:?}"))
}

fn compare_facts(oracle: &Oracle, subjects: &[Subject]) -> Result<(), String> {
    let facts = facts_of(oracle);
    subjects.iter().try_for_each(|subject| same(subject.name, "facts", &facts, &subject.facts()))
}

fn compare_matches(oracle: &Oracle, subjects: &mut [Subject]) -> Result<(), String> {
    for subject in subjects {
        for rule in oracle.rule_names() {
            same(subject.name, &format!("matches of {rule}"), &oracle.matches(rule), &subject.matches(rule))?;
        }
    }
    Ok(())
}

fn facts_of(oracle: &Oracle) -> Vec<(String, Vec<Shown>, bool)> {
    let facts = oracle.facts();
    let shown = |id| facts.ever(id).fields.iter().map(|value| facts.show(value.as_ref())).collect();
    let mut all: Vec<_> = facts.live().map(|id| (facts.name(id), shown(id), oracle.is_logical(id))).collect();
    all.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    all
}

/// A fresh session with the surviving facts and then the surviving rules finds the same matches.
fn compare_fresh(program: &str, rules: &[&str], oracle: &Oracle) -> Result<(), String> {
    let declarations: Vec<&str> = program.lines().filter(|line| is_declaration(line)).collect();
    let declarations = declarations.join("\n");
    let mut fresh_oracle = Oracle::new(&declarations);
    let mut fresh = interpreter("fresh", &compiled(&declarations), Sharing::On, fresh_oracle.facts());
    let mut both = |step: &Step| {
        assert_eq!(fresh_oracle.apply(step), Outcome::Done, "{step:?}");
        assert_eq!(fresh.apply(step, fresh_oracle.facts()), Outcome::Done, "{step:?}");
        fresh_oracle.facts().count()
    };
    // Which fact of the fresh session each fact is. References lead to types declared earlier. A
    // retracted fact is inserted and retracted again, because something may still refer to it;
    // before the others of its type, so that its key is free.
    let mut now: BTreeMap<FactId, FactId> = BTreeMap::new();
    let all = || (0..oracle.facts().count()).map(FactId).map(|id| (id, oracle.facts().ever(id)));
    for ty in 0..oracle.facts().schema.types.len() {
        for alive in [false, true] {
            for (id, fact) in all().filter(|(_, fact)| (fact.ty, fact.alive) == (ty, alive)) {
                let mut fields = fact.fields.clone();
                for value in fields.iter_mut().flatten() {
                    if let Value::Fact(other) = value {
                        *other = now[other];
                    }
                }
                let fact = FactId(both(&Step::Insert { ty, fields }) - 1);
                now.insert(id, fact);
                if !alive {
                    both(&Step::Retract { fact });
                }
            }
        }
    }
    both(&Step::AddRules { text: rules.join("\n") });
    for rule in oracle.rule_names() {
        let what = format!("matches of {rule}");
        let moved: BTreeSet<Tuple> =
            oracle.satisfied(rule).iter().map(|tuple| tuple.iter().map(|fact| now[fact]).collect()).collect();
        same("the oracle itself, begun afresh", &what, &moved, &fresh_oracle.satisfied(rule))?;
        same("a fresh session", &what, &fresh_oracle.matches(rule), &fresh.matches(rule))?;
    }
    Ok(())
}

fn is_declaration(line: &str) -> bool {
    line.starts_with("type ") || line.starts_with("action ")
}

/// Rules that were added and removed leave nothing: no node, no root, and as many bytes as last
/// time.
fn gives_back(subject: &mut Subject, oracle: &Oracle, rules: &[&str]) -> Result<(), String> {
    let names: Vec<&str> = oracle.rule_names().collect();
    let mut bytes = Vec::new();
    for _ in 0..3 {
        if !bytes.is_empty() {
            subject.session.add_rules(&rules.join("\n")).map_err(|error| error.to_string())?;
        }
        for name in &names {
            let outcome = subject.session.remove_rule(name);
            outcome.map_err(|error| format!("{name} cannot be removed: {error}"))?;
        }
        if let Some(network) = subject.session.network() {
            return Err(format!("without rules the network is not empty: {network}"));
        }
        let ran = subject.session.run(1).map_err(|error| error.to_string())?;
        same("without rules", "activations fired", &0, &ran.total())?;
        bytes.push(subject.session.bytes());
    }
    same("without rules", "bytes held", &bytes[1], &bytes[2])
}

//! A compiled program compared with the interpreter of its text.

use std::fmt::Write as _;

use tsd::{Handle, Session};
use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;
use tsd_ir::{Sharing, Value};
use tsd_oracle::generate::{Plan, RuleSteps};
use tsd_oracle::{Event, Facts, Oracle, Outcome, Step};
use tsd_runtime::Compiled;
use tsd_runtime::{Context, Engine, Host, Interpreted};

use crate::session::{Log, Subject, shown};

/// A compiled program.
pub(crate) struct Program {
    /// The seed of the program.
    pub(crate) seed: u64,
    /// Its text.
    pub(crate) text: &'static str,
    /// Begins a session.
    pub(crate) session: fn(&Facts) -> Subject,
}

/// Records actions. A fact among the arguments is recorded by its handle, because an action without
/// `@context` does not know its name. Sessions that take the same steps give the same handles.
#[derive(Clone)]
pub(crate) struct Notes(Log);

impl Notes {
    /// Notes a call.
    pub(crate) fn call(&mut self, action: &str, arguments: &[Value]) {
        let arguments = arguments.iter().map(|value| shown(value, |fact| format!("{fact:?}"))).collect();
        self.0.push(Event::Called { action: action.to_owned(), arguments });
    }
}

impl Host for Notes {
    fn perform(&mut self, action: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        self.call(action, arguments);
    }
}

/// An argument of a generated action.
pub(crate) trait Argument {
    /// The argument as the interpreter passes it.
    fn value(self) -> Value;
}

impl Argument for &str {
    fn value(self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl Argument for f64 {
    fn value(self) -> Value {
        Value::Number(self)
    }
}

impl Argument for i64 {
    fn value(self) -> Value {
        Value::Int(self)
    }
}

impl Argument for bool {
    fn value(self) -> Value {
        Value::Bool(self)
    }
}

impl<T> Argument for Handle<T> {
    fn value(self) -> Value {
        Value::Fact(self.raw())
    }
}

impl<T: Argument> Argument for Option<T> {
    fn value(self) -> Value {
        self.map_or(Value::Missing, T::value)
    }
}

/// A session of the compiled program `P`.
pub(crate) fn session<P: Compiled<Host = Notes>>(facts: &Facts) -> Subject {
    let log = Log::default();
    let declared = P::module().rules.to_vec();
    Subject::new("compiled", Session::<P>::new(Notes(log.clone())), log, facts, declared)
}

fn interpreter(text: &str, facts: &Facts) -> Subject {
    let mut sources = SourceMap::new();
    let file = sources.add("program", text);
    let log = Log::default();
    let compilation = tsd_compiler::compile(&sources, &[file]);
    let module =
        compilation.module.unwrap_or_else(|| panic!("{}", render(&sources, &compilation.diagnostics, false)));
    let declared = module.rules.iter().map(|planned| planned.rule.clone()).collect();
    // A compiled program starts on a rule base, so the interpreter does too: what a base holds
    // counts for no session, and the bytes of both can be compared.
    let base = Engine::from_module(module, Notes(log.clone()), Sharing::On).rule_base();
    let engine = Engine::with_rule_base(Notes(log.clone()), &base);
    Subject::new("interpreted", engine, log, facts, declared)
}

/// Takes random steps with each program, compiled and interpreted: the outcome of every step, the
/// matches of every rule and the facts are the same. The oracle leads, because steps are generated
/// for the present facts.
pub(crate) fn hold(programs: &[Program], sequences: u64) {
    let mut fired = 0;
    for program in programs {
        for sequence in 0..sequences {
            let plan = Plan::from_seed(1000 * sequence + program.seed, 0, 30);
            fired += follow(program, &plan);
        }
    }
    assert!(fired > 10 * programs.len(), "only {fired} activations fired: that shows nothing");
}

/// Takes the steps of one plan, and counts the activations that fire.
fn follow(program: &Program, plan: &Plan) -> usize {
    let mut fired = 0;
    let mut oracle = Oracle::new(program.text);
    let mut interpreted = interpreter(program.text, oracle.facts());
    let mut compiled = (program.session)(oracle.facts());
    let mut story = format!("seed {}\n{}", program.seed, program.text);
    for index in 0..=plan.steps.len() {
        let step = plan.step(index, &oracle, RuleSteps::AddAndRemove);
        if refers_to_unknown(&step, &interpreted) {
            continue;
        }
        let _ = writeln!(story, "{step:?}");
        oracle.apply(&step);
        let expected = interpreted.apply(&step, oracle.facts());
        let found = compiled.apply(&step, oracle.facts());
        if let Outcome::Ran(ran) = &expected {
            fired += ran.events.iter().filter(|event| matches!(event, Event::Fired { .. })).count();
        }
        assert_eq!(expected, found, "interpreted and compiled disagree on the last step of\n{story}");
        for rule in oracle.rule_names() {
            let expected = oracle.matches(rule);
            assert_eq!(expected, interpreted.matches(rule), "matches of {rule}, interpreted\n{story}");
            assert_eq!(expected, compiled.matches(rule), "matches of {rule}, compiled\n{story}");
        }
        assert_eq!(interpreted.facts(), compiled.facts(), "facts\n{story}");
    }
    assert_eq!(interpreted.session.network(), compiled.session.network(), "networks\n{story}");
    for rule in oracle.rule_names() {
        compiled.session.remove_rule(rule).expect("compiled rules can be removed like others");
        interpreted.session.remove_rule(rule).expect("it is there");
    }
    assert_eq!(compiled.session.network(), None, "without rules the network is empty\n{story}");
    assert_eq!(compiled.session.bytes(), interpreted.session.bytes(), "bytes\n{story}");
    fired
}

fn refers_to_unknown(step: &Step, subject: &Subject) -> bool {
    step.fields()
        .into_iter()
        .flatten()
        .any(|value| matches!(value, Some(tsd_oracle::Value::Fact(fact)) if !subject.knows(*fact)))
}

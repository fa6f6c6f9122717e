//! Panics that are caught. One of the host program leaves the session as it was, one inside the
//! session poisons it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use tsd_runtime::ir::{ActionId, Body, Const, Schema, TypeId, Value};
use tsd_runtime::rt::{Compiled, FactOf, Module, Program, Wired};
use tsd_runtime::{
    Context, Engine, Error, Handle, Host, Interpreted, RowReader, RowWriter, Session, Strategy, Tuple,
};

const FIRST: TypeId = TypeId(0);

/// Panics in the calls listed in `drops`, once each.
#[derive(Default)]
struct Clumsy {
    calls: Vec<String>,
    drops: Vec<String>,
}

impl Host for Clumsy {
    fn perform(&mut self, action: &str, arguments: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        let call =
            format!("{action}({})", arguments.iter().map(|value| format!("{value:?}")).collect::<String>());
        if self.drops.contains(&call) {
            self.drops.retain(|dropped| *dropped != call);
            panic!("{call} is dropped");
        }
        self.calls.push(call);
    }
}

fn panics<R>(what: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(what)).is_err()
}

fn clumsy(text: &str, drops: &[&str]) -> Engine<Clumsy> {
    let drops = drops.iter().map(|call| (*call).to_owned()).collect();
    Engine::from_text("clumsy.tsd", text, Clumsy { drops, ..Clumsy::default() }).unwrap()
}

/// The activation has fired, and its effects after the panic have not taken place. All others stay
/// on the agenda, including those of the same facts.
#[test]
fn an_action_that_panics_loses_its_own_activation_and_no_other() {
    let mut engine = clumsy(
        "type A(#id: int) action one(id: int) action two(id: int)
         rule r : {a: A} / ==> one(a.id), two(a.id)
         rule s : {a: A} / a.id > 0 ==> two(-a.id)
         rule t : {a: A} / a.id > 0 ==> one(-a.id)",
        &["one(Int(2))", "two(Int(-3))"],
    );
    engine.insert_all_values(FIRST, (1..5).map(|id| [Value::Int(id)])).unwrap();
    for _ in 0..2 {
        assert!(panics(|| engine.run()));
        assert!(!engine.is_poisoned());
    }
    assert_eq!(engine.run().unwrap().total(), 4);
    let ids = |name: &str, ids: &[i64]| ids.iter().map(|id| format!("{name}(Int({id}))")).collect::<Vec<_>>();
    let called = |name: &str| -> Vec<String> {
        engine.host().calls.iter().filter(|call| call.starts_with(name)).cloned().collect()
    };
    assert_eq!(called("one"), ids("one", &[1, -1, -2, 3, -3, 4, -4]));
    assert_eq!(called("two"), ids("two", &[1, -1, -2, 3, 4, -4]));
    let fired: u64 = engine.statistics().rules.iter().map(|rule| rule.fired).sum();
    assert_eq!(fired, 12, "what has panicked has fired");
}

/// Nothing of the interrupted firing lasts: changes of the rule are no longer held back, and the
/// activation supports nothing more.
#[test]
fn a_firing_that_is_interrupted_is_over() {
    let mut engine = clumsy(
        "type A(#id: int, n: int) type B(id: int) action act(n: int)
         rule r no-loop : {a: A} / a.n > 0 ==> InsertLogical(B(id: a.id)), Update(a, {n: a.n + 1}), act(a.n)
         rule s : {b: B} / ==> act(-b.id)",
        &["act(Int(1))"],
    );
    let fact = engine.insert_values(FIRST, &[Value::Int(7), Value::Int(1)]).unwrap();
    assert!(panics(|| engine.run()));
    assert_eq!(engine.values(fact).unwrap()[1], Value::Int(2));
    let _ = engine.run().unwrap();
    engine.update_values(fact, &[Value::Int(7), Value::Int(5)]).unwrap();
    assert_eq!(engine.run().unwrap().count("r"), 1, "a change from outside counts");
    engine.insert_values(TypeId(1), &[Value::Int(9)]).unwrap();
    let stated = engine.handles(TypeId(1)).last().unwrap();
    assert!(!engine.is_logical(stated));
    assert!(!engine.is_poisoned());
}

#[test]
fn observers_sinks_and_iterators_may_panic() {
    let mut engine =
        Engine::from_text("p.tsd", "type A(#id: int) rule r : {a: A} / ==> Print(a.id)", ()).unwrap();
    let facts = |bad| (0..300).map(move |id| if id == bad { panic!("a bad fact") } else { [Value::Int(id)] });
    assert!(panics(|| engine.insert_all_values(FIRST, facts(299))));
    assert_eq!(engine.len(), 256, "what came in whole blocks before is there");
    let mut is_first = true;
    engine.observe(move |activation| {
        let is_first = std::mem::take(&mut is_first);
        assert!(!is_first || activation.bindings().count() != 1, "it has one");
    });
    assert!(panics(|| engine.run()));
    engine.on_print(|line| assert_ne!(line, "1", "not this one"));
    assert!(panics(|| engine.run()));
    engine.on_print(|_| {});
    assert_eq!(engine.run().unwrap().total(), 254);
    assert!(panics(|| engine.batch(|_| -> Result<(), Error> { panic!("no facts") })));
    assert!(!engine.is_poisoned());
    assert_eq!(engine.len(), 256);
}

/// A compiled program with a test that panics, as a fault of the session would.
struct Faulty;

impl Program for Faulty {
    type Host = ();
    type Objects = ();

    fn call(_: u32, _: Tuple<'_>, _: &[Const], (): &mut ()) -> bool {
        true
    }

    fn perform(_: ActionId, _: &[Value], (): &mut (), context: &mut Context<'_, Self>) {
        // An action that continues although the session has panicked.
        let fact = FACT.get().unwrap();
        assert!(panics(|| context.update(fact, |fact| fact.n += 1)));
        assert!(panics(|| context.get(fact)));
        assert_eq!(context.retract(fact), Err(Error::Poisoned));
    }
}

thread_local! {
    static PANICS: Cell<bool> = const { Cell::new(false) };
    static FACT: Cell<Option<Handle<Fact>>> = const { Cell::new(None) };
}

#[derive(Clone, Debug, PartialEq)]
struct Fact {
    id: i64,
    n: i64,
}

impl FactOf<Faulty> for Fact {
    const TYPE: TypeId = FIRST;
    const FIELDS: usize = 2;
    const WORDS: usize = 2;

    fn write(&self, row: &mut RowWriter<'_>) {
        row.int(self.id);
        row.int(self.n);
    }

    fn read(_: u32, row: RowReader<'_>, (): &()) -> Option<Self> {
        Some(Self { id: row.int(0), n: row.int(1) })
    }
}

impl Compiled for Faulty {
    fn module() -> &'static Module {
        static MODULE: LazyLock<Module> = LazyLock::new(|| {
            let text = "type A(#id: int, n: int) action act() @context
                        rule r : {a: A} / a.n * a.n > a.n ==> act()";
            let mut sources = tsd_compiler::source::SourceMap::new();
            let file = sources.add("faulty.tsd", text);
            let module = tsd_compiler::compile(&sources, &[file]).module.unwrap();
            let mut rule = module.rules[0].rule.clone();
            let branch = &mut rule.branches.to_mut()[0];
            branch.filter.tests.to_mut()[0].body = Body::Native { function: 0, constants: Vec::new().into() };
            Module {
                name: "faulty",
                schema: Schema::clone(&module.schema),
                rules: Box::leak(Box::new([rule])),
                tests: &[|tuple, _| {
                    assert!(!PANICS.get(), "the session has a fault");
                    tuple.int(0, 1) > Some(1)
                }],
                values: &[],
                keys: &[],
                facts: &[],
                wired: Wired::new(),
            }
        });
        &MODULE
    }
}

/// Every call reports it, and none returns a result.
#[test]
fn a_session_that_was_interrupted_is_poisoned() {
    let mut session = Session::<Faulty>::new(());
    let fact = session.insert(Fact { id: 1, n: 2 }).unwrap();
    FACT.set(Some(fact));
    // The session panics inside a run, and the action catches it.
    PANICS.set(true);
    assert_eq!(session.run(), Err(Error::Poisoned));
    PANICS.set(false);
    assert!(session.is_poisoned());

    assert_eq!(session.insert(Fact { id: 2, n: 2 }), Err(Error::Poisoned));
    assert_eq!(session.insert_all([Fact { id: 2, n: 2 }]), Err(Error::Poisoned));
    assert_eq!(session.insert_from_slice(&[Fact { id: 2, n: 2 }]), Err(Error::Poisoned));
    assert_eq!(session.insert_values(FIRST, &[Value::Int(2), Value::Int(2)]), Err(Error::Poisoned));
    assert_eq!(session.insert_all_values(FIRST, [[Value::Int(2), Value::Int(2)]]), Err(Error::Poisoned));
    assert_eq!(session.batch(|_| Ok(())), Err(Error::Poisoned));
    assert_eq!(session.update(fact, |fact| fact.n = 3), Err(Error::Poisoned));
    assert_eq!(session.update_values(fact.raw(), &[Value::Int(2), Value::Int(2)]), Err(Error::Poisoned));
    assert_eq!(session.retract(fact), Err(Error::Poisoned));
    assert_eq!(session.retract_fact(fact.raw()), Err(Error::Poisoned));
    assert_eq!(session.matches("r"), Err(Error::Poisoned));
    assert_eq!(session.remove_rule("r"), Err(Error::Poisoned));
    assert_eq!(session.restore_rule("r"), Err(Error::Poisoned));
    assert_eq!(session.add_rule("rule s : {a: A} / ==> act()"), Err(Error::Poisoned));
    assert_eq!(session.run(), Err(Error::Poisoned));

    assert!(panics(|| session.get(fact)));
    assert!(panics(|| session.facts::<Fact>().count()));
    assert!(panics(|| session.len()));
    assert!(panics(|| session.values(fact.raw())));
    assert!(panics(|| session.handles(FIRST).count()));
    assert!(panics(|| session.name_of(fact.raw())));
    assert!(panics(|| session.number_of(fact.raw())));
    assert!(panics(|| session.is_logical(fact.raw())));
    assert!(panics(|| session.rules().count()));
    assert!(panics(|| session.statistics()));
    assert!(panics(|| session.profile()));
    assert!(panics(|| session.network().shape().to_text(&Schema::default())));
    assert!(panics(|| session.bytes()));
    assert!(panics(|| session.set_strategy(Strategy::Depth)));
    assert!(panics(|| session.enable_counters()));
    assert_eq!(format!("{session:?}"), "Session { is_poisoned: true, .. }");
    session.into_host();
}

/// The same in a batch, whose end then does nothing.
#[test]
fn a_session_that_was_interrupted_in_a_batch_is_poisoned() {
    let mut session = Session::<Faulty>::new(());
    let facts = |ids: std::ops::Range<i64>| ids.map(|id| Fact { id, n: 2 });
    session.insert_all(facts(0..200)).unwrap();
    PANICS.set(true);
    assert!(panics(|| session.insert_all(facts(200..400))));
    PANICS.set(false);
    assert!(session.is_poisoned());
    assert_eq!(session.run(), Err(Error::Poisoned));
}

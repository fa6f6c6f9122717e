//! A handle names one fact of one session, and nothing in any other.

use proptest::collection::vec;
use proptest::prelude::*;
use tsd_runtime::ir::{FactHandle, FactRef, TypeId, Value};
use tsd_runtime::{Context, Engine, Error, Host, Interpreted};

const RULES: &str = "
    type Box(#id: int, n: int)
    type Label(box: Box)
    rule named : {l: Label} / l.box.n > 0 ==> InsertLogical(Box(id: l.box.id + 1000, n: 0))";

const BOX: TypeId = TypeId(0);
const LABEL: TypeId = TypeId(1);

fn engine() -> Engine<()> {
    Engine::from_text("boxes.tsd", RULES, ()).unwrap()
}

fn a_box(id: i64) -> [Value; 2] {
    [Value::Int(id), Value::Int(1)]
}

/// Every call with a handle that names no fact of the session.
fn means_nothing(engine: &mut Engine<()>, handle: FactHandle) {
    let before = everything(engine);
    assert_eq!(engine.retract_fact(handle), Err(Error::NoSuchFact));
    assert_eq!(engine.update_values(handle, &a_box(7)), Err(Error::NoSuchFact));
    assert_eq!(engine.values(handle), None);
    assert_eq!(engine.name_of(handle), None);
    assert_eq!(engine.number_of(handle), None);
    assert!(!engine.is_logical(handle));
    assert_eq!(everything(engine), before);
}

/// A fact that refers to such a fact is refused by every way to insert it.
fn is_not_referred_to(engine: &mut Engine<()>, handle: FactHandle) {
    let before = everything(engine);
    let label = [Value::Fact(handle)];
    assert_eq!(engine.insert_values(LABEL, &label), Err(Error::NoSuchFact));
    assert_eq!(engine.insert_all_values(LABEL, [&label]), Err(Error::NoSuchFact));
    for other in engine.handles(LABEL).collect::<Vec<_>>() {
        assert_eq!(engine.update_values(other, &label), Err(Error::NoSuchFact));
    }
    assert_eq!(everything(engine), before);
}

fn everything(engine: &Engine<()>) -> Vec<(FactHandle, Option<Vec<Value>>)> {
    [BOX, LABEL].iter().flat_map(|ty| engine.handles(*ty)).map(|fact| (fact, engine.values(fact))).collect()
}

#[test]
fn a_handle_of_another_session_names_nothing() {
    let (mut one, mut other) = (engine(), engine());
    let [mine, its] = [&mut one, &mut other].map(|engine| {
        let handle = engine.insert_values(BOX, &a_box(1)).unwrap();
        engine.insert_values(LABEL, &[Value::Fact(handle)]).unwrap();
        let _ = engine.run().unwrap();
        handle
    });
    assert_eq!(mine.fact(), its.fact(), "only their sessions tell them apart");
    assert_ne!(mine, its);
    means_nothing(&mut other, mine);
    is_not_referred_to(&mut other, mine);
    let logical = one.handles(BOX).find(|fact| one.is_logical(*fact)).unwrap();
    means_nothing(&mut other, logical);
    one.retract_fact(mine).unwrap();
    assert!(other.values(its).is_some());
}

#[test]
fn a_handle_of_a_type_that_the_session_does_not_have_names_nothing() {
    let mut one = engine();
    let fact = one.insert_values(BOX, &a_box(1)).unwrap();
    let label = one.insert_values(LABEL, &[Value::Fact(fact)]).unwrap();
    let mut empty = Engine::from_text("empty.tsd", "", ()).unwrap();
    means_nothing(&mut empty, label);
}

/// An action shows a reference even if the session does not know the fact or its type.
#[test]
fn a_foreign_fact_is_shown_as_one_that_is_gone() {
    struct Shows(Vec<FactHandle>, Vec<String>);
    impl Host for Shows {
        fn perform(&mut self, _: &str, _: &[Value], context: &mut Context<'_, Interpreted<Self>>) {
            self.1.extend(self.0.iter().map(|fact| context.show(&Value::Fact(*fact))));
            assert!(self.0.iter().all(|fact| context.name_of(*fact).is_none()));
        }
    }
    let mut one = engine();
    let fact = one.insert_values(BOX, &a_box(1)).unwrap();
    let label = one.insert_values(LABEL, &[Value::Fact(fact)]).unwrap();
    let text = "type Lamp(#id: string) action look() rule r : {l: Lamp} / ==> look() Lamp(id: \"x\")";
    let mut engine = Engine::from_text("lamps.tsd", text, Shows(vec![fact, label], Vec::new())).unwrap();
    let _ = engine.run().unwrap();
    assert_eq!(engine.host().1, ["Lamp~(retracted)", "?~(retracted)"]);
}

/// An old handle names nothing after any number of resets, which use up nothing.
#[test]
fn a_handle_from_before_a_reset_names_nothing() {
    let mut engine = engine();
    let mut old = vec![engine.insert_values(BOX, &a_box(1)).unwrap()];
    let again = format!("reset {RULES}");
    for round in 0..200 {
        engine.execute(&again).unwrap();
        let new = engine.insert_values(BOX, &a_box(1)).unwrap();
        assert!(old.iter().all(|old| *old != new && engine.values(*old).is_none()), "round {round}");
        old.push(new);
    }
    let new = old.pop().unwrap();
    assert!(old.iter().all(|old| old.fact() == new.fact()), "slots and generations begin anew");
    old.into_iter().for_each(|old| means_nothing(&mut engine, old));
    engine.retract_fact(new).unwrap();
}

/// A slot counts its generations, and is retired when the count is full.
#[test]
fn a_handle_of_a_retracted_fact_names_nothing_however_often_its_slot_is_used() {
    let mut engine = Engine::from_text("ticks.tsd", "type Tick()", ()).unwrap();
    let first = engine.insert_values(BOX, &[]).unwrap();
    engine.retract_fact(first).unwrap();
    let mut last = first;
    for _ in 0..=FactRef::LAST_GENERATION {
        last = engine.insert_values(BOX, &[]).unwrap();
        engine.retract_fact(last).unwrap();
    }
    assert_ne!(last.fact().slot(), first.fact().slot());
    engine.insert_values(BOX, &[]).unwrap();
    means_nothing(&mut engine, first);
    means_nothing(&mut engine, last);
}

proptest! {
    /// Two sessions with the same steps, and one with others: handles of one name nothing in the
    /// others.
    #[test]
    fn sessions_do_not_know_each_others_facts(steps in vec((0..3_usize, 0..8_i64, any::<bool>()), 1..40)) {
        let mut engines = [engine(), engine(), engine()];
        let mut handles: Vec<(usize, FactHandle)> = Vec::new();
        for (which, id, come) in steps {
            // The first two sessions stay equal.
            for at in if which < 2 { 0..2 } else { 2..3 } {
                let engine = &mut engines[at];
                let there = engine.handles(BOX).nth(id as usize);
                match there.filter(|_| !come) {
                    Some(fact) => engine.retract_fact(fact).unwrap(),
                    None => handles.extend(engine.insert_values(BOX, &a_box(id)).ok().map(|fact| (at, fact))),
                }
            }
        }
        for (from, handle) in handles {
            for (at, engine) in engines.iter_mut().enumerate().filter(|(at, _)| *at != from) {
                prop_assert_eq!(engine.values(handle), None, "{} in {}", from, at);
                means_nothing(engine, handle);
                is_not_referred_to(engine, handle);
            }
        }
    }
}

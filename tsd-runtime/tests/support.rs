//! Logically inserted facts, beyond what the oracle can follow: depth, large numbers, and endless
//! runs.

use tsd_runtime::ir::{TypeId, Value};
use tsd_runtime::{Engine, Error};

fn engine(text: &str) -> Engine<()> {
    let mut engine = Engine::from_text("support.tsd", text, ()).unwrap();
    engine.on_print(|_| {});
    engine
}

fn count(engine: &Engine<()>, ty: u16) -> usize {
    engine.handles(TypeId(ty)).count()
}

#[test]
fn a_chain_of_any_depth_goes_with_its_beginning() {
    let mut engine = engine(
        "type Start(#n: int)
         type Link(#n: int)
         rule first : {s: Start} / ==> InsertLogical(Link(n: s.n))
         rule next : {l: Link} / l.n > 0 ==> InsertLogical(Link(n: l.n - 1))
         Start(n: 50000)",
    );
    let mut bytes = Vec::new();
    for _ in 0..4 {
        let _ = engine.run().unwrap();
        assert_eq!(count(&engine, 1), 50_001);
        bytes.push(engine.bytes());
        let start = engine.handles(TypeId(0)).next().unwrap();
        engine.retract_fact(start).unwrap();
        assert_eq!(count(&engine, 1), 0);
        assert_eq!(engine.run().unwrap().total(), 0);
        engine.insert_values(TypeId(0), &[Value::Int(50_000)]).unwrap();
    }
    assert_eq!(bytes[2], bytes[3], "nothing of the chains before is left");
}

#[test]
fn any_number_of_activations_support_one_fact() {
    let mut engine = engine(
        "type Reading(#n: int, value: int)
         type Tick()
         type Alert(device: string)
         rule high : {r: Reading} / r.value > 9 ==> InsertLogical(Alert(device: \"d\")), \
         InsertLogical(Tick())",
    );
    let readings: Vec<_> = (0..20_000)
        .map(|n| engine.insert_values(TypeId(0), &[Value::Int(n), Value::Int(10)]).unwrap())
        .collect();
    // Stated facts, all of them equal.
    let ticks: Vec<_> = (0..20_000).map(|_| engine.insert_values(TypeId(1), &[]).unwrap()).collect();
    let _ = engine.run().unwrap();
    assert_eq!((count(&engine, 1), count(&engine, 2)), (20_000, 1));
    let alert = engine.handles(TypeId(2)).next().unwrap();
    assert!(engine.is_logical(alert) && !engine.is_logical(ticks[7]));
    for tick in ticks.iter().step_by(2).chain(ticks.iter().skip(1).step_by(2)) {
        engine.retract_fact(*tick).unwrap();
    }
    for reading in &readings[..19_999] {
        engine.update_values(*reading, &engine.values(*reading).map(lowered).unwrap()).unwrap();
    }
    assert_eq!(count(&engine, 2), 1);
    engine.retract_fact(readings[19_999]).unwrap();
    assert_eq!(count(&engine, 2), 0);
    assert!(!engine.is_logical(alert));
}

fn lowered(mut values: Vec<Value>) -> Vec<Value> {
    values[1] = Value::Int(0);
    values
}

#[test]
fn a_rule_that_ends_its_own_support_is_stopped_by_the_run_limit() {
    let mut engine = engine(
        "type X(#id: string, n: int)
         type Y(#id: string)
         rule support : {x: X} / x.n >= 0 ==> InsertLogical(Y(id: x.id))
         rule end : {x: X, y: Y} / x.id == y.id ==> Update(x, {n: x.n + 1})
         X(id: \"x\", n: 0)",
    );
    engine.set_run_limit(1001);
    let Err(Error::RunLimit { rules, .. }) = engine.run() else { panic!("it comes to rest") };
    assert_eq!(rules, [("support".to_owned(), 501), ("end".to_owned(), 500)]);
}

#[test]
fn removing_a_rule_withdraws_what_only_its_activations_support() {
    let rules = "type X(#id: string, n: int)
         type Y(#id: string)
         rule one : {x: X} / x.n > 0 OR x.id == \"b\" ==> InsertLogical(Y(id: x.id))
         rule two : {x: X} / x.n > 1 ==> InsertLogical(Y(id: x.id))";
    let mut engine = engine(&format!("{rules} X(id: \"a\", n: 1) X(id: \"b\", n: 0) X(id: \"c\", n: 2)"));
    let _ = engine.run().unwrap();
    assert_eq!(count(&engine, 1), 3);
    engine.remove_rule("one").unwrap();
    let left: Vec<_> = engine.handles(TypeId(1)).map(|handle| engine.name_of(handle)).collect();
    assert_eq!(left, [Some("Y~c".to_owned())]);
    engine.execute("remove rule two").unwrap();
    assert_eq!(count(&engine, 1), 0);
}

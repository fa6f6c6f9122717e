//! Rules that never come to rest, and where a run of them is stopped.

use tsd_ir::{TypeId, Value};

use crate::session::RunLimit;
use crate::{Engine, Error, Report};

/// Runs a program whose run may cause a thousand activations.
fn run(text: &str) -> Result<Report, Error> {
    let mut engine = Engine::from_text("endless.tsd", text, ()).unwrap();
    engine.on_print(|_| {});
    engine.core.run_limit = RunLimit::Own(1000);
    engine.run()
}

/// How many activations a stopped run fired, its limit, and the rules that the error names.
fn stopped(text: &str) -> (u64, u64, Vec<String>) {
    let Err(Error::RunLimit { limit, rules, report }) = run(text) else { panic!("it comes to rest") };
    assert!(rules.iter().all(|(name, count)| report.count(name) == *count));
    (report.total(), limit, rules.into_iter().map(|(name, _)| name).collect())
}

#[test]
fn a_run_that_fires_on_and_on_is_stopped() {
    let text = "type A(#id: int, n: int) rule once : {a: A} / a.id > 0 ==> Print(a.id)
                rule grow : {a: A} / a.n >= 0 ==> Update(a, {n: a.n + 1}) A(id: 1, n: 0)";
    assert_eq!(stopped(text), (1002, 1002, vec!["grow".to_owned()]));
}

/// A thousand pairs are on the agenda long before a thousand have fired; triples even sooner.
#[test]
fn a_run_that_activates_more_than_it_can_fire_is_stopped_before_it_fills_the_memory() {
    for (patterns, most) in [("{a: A, b: A}", 50), ("{a: A, b: A, c: A}", 12)] {
        let text = format!("type A() rule breed : {patterns} / ==> Insert(A()) A()");
        let (total, limit, rules) = stopped(&text);
        assert_eq!((limit, rules), (1001, vec!["breed".to_owned()]));
        assert!(total <= most, "{total} fired");
    }
}

#[test]
fn a_run_that_activates_and_cancels_too_often_is_stopped() {
    let facts: String = (0..500).map(|k| format!("Item(k: {k}) ")).collect();
    let rules = "type Switch(n: int) type Item(k: int)
                 rule turn salience 10 : {s: Switch} / s.n < LAST ==> Update(s, {n: s.n + 1})
                 rule wait : {s: Switch, i: Item} / s.n >= 0 ==> Print(i.k) Switch(n: 0)";
    let program = |last: u32| format!("{} {facts}", rules.replace("LAST", &last.to_string()));
    // Each firing of `turn` renews 501 activations. At first 501 activations and 501 facts are
    // there, so a run may cause about 20 times 10521.
    let (total, limit, rules) = stopped(&program(1000));
    assert!((415..425).contains(&total) && limit == 10_521, "{total} of {limit}");
    assert_eq!(rules, ["turn"]);
    assert_eq!(run(&program(400)).unwrap().total(), 900);
}

/// The activations on the agenda when a run begins are no sign that it will not end. Nor are a few
/// more for each fact.
#[test]
fn a_long_run_is_not_stopped() {
    let text = "type A(n: int) type B(n: int)
                rule pairs : {a: A, b: A} / a.n != b.n ==> Print(a.n)
                rule ten : {a: A} / a.n % 10 < 9 ==> Update(a, {n: a.n + 1})
                rule count : {b: B} / b.n < 900 ==> Update(b, {n: b.n + 1}) B(n: 0)";
    let mut engine = Engine::from_text("long.tsd", text, ()).unwrap();
    engine.on_print(|_| {});
    engine.core.run_limit = RunLimit::Own(1000);
    engine.insert_all_values(TypeId(0), (0..300).map(|n| [Value::Int(n)])).unwrap();
    assert!(engine.run().unwrap().total() > 90_000);
}

/// A limit that the host sets holds, however much there is to fire.
#[test]
fn a_limit_that_is_set_takes_the_place_of_all_others() {
    let mut engine =
        Engine::from_text("breed.tsd", "type A() rule breed : {a: A, b: A} / ==> Insert(A()) A()", ())
            .unwrap();
    engine.core.run_limit = RunLimit::Own(10);
    engine.set_run_limit(200);
    let Err(Error::RunLimit { limit: 200, report, .. }) = engine.run() else { panic!("it comes to rest") };
    assert_eq!(report.total(), 200);
}

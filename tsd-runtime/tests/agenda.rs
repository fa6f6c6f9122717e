//! An agenda must not accumulate obsolete entries, between runs or during one.
//!
//! Bytes are counted twice: by the session itself, and by an allocator that counts those of a
//! test's thread.

use allocation_counter::{AllocationInfo, measure};
use tsd_runtime::ir::{TypeId, Value};
use tsd_runtime::{Engine, Strategy};

const FIRST: TypeId = TypeId(0);
const SECOND: TypeId = TypeId(1);

fn engine(text: &str, strategy: Strategy) -> Engine<()> {
    let mut engine = Engine::from_text("agenda.tsd", text, ()).unwrap();
    engine.set_strategy(strategy);
    engine.on_print(|_| {});
    engine
}

/// Repeats a step. Neither the session nor the allocator may hold more after all repetitions than
/// after the first ones, nor at any time `room` bytes more than then.
fn does_not_grow(
    mut engine: Engine<()>,
    room: u64,
    mut again: impl FnMut(&mut Engine<()>, u32),
) -> Engine<()> {
    for number in 0..2000 {
        again(&mut engine, number);
    }
    let before = engine.bytes();
    let AllocationInfo { bytes_current, bytes_max, .. } = measure(|| {
        for number in 2000..12_000 {
            again(&mut engine, number);
        }
    });
    let strategy = engine.strategy();
    assert!(engine.bytes() < before + room as usize, "{strategy:?}: {before} to {} bytes", engine.bytes());
    assert!(
        bytes_current < room as i64 && bytes_max < room,
        "{strategy:?}: {bytes_current}, {bytes_max} at most"
    );
    engine
}

/// Rules with activations that stay on the agenda.
const WAITING: &str = "type A(#id: int) type B(#id: int) rule a : {a: A} / ==> Print(a.id)
     rule pair salience 2 : {a: A, b: B} / ==> Print(a.id, b.id)
     rule stays : {b: B} / ==> Print(b.id)";

#[test]
fn a_fact_that_comes_and_goes_between_two_runs_leaves_nothing() {
    for strategy in Strategy::ALL {
        let mut start = engine(WAITING, strategy);
        start.insert_all_values(SECOND, (0..20).map(|id| [Value::Int(id)])).unwrap();
        let mut engine = does_not_grow(start, 400_000, |engine, number| {
            let fact = engine.insert_values(FIRST, &[Value::Int(i64::from(number))]).unwrap();
            engine.retract_fact(fact).unwrap();
        });
        engine.insert_values(FIRST, &[Value::Int(7)]).unwrap();
        let report = engine.run().unwrap();
        assert_eq!(["a", "pair", "stays"].map(|rule| report.count(rule)), [1, 20, 20], "{strategy:?}");
    }
}

#[test]
fn a_fact_that_changes_between_two_runs_leaves_nothing() {
    for strategy in Strategy::ALL {
        let text = "type A(n: int) type B(n: int) rule pair : {a: A, b: B} / a.n >= b.n ==> Print(a.n)";
        let mut start = engine(text, strategy);
        start.insert_all_values(SECOND, (0..5).map(|n| [Value::Int(n)])).unwrap();
        let changing = start.insert_values(FIRST, &[Value::Int(9)]).unwrap();
        let mut engine = does_not_grow(start, 400_000, |engine, number| {
            engine.update_values(changing, &[Value::Int(10 + i64::from(number))]).unwrap();
        });
        assert_eq!(engine.run().unwrap().total(), 5, "{strategy:?}");
    }
}

/// Holds even if each rule has a salience of its own and many facts match it.
#[test]
fn rules_that_come_and_go_between_two_runs_leave_nothing() {
    for strategy in [Strategy::Breadth, Strategy::Depth] {
        let mut start = engine(WAITING, strategy);
        start.insert_all_values(FIRST, (0..20).map(|id| [Value::Int(id)])).unwrap();
        let bytes = start.bytes();
        let AllocationInfo { bytes_current, .. } = measure(|| {
            for salience in 0..1000 {
                let rule = format!("rule more salience {salience} : {{a: A}} / a.id >= 0 ==> Print(a.id)");
                start.add_rule(&rule).unwrap();
                start.remove_rule("more").unwrap();
            }
        });
        assert!(start.bytes() < bytes + 100_000, "{strategy:?}: {bytes} to {} bytes", start.bytes());
        assert!(bytes_current < 200_000, "{strategy:?}: {bytes_current}");
        assert_eq!(start.run().unwrap().total(), 20);
    }
}

/// Fired entries are released, too, while the run continues.
#[test]
fn a_run_in_which_every_firing_brings_the_next_does_not_grow() {
    for strategy in Strategy::ALL {
        let mut engine = engine(
            "type Counter(#id: int, n: int) type Other(#id: int)
             rule turn salience 1 : {c: Counter} / c.n < LAST ==> Update(c, {n: c.n + 1})
             rule both : {c: Counter, o: Other} / c.n >= 0 ==> Print(o.id)
             Counter(id: 1, n: 0)"
                .replace("LAST", "12000")
                .as_str(),
            strategy,
        );
        engine.insert_all_values(SECOND, (0..3).map(|id| [Value::Int(id)])).unwrap();
        let AllocationInfo { bytes_max, .. } = measure(|| {
            assert_eq!(engine.run().unwrap().total(), 12_003);
        });
        assert!(bytes_max < 800_000, "{strategy:?}: {bytes_max} bytes at most");
    }
}

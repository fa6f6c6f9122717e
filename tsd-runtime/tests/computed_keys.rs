//! Equalities of computed values are join keys: a probe finds partners, and no pair with different
//! keys is visited.
//!
//! Time says little in a test, so pairs are counted. If every pair were visited, their number would
//! grow with the square of the facts.

use tsd_runtime::Engine;
use tsd_runtime::ir::{TypeId, Value};

const TYPES: &str = "
    type A(#id: int, x: int, y: number, code: string, maybe: int?, other: B?)
    type B(#id: int, x: int, y: number, code: string, maybe: int?)
    type C(#id: int, x: int)
";

/// Facts of which about one of each type has the key of one of another type.
fn filled(rule: &str, count: i64) -> Engine<()> {
    let program = format!("{TYPES}\nrule r : {rule} ==> Print(1)");
    let mut engine =
        Engine::from_text("keys.tsd", &program, ()).unwrap_or_else(|error| panic!("{rule}: {error}"));
    engine.enable_counters();
    for id in 0..count {
        let row = |code: String| {
            vec![
                Value::Int(id),
                Value::Int(id),
                Value::Number(id as f64 / 2.0),
                Value::Text(code),
                if id % 2 == 0 { Value::Int(id) } else { Value::Missing },
            ]
        };
        let other = engine.insert_values(TypeId(1), &row(format!("N{id}"))).unwrap();
        let mut own = row(format!("n{id}"));
        own.push(Value::Fact(other));
        engine.insert_values(TypeId(0), &own).unwrap();
        engine.insert_values(TypeId(2), &[Value::Int(id), Value::Int(id)]).unwrap();
    }
    engine
}

/// How many pairs with equal keys the joins of a rule find while `count` facts of each type come.
fn pairs(rule: &str, count: i64) -> u64 {
    let joins = filled(rule, count).statistics().joins;
    joins.iter().filter_map(|join| join.counts).map(|counts| counts.hits).sum()
}

#[test]
fn tested_pairs_grow_with_the_facts_and_not_with_their_square() {
    for rule in [
        "{a: A, b: B} / b.x == a.x + 1",
        "{a: A, b: B} / a.x + a.id == b.x",
        "{a: A, b: B} / UPPER(a.code) == b.code",
        "{a: A, b: B} / \"N\" + a.x == b.code",
        "{a: A, b: B} / SUBSTRING(a.code, 1) == (string) b.id",
        "{a: A, b: B} / a.x * 2 == LENGTH(b.code) + b.x",
        "{a: A, b: B} / a.x / 2 == b.y * 2",
        "{a: A, b: B} / (int) a.y == -b.x",
        "{a: A, b: B} / a.maybe + 1 == b.x",
        "{a: A, b: B} / a.maybe == b.y * 4",
        "{a: A, b: B} / ABS(-a.x) == b.maybe AND a.code == LOWER(b.code)",
        "{a: A, b: B} / (a.x + 1 == b.x OR a.x == b.x - 2) AND a.id > 3",
        "{a: A, b: B, c: C} / a.id == b.id AND a.x + b.x == c.x",
        "{a: A, b: B, c: C} / a.x + 1 == b.x AND b.x + 1 == c.x",
        "{a: A} / EXISTS (b: B / b.id == a.id + 1)",
        "{a: A} / NOT (EXISTS (b: B / UPPER(a.code) == b.code))",
        "{a: A} / NOT (EXISTS (other: A / other.id == a.id + 1))",
        "{a: A} / COUNT(b: B / LOWER(b.code) == a.code AND b.x >= a.maybe) > 0",
        "{a: A} / SUM(b: B / b.x - 1 == a.x ; b.y) > 3",
        "{b: B} / MAX(a: A / a.x + 1 == b.x / 2 ; a.y) > 3",
        "{a: A, b: B} / a.x == b.x AND EXISTS (c: C / c.x == a.id + b.id)",
        "{a: A, c: C} / a.other.x == c.x",
        "{a: A, c: C} / a.other.x == c.x + 1 AND c.id > 2",
        "{b: B} / EXISTS (a: A / a.other.x == b.x)",
        "{b: B} / COUNT(a: A / UPPER(a.other.code) + a.x == b.code + b.x) > 0",
        "{a: A} / EXISTS (other: A / other.other.code == a.other.code)",
        "{a: A} / EXISTS (b: B / b.id == a.other.id + 1)",
    ] {
        let (few, many) = (pairs(rule, 100), pairs(rule, 400));
        assert!(few > 0, "{rule}: no pair at all");
        assert!(many <= 5 * few, "{rule}: {few} pairs among 100 facts, {many} among 400");
    }
}

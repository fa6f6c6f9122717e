//! Rules that are added while there are facts: their cost, and their place among the others.

use tsd_runtime::ir::{TypeId, Value};
use tsd_runtime::{Engine, Error};

const TYPES: &str = "type Customer(#id: int, tier: int) type Order(#id: int, customer: int, value: int)";
const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);
const RULES: i64 = 300;
const ORDERS: i64 = 2000;

/// Many rules of each of three kinds: on one fact, on a pair, and on a pair with a view.
fn many_rules() -> String {
    let rules = |n: i64| {
        format!(
            "rule one{n} : {{o: Order}} / o.value == {n} ==> Print(o.id)
             rule two{n} : {{c: Customer, o: Order}} / o.customer == c.id AND o.value == {n} ==> Print(o.id)
             rule asks{n} : {{c: Customer, o: Order}} / o.customer == c.id AND o.value == {n}
                 AND COUNT(x: Order / x.customer == c.id) > 1 ==> Print(o.id)\n"
        )
    };
    (0..RULES).map(rules).collect()
}

fn fill(engine: &mut Engine<()>) {
    engine.on_print(|_| {});
    engine.insert_all_values(CUSTOMER, (0..100).map(|id| [Value::Int(id), Value::Int(id % 3)])).unwrap();
    let order = |id| [Value::Int(id), Value::Int(id % 100), Value::Int(id % RULES)];
    engine.insert_all_values(ORDER, (0..ORDERS).map(order)).unwrap();
}

/// How many tuples and facts arrived at joins.
fn came_to_joins(engine: &Engine<()>) -> u64 {
    let joins = engine.statistics().joins;
    joins.iter().filter_map(|join| join.counts.as_ref()).map(|counts| counts.left_in + counts.right_in).sum()
}

/// The rules of one text take one pass over the facts, not one each: the facts reach the joins as
/// often as if they had been loaded with the rules.
#[test]
fn many_rules_in_one_text_see_the_facts_together() {
    let mut loaded = Engine::from_text("rules.tsd", &format!("{TYPES} {}", many_rules()), ()).unwrap();
    loaded.enable_counters();
    fill(&mut loaded);

    let mut added = Engine::from_text("rules.tsd", TYPES, ()).unwrap();
    fill(&mut added);
    added.enable_counters();
    added.add_rule(&many_rules()).unwrap();

    assert!(came_to_joins(&added) <= 2 * came_to_joins(&loaded));
    let [loaded, added] = [loaded, added].map(|mut engine| engine.run().unwrap());
    assert_eq!(loaded.total(), 3 * ORDERS as u64);
    assert!(loaded.rules().eq(added.rules()));
}

/// Holds beside existing rules, whose joins and views they share.
#[test]
fn many_rules_in_one_text_see_the_facts_together_beside_other_rules() {
    let mut engine = Engine::from_text("rules.tsd", TYPES, ()).unwrap();
    let other = "rule other : {c: Customer, o: Order} / o.customer == c.id AND o.value > 5
                     AND COUNT(x: Order / x.customer == c.id) > 1 ==> Print(o.id)";
    engine.add_rule(other).unwrap();
    fill(&mut engine);
    let _ = engine.run().unwrap();
    engine.enable_counters();
    engine.add_rule(&many_rules()).unwrap();
    assert!(came_to_joins(&engine) <= 4 * (ORDERS as u64 + 100), "{}", came_to_joins(&engine));
    let report = engine.run().unwrap();
    assert_eq!((report.total(), report.count("other")), (3 * ORDERS as u64, 0));
}

/// Rules fire in the order of declaration, and a restored one has its old place.
#[test]
fn a_place_in_the_order_of_declaration_is_taken_once() {
    let text = format!(
        "{TYPES} rule a : {{o: Order}} / ==> Print(1) rule b : {{o: Order}} / ==> Print(2)
                        rule c : {{o: Order}} / ==> Print(3)"
    );
    let mut sources = tsd_compiler::source::SourceMap::new();
    let file = sources.add("rules.tsd", &*text);
    let module = tsd_compiler::compile(&sources, &[file]).module.unwrap();
    let planned = module.rules[1].rule.clone();
    let mut engine = Engine::from_module(module, (), tsd_runtime::ir::Sharing::On);
    engine.on_print(|_| {});
    let names = |engine: &Engine<()>| engine.rules().map(str::to_owned).collect::<Vec<_>>();
    let restore = |engine: &mut Engine<()>, place| engine.restore_planned_rule(planned.clone(), place);
    assert_eq!(restore(&mut engine, 1), Err(Error::DuplicateRule("b".into())));
    engine.remove_rule("b").unwrap();
    engine.add_rule("rule d : {o: Order} / ==> Print(4)").unwrap();
    assert_eq!(restore(&mut engine, 2), Err(Error::DuplicateRule("c".into())));
    restore(&mut engine, 1).unwrap();
    assert_eq!(names(&engine), ["a", "b", "c", "d"]);
    engine.remove_rule("b").unwrap();
    restore(&mut engine, 9).unwrap();
    engine.add_rule("rule e : {o: Order} / ==> Print(5)").unwrap();
    assert_eq!(names(&engine), ["a", "c", "d", "b", "e"]);
}

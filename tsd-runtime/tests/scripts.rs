//! Scripts executed by a session one after another: each sees what earlier ones left.

use tsd_compiler::source::SourceMap;
use tsd_runtime::ir::{TypeId, Value};
use tsd_runtime::{Engine, Error, Planning};

const SHOP: &str = r#"
    type Customer(#id: string, tier: string)
    rule gold : {c: Customer} / c.tier == "GOLD" ==> Print(c.id)
    ann = Customer(id: "c1", tier: "GOLD")
"#;

fn shop() -> Engine<()> {
    let mut engine = Engine::from_text("shop.tsd", SHOP, ()).unwrap();
    engine.on_print(|_| {});
    engine
}

/// The facts and rules by name, and what each rule matches.
fn state(engine: &mut Engine<()>) -> Vec<String> {
    let types = engine.schema().types.len() as u16;
    let facts = (0..types).flat_map(|ty| engine.handles(TypeId(ty)).collect::<Vec<_>>());
    let mut state: Vec<String> = facts.map(|fact| engine.name_of(fact).unwrap()).collect();
    let rules: Vec<String> = engine.rules().map(str::to_owned).collect();
    for rule in rules {
        let matches = engine.matches(&rule).unwrap().len();
        state.push(format!("{rule}: {matches}"));
    }
    state
}

/// Executes a text that has these errors.
fn refuse(engine: &mut Engine<()>, text: &str, expected: &[&str]) {
    let before = state(engine);
    let Err(Error::Rules(errors)) = engine.execute(text) else { panic!("{text} is accepted") };
    let errors = errors.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let codes: Vec<&str> = errors.map(|error| error.code.name()).collect();
    assert_eq!(codes, expected, "{text}");
    assert_eq!(state(engine), before, "{text}");
}

#[test]
fn a_text_adds_types_actions_rules_and_facts_that_refer_to_those_before() {
    let mut engine = shop();
    let warnings = engine
        .execute(
            r#"action greet(c: Customer)
               type Order(#id: string, customer: Customer, total: number)
               Order(id: "o1", customer: ann, total: 5)
               rule orders : {c: Customer, o: Order} / o.customer == c AND o.total > 1 ==> greet(c)
               rule gold2 : {c: Customer} / c.tier == "GOLD" ==> greet(c)"#,
        )
        .unwrap();
    assert_eq!(warnings, []);
    assert_eq!(state(&mut engine), ["Customer~c1", "Order~o1", "gold: 1", "orders: 1", "gold2: 1"]);
    assert_eq!(engine.run().unwrap().total(), 3);
    engine.execute("rule late : {o: Order} / ==> greet(o.customer)").unwrap();
    engine
        .execute(r#"ann = Customer(id: "c2", tier: "TIN") Order(id: "o2", customer: ann, total: 7)"#)
        .unwrap();
    let mut fired = Vec::new();
    let report = engine.run().unwrap();
    fired.extend(
        report.rules().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")),
    );
    assert_eq!(fired, ["orders 1", "late 2"]);
}

#[test]
fn commands_take_back_what_earlier_texts_said() {
    let mut engine = shop();
    engine
        .execute(
            r#"type Leg(#from: string, #to: string) Leg(from: "a", to: "b") Leg(from: "a", to: "c")
               rule legs : {l: Leg} / ==> Print(l)"#,
        )
        .unwrap();
    engine.execute("remove fact Leg a_b remove fact Customer c1 remove rule gold").unwrap();
    assert_eq!(state(&mut engine), ["Leg~a_c", "legs: 1"]);
    engine.execute(r#"Customer(id: "c1", tier: "TIN") rule gold : {c: Customer} / ==> Print(c)"#).unwrap();
    assert_eq!(state(&mut engine), ["Customer~c1", "Leg~a_c", "legs: 1", "gold: 1"]);
    // A key is free again within one script, too.
    engine.execute(r#"remove fact Customer c1 Customer(id: "c1", tier: "IRON")"#).unwrap();
    assert_eq!(engine.run().unwrap().total(), 2);
}

#[test]
fn a_text_with_errors_changes_nothing() {
    let mut engine = shop();
    refuse(
        &mut engine,
        r#"Customer(id: "c2", tier: "GOLD") Customer(id: "c1", tier: "x")"#,
        &["duplicate-key"],
    );
    refuse(&mut engine, "remove rule gold remove rule gold", &["unknown-rule"]);
    refuse(&mut engine, "remove fact Customer c1 remove fact Customer c2", &["unknown-fact"]);
    refuse(&mut engine, "type Other() rule gold : {o: Other} / ==> Print(o)", &["duplicate-declaration"]);
    refuse(&mut engine, "type Customer(#id: string)", &["duplicate-declaration"]);
    refuse(&mut engine, "reset rule r : {c: Customer} / ==> Print(c)", &["unknown-type"]);
    refuse(&mut engine, "type Order(c: Customer) remove fact Customer c1 Order(c: eve)", &["unknown-fact"]);
    refuse(&mut engine, "type Order(c: Order2) type Order2(id: string) Order(c: ann)", &["type-mismatch"]);
    assert_eq!(engine.execute("type Order(c: Customer) Order(c: ann)").unwrap(), []);
}

#[test]
fn a_reset_forgets_everything_and_no_old_handle_finds_a_new_fact() {
    let mut engine = shop();
    let old = engine.handles(TypeId(0)).next().unwrap();
    engine
        .execute(r#"reset type Lamp(#id: string) rule gold : {l: Lamp} / ==> Print(l) Lamp(id: "hall")"#)
        .unwrap();
    assert_eq!(state(&mut engine), ["Lamp~hall", "gold: 1"]);
    let new = engine.handles(TypeId(0)).next().unwrap();
    assert_ne!(old, new);
    assert_eq!(engine.values(old), None);
    assert_eq!(engine.retract_fact(old), Err(Error::NoSuchFact));
    refuse(&mut engine, "type Room(l: Lamp) Room(l: ann)", &["unknown-fact"]);
    assert_eq!(engine.run().unwrap().total(), 1, "what waited before is forgotten, too");
    engine.execute("reset").unwrap();
    assert!(engine.is_empty() && engine.schema().types.is_empty() && engine.network().shape().is_empty());
    assert_eq!(engine.values(new), None);
}

#[test]
fn files_of_one_script_are_read_in_the_order_given() {
    let mut sources = SourceMap::new();
    let last = sources.add("a.tsd", "remove rule gold");
    let first = sources.add("b.tsd", SHOP);
    let mut engine = Engine::builder(()).build();
    engine.execute_sources(&sources, &[first, last], &Planning::default()).unwrap();
    assert_eq!(state(&mut engine), ["Customer~c1"]);
    let mut other = Engine::builder(()).build();
    assert!(other.execute_sources(&sources, &[last, first], &Planning::default()).is_err());
    let c1 = engine.handles(TypeId(0)).next().unwrap();
    assert_eq!(engine.values(c1).unwrap()[0], Value::Text("c1".to_owned()));
}

//! An interpreted session through its public API: facts in, activations out, rules added and
//! removed.

use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tsd_runtime::ir::{TypeId, Value};
use tsd_runtime::{Context, Engine, Error, Host, Interpreted};

const SHOP: &str = r#"
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule vip : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" AND o.value > 1000 ==> reward(c.id, o.value)
"#;

const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);

/// Records the calls.
#[derive(Default)]
struct Calls(Vec<String>);

impl Host for Calls {
    fn perform(&mut self, action: &str, arguments: &[Value], context: &mut Context<'_, Interpreted<Self>>) {
        let arguments: Vec<String> = arguments.iter().map(|argument| context.show(argument)).collect();
        self.0.push(format!("{action}({})", arguments.join(", ")));
    }
}

fn shop(rules: &str) -> Engine<Calls> {
    Engine::from_text("shop.tsd", &format!("{SHOP}{rules}"), Calls::default()).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn customer(id: &str) -> [Value; 2] {
    [text(id), text("GOLD")]
}

fn order(id: &str, customer: &str, value: f64) -> [Value; 3] {
    [text(id), text(customer), Value::Number(value)]
}

fn calls(engine: &mut Engine<Calls>) -> Vec<String> {
    let _ = engine.run().unwrap();
    std::mem::take(&mut engine.host_mut().0)
}

#[test]
fn an_activation_fires_once_and_again_only_after_a_field_that_the_rule_reads_changed() {
    let mut engine = shop("");
    engine.insert_values(CUSTOMER, &[text("c1"), text("GOLD")]).unwrap();
    let o1 = engine.insert_values(ORDER, &order("o1", "c1", 1200.0)).unwrap();
    assert_eq!(calls(&mut engine), ["reward(c1, 1200)"]);
    assert!(calls(&mut engine).is_empty());
    engine.update_values(o1, &order("o2", "c1", 1200.0)).unwrap();
    assert!(calls(&mut engine).is_empty(), "the rule does not read the order's id");
    engine.update_values(o1, &order("o2", "c1", 1300.0)).unwrap();
    assert_eq!(calls(&mut engine), ["reward(c1, 1300)"]);
    engine.update_values(o1, &order("o2", "c1", 20.0)).unwrap();
    engine.update_values(o1, &order("o2", "c1", 2000.0)).unwrap();
    engine.retract_fact(o1).unwrap();
    assert!(calls(&mut engine).is_empty(), "it held no longer when the run came");
}

#[test]
fn rules_may_be_added_and_removed_while_facts_are_there() {
    let mut engine = shop("");
    engine.insert_values(CUSTOMER, &[text("c1"), text("GOLD")]).unwrap();
    engine.insert_values(ORDER, &order("o1", "c1", 6000.0)).unwrap();
    assert_eq!(calls(&mut engine), ["reward(c1, 6000)"]);
    engine
        .add_rule(
            "rule same : {x: Order, y: Customer} / y.id == x.customer_id AND x.value > 5000 \
            ==> reward(y.tier, x.value)",
        )
        .unwrap();
    assert_eq!(engine.network().shape().joins().count(), 1, "both rules use one join");
    assert_eq!(calls(&mut engine), ["reward(GOLD, 6000)"]);
    engine.remove_rule("vip").unwrap();
    engine.insert_values(ORDER, &order("o2", "c1", 7000.0)).unwrap();
    assert_eq!(calls(&mut engine), ["reward(GOLD, 7000)"]);
    engine.remove_rule("same").unwrap();
    assert!(engine.network().shape().is_empty());
    assert!(matches!(engine.remove_rule("same"), Err(Error::UnknownRule(_))));
}

#[test]
fn a_refused_fact_changes_nothing() {
    let mut engine = shop("");
    engine.insert_values(CUSTOMER, &[text("c1"), text("GOLD")]).unwrap();
    let refused = engine.insert_values(CUSTOMER, &[text("c1"), text("SILVER")]);
    assert_eq!(refused, Err(Error::DuplicateKey { fact: "Customer~c1".to_owned() }));
    let nan = engine.insert_values(ORDER, &order("o1", "c1", f64::NAN));
    assert!(matches!(nan, Err(Error::InvalidValue(_))));
    let o1 = engine.insert_values(ORDER, &order("o1", "c1", 1.0)).unwrap();
    let short = engine.update_values(o1, &[text("o1")]);
    assert_eq!(short, Err(Error::WrongCount { expected: 3, found: 1 }));
    assert!(matches!(engine.insert_values(CUSTOMER, &order("o2", "c1", 1.0)), Err(Error::WrongCount { .. })));
    assert_eq!(engine.insert_values(TypeId(9), &[]), Err(Error::UnknownType(TypeId(9))));
    assert_eq!(engine.handles(TypeId(9)).count(), 0);
    engine.retract_fact(o1).unwrap();
    assert_eq!(engine.retract_fact(o1), Err(Error::NoSuchFact));
    assert_eq!(engine.len(), 1);
}

proptest! {
    /// A few ids occur twice, slots are reused, and batches are longer than a block.
    #[test]
    fn a_batch_is_many_facts_one_by_one(
        retracted in vec(any::<bool>(), 3),
        customers in vec((option::weighted(0.01, 0..90_usize), any::<bool>()), 0..150),
        orders in vec((option::weighted(0.01, 0..90_usize), 0..150_u32, 0..2000_i64), 0..150),
        customers_first: bool,
    ) {
        let customers: Vec<[Value; 2]> = (customers.iter().enumerate())
            .map(|(number, (id, gold))| {
                let tier = if *gold { "GOLD" } else { "a tier with a long name" };
                [text(&format!("c{}", id.unwrap_or(number))), text(tier)]
            })
            .collect();
        // Some orders name another order in place of a customer.
        let orders: Vec<[Value; 3]> = (orders.iter().enumerate())
            .map(|(number, (id, named, value))| {
                let named = format!("{}{named}", if value % 2 == 0 { "c" } else { "o" });
                order(&format!("o{}", id.unwrap_or(number)), &named, *value as f64)
            })
            .collect();
        let [mut single, mut batch] = [(), ()].map(|()| {
            let mut engine = shop(
                "rule pair : {a: Order, b: Order} / a.customer_id == b.customer_id AND a.id != b.id \
                 ==> reward(a.id, b.value)
                 rule named : {a: Order, b: Order} / a.customer_id == b.id AND b.value > 500 \
                 ==> reward(a.id, b.value)"
            );
            for (number, retracted) in retracted.iter().enumerate() {
                let id = text(&format!("old{number}"));
                let handle = engine.insert_values(CUSTOMER, &[id, text("GOLD")]).unwrap();
                if *retracted {
                    engine.retract_fact(handle).unwrap();
                }
            }
            engine
        });
        let one_by_one = |engine: &mut Engine<Calls>, ty, facts: &[&[Value]]| {
            for (number, values) in facts.iter().enumerate() {
                engine.insert_values(ty, values).map_err(|error| (number, error))?;
            }
            Ok(facts.len())
        };
        let customers: Vec<&[Value]> = customers.iter().map(|values| values.as_slice()).collect();
        let orders: Vec<&[Value]> = orders.iter().map(|values| values.as_slice()).collect();
        let mut tables = [(CUSTOMER, customers), (ORDER, orders)];
        if !customers_first {
            tables.reverse();
        }
        for (ty, facts) in tables {
            let before = batch.len();
            let inserted = one_by_one(&mut single, ty, &facts);
            let together = batch.insert_all_values(ty, facts);
            let together = together.map_err(|error| (batch.len() - before, error));
            prop_assert_eq!(together, inserted);
        }
        for ty in [CUSTOMER, ORDER] {
            prop_assert_eq!(single.handles(ty).count(), batch.handles(ty).count());
            for (one, other) in single.handles(ty).zip(batch.handles(ty)) {
                prop_assert_eq!(one.fact(), other.fact());
                prop_assert_eq!(single.values(one), batch.values(other));
                prop_assert_eq!(single.number_of(one), batch.number_of(other));
            }
        }
        prop_assert_eq!(calls(&mut single), calls(&mut batch));
    }
}

#[test]
fn a_batch_ends_at_the_first_fact_that_cannot_come_in() {
    let mut engine = shop("");
    let refused = engine.insert_all_values(
        ORDER,
        [order("o1", "c1", 1.0), order("o2", "c1", f64::NAN), order("o3", "c1", 1.0)],
    );
    assert!(matches!(refused, Err(Error::InvalidValue(_))));
    assert_eq!(engine.len(), 1);
    assert_eq!(engine.insert_all_values(ORDER, [order("o2", "c1", 2.0), order("o3", "c1", 1.0)]), Ok(2));
    assert_eq!(engine.insert_all_values(TypeId(9), [[]; 1]), Err(Error::UnknownType(TypeId(9))));
}

#[test]
fn a_batch_of_several_types_is_one_change_to_views() {
    let rules = r#"
        rule idle : {c: Customer} / NOT (EXISTS (o: Order / o.customer_id == c.id)) ==> reward(c.id, 0)
        rule total : {c: Customer, sum: SUM(o.value)} / {o: Order} / o.customer_id == c.id AND sum > 2 ==> reward(c.id, sum)
    "#;
    let mut engine = shop(rules);
    let customers = ["c1", "c2"].map(customer);
    let inserted = engine.batch(|batch| {
        batch.insert_all_values(ORDER, [order("o1", "c1", 1.0)])?;
        let customers = batch.insert_all_values(CUSTOMER, customers)?;
        let orders = [order("o2", "c1", 2.0), order("o3", "c3", 5.0)];
        Ok((customers, batch.insert_all_values(ORDER, orders)?))
    });
    assert_eq!(inserted, Ok((2, 2)));
    assert_eq!(calls(&mut engine), ["reward(c1, 3)", "reward(c2, 0)"]);
}

#[test]
fn a_batch_ends_where_an_error_or_a_panic_ends_it() {
    let mut engine = shop(
        "rule idle : {c: Customer} / NOT (EXISTS (o: Order / o.customer_id == c.id)) ==> reward(c.id, 0)",
    );
    let refused: Result<usize, _> = engine.batch(|batch| {
        batch.insert_all_values(CUSTOMER, [customer("c1")])?;
        batch.insert_all_values(CUSTOMER, [customer("c2"), customer("c1")])?;
        batch.insert_all_values(ORDER, [order("o1", "c1", 1.0)])
    });
    assert!(matches!(refused, Err(Error::DuplicateKey { .. })));
    assert_eq!(calls(&mut engine), ["reward(c1, 0)", "reward(c2, 0)"]);
    let facts = [Some(customer("c3")), None];
    let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        engine.batch(|batch| {
            batch.insert_all_values(CUSTOMER, [customer("c4")])?;
            batch.insert_all_values(CUSTOMER, facts.into_iter().map(|fact| fact.expect("there is none")))
        })
    }));
    assert!(panics.is_err());
    assert_eq!(calls(&mut engine), ["reward(c4, 0)"]);
}

#[test]
fn activations_fire_by_salience_then_age_then_declaration_then_age_of_their_facts() {
    let mut engine = shop(
        r#"
        rule last salience -1 : {o: Order} / ==> reward("last", o.value)
        rule pair : {a: Order, b: Order} / a.customer_id == b.customer_id AND a.value < b.value ==> reward("pair", a.value)
        rule one : {o: Order} / o.value < 3 ==> reward("one", o.value)
        "#,
    );
    for (id, value) in [("o1", 1.0), ("o2", 2.0), ("o3", 3.0)] {
        engine.insert_values(ORDER, &order(id, "c", value)).unwrap();
    }
    assert_eq!(
        calls(&mut engine),
        [
            "reward(one, 1)",
            "reward(pair, 1)",
            "reward(one, 2)",
            "reward(pair, 1)",
            "reward(pair, 2)",
            "reward(last, 1)",
            "reward(last, 2)",
            "reward(last, 3)",
        ]
    );
}

#[test]
fn a_runaway_program_is_stopped_and_loses_nothing() {
    let mut engine = shop("rule grow : {o: Order} / o.value > 0 ==> Update(o, {value: o.value + 1})");
    let o1 = engine.insert_values(ORDER, &order("o1", "c", 1.0)).unwrap();
    engine.set_run_limit(10);
    let Err(Error::RunLimit { limit: 10, rules, report }) = engine.run() else { panic!("it never rests") };
    assert_eq!(rules, [("grow".to_owned(), 10)]);
    assert_eq!((report.total(), report.count("grow"), report.problem_count()), (10, 10, 0));
    assert_eq!(engine.values(o1).unwrap()[2], Value::Number(11.0));
    assert!(engine.run().is_err(), "the activation that was due is still there");
    assert_eq!(engine.values(o1).unwrap()[2], Value::Number(21.0));
}

#[test]
fn a_text_that_doubles_with_each_firing_ends_without_a_value() {
    let mut engine = shop("rule double : {c: Customer} / ==> Update(c, {tier: c.tier + c.tier})");
    let c1 = engine.insert_values(CUSTOMER, &[text("c1"), text("x")]).unwrap();
    let report = engine.run().unwrap();
    assert_eq!(report.problem_count(), 1);
    assert_eq!(report.no_values(), 1);
    assert!(matches!(&engine.values(c1).unwrap()[1], Value::Text(tier) if tier.len() == 1 << 24));
}

#[test]
fn no_loop_keeps_a_rule_from_activating_itself_on_the_same_facts() {
    let mut engine = shop("rule grow no-loop : {o: Order} / o.value > 0 ==> Update(o, {value: o.value + 1})");
    let o1 = engine.insert_values(ORDER, &order("o1", "c", 1.0)).unwrap();
    assert_eq!(engine.run().unwrap().count("grow"), 1);
    engine.update_values(o1, &order("o1", "c", 5.0)).unwrap();
    assert_eq!(engine.run().unwrap().count("grow"), 1, "a change from outside counts");
}

#[test]
fn an_effect_that_cannot_take_place_is_reported_and_the_run_goes_on() {
    let mut engine = shop(
        r#"
        rule ratio : {o: Order} / ==> reward(o.id, 10 / o.value)
        rule copy : {o: Order} / o.value > 1 ==> Insert(Customer(id: o.customer_id, tier: "NEW"))
        "#,
    );
    engine.insert_values(ORDER, &order("o1", "c", 0.0)).unwrap();
    engine.insert_values(ORDER, &order("o2", "c", 2.0)).unwrap();
    engine.insert_values(ORDER, &order("o3", "c", 4.0)).unwrap();
    let report = engine.run().unwrap();
    let problems: Vec<String> = report.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "rule `ratio`, reward (o=Order~o1): an argument has no value",
            "rule `copy`, Insert(Customer) (o=Order~o3): the fact Customer~c exists already",
        ]
    );
    assert_eq!(report.no_values(), 1);
    assert_eq!(engine.host().0, ["reward(o2, 5)", "reward(o3, 2.5)"]);
}

#[test]
fn effects_see_the_facts_as_they_matched() {
    let mut engine = shop(
        "rule close : {o: Order} / o.value > 1 ==> Update(o, {value: 0}), reward(o.id, o.value), Retract(o)",
    );
    engine.insert_values(ORDER, &order("o1", "c", 2.0)).unwrap();
    assert_eq!(calls(&mut engine), ["reward(o1, 2)"]);
    assert!(engine.is_empty());
}

#[test]
fn an_observer_sees_every_activation_with_its_facts() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut engine = shop("type Note(text: string) rule note : {n: Note} / ==> reward(n.text, 1)");
    let log = Arc::clone(&seen);
    engine.observe(move |activation| {
        let bindings: Vec<String> = (activation.bindings())
            .map(|(variable, handle)| {
                format!("{variable}={}", activation.name_of(handle).unwrap_or_default())
            })
            .collect();
        log.lock().unwrap().push(format!("{} {}", activation.rule(), bindings.join(" ")));
    });
    engine.insert_values(CUSTOMER, &[text("c1"), text("GOLD")]).unwrap();
    engine.insert_values(ORDER, &order("o1", "c1", 1200.0)).unwrap();
    engine.insert_values(TypeId(2), &[text("hello")]).unwrap();
    let _ = engine.run().unwrap();
    assert_eq!(*seen.lock().unwrap(), ["vip c=Customer~c1 o=Order~o1", "note n=Note~#1"]);
}

/// A derived value that both a bound and another test read is looked up once, so a missing value is
/// counted once.
#[test]
fn a_derived_value_without_a_value_is_counted_once() {
    let counted = |condition: &str| {
        let mean = "AVG(o: Order / o.customer_id == c.id ; o.value)";
        let rule =
            format!("rule rich : {{c: Customer}} / {} ==> reward(c.id, 1)", condition.replace("MEAN", mean));
        let mut engine = shop(&rule);
        engine.insert_values(CUSTOMER, &[text("c1"), text("GOLD")]).unwrap();
        engine.run().unwrap().no_values()
    };
    let once = counted("MEAN > LENGTH(c.id) * 1.5");
    assert_eq!(once, 1);
    assert_eq!(counted("MEAN > 3"), once);
    assert_eq!(counted("MEAN > 3 AND MEAN > LENGTH(c.id) * 1.5"), once);
}

/// Activations of one rule that differ only in their facts fire in a row. The limit and the
/// observer still see each, and another rule between them has its turn.
#[test]
fn activations_of_one_rule_fire_one_by_one() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut engine = shop(
        "rule big : {o: Order} / o.value > 5 ==> reward(o.id, o.value)
                           rule odd : {o: Order} / o.value == 7 ==> reward(o.id, 0)",
    );
    let log = Arc::clone(&seen);
    engine.observe(move |activation| {
        let handle = activation.bindings().next().unwrap().1;
        log.lock().unwrap().push(format!("{} {}", activation.rule(), activation.name_of(handle).unwrap()));
    });
    let orders = [6.0, 7.0, 8.0, 1.0, 9.0].into_iter().enumerate();
    engine.insert_all_values(ORDER, orders.map(|(at, value)| order(&format!("o{at}"), "c1", value))).unwrap();
    engine.set_run_limit(2);
    let Err(Error::RunLimit { limit: 2, rules, .. }) = engine.run() else { panic!("three are left") };
    assert_eq!(rules, [("big".to_owned(), 2)]);
    engine.set_run_limit(9);
    assert_eq!(engine.run().unwrap().total(), 3);
    assert_eq!(
        *seen.lock().unwrap(),
        ["big Order~o0", "big Order~o1", "odd Order~o1", "big Order~o2", "big Order~o4"]
    );
    assert_eq!(engine.run().unwrap().total(), 0);
}

#[test]
fn a_session_without_rules_and_facts_holds_nothing_for_them() {
    let mut engine = shop("");
    for number in 0..1000 {
        engine.insert_values(CUSTOMER, &[text(&format!("c{number}")), text("GOLD")]).unwrap();
        engine
            .insert_values(ORDER, &order(&format!("o{number}"), &format!("c{}", number / 2), 2000.0))
            .unwrap();
    }
    let with_rule = engine.bytes();
    assert_eq!(engine.matches("vip").unwrap().len(), 1000);
    engine.remove_rule("vip").unwrap();
    assert!(engine.bytes() < with_rule);
    assert_eq!(engine.run().unwrap().total(), 0, "its activations went with it");
}

/// Each of two rows contains the same fact, and its aggregated value changes while both stay.
#[test]
fn an_aggregated_fact_in_several_rows_follows_its_reference() {
    let rules = r#"
        type Name(#id: string, text: string)
        type Part(#id: string, name: Name, size: int)
        rule longest : {n: Name, text: MAX(b.name.text)} / {a: Part} / {b: Part} / a.size == b.size AND text == n.id ==> Print(n.id)
        n1 = Name(id: "new", text: "old")
        Part(id: "p1", name: n1, size: 1)
        Part(id: "p2", name: n1, size: 1)
    "#;
    let mut engine = Engine::from_text("parts.tsd", rules, ()).unwrap();
    let matches = |engine: &mut Engine<()>| engine.matches("longest").unwrap().len();
    assert_eq!(matches(&mut engine), 0);
    let first = engine.handles(TypeId(0)).next().unwrap();
    let name = engine.insert_values(TypeId(0), &[text("old"), text("old")]).unwrap();
    assert_eq!(matches(&mut engine), 1, "the greatest is old");
    engine.update_values(first, &[text("new"), text("new")]).unwrap();
    engine.retract_fact(name).unwrap();
    assert_eq!(matches(&mut engine), 1, "the greatest is new");
}

#[test]
fn a_rule_may_have_as_many_patterns_as_it_can() {
    const PATTERNS: usize = 64;
    let patterns: Vec<String> = (0..PATTERNS).map(|number| format!("s{number}: Step")).collect();
    let joins: Vec<String> =
        (1..PATTERNS).map(|number| format!("s{number}.before == s{}.id", number - 1)).collect();
    let rules = format!(
        "type Step(#id: int, before: int) rule chain : {{{}}} / s0.before == 0 AND {} ==> Print(s0.id)",
        patterns.join(", "),
        joins.join(" AND "),
    );
    let mut engine = Engine::from_text("steps.tsd", &rules, ()).unwrap();
    let steps = (1..=PATTERNS as i64).map(|id| [Value::Int(id), Value::Int(id - 1)]);
    engine.insert_all_values(TypeId(0), steps).unwrap();
    assert_eq!(engine.matches("chain").unwrap().len(), 1);
    assert_eq!(engine.run().unwrap().total(), 1);
}

#[test]
fn facts_without_fields_come_in_batches_too() {
    let rules = "type Tick() rule tick : {t: Tick} / ==> Print(t)";
    let mut engine = Engine::from_text("ticks.tsd", rules, ()).unwrap();
    engine.on_print(|_| {});
    let ticks: Vec<[Value; 0]> = vec![[]; 200];
    assert_eq!(engine.insert_all_values(TypeId(0), ticks), Ok(200));
    assert_eq!(engine.run().unwrap().total(), 200);
}

#[test]
fn no_number_of_facts_is_too_many_to_make_room_for() {
    let wide: Vec<String> = (0..2000).map(|field| format!("f{field}: int")).collect();
    let rules = format!("type Tick() type Customer(#id: int) type Wide({})", wide.join(", "));
    let mut engine = Engine::from_text("rules.tsd", &rules, ()).unwrap();
    for ty in [TypeId(0), TypeId(1), TypeId(2), TypeId(3)] {
        for facts in [0, 1, usize::MAX / 8, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
            engine.reserve_type(ty, facts);
        }
    }
    // An iterator may announce more items than it yields.
    let endless = (0..usize::MAX).map(|id| [Value::Int(id as i64 % 5)]);
    let fact = "Customer~0".to_owned();
    assert_eq!(engine.insert_all_values(TypeId(1), endless), Err(Error::DuplicateKey { fact }));
    assert_eq!(engine.handles(TypeId(1)).count(), 5);
}

//! A session reports what its nodes hold, what passed through them, and which activations fired or
//! are on the agenda.

use tsd_runtime::Engine;
use tsd_runtime::ir::{FactHandle, TypeId, Value};
use tsd_runtime::statistics::{Counts, JoinStatistics};

const SHOP: &str = r#"
    type Customer(#id: string, tier: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string)
    rule vip : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" ==> reward(c.id)
    rule large : {c: Customer, o: Order} / o.customer_id == c.id AND o.value > LENGTH(c.id) * 50 ==> reward(c.id)
"#;

const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);

fn shop() -> Engine<()> {
    Engine::from_text("shop.tsd", SHOP, ()).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn customer(engine: &mut Engine<()>, id: &str, tier: &str) -> FactHandle {
    engine.insert_values(CUSTOMER, &[text(id), text(tier)]).unwrap()
}

fn order(engine: &mut Engine<()>, id: &str, customer: &str, value: f64) -> FactHandle {
    engine.insert_values(ORDER, &[text(id), text(customer), Value::Number(value)]).unwrap()
}

/// Two customers, one of them GOLD, and three orders: one for each customer, and one without.
fn filled(engine: &mut Engine<()>) -> FactHandle {
    customer(engine, "c1", "GOLD");
    customer(engine, "c2", "SILVER");
    order(engine, "o1", "c1", 10.0);
    order(engine, "o3", "nobody", 10.0);
    order(engine, "o2", "c2", 1000.0)
}

fn join(engine: &Engine<()>) -> JoinStatistics {
    let statistics = engine.statistics();
    assert_eq!(statistics.joins.len(), 1, "both rules use one join");
    statistics.joins[0].clone()
}

#[test]
fn types_joins_rules_and_bytes_are_reported_without_counting() {
    let mut engine = shop();
    filled(&mut engine);
    let statistics = engine.statistics();
    let facts: Vec<(&str, usize)> = statistics.types.iter().map(|ty| (&*ty.name, ty.facts)).collect();
    assert_eq!(facts, [("Customer", 2), ("Order", 3)]);
    let join = join(&engine);
    assert_eq!((join.users, join.left, join.right, join.counts), (2, Some(2), None, None));
    assert!(join.bytes > 0);
    assert_eq!(statistics.bytes.total(), engine.bytes());
    assert_eq!((statistics.facts(), statistics.tuples()), (5, 2));
}

#[test]
fn the_right_input_of_a_join_is_materialised_by_the_first_probe() {
    let mut engine = shop();
    customer(&mut engine, "c1", "GOLD");
    order(&mut engine, "o1", "c1", 10.0);
    let before = join(&engine);
    assert_eq!(before.input_sizes(), "1 × –");
    customer(&mut engine, "c2", "GOLD");
    assert_eq!(join(&engine).input_sizes(), "2 × 1");
    assert!(join(&engine).bytes > before.bytes);
}

#[test]
fn a_chain_that_changes_while_its_last_facts_hardly_ever_come_stores_no_tuples() {
    let rules = r#"
        type Complaint(#id: string, order_id: string)
        rule angry @plan(declared) : {c: Customer, o: Order, k: Complaint}
            / o.customer_id == c.id AND o.value > 0 AND k.order_id == o.id ==> reward(k.id)
    "#;
    let (declarations, _) = SHOP.split_at(SHOP.find("rule").unwrap());
    let mut engine = Engine::from_text("shop.tsd", &format!("{declarations}{rules}"), ()).unwrap();
    engine.set_eviction_threshold(50);
    customer(&mut engine, "c", "GOLD");
    let orders: Vec<FactHandle> =
        (0..100).map(|number| order(&mut engine, &format!("o{number}"), "c", 1.0)).collect();
    let prefix = |engine: &Engine<()>| engine.statistics().joins[1].left;
    let complain = |engine: &mut Engine<()>, order: &str| {
        engine.insert_values(TypeId(2), &[text(&format!("k{order}")), text(order)]).unwrap();
        engine.run().unwrap().total()
    };
    let change = |engine: &mut Engine<()>, value: f64| {
        for (number, handle) in orders.iter().enumerate() {
            let id = format!("o{number}");
            engine.update_values(*handle, &[text(&id), text("c"), Value::Number(value)]).unwrap();
        }
    };
    assert_eq!(prefix(&engine), Some(100), "to find them again takes as much work");
    change(&mut engine, 2.0);
    assert_eq!(prefix(&engine), None, "every order went and came, and nobody asked");
    assert_eq!(complain(&mut engine, "o7"), 1);
    assert_eq!(prefix(&engine), Some(100));
    engine.set_eviction_threshold(u32::MAX);
    change(&mut engine, 3.0);
    assert_eq!(prefix(&engine), Some(100));
    assert_eq!(complain(&mut engine, "o77"), 2, "the other order that is complained of has changed");
}

#[test]
fn activations_wait_and_then_have_fired() {
    let mut engine = shop();
    let o2 = filled(&mut engine);
    let rule = |engine: &Engine<()>, name| {
        let statistics = engine.statistics();
        let rule = statistics.rule(name).unwrap();
        (rule.fired, rule.waiting)
    };
    assert_eq!((rule(&engine, "vip"), rule(&engine, "large")), ((0, 1), (0, 1)));
    engine.retract_fact(o2).unwrap();
    assert_eq!((rule(&engine, "vip"), rule(&engine, "large")), ((0, 1), (0, 0)), "it holds no longer");
    let _ = engine.run().unwrap();
    assert_eq!(rule(&engine, "vip"), (1, 0));
    order(&mut engine, "o4", "c1", 2000.0);
    engine.set_run_limit(1);
    engine.run().unwrap_err();
    let statistics = engine.statistics();
    assert_eq!((statistics.fired(), statistics.waiting()), (2, 1), "a run that is stopped counts");
    engine.remove_rule("vip").unwrap();
    assert!(engine.statistics().rule("vip").is_none());
}

#[test]
fn joins_count_what_passes_through_them_once_counting_is_on() {
    let mut engine = shop();
    engine.enable_counters();
    let o2 = filled(&mut engine);
    // Arrivals on both sides, probes, candidates, hits, and what was passed on.
    let counts = |engine: &Engine<()>| {
        let Counts { left_in, right_in, probes, candidates, hits, passed, .. } = join(engine).counts.unwrap();
        [left_in, right_in, probes, candidates, hits, passed]
    };
    // When the customers came there was nothing to probe. Then each order probed two customers.
    assert_eq!(counts(&engine), [2, 3, 3, 6, 2, 2]);
    // No rule accepts this order, although its key exists.
    order(&mut engine, "o5", "c2", 1.0);
    assert_eq!(counts(&engine), [2, 4, 4, 8, 3, 2]);
    engine.retract_fact(o2).unwrap();
    assert_eq!(counts(&engine), [2, 5, 5, 10, 4, 3], "what leaves takes the same way");
    engine.enable_counters();
    assert_eq!(join(&engine).counts, Some(Counts::default()), "counting begins anew");
    engine.disable_counters();
    assert_eq!(join(&engine).counts, None);
}

#[test]
fn rules_that_come_while_the_session_counts_are_counted() {
    let mut engine = shop();
    engine.enable_counters();
    filled(&mut engine);
    let rule = "rule same : {a: Order, b: Order} / a.value == b.value AND a.id < b.id ==> reward(a.id)";
    engine.add_rule(rule).unwrap();
    let statistics = engine.statistics();
    let counts = statistics.joins[1].counts.unwrap();
    assert_eq!((counts.left_in, counts.right_in, counts.candidates), (3, 3, 9));
    // Each order has the same value as itself, and two have each other's. One of those two pairs is
    // in order.
    assert_eq!((counts.hits, counts.passed), (5, 1));
}

#[test]
fn a_network_shows_what_its_nodes_hold() {
    let mut engine = shop();
    filled(&mut engine);
    let text = engine.network().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("Customer ") && lines[0].contains("| 2 facts "), "{text}");
    assert!(lines[1].starts_with("  Order on 0.id = customer_id #"), "{text}");
    assert!(lines[1].contains("| 2 × –, ") && lines[1].ends_with("| vip, large"), "{text}");
    engine.enable_counters();
    order(&mut engine, "o9", "c1", 1.0);
    let text = engine.network().to_string();
    assert!(text.contains(", probes 1, hits 1, passed 1"), "{text}");
}

#[test]
fn statistics_list_the_groups_of_views_and_the_tuples_that_wait_for_views() {
    let rules = r#"
        rule paid : {c: Customer} / SUM(o: Order / o.customer_id == c.id ; o.value) > 100 ==> reward(c.id)
        rule again : {c: Customer} / SUM(o: Order / c.id == o.customer_id ; o.value) > 500 ==> reward(c.id)
        rule most : {c: Customer, o: Order} / o.value >= MAX(p: Order / p.customer_id == c.tier ; p.value) ==> reward(c.id)
    "#;
    let mut engine = Engine::from_text("shop.tsd", &format!("{SHOP}{rules}"), ()).unwrap();
    filled(&mut engine);
    let statistics = engine.statistics();
    let views: Vec<(u32, usize)> = statistics.views.iter().map(|view| (view.users, view.groups)).collect();
    // One group for each customer, which two rules read; and one for each tier.
    assert_eq!(views, [(2, 2), (1, 2)]);
    assert_eq!(statistics.pending_nodes.iter().map(|pending| pending.tuples).collect::<Vec<_>>(), [2, 6]);
    assert!(statistics.views.iter().all(|view| view.bytes > 0) && statistics.bytes.pending_nodes > 0);
    assert_eq!(statistics.bytes.total(), engine.bytes());
    let text = engine.network().to_string();
    assert!(text.lines().any(|line| line.starts_with("view #") && line.contains("| 2 groups, ")), "{text}");
    for rule in ["paid", "again", "most"] {
        engine.remove_rule(rule).unwrap();
    }
    let statistics = engine.statistics();
    assert!(statistics.views.is_empty() && statistics.pending_nodes.is_empty());
}

#[test]
fn views_count_their_lookups_and_changes() {
    let rules = r#"
        rule paid : {c: Customer} / SUM(o: Order / o.customer_id == c.id ; o.value) > 100
            ==> reward(c.id + COUNT(o: Order / o.customer_id == c.id))
    "#;
    let mut engine = Engine::from_text("shop.tsd", &format!("{SHOP}{rules}"), ()).unwrap();
    // Views are found by their form, because their order may differ. Only effects read the count.
    let counts = |engine: &Engine<()>| {
        let network = engine.network();
        let of = |gather: &str| {
            let (id, _) = network.shape().views().find(|(_, view)| view.form.starts_with(gather)).unwrap();
            network.view_statistics(id).counts.map(|counts| (counts.lookups, counts.changes))
        };
        (of("SUM"), of("COUNT"))
    };
    let some = |lookups: u64, changes: u64| Some((lookups, changes));
    customer(&mut engine, "c0", "GOLD");
    assert_eq!(counts(&engine), (None, None), "nobody has asked for counts");
    engine.enable_counters();
    customer(&mut engine, "c1", "GOLD");
    assert_eq!(
        counts(&engine),
        (some(1, 0), some(1, 0)),
        "the customer is new, and both derived_values show"
    );
    order(&mut engine, "o1", "c1", 50.0);
    assert_eq!(counts(&engine), (some(2, 1), some(2, 1)), "both groups have changed");
    order(&mut engine, "o2", "nobody", 50.0);
    assert_eq!(counts(&engine), (some(2, 1), some(2, 1)), "it is in no group");
    order(&mut engine, "o3", "c1", 0.0);
    assert_eq!(counts(&engine), (some(3, 1), some(3, 2)), "the sum is what it was; the tuple asks for both");
    order(&mut engine, "o4", "c1", 100.0);
    assert_eq!(counts(&engine), (some(4, 2), some(4, 3)));
    let _ = engine.run().unwrap();
    assert_eq!(counts(&engine), (some(4, 2), some(5, 3)), "effects ask, too");
    let text = engine.network().to_string();
    assert!(text.contains(", 4 lookups, 2 changes") && text.contains(", 5 lookups, 3 changes"), "{text}");
    engine.enable_counters();
    assert_eq!(counts(&engine), (some(0, 0), some(0, 0)), "counting begins anew");
    engine.disable_counters();
    assert_eq!(counts(&engine), (None, None));
    assert!(!engine.network().to_string().contains("lookups"));
}

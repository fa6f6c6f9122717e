//! What a session reports to the `metrics` facade.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tsd_runtime::Engine;
use tsd_runtime::ir::{TypeId, Value};

/// Stores every metric by its name and labels, as `name{label=value}`.
#[derive(Clone, Default)]
struct Collected {
    derived_values: Arc<Mutex<BTreeMap<String, f64>>>,
    described: Arc<Mutex<Vec<String>>>,
}

struct DerivedValue {
    name: String,
    derived_values: Arc<Mutex<BTreeMap<String, f64>>>,
}

impl DerivedValue {
    fn change(&self, change: impl FnOnce(&mut f64)) {
        change(self.derived_values.lock().unwrap().entry(self.name.clone()).or_default());
    }
}

impl CounterFn for DerivedValue {
    fn increment(&self, by: u64) {
        self.change(|value| *value += by as f64);
    }

    fn absolute(&self, to: u64) {
        self.change(|value| *value = to as f64);
    }
}

impl GaugeFn for DerivedValue {
    fn increment(&self, by: f64) {
        self.change(|value| *value += by);
    }

    fn decrement(&self, by: f64) {
        self.change(|value| *value -= by);
    }

    fn set(&self, to: f64) {
        self.change(|value| *value = to);
    }
}

impl HistogramFn for DerivedValue {
    /// Counts what was recorded.
    fn record(&self, value: f64) {
        assert!(value >= 0.0);
        self.change(|count| *count += 1.0);
    }
}

impl Collected {
    fn derived_value(&self, key: &Key) -> Arc<DerivedValue> {
        let labels: Vec<String> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        Arc::new(DerivedValue {
            name: format!("{}{labels}", key.name()),
            derived_values: Arc::clone(&self.derived_values),
        })
    }

    fn get(&self, name: &str) -> Option<f64> {
        self.derived_values.lock().unwrap().get(name).copied()
    }

    fn describe(&self, key: &KeyName) {
        self.described.lock().unwrap().push(key.as_str().to_owned());
    }
}

impl Recorder for Collected {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn describe_gauge(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn describe_histogram(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.derived_value(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.derived_value(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.derived_value(key))
    }
}

const SHOP: &str = r#"
    type Customer(#id: string)
    type Order(#id: string, customer_id: string, value: number)
    action reward(customer: string, value: number)
    rule bought : {c: Customer, o: Order} / o.customer_id == c.id ==> reward(c.id, 10 / o.value)
"#;

const CUSTOMER: TypeId = TypeId(0);
const ORDER: TypeId = TypeId(1);

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn order(engine: &mut Engine<()>, id: &str, value: f64) -> tsd_runtime::ir::FactHandle {
    engine.insert_values(ORDER, &[text(id), text("c1"), Value::Number(value)]).unwrap()
}

#[test]
fn runs_and_changes_of_rules_report_metrics() {
    let collected = Collected::default();
    metrics::with_local_recorder(&collected, || {
        let mut engine = Engine::from_text("shop.tsd", SHOP, ()).unwrap();
        assert_eq!((collected.get("tsd_rules"), collected.get("tsd_joins")), (Some(1.0), Some(1.0)));
        engine.insert_values(CUSTOMER, &[text("c1")]).unwrap();
        let o1 = order(&mut engine, "o1", 5.0);
        order(&mut engine, "o2", 0.0);
        assert_eq!(collected.get("tsd_facts{type=Order}"), None, "nothing is told while facts flow");
        let _ = engine.run().unwrap();
        let expected = [
            ("tsd_runs_total", 1.0),
            ("tsd_run_seconds", 1.0),
            ("tsd_activations_fired_total{rule=bought}", 2.0),
            ("tsd_problems_total", 1.0),
            ("tsd_no_values_total", 1.0),
            ("tsd_facts_inserted_total{type=Order}", 2.0),
            ("tsd_facts_updated_total", 0.0),
            ("tsd_facts{type=Customer}", 1.0),
        ];
        for (name, value) in expected {
            assert_eq!(collected.get(name), Some(value), "{name}");
        }
        assert_eq!(collected.get("tsd_facts_retracted_total{type=Order}"), None);

        engine.update_values(o1, &[text("o1"), text("c1"), Value::Number(6.0)]).unwrap();
        engine.retract_fact(o1).unwrap();
        order(&mut engine, "o3", 1.0);
        order(&mut engine, "o4", 1.0);
        engine.set_run_limit(1);
        engine.run().unwrap_err();
        let expected = [
            ("tsd_runs_total", 2.0),
            ("tsd_runs_stopped_total", 1.0),
            ("tsd_activations_fired_total{rule=bought}", 3.0),
            ("tsd_facts_inserted_total{type=Order}", 4.0),
            ("tsd_facts_retracted_total{type=Order}", 1.0),
            ("tsd_facts_updated_total", 1.0),
            ("tsd_facts{type=Order}", 3.0),
        ];
        for (name, value) in expected {
            assert_eq!(collected.get(name), Some(value), "{name}");
        }
        engine.remove_rule("bought").unwrap();
        assert_eq!((collected.get("tsd_rules"), collected.get("tsd_joins")), (Some(0.0), Some(0.0)));
    });
}

#[test]
fn metrics_of_what_a_session_holds_are_reported_on_request() {
    let collected = Collected::default();
    metrics::with_local_recorder(&collected, || {
        let many = "rule many : {c: Customer} / COUNT(o: Order) > 5 ==> reward(c.id, 0)";
        let mut engine = Engine::from_text("shop.tsd", &format!("{SHOP}{many}"), ()).unwrap();
        engine.enable_counters();
        engine.insert_values(CUSTOMER, &[text("c1")]).unwrap();
        order(&mut engine, "o1", 5.0);
        engine.emit_metrics();
        let node = engine.statistics().joins[0].signature.short();
        let view = engine.statistics().views[0].signature.short();
        let expected = [
            // When the customer came, and when the order did.
            (format!("tsd_view_lookups{{node={view}}}"), 2.0),
            (format!("tsd_view_changes{{node={view}}}"), 1.0),
            (format!("tsd_join_left{{node={node}}}"), 1.0),
            // The customer came first, so no probe has searched the orders.
            (format!("tsd_join_right{{node={node}}}"), 0.0),
            (format!("tsd_join_hits{{node={node}}}"), 1.0),
            ("tsd_activations_waiting{rule=bought}".to_owned(), 1.0),
            ("tsd_facts{type=Order}".to_owned(), 1.0),
        ];
        for (name, value) in expected {
            assert_eq!(collected.get(&name), Some(value), "{name}");
        }
        let parts = ["facts", "strings", "joins", "views", "pending tests", "rule sets", "agenda"];
        let bytes: f64 = parts.iter().filter_map(|of| collected.get(&format!("tsd_bytes{{of={of}}}"))).sum();
        assert_eq!(bytes, engine.bytes() as f64);
    });
    let described = collected.described.lock().unwrap().clone();
    for name in collected.derived_values.lock().unwrap().keys() {
        let name = name.split('{').next().unwrap().to_owned();
        assert!(described.contains(&name), "{name} is not described");
    }
}

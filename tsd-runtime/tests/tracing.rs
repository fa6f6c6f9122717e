//! The spans and events of a session.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tsd_runtime::Engine;
use tsd_runtime::ir::{TypeId, Value};

/// Records spans and events, one line each.
#[derive(Clone, Default)]
struct Written {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
}

/// The fields of a span or an event, as ` name=value`.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Written {
    fn line(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }
}

impl Subscriber for Written {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "tsd"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.line(format!("{} {}{}", span.metadata().level(), span.metadata().name(), fields.0));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.line(format!("recorded{}", fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.line(format!("{}{}", event.metadata().level(), fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {
        self.line("exit".to_owned());
    }
}

#[test]
fn a_session_traces_its_work_and_the_effects_that_could_not_take_place() {
    let written = Written::default();
    tracing::subscriber::with_default(written.clone(), || {
        let rules = r#"
            type Order(#id: string, value: number)
            action ask(value: number)
            rule ask : {o: Order} / ==> ask(10 / o.value)
            Order(id: "o1", value: 0)
            Order(id: "o2", value: 5)
        "#;
        let mut engine = Engine::from_text("orders.tsd", rules, ()).unwrap();
        assert_eq!(written.take(), ["INFO add_rules count=1", "exit", "INFO load facts=2", "exit"]);
        let _ = engine.run().unwrap();
        let expected = [
            "DEBUG run",
            "DEBUG message=an operator had no value operator=\"/\"",
            "WARN message=an effect could not take place rule=\"ask\" effect=\"ask\" reason=\"an \
             argument has no value\"",
            "recorded fired=2",
            "recorded problems=1",
            "recorded no_values=1",
            "exit",
        ];
        assert_eq!(written.take(), expected);
        engine.add_rule("rule more : {o: Order} / o.value > 1 ==> ask(o.value)").unwrap();
        assert_eq!(written.take(), ["INFO add_rules count=1", "exit"]);
        engine.remove_rule("more").unwrap();
        assert_eq!(written.take(), ["INFO remove_rule rule=\"more\"", "exit"]);
        engine.insert_values(TypeId(0), &[Value::Text("o3".to_owned()), Value::Number(1.0)]).unwrap();
        assert_eq!(written.take(), [""; 0], "nothing is told while facts flow");
        engine.set_run_limit(0);
        engine.run().unwrap_err();
        let lines = written.take();
        assert_eq!((lines.len(), &*lines[0], &*lines[2]), (3, "DEBUG run", "exit"));
        assert!(
            lines[1].starts_with("WARN message=the run was stopped error=the run stopped after 0"),
            "{}",
            lines[1]
        );
    });
}

#[test]
fn an_operator_that_had_no_value_is_named_as_the_rules_write_it() {
    let operators = [
        ("o.count * o.count > 0", "*"),
        ("o.count + o.count > 0", "+"),
        ("-(0 - o.count - 1) > 0", "-"),
        ("o.count % (o.count - o.count) > 0", "%"),
        ("o.value / (o.value - o.value) > 0", "/"),
        ("ABS(0 - o.count - 1) > 0", "ABS"),
        ("(int) (o.value * 1e200) > 0", "(int)"),
        ("(int) o.id > 0", "(int)"),
        ("(number) o.id > 0", "(number)"),
        ("(bool) o.id", "(bool)"),
        ("SUBSTRING(o.id, 0 - o.count) == o.id", "SUBSTRING"),
        ("MAX(p: Order / p.value < 0 ; p.value) > o.value", "MAX"),
    ];
    for (condition, operator) in operators {
        let written = Written::default();
        tracing::subscriber::with_default(written.clone(), || {
            let rules = format!(
                "type Order(#id: string, value: number, count: int)\naction ask(id: string)\n\
                 rule ask : {{o: Order}} / {condition} ==> ask(o.id)"
            );
            let mut engine = Engine::from_text("orders.tsd", &rules, ()).unwrap();
            written.take();
            let order = [Value::Text("o1".to_owned()), Value::Number(1e10), Value::Int(i64::MAX)];
            engine.insert_values(TypeId(0), &order).unwrap();
        });
        let lines = written.take();
        let expected = format!("DEBUG message=an operator had no value operator={operator:?}");
        assert!(!lines.is_empty() && lines.iter().all(|line| *line == expected), "{condition}: {lines:?}");
    }
}

//! What a module contains besides its plans, and what it does not depend on.

use tsd_compiler::diagnostics::{Code, render};
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Compilation, InitialValue, Module, compile, compile_rules};
use tsd_ir::{Const, Effect, FieldId, Kind, Network, Sharing};

fn compiled(texts: &[(&str, &str)]) -> (SourceMap, Compilation) {
    let mut sources = SourceMap::new();
    let files: Vec<_> = texts.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    let compilation = compile(&sources, &files);
    (sources, compilation)
}

#[track_caller]
fn module(text: &str) -> Module {
    let (sources, compilation) = compiled(&[("test.tsd", text)]);
    compilation.module.unwrap_or_else(|| panic!("{}", render(&sources, &compilation.diagnostics, false)))
}

const SHOP: &str = "type Customer(#id: string, tier: string)
type Order(#id: string, buyer: string, total: number, status: string)\n";

#[test]
fn rules_that_differ_in_names_order_and_filters_use_the_same_nodes() {
    let module = module(&format!(
        "{SHOP}
        rule a : {{c: Customer, o: Order}} / o.buyer == c.id AND o.total > 10 ==> Print(1)
        rule b : {{x: Order, y: Customer}} / y.id == x.buyer AND y.tier == \"gold\" AND x.id != y.tier \
        ==> Print(1)
        rule c : {{c: Customer}} / {{o: Order}} / NOT (o.buyer != c.id) ==> Print(1)"
    ));
    let mut network = Network::new(Sharing::On);
    for planned in &module.rules {
        network.add_rule(&planned.rule);
    }
    assert_eq!(network.joins().count(), 1, "{}", network.to_text(&module.schema));
}

#[test]
fn both_notations_give_the_same_rule() {
    let module = module(&format!(
        "{SHOP}
        rule arrow : {{c: Customer, o: Order}} / c.tier == \"gold\" AND o.buyer == c.id AND o.total > \
        100 ==> f(c.id)
        rule block when
            Customer($id : id, tier == \"gold\")
            $o : Order(buyer == $id, total > 100)
        then f($id); end"
    ));
    let [arrow, block] = module.rules.as_slice() else { panic!("two rules") };
    assert_eq!(arrow.rule.branches, block.rule.branches);
    assert_eq!(arrow.rule.effects, block.rule.effects);
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let a = (
        "a.tsd",
        "mod shop; type Customer(#id: string, tier: string) rule a : {c: Customer} / c.tire == 1 ==> f(c)",
    );
    let b = (
        "b.tsd",
        "type Order(#id: string) rule b : {c: Customer, o: Order} / ==> f(c) c1 = Customer(id: x, tier: y)",
    );
    let told = |texts: &[(&str, &str)]| {
        let (sources, compilation) = compiled(texts);
        render(&sources, &compilation.diagnostics, false)
    };
    assert_eq!(told(&[a, b]), told(&[b, a]));
    let a = (a.0, a.1.replace("c.tire == 1", "c.tier == \"1\""));
    let (_, one) = compiled(&[(a.0, &a.1), b]);
    let (_, other) = compiled(&[b, (a.0, &a.1)]);
    let (one, other) = (one.module.unwrap(), other.module.unwrap());
    assert_eq!(one.schema, other.schema);
    assert_eq!(one.to_text(), other.to_text());
    assert_eq!(one.name.as_deref(), Some("shop"));
    assert_eq!(one.rules.len(), 2);
}

#[test]
fn a_rule_reads_what_it_mentions() {
    let module = module(&format!(
        "{SHOP}rule a : {{o: Order, c: Customer}} / o.buyer == c.id AND (o.total > 5 OR true) ==>
            Update(o, {{status: \"x\", total: o.total + 1}}), show(c)"
    ));
    let reads = |pattern: usize| module.rules[0].rule.patterns[pattern].reads.to_vec();
    assert_eq!(reads(0), [FieldId(1), FieldId(2)]);
    assert_eq!(reads(1), [FieldId(0)]);
}

#[test]
fn calls_behind_a_change_of_facts_take_arguments_from_before_it() {
    let module =
        module(&format!("{SHOP}rule a : {{o: Order}} / ==> f(o.id), Update(o, {{total: 1}}), f(o.id)"));
    let effects = &module.rules[0].rule.effects;
    assert!(matches!(effects[0], Effect::Call { .. }));
    assert!(matches!(effects[2], Effect::Perform { .. }));
}

#[test]
fn types_keep_keys_hints_and_paths() {
    let module = module(
        "type A : <#id: string, n: int?>
        type Flight(#carrier: string, #number: int, to: A) @rows(300)
        extern type Customer(#id: string) = crate::model::Customer
        action tell(to: string, n: number? , w: int = 5.0, f: Flight?) @context",
    );
    let [a, flight, customer] = module.schema.types.as_ref() else { panic!("three types") };
    assert_eq!((a.key.to_vec(), a.fields[1].optional), (vec![FieldId(0)], true));
    assert_eq!((flight.key.len(), flight.rows), (2, Some(300)));
    assert_eq!(flight.fields[2].kind, Kind::Fact(module.schema.find_type("A").unwrap()));
    assert_eq!(customer.path.as_deref(), Some("crate::model::Customer"));
    let action = &module.schema.actions[0];
    assert!(action.context && action.parameters[1].optional && action.parameters[3].optional);
    assert_eq!(action.parameters[2].default, Some(Const::Int(5)));
}

#[test]
fn initial_facts_refer_to_earlier_ones() {
    let module = module(
        "type Order(#id: string, customer: Customer, total: number, count: int, note: string?)
        type Customer(#id: string)
        Customer(id: c0)
        alice = Customer(id: \"c\" + 1)
        Order(count: 6 / 2, total: -3, customer: alice, id: \"o1\")",
    );
    let order = &module.facts[2];
    assert_eq!(module.schema.ty(order.ty).name, "Order");
    let text = |text: &str| InitialValue::Const(Const::Text(text.to_owned().into()));
    assert_eq!(
        *order.values,
        [
            text("o1"),
            InitialValue::Fact(1),
            InitialValue::Const(Const::Number(-3.0)),
            InitialValue::Const(Const::Int(3)),
            InitialValue::Const(Const::Missing),
        ]
    );
    assert_eq!(*module.facts[1].values, [text("c1")]);
}

#[test]
fn an_action_without_a_declaration_takes_what_all_calls_agree_on() {
    let module = module(
        "type T(#id: string, i: int, x: number)
        rule a : {t: T} / ==> f(1, 1, t.i), f(t.i, t.x, 2.5), g(t.id, t.id, t)",
    );
    let f = &module.schema.actions[module.schema.find_action("f").unwrap().index()];
    let kinds: Vec<Kind> = f.parameters.iter().map(|parameter| parameter.kind).collect();
    assert_eq!(kinds, [Kind::Int, Kind::Number, Kind::Number]);
    let g = &module.schema.actions[module.schema.find_action("g").unwrap().index()];
    let names: Vec<&str> = g.parameters.iter().map(|parameter| parameter.name.as_ref()).collect();
    assert_eq!(names, ["id", "b", "t"]);
}

#[test]
fn rules_added_at_run_time_are_planned_as_the_modules_own() {
    let text = "rule late : {o: Order, c: Customer} / c.id == o.buyer AND o.total < 5 ==> notify(c.id)";
    let own = module(&format!("{SHOP}action notify(id: string)\n{text}"));
    let mut sources = SourceMap::new();
    let file = sources.add("added", text);
    let added = compile_rules(&own.schema, &sources, file);
    assert_eq!(added.diagnostics, []);
    assert_eq!(added.rules.unwrap()[0].rule, own.rules[0].rule);
}

#[test]
fn an_action_may_take_the_name_of_an_effect() {
    let module =
        module(&format!("{SHOP}action Print(n: int)\nrule a : {{o: Order}} / ==> Print(3), Log(o.id)"));
    let effects = &module.rules[0].rule.effects;
    assert!(matches!((&effects[0], &effects[1]), (Effect::Call { .. }, Effect::Log { .. })));
}

#[test]
fn every_code_is_in_the_error_index() {
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");
    let index = std::fs::read_to_string(index).unwrap_or_default();
    for code in Code::ALL {
        let heading = format!("\n### {} ({})\n", code.name(), code.severity().name());
        assert!(index.contains(&heading), "docs/errors.md lacks{heading}");
    }
}

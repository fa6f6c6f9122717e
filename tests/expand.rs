//! Generated code: a small program for each kind of node and of effect.
//!
//! The tests show code and tables as `tsd expand` prints them. Tests further down cover what
//! depends on numbers: how code grows with rules, and that it depends on the sources alone.

use std::fmt::Write;

use tsd_compiler::codegen::{Options, module_text, module_tokens};
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Module, compile};

fn compiled(files: &[(&str, &str)]) -> (Module, SourceMap) {
    let mut sources = SourceMap::new();
    let ids: Vec<_> = files.iter().map(|(name, text)| sources.add(*name, *text)).collect();
    let compilation = compile(&sources, &ids);
    let shown = tsd_compiler::diagnostics::render(&sources, &compilation.diagnostics, false);
    (compilation.module.unwrap_or_else(|| panic!("{shown}")), sources)
}

fn expand(text: &str) -> String {
    let (module, sources) = compiled(&[("shop.tsd", text)]);
    module_text(&module, &sources, &Options::default())
}

/// The half of a module that grows with shapes, and the tables.
fn halves(text: &str) -> (&str, &str) {
    let tables = text.find("    /// The rules, in order").unwrap_or(text.len());
    let first = text.find("    const JOIN_0").into_iter().chain(text.find("    const RULE_0")).min();
    text.split_at(first.unwrap_or(tables))
}

macro_rules! snapshots {
    ($($name:ident: $text:literal;)+) => {$(
        #[test]
        fn $name() {
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(expand($text));
            });
        }
    )+};
}

snapshots! {
    single_pattern_filter: r#"
        type Order(#id: string, status: string, value: number, rush: bool)
        action flag(order: string)
        rule big : {o: Order} / o.value > 100 AND o.status IN ["open", "held"] AND o.rush ==> flag(o.id)
    "#;
    join: r#"
        type Customer(#id: string)
        type Order(#id: string, customer: Customer)
        action flag(order: Order, customer: Customer)
        rule owned : {c: Customer, o: Order} / o.customer == c ==> flag(o, c)
    "#;
    three_pattern_chain: r#"
        type A(#id: int)
        type B(a: int, c: int)
        type C(#id: number)
        action found(a: int, c: number)
        rule chain : {a: A, b: B, c: C} / b.a == a.id AND b.c == c.id ==> found(a.id, c.id)
    "#;
    self_join: r#"
        type Person(#id: int, boss: int)
        action peers(a: int, b: int)
        rule peers : {a: Person, b: Person} / a.boss == b.boss AND a.id < b.id ==> peers(a.id, b.id)
    "#;
    cross_product: r#"
        type A(x: int)
        type B(y: int)
        action pair()
        rule all : {a: A, b: B} / ==> pair
    "#;
    or_split: r#"
        type A(x: int, k: int)
        type B(y: int, k: int)
        action hit(x: int)
        rule either : {a: A, b: B} / a.k == b.k AND (a.x > 10 OR b.y > 20) ==> hit(a.x)
    "#;
    residual_test: r#"
        type Order(#id: string, product: string, value: number, count: int)
        type Product(#id: string, price: number, name: string)
        action odd(order: string)
        rule off : {o: Order, p: Product}
            / o.product == p.id AND o.value / o.count > p.price * 1.5 AND UPPER(p.name) LIKE "A%" ==> odd(o.id)
        rule named : {o: Order, p: Product}
            / o.product == p.id AND NOT (p.name MATCHES "^[AB]" AND o.id == p.name) ==> odd(o.id)
        rule further_off : {o: Order, p: Product}
            / o.product == p.id AND o.value / o.count > p.price * 9.5 AND UPPER(p.name) LIKE "B%" ==> odd(o.id)
    "#;
    negation: r#"
        type Customer(#id: string, floor: number)
        type Order(#id: string, customer: Customer, total: number)
        action idle(customer: string)
        rule idle : {c: Customer} / NOT (EXISTS (o: Order / o.customer == c AND o.total > c.floor * 2)) ==> idle(c.id)
    "#;
    aggregate: r#"
        type Customer(#id: string, region: string, limit: number)
        type Order(#id: string, region: string, total: number, discount: number)
        action over(customer: string, mean: number)
        rule over : {c: Customer} / SUM(o: Order / o.region == c.region ; o.total - o.discount) > c.limit
            ==> over(c.id, AVG(o: Order / o.region == c.region ; o.total))
    "#;
    aggregate_variables: r#"
        type Dept(#id: string)
        type Emp(#id: string, dept: Dept, salary: int)
        action report(dept: string, pay: int, heads: int)
        rule expensive : {d: Dept, pay: SUM(e.salary), heads: COUNT(e)} / {e: Emp}
            / e.dept == d AND pay / heads > 5000 ==> report(d.id, pay, heads)
    "#;
    followed_reference: r#"
        type Region(#id: string, name: string)
        type Customer(#id: string, region: Region?)
        type Order(#id: string, customer: Customer)
        action ship(order: string, region: string?)
        rule north : {o: Order} / o.customer.region.name LIKE "n%" ==> ship(o.id, o.customer.region.id)
    "#;
    effects: r#"
        type Order(#id: string, value: number, state: string)
        type Note(order: Order, text: string)
        action flag(order: string, value: number)
        rule all salience -2 no-loop : {o: Order} / o.state == "new"
            ==> flag(o.id, o.value), Insert(Note(order: o, text: "seen " + o.id)), Update(o, {state: "old", value: o.value + 1}),
                flag(o.id, 1), Print(o.id, o), Log("done"), Retract(o)
        Order(id: "o1", value: 3, state: "new")
    "#;
    optional_fields: r#"
        type Flight(#id: int, delay: number?, gate: string?)
        action late(id: int, delay: number?, gate: string?)
        rule known : {f: Flight} / f.delay > 10 ==> late(f.id, f.delay * 2, f.gate)
        rule unknown : {f: Flight} / f.delay IS MISSING ==> late(f.id)
    "#;
    extern_type: r#"
        extern type Customer(#id: string, limit: number) = crate::model::Customer
        action warn(customer: Customer)
        rule over : {c: Customer} / c.limit > 100 ==> Update(c, {limit: 100}), warn(c)
    "#;
    context_action: r#"
        type Item(#id: string, stock: int)
        action restock(item: Item, by: int = 10) @context
        action note(text: string)
        rule low : {i: Item} / i.stock < 3 ==> restock(i), note(i.id)
    "#;
}

/// `count` rules over two joins, in four shapes.
fn rules(count: usize) -> String {
    let mut text = String::from(
        "type Customer(#id: string, tier: string, age: int)
         type Product(#id: string, price: number)
         type Order(#id: string, customer: string, product: string, value: number)
         action reward(rule: string, customer: string, value: number)
         action flag(order: string)\n",
    );
    for i in 0..count {
        let rule = match i % 4 {
            0 => format!("c.tier == \"T{i}\" AND o.value > {i} ==> reward(\"r{i}\", c.id, o.value * {i})"),
            1 => format!("c.age + {i} < LENGTH(o.id) ==> flag(o.id)"),
            2 => format!("p.price * {i} < o.value ==> reward(\"{i}\", o.customer, 1)"),
            _ => format!("(c.age > {i} OR p.price < {i}) ==> flag(o.id), flag(\"{i}\")"),
        };
        let _ = writeln!(
            text,
            "rule r{i} : {{c: Customer, o: Order, p: Product}} / o.customer == c.id AND o.product \
             == p.id AND {rule}"
        );
    }
    text
}

#[test]
fn code_grows_with_shapes_and_only_tables_with_rules() {
    let (few, many) = (expand(&rules(20)), expand(&rules(1000)));
    let ((few_code, few_tables), (many_code, many_tables)) = (halves(&few), halves(&many));
    assert!(
        many_code.len() < few_code.len() * 3 / 2,
        "{} bytes for 20 rules, {}",
        few_code.len(),
        many_code.len()
    );
    assert!(many_tables.len() > few_tables.len() * 20);
}

#[test]
fn every_rule_has_a_constant_of_its_own_for_its_name() {
    let names = ["big_order", "bigOrder", "\"big order\"", "\"2nd\""];
    let rules = names.map(|name| format!("rule {name} : {{a: A}} / a.id > 1 ==> f(a.id)\n"));
    let text = expand(&format!("type A(#id: int)\naction f(id: int)\n{}", rules.concat()));
    for (constant, name) in [
        ("BIG_ORDER", "big_order"),
        ("BIG_ORDER_", "bigOrder"),
        ("BIG_ORDER__", "big order"),
        ("_2ND", "2nd"),
    ] {
        assert!(text.contains(&format!("pub const {constant}: &str = {name:?};")), "{constant}\n{text}");
    }
}

#[test]
fn the_same_sources_give_the_same_bytes_in_any_order() {
    let files = [
        ("a.tsd", "type A(#id: int)\naction f(id: int)"),
        ("b.tsd", "rule one : {a: A} / a.id > 1 ==> f(a.id)"),
        ("c.tsd", "rule two : {a: A, b: A} / a.id == b.id ==> f(a.id + b.id)"),
    ];
    let text = |files: &[(&str, &str)]| {
        let (module, sources) = compiled(files);
        let tokens = module_tokens(&module, &sources, &Options::default()).to_string();
        (module_text(&module, &sources, &Options::default()), tokens)
    };
    let expected = text(&files);
    assert_eq!(text(&[files[2], files[0], files[1]]), expected);
    assert_eq!(text(&[files[1], files[2], files[0]]), expected);
}

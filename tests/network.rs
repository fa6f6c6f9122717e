//! The shared network as text: the nodes of a set of rules, and their users.

use tsd_compiler::source::SourceMap;
use tsd_ir::{Network, Sharing};

const SHOP: &str = r#"
    type Customer(#id: string, tier: string, city: string)
    type Order(#id: string, customer_id: string, customer: Customer, value: number, number: int)
    type Item(#id: string, order_id: string, quantity: number)
    action hit(a: string)
"#;

/// The network of the shop's rules.
fn network(rules: &str, sharing: Sharing) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("shop.tsd", format!("{SHOP}{rules}"));
    let compilation = tsd_compiler::compile(&sources, &[file]);
    let module = compilation.module.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics));
    let mut network = Network::new(sharing);
    for planned in &module.rules {
        network.add_rule(&planned.rule);
    }
    network.to_text(&module.schema)
}

#[test]
fn rules_that_differ_in_their_filters_share_every_node() {
    insta::assert_snapshot!(network(
        r#"
        rule gold : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" AND o.value > 10 ==> hit(c.id)
        rule silver : {x: Order, y: Customer} / y.id == x.customer_id AND y.tier == "SILVER" ==> hit(y.id)
        rule far : {c: Customer, o: Order} / c.id == o.customer_id AND o.value * 2 > LENGTH(c.city) ==> hit(c.id)
        "#,
        Sharing::On,
    ));
}

#[test]
fn chains_share_the_joins_that_they_begin_with() {
    insta::assert_snapshot!(network(
        r#"
        rule bought : {c: Customer, o: Order} / o.customer_id == c.id ==> hit(c.id)
        rule many : {c: Customer, o: Order, i: Item}
            / o.customer_id == c.id AND i.order_id == o.id AND i.quantity > 100 ==> hit(i.id)
        "#,
        Sharing::On,
    ));
}

#[test]
fn every_kind_of_key_has_its_text() {
    insta::assert_snapshot!(network(
        r#"
        rule single : {c: Customer} / c.tier == "GOLD" ==> hit(c.id)
        rule reference : {c: Customer, o: Order} / o.customer == c ==> hit(c.id)
        rule widened : {o: Order, p: Order} / o.value == p.number ==> hit(o.id)
        rule two : {a: Customer, b: Customer} / a.tier == b.tier AND a.city == b.city AND a.id < b.id ==> hit(a.id)
        rule all : {c: Customer, i: Item} / i.quantity > 5 AND c.tier == "GOLD" ==> hit(c.id)
        rule computed : {c: Customer, o: Order} / LENGTH(c.city) == o.number + 1 ==> hit(c.id)
        rule text : {c: Customer, o: Order} / UPPER(o.customer_id) + "!" == c.city ==> hit(c.id)
        rule same : {k: Order, d: Customer} / d.city == upper(k.customer_id) + "!" AND k.value > 5 ==> hit(d.id)
        rule of_both : {c: Customer, o: Order, i: Item} / c.id == o.customer_id AND LENGTH(c.city) + o.number == i.quantity ==> hit(c.id)
        rule followed : {o: Order, i: Item} / o.customer.city == i.order_id ==> hit(o.id)
        "#,
        Sharing::On,
    ));
}

#[test]
fn without_sharing_every_rule_has_nodes_of_its_own() {
    insta::assert_snapshot!(network(
        r#"
        rule gold : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" ==> hit(c.id)
        rule silver : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "SILVER" ==> hit(c.id)
        "#,
        Sharing::Off,
    ));
}

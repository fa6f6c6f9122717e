//! `EXISTS`: some fact of a type satisfies a condition.

use super::Session;
use super::story::{NOTHING, Story as _};

const SHOP: &str = "
    type Customer(#id: string, tier: string)
    type Order(#id: string, cid: string, total: number)
    type Payment(#id: string, order: Order)
    Customer(id: \"ada\", tier: \"gold\")
    Customer(id: \"bob\", tier: \"none\")
";

fn shop(rule: &str) -> Session {
    Session::new(&format!("{SHOP} rule r : {rule}"))
}

#[test]
fn for_exists_one_fact_is_enough_and_two_count_once() {
    let mut shop = shop("{c: Customer} / EXISTS (o: Order / o.cid == c.id) ==> Print(c.id)");
    assert_eq!(shop.matches(), NOTHING);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 1)");
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 1)");
    assert_eq!(shop.matches(), ["ada"]);
    assert_eq!(shop.run(), ["ada"]);
    shop.retract("Order~o1");
    assert_eq!(shop.matches(), ["ada"]);
    shop.retract("Order~o2");
    assert_eq!(shop.matches(), NOTHING);
}

#[test]
fn an_exists_without_a_condition_finds_any_fact_of_the_type() {
    let mut shop = shop("{c: Customer} / EXISTS (o: Order) ==> Print(c.id)");
    assert_eq!(shop.matches(), NOTHING);
    shop.insert("Order(id: \"o1\", cid: \"nobody\", total: 1)");
    assert_eq!(shop.matches(), ["ada", "bob"]);
}

#[test]
fn not_exists_is_the_opposite_of_exists() {
    let mut shop =
        shop("{c: Customer} / NOT (EXISTS (o: Order / o.cid == c.id AND o.total > 10)) ==> Print(c.id)");
    assert_eq!(shop.matches(), ["ada", "bob"]);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 11)");
    shop.insert("Order(id: \"o2\", cid: \"bob\", total: 10)");
    assert_eq!(shop.matches(), ["bob"]);
    shop.set("Order~o1", "cid: \"bob\"");
    assert_eq!(shop.matches(), ["ada"]);
}

#[test]
fn an_exists_may_contain_an_exists() {
    let mut shop = shop(
        "{c: Customer} / EXISTS (o: Order / o.cid == c.id AND NOT (EXISTS (p: Payment / p.order == o))) \
         ==> Print(c.id)",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 1)");
    assert_eq!(shop.matches(), ["ada"]);
    shop.insert("Payment(id: \"p1\", order: o1)");
    assert_eq!(shop.matches(), NOTHING);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 1)");
    assert_eq!(shop.matches(), ["ada"]);
    shop.set("Payment~p1", "order: o2");
    assert_eq!(shop.matches(), ["ada"], "now the first is not paid");
}

#[test]
fn an_inner_exists_may_read_variables_from_outside_the_outer_one() {
    let mut shop = shop(
        "{c: Customer} / EXISTS (o: Order / EXISTS (p: Order / p.cid == c.id AND p.total > o.total)) \
         ==> Print(c.id)",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 5)");
    assert_eq!(shop.matches(), NOTHING);
    shop.insert("Order(id: \"o2\", cid: \"bob\", total: 3)");
    assert_eq!(shop.matches(), ["ada"]);
    shop.set("Order~o2", "total: 7");
    assert_eq!(shop.matches(), ["bob"]);
}

#[test]
fn an_exists_may_find_a_fact_of_the_tuple() {
    let mut shop = shop("{o: Order} / EXISTS (x: Order / x == o AND x.total > 5) ==> Print(o.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 5)");
    assert_eq!(shop.matches(), ["o1"]);
}

#[test]
fn an_exists_is_a_condition_like_any_other() {
    let mut shop = shop(
        "{c: Customer} / c.tier == \"gold\" OR EXISTS (o: Order / o.cid == c.id) AND NOT (EXISTS (p: Payment))
         ==> Print(c.id)",
    );
    assert_eq!(shop.matches(), ["ada"]);
    shop.insert("Order(id: \"o1\", cid: \"bob\", total: 1)");
    assert_eq!(shop.matches(), ["ada", "bob"]);
    shop.insert("Payment(id: \"p1\", order: o1)");
    assert_eq!(shop.matches(), ["ada"]);
    shop.set("Customer~ada", "tier: \"none\"");
    assert_eq!(shop.matches(), NOTHING);
    shop.retract("Payment~p1");
    assert_eq!(shop.matches(), ["bob"]);
}

#[test]
fn an_exists_may_be_connected_by_an_inequality() {
    let mut shop =
        shop("{o: Order} / NOT (EXISTS (x: Order / x.cid == o.cid AND x.total > o.total)) ==> Print(o.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 5)");
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 7)");
    shop.insert("Order(id: \"o3\", cid: \"bob\", total: 1)");
    assert_eq!(shop.matches(), ["o2", "o3"]);
    shop.insert("Order(id: \"o4\", cid: \"ada\", total: 7)");
    assert_eq!(shop.matches(), ["o2", "o3", "o4"], "neither of the two is greater");
    shop.retract("Order~o2");
    shop.set("Order~o4", "total: 2");
    assert_eq!(shop.matches(), ["o1", "o3"]);
}

#[test]
fn an_exists_may_read_several_patterns() {
    let mut shop = shop(
        "{c: Customer, o: Order} / o.cid == c.id AND EXISTS (x: Order / x.cid == c.id AND x.total < o.total)
         ==> Print(c.id, o.id)",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 5)");
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 7)");
    shop.insert("Order(id: \"o3\", cid: \"bob\", total: 9)");
    assert_eq!(shop.matches(), ["ada o2"]);
    shop.set("Order~o1", "cid: \"bob\"");
    assert_eq!(shop.matches(), ["bob o3"]);
}

#[test]
fn a_comparison_without_value_in_an_exists_finds_nothing() {
    let mut shop = shop(
        "{c: Customer} / NOT (EXISTS (o: Order / o.cid == c.id AND o.total / 0 != 1))
             AND EXISTS (o: Order / o.cid == c.id AND NOT (o.total / 0 != 1)) ==> Print(c.id)",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 5)");
    assert_eq!(shop.matches(), ["ada"]);
}

#[test]
fn an_exists_of_a_rule_that_is_added_later_finds_the_facts_in_the_session() {
    let mut shop = shop("{c: Customer} / c.tier == \"gold\" ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"bob\", total: 5)");
    shop.add("rule with : {c: Customer} / EXISTS (o: Order / o.cid == c.id) ==> Print(c.id)");
    shop.add("rule without : {c: Customer} / NOT (EXISTS (o: Order / o.cid == c.id)) ==> Print(c.id)");
    assert_eq!(
        (shop.matches_of("with"), shop.matches_of("without")),
        (vec!["bob".into()], vec!["ada".into()])
    );
}

//! When an activation comes again. Values from other facts in a condition only decide whether the
//! tuple holds. Those that an effect reads activate the rule again whenever they change.

use super::Session;
use super::story::{NOTHING, Story as _};

const SHOP: &str = "
    type Customer(#id: string, limit: number, seen: bool)
    type Order(#id: string, cid: string, customer: Customer?, total: number)
    ada = Customer(id: \"ada\", limit: 5, seen: false)
";

fn shop(rule: &str) -> Session {
    Session::new(&format!("{SHOP} rule r : {rule}"))
}

#[test]
fn an_exists_that_finds_another_fact_activates_nothing_again() {
    let mut shop = shop("{c: Customer} / EXISTS (o: Order / o.cid == c.id AND o.total > 5) ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada"]);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 9)");
    shop.set("Order~o1", "total: 7");
    shop.retract("Order~o1");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Order~o2", "total: 1");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Order~o2", "total: 8");
    assert_eq!(shop.run(), ["ada"], "in between it did not hold");
}

#[test]
fn a_not_exists_that_goes_on_finding_nothing_activates_nothing_again() {
    let mut shop =
        shop("{c: Customer} / NOT (EXISTS (o: Order / o.cid == c.id AND o.total > 5)) ==> Print(c.id)");
    assert_eq!(shop.run(), ["ada"]);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 5)");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Order~o1", "total: 6");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Order~o1", "total: 5");
    assert_eq!(shop.run(), ["ada"]);
}

#[test]
fn a_field_of_the_tuple_in_the_condition_of_an_exists_is_read() {
    let mut shop = shop("{c: Customer} / EXISTS (o: Order / o.total > c.limit) ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 9)");
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Customer~ada", "limit: 6");
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Customer~ada", "seen: true");
    assert_eq!(shop.run(), NOTHING, "the rule does not mention that field");
}

#[test]
fn a_field_of_the_tuple_in_the_condition_of_an_aggregate_is_read() {
    let mut shop = shop("{c: Customer} / COUNT(o: Order / o.total > c.limit) > 0 ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 9)");
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Customer~ada", "limit: 6");
    assert_eq!(shop.run(), ["ada"]);
}

#[test]
fn a_condition_that_is_always_true_mentions_its_fields_all_the_same() {
    let mut shop = shop(
        "{c: Customer} / c.seen IS PRESENT AND COUNT(o: Order / o.total > c.limit) IS PRESENT \
         ==> Print(c.id)",
    );
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Customer~ada", "limit: 6");
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Customer~ada", "seen: true");
    assert_eq!(shop.run(), ["ada"]);
}

#[test]
fn a_derived_value_in_the_condition_may_change_as_long_as_the_condition_holds() {
    let mut shop = shop("{c: Customer} / SUM(o: Order / o.cid == c.id ; o.total) > 5 ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada"]);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 6)");
    shop.retract("Order~o1");
    assert_eq!(shop.run(), NOTHING);
    shop.retract("Order~o2");
    shop.insert("Order(id: \"o3\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada"]);
}

#[test]
fn a_changed_derived_value_that_an_effect_reads_brings_the_activation_again() {
    let mut shop = shop(
        "{c: Customer} / COUNT(o: Order) > 0 ==> Print(c.id, 2 * SUM(o: Order / o.cid == c.id ; o.total))",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada 12"]);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 0)");
    assert_eq!(shop.run(), NOTHING, "the sum is the same");
    shop.insert("Order(id: \"o3\", cid: \"bob\", total: 9)");
    assert_eq!(shop.run(), NOTHING, "that is another customer's");
    shop.set("Order~o2", "total: 1");
    assert_eq!(shop.run(), ["ada 14"]);
    shop.retract("Order~o1");
    assert_eq!(shop.run(), ["ada 2"]);
}

#[test]
fn a_changed_derived_value_brings_the_activation_again_even_if_the_effect_computes_the_same() {
    let mut shop = shop("{c: Customer} / c.limit > 0 ==> Print(c.id, 0 * COUNT(o: Order))");
    assert_eq!(shop.run(), ["ada 0"]);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada 0"]);
}

#[test]
fn a_derived_value_that_is_lost_or_found_has_changed() {
    let mut shop = shop("{c: Customer} / c.limit > 0 ==> Print(c.id, MAX(o: Order ; o.total))");
    assert_eq!(shop.ran(), (vec![], 1));
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada 6"]);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 6)");
    shop.retract("Order~o1");
    assert_eq!(shop.run(), NOTHING);
    shop.retract("Order~o2");
    assert_eq!(shop.ran(), (vec![], 1));
}

#[test]
fn a_derived_value_that_changes_and_changes_back_has_changed_twice() {
    let mut shop = shop("{c: Customer} / c.limit > 0 ==> Print(c.id, COUNT(o: Order))");
    assert_eq!(shop.run(), ["ada 0"]);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    shop.retract("Order~o1");
    assert_eq!(shop.run(), ["ada 0"], "each change counts, not each run");
}

#[test]
fn an_activation_that_waits_fires_once_with_the_last_derived_value_and_the_age_of_its_change() {
    let mut shop = shop("{c: Customer} / c.limit > 0 ==> Print(c.id, COUNT(o: Order / o.cid == c.id))");
    shop.insert("Customer(id: \"bob\", limit: 5, seen: false)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["bob 0", "ada 2"]);
}

#[test]
fn an_aggregate_variable_in_an_effect_brings_its_group_again() {
    let mut shop = shop(
        "{c: Customer, sum: SUM(o.total), n: COUNT(o)} / {o: Order} / o.cid == c.id AND n > 0 \
         ==> Print(c.id, sum)",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada 6"]);
    shop.insert("Order(id: \"o2\", cid: \"ada\", total: 0)");
    assert_eq!(shop.run(), NOTHING, "the effect does not read how many there are");
    shop.set("Order~o2", "total: 2");
    assert_eq!(shop.run(), ["ada 8"]);
}

#[test]
fn an_aggregate_variable_in_the_condition_alone_activates_nothing_again() {
    let mut shop =
        shop("{c: Customer, sum: SUM(o.total)} / {o: Order} / o.cid == c.id AND sum > 5 ==> Print(c.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["ada"]);
    shop.set("Order~o1", "total: 7");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Order~o1", "total: 5");
    shop.set("Order~o1", "total: 7");
    assert_eq!(shop.run(), ["ada"]);
}

#[test]
fn a_changed_derived_value_withdraws_what_was_inserted_with_it() {
    let mut shop = Session::new(&format!(
        "{SHOP} type Note(n: int)
         rule r : {{c: Customer}} / COUNT(o: Order) < 9 ==> InsertLogical(Note(n: COUNT(o: Order)))
         rule s : {{c: Customer}} / COUNT(o: Order) < 9 ==> InsertLogical(Note(n: 100))"
    ));
    let notes = |shop: &Session| -> Vec<String> {
        let facts = shop.oracle().facts();
        facts.of_type(2).map(|fact| facts.show(facts.ever(fact).fields[0].as_ref()).to_string()).collect()
    };
    shop.run();
    assert_eq!(notes(&shop), ["0", "100"]);
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(notes(&shop), ["100"], "the other does not read it in its effects");
    shop.run();
    assert_eq!(notes(&shop), ["100", "1"]);
    shop.set("Order~o1", "total: 7");
    assert_eq!(notes(&shop), ["100", "1"], "there is one as before");
}

#[test]
fn a_reference_that_an_effect_follows_brings_the_activation_again() {
    let mut shop = shop("{o: Order} / o.total > 0 ==> Print(o.id, o.customer.limit)");
    shop.insert("Order(id: \"o1\", cid: \"\", customer: ada, total: 6)");
    assert_eq!(shop.run(), ["o1 5"]);
    shop.set("Customer~ada", "seen: true");
    assert_eq!(shop.run(), NOTHING);
    shop.set("Customer~ada", "limit: 6");
    assert_eq!(shop.run(), ["o1 6"]);
    shop.retract("Customer~ada");
    assert_eq!(shop.ran(), (vec![], 1));
}

#[test]
fn a_reference_that_only_the_condition_follows_activates_nothing_again() {
    let mut shop = shop("{o: Order} / o.customer.limit > 0 ==> Print(o.id)");
    shop.insert("Order(id: \"o1\", cid: \"\", customer: ada, total: 6)");
    assert_eq!(shop.run(), ["o1"]);
    shop.set("Customer~ada", "limit: 6");
    assert_eq!(shop.run(), NOTHING);
    shop.insert("Customer(id: \"bob\", limit: 6, seen: false)");
    shop.set("Order~o1", "customer: bob");
    assert_eq!(shop.run(), ["o1"], "the rule mentions the field `customer` of the order");
}

#[test]
fn only_the_state_before_and_after_a_change_counts() {
    // One update removes the only order from the count and adds it again.
    let mut shop = shop(
        "{c: Customer} / NOT (EXISTS (o: Order / o.total < 0)) ==> Print(COUNT(o: Order / o.total > 0))",
    );
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["1"]);
    shop.set("Order~o1", "total: 7");
    assert_eq!(shop.run(), NOTHING);
}

#[test]
fn a_fact_of_the_tuple_that_an_exists_finds_is_read_through_its_own_variable_only() {
    let mut shop = shop("{o: Order} / EXISTS (x: Order / x.cid == o.cid AND x.total > 5) ==> Print(o.id)");
    shop.insert("Order(id: \"o1\", cid: \"ada\", total: 6)");
    assert_eq!(shop.run(), ["o1"]);
    shop.set("Order~o1", "total: 7");
    assert_eq!(shop.run(), NOTHING, "`total` is mentioned of x, not of o");
    shop.set("Order~o1", "cid: \"bob\"");
    assert_eq!(shop.run(), ["o1"]);
}

#[test]
fn no_loop_also_holds_off_a_derived_value_that_the_rules_own_effect_changed() {
    let mut shop = shop("{c: Customer} / c.limit > 0 ==> Print(c.id)");
    shop.add(
        "rule more no-loop : {c: Customer} / COUNT(o: Order) < 3
         ==> Print(COUNT(o: Order)), Insert(Order(id: \"o\" + COUNT(o: Order), cid: c.id, total: 1))",
    );
    assert_eq!(shop.run(), ["ada", "0"]);
    shop.retract("Order~o0");
    assert_eq!(shop.run(), ["0"]);
}

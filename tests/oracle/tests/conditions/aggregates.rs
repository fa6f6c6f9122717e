//! `SUM AVG MIN MAX COUNT` as operands: a derived value over all facts that satisfy a condition.

use super::Session;
use super::story::{NOTHING, Story as _};

const BANK: &str = "
    type Account(#id: string, limit: number, least: int)
    type Entry(#id: string, account: string, amount: number?, points: int, note: string?)
    Account(id: \"a\", limit: 10, least: 2)
    Account(id: \"b\", limit: 20, least: 2)
";

/// A bank with one rule.
fn bank(rule: &str) -> Session {
    Session::new(&format!("{BANK} rule r : {rule}"))
}

/// A bank that prints a derived value of account `a` each time that it changes. Entries are
/// `(id, amount)`, and all of that account.
fn derived_value(derived_value: &str) -> Session {
    bank(&format!("{{a: Account}} / a.id == \"a\" ==> Print({derived_value})"))
}

fn enter(bank: &mut Session, entries: &[(&str, &str)]) {
    for (id, fields) in entries {
        let separator = if fields.contains("points") { "" } else { ", points: 0" };
        bank.insert(&format!("Entry(id: \"{id}\", account: \"a\", {fields}{separator})"));
    }
}

#[test]
fn an_aggregate_adds_up_the_facts_that_satisfy_its_condition() {
    let mut bank =
        bank("{a: Account} / SUM(e: Entry / e.account == a.id ; e.amount) >= a.limit ==> Print(a.id)");
    enter(&mut bank, &[("e1", "amount: 6"), ("e2", "amount: 3")]);
    assert_eq!(bank.matches(), NOTHING);
    enter(&mut bank, &[("e3", "amount: 1")]);
    assert_eq!(bank.matches(), ["a"]);
    bank.set("Entry~e3", "account: \"b\"");
    assert_eq!(bank.matches(), NOTHING);
    bank.set("Entry~e3", "amount: 20");
    assert_eq!(bank.matches(), ["b"]);
    bank.retract("Entry~e3");
    assert_eq!(bank.matches(), NOTHING);
}

#[test]
fn each_aggregate_function_computes_what_its_name_says() {
    let of = |derived_value: &str| format!("{derived_value}(e: Entry / e.account == a.id ; e.amount)");
    let derived_values = ["SUM", "AVG", "MIN", "MAX", "COUNT"].map(of).join(", ");
    let mut bank = derived_value(&derived_values);
    enter(&mut bank, &[("e1", "amount: 6"), ("e2", "amount: 3.5"), ("e3", "amount: -2")]);
    assert_eq!(bank.run(), ["7.5 2.5 -2 6 3"]);
    bank.retract("Entry~e1");
    assert_eq!(bank.run(), ["1.5 0.75 -2 3.5 2"], "the greatest is gone");
    bank.retract("Entry~e3");
    assert_eq!(bank.run(), ["3.5 3.5 3.5 3.5 1"], "the least is gone");
}

#[test]
fn distinct_values_count_once_as_long_as_some_fact_has_them() {
    let of = |value: &str| format!("COUNT(DISTINCT e: Entry / e.account == a.id ; {value})");
    let mut bank = derived_value(&["e.note", "UPPER(e.note)", "e.amount", "e.points % 2"].map(of).join(", "));
    enter(&mut bank, &[("e1", "amount: 6, note: \"x\""), ("e2", "amount: 6.0, note: \"X\"")]);
    assert_eq!(bank.run(), ["2 1 1 1"]);
    enter(&mut bank, &[("e3", "note: \"x\", points: 1")]);
    assert_eq!(bank.run(), ["2 1 1 2"], "one that is missing is no value");
    bank.retract("Entry~e1");
    assert_eq!(bank.run(), NOTHING, "another entry has the same note");
    bank.retract("Entry~e3");
    assert_eq!(bank.run(), ["1 1 1 1"]);
    bank.set("Entry~e2", "amount: 7");
    assert_eq!(bank.run(), NOTHING, "still one amount");
    bank.retract("Entry~e2");
    assert_eq!(bank.run(), ["0 0 0 0"]);
}

#[test]
fn references_count_by_the_facts_that_they_refer_to() {
    let mut shop = Session::new(
        "type Customer(#id: string)
        type Order(#id: string, customer: Customer?)
        rule r : {c: Customer} / c.id == \"a\" ==> Print(COUNT(DISTINCT o: Order ; o.customer))
        a = Customer(id: \"a\")
        b = Customer(id: \"b\")
        Order(id: \"1\", customer: a)
        Order(id: \"2\", customer: b)
        Order(id: \"3\", customer: a)
        Order(id: \"4\")",
    );
    assert_eq!(shop.run(), ["2"]);
    shop.retract("Order~2");
    assert_eq!(shop.run(), ["1"]);
    shop.retract("Order~1");
    assert_eq!(shop.run(), NOTHING);
}

#[test]
fn without_facts_sum_and_count_are_zero_and_other_aggregates_have_no_value() {
    let of = |derived_value: &str| format!("{derived_value}(e: Entry / e.account == a.id ; e.amount)");
    let [sum, avg, min, max] = ["SUM", "AVG", "MIN", "MAX"].map(of);
    let bank = bank(&format!(
        "{{a: Account}} / {sum} == 0 AND COUNT(e: Entry) == 0 AND {avg} IS MISSING AND {min} IS MISSING
             AND NOT ({max} > 0) AND NOT ({max} <= 0) ==> Print(a.id)"
    ));
    assert_eq!(bank.matches(), ["a", "b"]);
}

#[test]
fn an_aggregate_skips_a_missing_value() {
    let of = |derived_value: &str| format!("{derived_value}(e: Entry / e.account == a.id ; e.amount)");
    let derived_values = ["SUM", "AVG", "MIN", "MAX", "COUNT"].map(of).join(", ");
    let mut bank = derived_value(&format!("{derived_values}, COUNT(e: Entry / e.account == a.id)"));
    enter(&mut bank, &[("e1", "amount: 6"), ("e2", "note: \"nothing\"")]);
    assert_eq!(bank.run(), ["6 6 6 6 1 2"]);
    bank.set("Entry~e2", "amount: 4");
    assert_eq!(bank.run(), ["10 5 4 6 2 2"]);
    bank.clear("Entry~e1", "amount");
    assert_eq!(bank.run(), ["4 4 4 4 1 2"]);
}

#[test]
fn an_aggregate_skips_a_value_that_cannot_be_computed() {
    let mut bank =
        derived_value("COUNT(e: Entry / e.account == a.id ; 1 / e.amount), SUM(e: Entry ; 1 / e.amount)");
    enter(&mut bank, &[("e1", "amount: 0"), ("e2", "amount: 4")]);
    assert_eq!(bank.run(), ["1 0.25"]);
}

#[test]
fn count_takes_values_of_any_kind_and_min_and_max_texts() {
    let mut bank = derived_value(
        "COUNT(e: Entry / e.account == a.id ; e.note), MIN(e: Entry ; e.note), MAX(e: Entry ; e.note)",
    );
    enter(
        &mut bank,
        &[("e1", "note: \"b\""), ("e2", "amount: 1"), ("e3", "note: \"é\""), ("e4", "note: \"Z\"")],
    );
    assert_eq!(bank.run(), ["3 Z é"]);
    bank.retract("Entry~e4");
    assert_eq!(bank.run(), ["2 b é"]);
}

#[test]
fn sums_are_exact_and_do_not_depend_on_the_order() {
    let mut bank = derived_value("SUM(e: Entry / e.account == a.id ; e.amount), AVG(e: Entry ; e.amount)");
    for index in 0..10 {
        enter(&mut bank, &[(&format!("e{index}"), "amount: 0.1")]);
    }
    assert_eq!(bank.run(), ["1 0.1"]);
    enter(&mut bank, &[("large", "amount: 1e17"), ("half", "amount: 0.5"), ("back", "amount: -1e17")]);
    assert_eq!(bank.run(), [format!("1.5 {}", 1.5 / 13.0)]);
    for index in 0..10 {
        bank.retract(&format!("Entry~e{index}"));
    }
    bank.retract("Entry~large");
    bank.retract("Entry~back");
    assert_eq!(bank.run(), ["0.5 0.5"], "nothing stays behind");
}

#[test]
fn sums_beyond_the_range_have_no_value_until_they_come_back() {
    let mut bank = derived_value("SUM(e: Entry / e.account == a.id ; e.amount), AVG(e: Entry ; e.amount)");
    enter(&mut bank, &[("e1", "amount: 1e308"), ("e2", "amount: 1e308")]);
    assert_eq!(bank.ran(), (vec![], 1));
    enter(&mut bank, &[("e3", "amount: -1e308")]);
    assert_eq!(bank.run(), [format!("{} {}", 1e308, 1e308 / 3.0)]);
    enter(&mut bank, &[("e4", "amount: 1e308")]);
    assert_eq!(bank.ran(), (vec![], 1));
}

#[test]
fn infinities_of_both_signs_have_no_sum() {
    let mut bank =
        bank("{a: Account} / SUM(e: Entry / e.account == a.id ; e.amount) IS MISSING ==> Print(a.id)");
    enter(&mut bank, &[("e1", "amount: 1"), ("e2", "amount: 1"), ("e3", "amount: 1")]);
    // Only the host program can insert them.
    bank.set_number("Entry~e1", "amount", f64::INFINITY);
    assert_eq!(bank.matches(), NOTHING);
    bank.set_number("Entry~e2", "amount", f64::NEG_INFINITY);
    assert_eq!(bank.matches(), ["a"]);
    bank.retract("Entry~e1");
    assert_eq!(bank.matches(), NOTHING);
    bank.set_number("Entry~e3", "amount", f64::INFINITY);
    assert_eq!(bank.matches(), ["a"]);
}

#[test]
fn sums_of_integers_are_integers_and_have_no_value_beyond_their_range() {
    let mut bank =
        derived_value("SUM(e: Entry / e.account == a.id ; e.points) / 2, AVG(e: Entry ; e.points)");
    enter(&mut bank, &[("e1", "points: 3"), ("e2", "points: 4")]);
    assert_eq!(bank.run(), ["3 3.5"]);
    bank.set("Entry~e1", "points: 9223372036854775807");
    assert_eq!(bank.ran(), (vec![], 1), "the sum has no value");
    enter(&mut bank, &[("e3", "points: -4")]);
    assert_eq!(bank.run(), [format!("4611686018427387903 {}", 9_223_372_036_854_775_807.0 / 3.0)]);
}

#[test]
fn the_sum_of_no_integers_is_an_integer() {
    let bank = bank("{a: Account} / (SUM(e: Entry ; e.points) + 7) / a.least == 3 ==> Print(a.id)");
    assert_eq!(bank.matches(), ["a", "b"]);
}

#[test]
fn an_aggregate_is_allowed_wherever_a_value_is() {
    let mut bank = bank(
        "{a: Account} / 2 * COUNT(e: Entry / e.account == a.id) - 1 >= a.least
             AND a.limit < SUM(e: Entry / e.account == a.id ; e.amount)
             AND MAX(e: Entry / e.account == a.id ; e.amount) > 2 * AVG(x: Entry / x.account == a.id ; \
             x.amount)
             AND COUNT(e: Entry / e.account == a.id) IN [a.least, 3] ==> Print(a.id)",
    );
    enter(&mut bank, &[("e1", "amount: 1"), ("e2", "amount: 1"), ("e3", "amount: 9")]);
    assert_eq!(bank.matches(), ["a"]);
    bank.set("Entry~e3", "amount: 8");
    assert_eq!(bank.matches(), NOTHING, "the sum is not above the limit");
    bank.set("Account~a", "limit: 9");
    assert_eq!(bank.matches(), ["a"]);
    enter(&mut bank, &[("e4", "amount: 0")]);
    assert_eq!(bank.matches(), NOTHING, "four is not in the list");
}

#[test]
fn an_aggregate_without_a_condition_is_over_all_facts_of_the_type() {
    let mut bank = bank("{a: Account} / a.limit > SUM(e: Entry ; e.amount) ==> Print(a.id)");
    assert_eq!(bank.matches(), ["a", "b"]);
    enter(&mut bank, &[("e1", "amount: 10")]);
    assert_eq!(bank.matches(), ["b"]);
}

#[test]
fn an_aggregate_may_be_connected_by_an_inequality() {
    let mut bank = bank("{e: Entry} / COUNT(x: Entry / x.amount > e.amount) == 1 ==> Print(e.id)");
    enter(&mut bank, &[("e1", "amount: 1"), ("e2", "amount: 2"), ("e3", "amount: 3")]);
    assert_eq!(bank.matches(), ["e2"]);
    bank.set("Entry~e3", "amount: 1.5");
    assert_eq!(bank.matches(), ["e3"]);
}

#[test]
fn an_aggregate_may_contain_aggregates() {
    let mut bank = bank(
        "{a: Account} / SUM(e: Entry / e.account == a.id AND e.amount == MAX(x: Entry / x.account \
         == a.id ; x.amount)
             ; e.amount + COUNT(y: Entry / y.account == e.account)) == 22 ==> Print(a.id)",
    );
    // The greatest amount, and the count of entries, for each entry of the greatest amount.
    enter(&mut bank, &[("e1", "amount: 8"), ("e2", "amount: 1"), ("e3", "amount: 8")]);
    assert_eq!(bank.matches(), ["a"]);
    enter(&mut bank, &[("e4", "amount: 18")]);
    assert_eq!(bank.matches(), ["a"]);
    enter(&mut bank, &[("e5", "amount: 0")]);
    assert_eq!(bank.matches(), NOTHING);
}

#[test]
fn effects_may_compute_with_aggregates() {
    let mut bank = bank(
        "{a: Account} / COUNT(e: Entry / e.account == a.id) == 2
         ==> Update(a, {limit: SUM(e: Entry / e.account == a.id ; e.amount) + 1}),
             Print(a.limit, MAX(e: Entry ; e.points))",
    );
    enter(&mut bank, &[("e1", "amount: 3, points: 7"), ("e2", "amount: 4, points: 5")]);
    assert_eq!(bank.run(), ["10 7", "8 7"], "the update of a field that the rule reads brings it again");
}

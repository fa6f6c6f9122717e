//! The compiled form of rules: filters as sets of values, keys, residual tests, branches, and the
//! join order.
//!
//! `TSD_BLESS=1` prints the plans instead of comparing them.

use tsd_compiler::compile;
use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;

const SCHEMA: &str = "\
type Customer(#id: string, tier: string, credit: number, points: int, note: string?, active: bool)
type Order(#id: string, customer: Customer, buyer: string, payer: string, total: number, count: int, \
delay: number?, paid: bool?)
type Item(#id: string, order: string, sku: string, price: number)
action notify(to: string, n: number?, w: number = 5)
action show(order: Order, days: int)
";

#[track_caller]
fn check(rules: &str, expected: &str) {
    let mut sources = SourceMap::new();
    let schema = sources.add("a.tsd", SCHEMA);
    let file = sources.add("b.tsd", rules);
    let compilation = compile(&sources, &[schema, file]);
    let module =
        compilation.module.unwrap_or_else(|| panic!("{}", render(&sources, &compilation.diagnostics, false)));
    let found = module.to_text();
    if std::env::var_os("TSD_BLESS").is_some() {
        println!("@@{}\n{found}@@", std::panic::Location::caller().line());
        return;
    }
    assert_eq!(found.trim(), expected.trim());
}

#[test]
fn whatever_is_said_of_one_field_becomes_a_set_of_values() {
    check(
        r#"
        rule a : {o: Order} / o.total > 10 AND NOT (o.total == 12) AND 100 >= o.total ==> Print(o.id)
        rule b : {o: Order} / o.buyer IN ["x", "y", "x"] AND o.buyer != "y" ==> Print(o.id)
        rule c : {o: Order} / (o.count < 3 OR o.count > 8 OR o.count == 5) AND o.count != 0 ==> Print(o.id)
        rule d : {c: Customer} / c.active AND NOT (c.tier == "gold") ==> Print(c.id)
        rule e : {c: Customer} / c.active == false ==> Print(c.id)
        rule f : {c: Customer} / c.credit > 5 OR c.credit <= 5 ==> Print(c.id)
    "#,
        r#"
rule a
  o: Order where total > 10 and < 12 or > 12 and <= 100
  => Print(0.id)

rule b
  o: Order where buyer is "x"
  => Print(0.id)

rule c
  o: Order where count < 0 or >= 1 and < 3 or 5 or >= 9
  => Print(0.id)

rule d
  c: Customer where tier not "gold", active is true
  => Print(0.id)

rule e
  c: Customer where active is false
  => Print(0.id)

rule f
  c: Customer
  => Print(0.id)
"#,
    );
}

#[test]
fn a_field_that_may_be_missing_is_compared_in_neither_way() {
    check(
        r#"
        rule a : {o: Order} / o.delay < 5 ==> Print(o.id)
        rule b : {o: Order} / NOT (o.delay < 5) ==> Print(o.id)
        rule c : {o: Order} / o.delay != 5 ==> Print(o.id)
        rule d : {o: Order} / o.delay IS MISSING OR o.delay > 3 ==> Print(o.id)
        rule e : {o: Order} / o.delay IS PRESENT ==> Print(o.id)
        rule f : {o: Order} / o.paid ==> Print(o.id)
        rule g : {o: Order} / NOT (o.paid) ==> Print(o.id)
        rule h : {o: Order} / NOT (o.delay < o.total) AND NOT (o.total < o.count) ==> Print(o.id)
    "#,
        r#"
rule a
  o: Order where delay < 5
  => Print(0.id)

rule b
  o: Order where delay >= 5 or missing
  => Print(0.id)

rule c
  o: Order where delay not 5
  => Print(0.id)

rule d
  o: Order where delay > 3 or missing
  => Print(0.id)

rule e
  o: Order where delay present
  => Print(0.id)

rule f
  o: Order where paid is true
  => Print(0.id)

rule g
  o: Order where paid is false or missing
  => Print(0.id)

rule h
  o: Order where (<= (to-number 0.count) 0.total), (not (< 0.delay 0.total))
  => Print(0.id)
"#,
    );
}

#[test]
fn an_integer_beside_a_number_stays_exact() {
    check(
        r#"
        rule a : {o: Order} / o.count > 2.5 AND o.count <= 7.0 ==> Print(o.id)
        rule b : {o: Order} / 7 / 2 < o.count ==> Print(o.id)
        rule c : {o: Order} / o.count / 2 == 6 / 2 ==> Print(o.count / 2.0)
        rule d : {o: Order} / o.count == o.total ==> Print(o.id)
        rule e : {o: Order} / o.count != 2.5 AND o.count != 9007199254740993 ==> Print(o.id)
    "#,
        r#"
rule a
  o: Order where count >= 3 and < 8
  => Print(0.id)

rule b
  o: Order where count >= 4
  => Print(0.id)

rule c
  o: Order where (== (0.count / 2i) 3i)
  => Print(((to-number 0.count) / 2))

rule d
  o: Order where (== (to-number 0.count) 0.total)
  => Print(0.id)

rule e
  o: Order where count not 9007199254740993
  => Print(0.id)
"#,
    );
}

#[test]
fn what_is_about_several_fields_is_a_test_in_one_direction() {
    check(
        r#"
        rule a : {i: Item} / i.sku == i.id AND UPPER(i.sku) == "A" ==> Print(i.id)
        rule b : {i: Item} / "A" == UPPER(i.sku) AND i.id == i.sku AND i.id == i.sku ==> Print(i.id)
        rule c : {o: Order} / o.total > o.delay + 1 * 2 AND (o.total < 5 OR o.buyer == "x") ==> Print(o.id)
        rule d : {o: Order} / (o.buyer == "x" OR 5 > o.total) AND NOT (o.buyer LIKE "%a") ==> Print(o.id)
        rule e : {o: Order} / o.buyer + 1 + true == "x" + "y" + 2 AND NOT (NOT (LENGTH(o.payer) > 3)) ==> Print(o.id)
        rule f : {o: Order} / o.buyer MATCHES "^[AB]" AND o.payer CONTAINS "z" ==> Print(o.id)
    "#,
        r#"
rule a
  i: Item where (== (UPPER 0.sku) "A"), (== 0.id 0.sku)
  => Print(0.id)

rule b
  i: Item where (== (UPPER 0.sku) "A"), (== 0.id 0.sku)
  => Print(0.id)

rule c
  o: Order where (< (0.delay + 2) 0.total), (or (< 0.total 5) (== 0.buyer "x"))
  => Print(0.id)

rule d
  o: Order where (not (like 0.buyer "%a")), (or (< 0.total 5) (== 0.buyer "x"))
  => Print(0.id)

rule e
  o: Order where (== (concat 0.buyer "1true") "xy2"), (> (LENGTH 0.payer) 3i)
  => Print(0.id)

rule f
  o: Order where (contains 0.payer "z"), (matches 0.buyer "^[AB]")
  => Print(0.id)
"#,
    );
}

#[test]
fn equalities_between_facts_are_keys() {
    check(
        r#"
        rule a : {c: Customer, o: Order} / o.buyer == c.id AND o.total > 10 AND c.tier == "gold" ==> Print(c.id)
        rule b : {o: Order, c: Customer} / c.id == o.buyer AND o.total > c.credit ==> Print(c.id)
        rule c : {c: Customer} / {o: Order} / o.customer == c AND c.points == o.total AND o.count < c.points ==> Print(c.id)
        rule d : {c: Customer, o: Order} / NOT (o.customer != c) AND o.buyer != c.id ==> Print(c.id)
    "#,
        r#"
rule a
  c: Customer where tier is "gold"
  o: Order on 0.id = buyer where total > 10 | join 0.021 shared by 2
  => Print(0.id)

rule b
  c: Customer
  o: Order on 0.id = buyer if (< 0.credit 1.total) | join 0.021 shared by 2
  => Print(1.id)

rule c
  c: Customer
  o: Order on 0.(number)points = total, 0.# = customer if (< 1.count 0.points) | join 0.010
  => Print(0.id)

rule d
  c: Customer
  o: Order on 0.# = customer if (!= 0.id 1.buyer) | join 0.021
  => Print(0.id)
"#,
    );
}

#[test]
fn two_facts_of_one_type_are_joined_in_one_direction() {
    check(
        r#"
        rule a : {x: Order, y: Order} / x.buyer == y.payer AND x.total < y.total ==> Print(x.id)
        rule b : {x: Order, y: Order} / x.payer == y.buyer AND x.total > y.total ==> Print(x.id)
        rule c : {x: Order, y: Order} / x.buyer == y.buyer AND x.id < y.id ==> Print(x.id)
    "#,
        r#"
rule a
  x: Order
  y: Order on 0.buyer = payer if (< 0.total 1.total) | join 0.070 shared by 2
  => Print(0.id)

rule b
  y: Order
  x: Order on 0.buyer = payer if (< 0.total 1.total) | join 0.070 shared by 2
  => Print(0.id)

rule c
  x: Order
  y: Order on 0.buyer = buyer if (< 0.id 1.id) | join 0.070
  => Print(0.id)
"#,
    );
}

#[test]
fn an_or_that_joins_is_split_into_branches() {
    check(
        r#"
        rule a : {c: Customer, o: Order} / o.buyer == c.id OR o.payer == c.id ==> Print(c.id)
        rule b : {c: Customer, o: Order} / (o.buyer == c.id AND o.total > 5 OR o.customer == c) AND c.active ==> Print(c.id)
        rule c : {c: Customer, o: Order} / o.buyer == c.id AND (o.payer == c.id OR o.payer == c.tier) ==> Print(c.id)
        rule d : {c: Customer, o: Order} / o.buyer == c.id OR o.total > 100 ==> Print(c.id)
    "#,
        r#"
rule a
  branch 1
  c: Customer
  o: Order on 0.id = buyer | join 0.021 shared by 3
  branch 2
  c: Customer
  o: Order on 0.id = payer if (!= 0.id 1.buyer) | join 0.021
  => Print(0.id)

rule b
  branch 1
  c: Customer where active is true
  o: Order on 0.# = customer | join 0.021
  branch 2
  c: Customer where active is true
  o: Order on 0.id = buyer where total > 5 if (!= 0.# 1.customer) | join 0.021 shared by 3
  => Print(0.id)

rule c
  c: Customer
  o: Order on 0.id = buyer if (or (== 0.id 1.payer) (== 0.tier 1.payer)) | join 0.021 shared by 3
  => Print(0.id)

rule d
  c: Customer
  o: Order cross if (or (== 0.id 1.buyer) (> 1.total 100)) | join 1.000
  => Print(0.id)
"#,
    );
}

#[test]
fn chains_begin_with_the_best_join_and_avoid_cross_products() {
    check(
        r#"
        rule a : {i: Item, c: Customer, o: Order} / o.buyer == c.id AND i.order == o.id ==> Print(i.id)
        rule b : {c: Customer, o: Order, i: Item} / i.order == o.id AND o.buyer == c.tier AND i.price > 5 ==> Print(i.id)
        rule c : {o: Order, x: Item, y: Item} / x.order == o.id AND y.order == o.id AND x.sku < y.sku ==> Print(o.id)
        rule d : {x: Item, y: Item, c: Customer} / x.sku == c.tier ==> Print(c.id)
    "#,
        r#"
rule a
  i: Item
  o: Order on 0.order = id | join 0.021 shared by 3, 1000 rows
  c: Customer on 1.buyer = id | join 0.021, 1000 rows
  greedy order, cost 10000
  => Print(0.id)

rule b
  i: Item where price > 5
  o: Order on 0.order = id | join 0.021 shared by 3, 300 rows
  c: Customer on 1.buyer = tier | join 0.070, 21000 rows
  greedy order, cost 26500
  => Print(2.id)

rule c
  x: Item
  o: Order on 0.order = id | join 0.021 shared by 3, 1000 rows
  y: Item on 1.id = order if (< 0.sku 2.sku) | join 0.021, 300 rows
  greedy order, cost 10000
  => Print(0.id)

rule d
  c: Customer
  x: Item on 0.tier = sku | join 0.070, 70000 rows
  y: Item cross | join 1.000, 70000000 rows
  greedy order, cost 70216000
  => Print(2.id)
"#,
    );
}

#[test]
fn ties_go_to_the_join_that_most_rules_share() {
    check(
        r#"
        rule a : {c: Customer, o: Order, i: Item} / o.buyer == c.tier AND o.payer == i.sku ==> Print(c.id)
        rule b : {o: Order, i: Item} / o.payer == i.sku AND i.price > 3 ==> Print(i.id)
        rule c : {i: Item, o: Order} / o.payer == i.sku AND o.total > 3 ==> Print(i.id)
    "#,
        r#"
rule a
  i: Item
  o: Order on 0.sku = payer | join 0.070 shared by 3, 70000 rows
  c: Customer on 1.buyer = tier | join 0.070, 4900000 rows
  greedy order, cost 5116000
  => Print(0.id)

rule b
  i: Item where price > 3
  o: Order on 0.sku = payer | join 0.070 shared by 3
  => Print(1.id)

rule c
  i: Item
  o: Order on 0.sku = payer where total > 3 | join 0.070 shared by 3
  => Print(0.id)
"#,
    );
}

#[test]
fn effects_name_facts_as_declared() {
    check(
        r#"
        rule a salience 10 no-loop : {o: Order, c: Customer} / o.customer == c ==>
            notify(c.id), notify(c.id, o.count, 1), show(o, 3), notify(c.id, o.delay / 2),
            Update(o, {total: o.count * 2, delay: 7 / 2, count: o.count + 1}),
            Insert(Item(order: o.id, sku: "a" + 1 + 2, id: c.id + o.total, price: -(2 + 1))),
            Retract(c), Print("total", o.total), Log(1 + 2, ROUND(2.5), o), notify("done", 1 / 0)
        rule b salience -1 : {c: Customer} / ==> undeclared(c.id, 1), undeclared("x", c.points), bare
    "#,
        r#"
rule a salience 10 no-loop
  c: Customer
  o: Order on 0.# = customer | join 0.021
  => notify(1.id, missing, 5)
  => notify(1.id, (to-number 0.count), 1)
  => show(0.#, 3i)
  => notify(1.id, (0.delay / 2), 5)
  => Update(0.#, {total: (to-number (0.count * 2i)), delay: 3.5, count: (0.count + 1i)})
  => Insert(Item(id: (concat 1.id (to-string 0.total)), order: 0.id, sku: "a12", price: -3))
  => Retract(1.#)
  => Print("total", 0.total)
  => Log(3, 3, 0.#)
  => notify("done", missing, 5)

rule b salience -1
  c: Customer
  => undeclared(0.id, 1i)
  => undeclared("x", 0.points)
  => bare()
"#,
    );
}

#[test]
fn a_condition_that_cannot_be_true_leaves_nothing() {
    check(
        r#"
        rule a : {o: Order} / o.total > 10 AND o.total < 5 ==> Print(o.id)
        rule b : {o: Order} / 1 / 0 == 1 OR o.total IN [] ==> Print(o.id)
        rule c : {o: Order} / NOT (1 / 0 == 1) ==> Print(o.id)
    "#,
        r#"
rule a
  never
  => Print(0.id)

rule b
  never
  => Print(0.id)

rule c
  o: Order
  => Print(0.id)
"#,
    );
}

#[test]
fn an_equality_that_computes_is_a_key_where_it_finds_more_than_stored_keys_do() {
    check(
        r#"
        rule a : {c: Customer, o: Order} / LENGTH(c.tier) + 1 == o.count ==> Print(o.id)
        rule b : {c: Customer, o: Order} / UPPER(c.tier) == o.buyer AND o.total > 5 ==> Print(o.id)
        rule c : {c: Customer, o: Order} / UPPER(c.tier) == o.buyer AND o.payer == c.id ==> Print(o.id)
        rule d : {c: Customer, o: Order} / UPPER(c.tier) == o.buyer AND o.payer == c.tier ==> Print(o.id)
        rule e : {c: Customer, o: Order} / c.points - o.count == 1 ==> Print(o.id)
        rule f : {c: Customer, o: Order, i: Item} / c.id == o.payer AND c.points + o.total == i.price ==> Print(i.id)
        rule g : {o: Order, i: Item} / o.customer.tier == i.sku AND o.customer.points > 3 ==> Print(i.id)
        rule h no-loop : {o: Order, i: Item} / o.customer.tier == i.sku ==> Print(i.id)
        rule i : {o: Order, i: Item} / UPPER(o.customer.tier) == i.sku ==> Print(i.id)
    "#,
        r#"
rule a
  c: Customer
  o: Order on ((LENGTH 0.tier) + 1i) = count | join 0.070
  => Print(1.id)

rule b
  c: Customer
  o: Order on (UPPER 0.tier) = buyer where total > 5 if (== (UPPER 0.tier) 1.buyer) | join 0.070
  => Print(1.id)

rule c
  c: Customer
  o: Order on 0.id = payer if (== (UPPER 0.tier) 1.buyer) | join 0.021 shared by 2
  => Print(1.id)

rule d
  c: Customer
  o: Order on 0.tier = payer, (UPPER 0.tier) = buyer if (== (UPPER 0.tier) 1.buyer) | join 0.010
  => Print(1.id)

rule e
  c: Customer
  o: Order cross if (== (0.points - 1.count) 1i) | join 1.000
  => Print(1.id)

rule f
  c: Customer
  o: Order on 0.id = payer | join 0.021 shared by 2, 1000 rows
  i: Item on ((to-number 0.points) + 1.total) = price | join 0.070, 70000 rows
  greedy order, cost 79000
  => Print(2.id)

rule g
  o.customer: Customer
  o: Order on 0.# = customer | join 0.021, 1000 rows
  i: Item on 0.tier = sku | join 0.070, 70000 rows
  greedy order, cost 79000
  => Print(1.id)

rule h no-loop
  i: Item
  o: Order cross | join 1.000 shared by 2
  => Print(1.id)

rule i
  i: Item
  o: Order cross | join 1.000 shared by 2
  => Print(1.id)
"#,
    );
}

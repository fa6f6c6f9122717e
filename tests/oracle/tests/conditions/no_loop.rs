//! `no-loop`: a rule ignores the changes that its activations' own effects make. What holds before
//! and after such a change stays as it is; what starts holding is activated.

use tsd_oracle::{Step, Strategy};

use super::Session;
use super::story::{NOTHING, Story as _};

const BANK: &str = "
    type Account(#id: string, balance: number, open: bool)
    type Flow(#id: string, account: string, amount: number)
    Account(id: \"a\", balance: 0, open: true)
    Flow(id: \"f1\", account: \"a\", amount: 10)
    Flow(id: \"f2\", account: \"a\", amount: 20)
    Flow(id: \"f3\", account: \"a\", amount: 30)
";

const ADD: &str = "{a: Account, f: Flow} / f.account == a.id AND a.open
    ==> Print(f.id, a.balance), Update(a, {balance: a.balance + f.amount})";

fn bank(rules: &str) -> Session {
    Session::new(&format!("{BANK} {rules}"))
}

#[test]
fn a_no_loop_rule_fires_once_for_each_tuple() {
    let mut bank = bank(&format!("rule r no-loop : {ADD}"));
    assert_eq!(bank.run(), ["f1 0", "f2 10", "f3 30"]);
    bank.insert("Flow(id: \"f4\", account: \"a\", amount: 40)");
    assert_eq!(bank.run(), ["f4 60"]);
    bank.set("Account~a", "balance: 1");
    assert_eq!(bank.run(), ["f1 1", "f2 11", "f3 31", "f4 61"], "that was not the rule itself");
}

#[test]
fn a_waiting_activation_of_a_no_loop_rule_keeps_its_place_and_its_age() {
    for (strategy, order) in [
        (Strategy::Breadth, ["f1 0", "f2 10", "x", "f3 30"]),
        // The first two came with the rule; between them the order of the facts decides.
        (Strategy::Depth, ["f3 0", "x", "f1 30", "f2 40"]),
        (Strategy::Lex, ["f3 0", "x", "f2 30", "f1 50"]),
    ] {
        let mut bank = bank("rule x : {f: Flow} / f.id == \"x\" ==> Print(f.id)");
        bank.step(&Step::SetStrategy { strategy });
        bank.retract("Flow~f3");
        bank.add(&format!("rule r no-loop : {ADD}"));
        bank.insert("Flow(id: \"x\", account: \"b\", amount: 0)");
        bank.insert("Flow(id: \"f3\", account: \"a\", amount: 30)");
        assert_eq!(bank.run(), order, "{strategy:?}");
    }
}

#[test]
fn an_update_by_a_no_loop_rule_activates_it_for_tuples_that_start_matching() {
    let mut bank = bank(
        "rule r no-loop : {a: Account, f: Flow} / f.account == a.id AND f.amount > a.balance
         ==> Print(f.id), Update(a, {balance: a.balance - 10})",
    );
    bank.retract("Flow~f2");
    bank.retract("Flow~f3");
    bank.set("Account~a", "balance: 5");
    bank.insert("Flow(id: \"f0\", account: \"a\", amount: 0)");
    bank.insert("Flow(id: \"low\", account: \"a\", amount: -10)");
    // At -5 the second starts holding, at -15 the third.
    assert_eq!(bank.run(), ["f1", "f0", "low"]);
}

#[test]
fn an_update_by_a_no_loop_rule_cancels_tuples_that_stop_matching() {
    let mut bank = bank(
        "rule r no-loop : {a: Account, f: Flow} / f.account == a.id AND a.open AND a.balance < 25
             ==> Print(f.id), Update(a, {balance: a.balance + f.amount})",
    );
    assert_eq!(bank.run(), ["f1", "f2"]);
    bank.set("Account~a", "balance: 15");
    assert_eq!(bank.run(), ["f1"], "at 25 the others stop to hold");
    bank.set("Account~a", "open: false");
    bank.set("Account~a", "balance: 0");
    assert_eq!(bank.run(), NOTHING);
    bank.set("Account~a", "open: true");
    assert_eq!(bank.run(), ["f1", "f2"]);
}

#[test]
fn an_update_by_another_rule_activates_a_no_loop_rule() {
    let mut bank = bank(&format!(
        "rule r no-loop : {ADD}
         rule back salience 1 : {{a: Account}} / a.balance == 10 ==> Update(a, {{balance: 100}})"
    ));
    assert_eq!(bank.run(), ["f1 0", "f1 100", "f2 110", "f3 130"]);
}

#[test]
fn insertions_and_withdrawals_by_a_no_loop_rule_are_its_own_too() {
    let ran = |no_loop: &str| {
        let mut bank = bank(&format!(
            "type Note(n: number)
             rule note salience 1 : {{f: Flow}} / f.amount > 0 ==> InsertLogical(Note(n: f.amount))
             rule r {no_loop} : {{f: Flow}} / f.id == \"f1\" AND COUNT(n: Note) < 6
                 ==> Print(COUNT(n: Note)), Update(f, {{amount: 0}}), Insert(Note(n: 1)), Insert(Note(n: 2))"
        ));
        bank.run()
    };
    // Of the three notes one is withdrawn, and two come.
    assert_eq!(ran("no-loop"), ["3"]);
    assert_eq!(ran(""), ["3", "4"]);
}

#[test]
fn what_an_activation_of_a_no_loop_rule_supports_stays() {
    let mut bank = bank(
        "type Seen(#id: string)
         rule r no-loop : {a: Account, f: Flow} / f.account == a.id AND a.balance < 25
             ==> InsertLogical(Seen(id: f.id)), Update(a, {balance: a.balance + f.amount}), Print(f.id)
         rule seen salience 1 : {s: Seen} / ==> Print(\"+\" + s.id)",
    );
    // Both hold after the first two; then nothing holds any longer.
    assert_eq!(bank.run(), ["f1", "+f1", "f2"]);
    let seen = |bank: &Session| bank.oracle().facts().of_type(2).count();
    assert_eq!(seen(&bank), 0);
    bank.set("Account~a", "balance: -40");
    assert_eq!(bank.run(), ["f1", "+f1", "f2", "+f2", "f3", "+f3"]);
    assert_eq!(seen(&bank), 3);
    bank.set("Account~a", "balance: -30");
    assert_eq!(seen(&bank), 0, "an update by another counts");
}

#[test]
fn a_logical_insertion_behind_the_rules_own_update_takes_place() {
    let mut bank = bank(
        "type Seen(#id: string)
         rule r no-loop : {a: Account} / a.open ==> Update(a, {balance: 7}), InsertLogical(Seen(id: a.id))
         rule s no-loop : {a: Account} / a.balance == 7 ==> Update(a, {balance: 8}), \
         InsertLogical(Seen(id: \"s\"))",
    );
    assert_eq!(bank.run(), NOTHING);
    let names: Vec<String> =
        bank.oracle().facts().of_type(2).map(|fact| bank.oracle().facts().name(fact)).collect();
    assert_eq!(names, ["Seen~a"], "the second rule ends its own activation");
}

/// The alternatives join by different keys, so they are activated at different places of the
/// network.
#[test]
fn a_waiting_tuple_of_a_no_loop_rule_goes_on_waiting_in_another_alternative() {
    let program = "
        type A(#id: string, k: int, m: int, n: int)
        type F(#id: string, k: int, m: int)
        rule r no-loop : {a: A, f: F} / (a.k == f.k AND a.n < 5) OR (a.m == f.m AND a.n >= 5)
            ==> Print(f.id, a.n), Update(a, {n: a.n + 4})
        A(id: \"a\", k: 1, m: 1, n: 0)
        F(id: \"f1\", k: 1, m: 1)
        F(id: \"f2\", k: 1, m: 1)
        F(id: \"f3\", k: 1, m: 1)
        F(id: \"f4\", k: 1, m: 1)
        F(id: \"late\", k: 0, m: 1)";
    let mut all = Session::new(program);
    assert_eq!(all.run(), ["f1 0", "f2 4", "f3 8", "f4 12", "late 16"]);
    all.set("A~a", "n: 9");
    assert_eq!(all.run(), ["f1 9", "f2 13", "f3 17", "f4 21", "late 25"]);

    let mut some = Session::new(&format!(
        "{program}
        rule stop salience 1 : {{a: A, f: F}} / a.n >= 8 AND f.id == \"f3\" ==> Retract(f)
        rule turn salience 1 : {{a: A, f: F}} / a.n >= 8 AND f.id == \"f4\" AND f.m == 1 ==> Update(f, \
        {{m: 2}})"
    ));
    assert_eq!(some.run(), ["f1 0", "f2 4", "late 8"], "what stops holding there does not fire");
    some.set("A~a", "n: 4");
    assert_eq!(some.run(), ["f1 4", "f2 8", "late 12"]);
}

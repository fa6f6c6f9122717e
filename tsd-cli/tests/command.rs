//! The command as its user meets it: streams, formats and exit codes.

mod folder;

use std::io::Read;
use std::process::Stdio;

use folder::{Folder, done};

const SHOP: &str = r#"type Customer(#id: string, tier: string)
type Order(#id: string, customer: Customer, value: number?, lines: int, paid: bool)
action reward(customer: string, value: number?)
rule vip : {c: Customer, o: Order} / o.customer == c AND c.tier == "GOLD" ==> reward(c.id, o.value), Print("hi", c), Log(o)
"#;

fn shop(facts: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(facts);
    folder.write("shop.tsd", SHOP.as_bytes());
    folder
}

const CUSTOMERS: &str = "id,name,tier\nc1,Ann,GOLD\nc2,Bob,SILVER\n";
const ORDERS: &str = concat!(
    r#"{"id":"o1","customer":"c1","value":1200.0,"lines":2,"paid":true,"more":{"id":[1]}}"#,
    "\n\n",
    r#"{"paid":false,"id":"o2","customer":"c2","value":null,"lines":-1}"#,
    "\n",
    r#"{"id":"o\u0033","customer":"c1","lines":0,"paid":false}"#,
);
// Orders first: they wait for the customers that they refer to.
const BOTH: [&str; 6] =
    ["run", "shop.tsd", "--facts", "Order=orders.jsonl", "--facts", "Customer=customers.csv"];

#[test]
fn run_shows_activations_counts_and_facts_as_text() {
    let folder = shop(&[("customers.csv", CUSTOMERS), ("orders.jsonl", ORDERS)]);
    let out = "\
vip: c=Customer~c1 o=Order~o1 ==> reward(\"c1\", 1200)
hi Customer~c1
vip: c=Customer~c1 o=Order~o3 ==> reward(\"c1\", missing)
hi Customer~c1

rule   fired
vip        2
";
    assert_eq!(folder.tsd(&BOTH), done(0, out, "Order~o1\nOrder~o3\n"));
    let facts = "
4 facts
Customer(id: \"c1\", tier: \"GOLD\")
";
    let with_facts = folder.tsd(&[&BOTH[..], &["--final-facts"]].concat());
    assert!(with_facts.out.starts_with(out), "{}", with_facts.out);
    assert!(with_facts.out.contains(&facts.replace("4 facts", "5 facts")), "{}", with_facts.out);
    let quiet = folder.tsd(&[&BOTH[..], &["--quiet"]].concat());
    assert_eq!(quiet, done(0, "hi Customer~c1\nhi Customer~c1\n", "Order~o1\nOrder~o3\n"));
}

#[test]
fn run_shows_activations_and_facts_as_json_lines() {
    let folder = shop(&[("customers.csv", CUSTOMERS), ("orders.jsonl", ORDERS)]);
    let found = folder.tsd(&[&BOTH[..], &["--format", "json", "--final-facts", "--sharing", "off"]].concat());
    let out = r#"{"rule":"vip","bindings":{"c":"Customer~c1","o":"Order~o1"},"actions":[{"name":"reward","args":["c1",1200]},{"name":"Print","args":["hi Customer~c1"]},{"name":"Log","args":["Order~o1"]}]}
{"rule":"vip","bindings":{"c":"Customer~c1","o":"Order~o3"},"actions":[{"name":"reward","args":["c1",null]},{"name":"Print","args":["hi Customer~c1"]},{"name":"Log","args":["Order~o3"]}]}
{"fact":"Customer","fields":{"id":"c1","tier":"GOLD"}}
{"fact":"Customer","fields":{"id":"c2","tier":"SILVER"}}
{"fact":"Order","fields":{"id":"o1","customer":"Customer~c1","value":1200,"lines":2,"paid":true}}
{"fact":"Order","fields":{"id":"o2","customer":"Customer~c2","value":null,"lines":-1,"paid":false}}
{"fact":"Order","fields":{"id":"o3","customer":"Customer~c1","value":null,"lines":0,"paid":false}}
"#;
    assert_eq!(found, done(0, out, ""));
}

#[test]
fn check_counts_what_it_found_and_shows_every_error() {
    let folder =
        shop(&[("more.tsd", "rule more : {c: Customer} / c.teir == 1 ==> rewrad(c.id), reward(c)\n")]);
    let counts = "2 types, 1 action, 1 rule, 0 facts: no warnings\n";
    assert_eq!(folder.tsd(&["check", "shop.tsd"]), done(0, counts, ""));
    assert_eq!(folder.tsd(&["check", "shop.tsd", "shop.tsd"]).code, Some(0), "one file given twice");
    let wrong = folder.tsd(&["check", "shop.tsd", "more.tsd"]);
    assert_eq!((wrong.code, &*wrong.out), (Some(1), ""));
    assert!(
        wrong.err.contains("error[unknown-field]") && wrong.err.contains("--> more.tsd:1:31"),
        "{}",
        wrong.err
    );
    assert!(wrong.err.contains("error[type-mismatch]"), "{}", wrong.err);
    assert!(!wrong.err.contains('\u{1b}'), "colours are for terminals");
    assert_eq!(folder.tsd(&["run", "shop.tsd", "more.tsd"]).code, Some(1));
}

#[test]
fn warnings_are_no_errors() {
    let folder =
        Folder::new(&[("warn.tsd", "type T(#id: string) rule r : {t: T} / ==> ring(t.id) T(id: a)")]);
    let found = folder.tsd(&["check", "warn.tsd"]);
    assert_eq!((found.code, &*found.out), (Some(0), "1 type, 1 action, 1 rule, 1 fact: 2 warnings\n"));
    assert!(found.err.contains("warning[bare-word]") && found.err.contains("warning[undeclared-action]"));
}

#[test]
fn denied_warnings_are_errors() {
    let folder = Folder::new(&[("a.tsd", "type T(#id: string)\nT(id: t)\nrule r : {t: T} / ==> f(t)\n")]);
    let found = folder.tsd(&["check", "--deny-warnings", "a.tsd"]);
    assert_eq!((found.code, &*found.out), (Some(1), ""));
    assert!(found.err.contains("error[bare-word]") && found.err.contains("error[undeclared-action]"));
    assert!(found.err.ends_with("\n2 errors\n") && !found.err.contains("warning"), "{}", found.err);

    let allowed = "@allow(bare-word);\ntype T(#id: string)\nT(id: t)\n\
                   rule r @allow(undeclared-action) : {t: T} / ==> f(t)\n";
    let folder = Folder::new(&[("a.tsd", allowed)]);
    let found = folder.tsd(&["check", "--deny-warnings", "a.tsd"]);
    assert_eq!(found, done(0, "1 type, 1 action, 1 rule, 1 fact: no warnings\n", ""));
}

#[test]
fn expand_shows_rust() {
    let found = shop(&[]).tsd(&["expand", "shop.tsd"]);
    assert_eq!((found.code, &*found.err), (Some(0), ""));
    assert!(found.out.starts_with("// Generated by tsd from shop.tsd; do not edit.\n"), "{}", found.out);
    assert!(found.out.contains("pub struct Customer {") && found.out.contains("fn reward("), "{}", found.out);
}

#[test]
fn unreadable_files_and_wrong_usage_give_2() {
    let folder = shop(&[("bad.csv.zst", "this is not zstd")]);
    let missing = folder.tsd(&["check", "none.tsd", "shop.tsd", "nor_this.tsd"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("error: cannot read none.tsd: "), "{}", missing.err);
    assert!(missing.err.contains("error: cannot read nor_this.tsd: "), "{}", missing.err);
    let facts = |file| folder.tsd(&["run", "shop.tsd", "--facts", file]);
    for (file, message) in [
        ("Customer=none.csv", "error: cannot read none.csv: "),
        ("Customer=bad.csv.zst", "error: cannot read bad.csv.zst: not valid zstd data"),
        ("Custmer=none.csv", "error: the rules declare no type `Custmer`; did you mean `Customer`?"),
        ("none.csv", "write it as Type=FILE"),
        ("Customer=customers.xlsx", "the name must end in .csv or .jsonl"),
    ] {
        let found = facts(file);
        assert_eq!((found.code, &*found.out), (Some(2), ""), "{file}");
        assert!(found.err.contains(message), "{file}: {}", found.err);
    }
    for wrong in [&["run"][..], &["dance"], &["run", "shop.tsd", "--format", "xml"], &[]] {
        assert_eq!(folder.tsd(wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(folder.tsd(&["--help"]).code, Some(0));
}

#[test]
fn a_run_beyond_its_limit_gives_1_and_shows_what_fired() {
    let grow = "type T(#id: string, v: int) rule grow : {t: T} / t.v > 0 ==> Update(t, {v: t.v + 1}) T(id: \"t\", v: 1)";
    let folder = Folder::new(&[("grow.tsd", grow)]);
    let found = folder.tsd(&["run", "grow.tsd", "--run-limit", "2", "--format", "json"]);
    let line = "{\"rule\":\"grow\",\"bindings\":{\"t\":\"T~t\"},\"actions\":[]}\n";
    assert_eq!((found.code, found.out), (Some(1), line.repeat(2)));
    assert!(found.err.starts_with("error: the run stopped after 2 activations"), "{}", found.err);
}

#[test]
fn a_script_of_several_files_is_executed_in_the_order_given_and_fires_once() {
    let folder = shop(&[
        ("more.tsd", "Customer(id: \"c1\", tier: \"GOLD\") rule all : {c: Customer} / ==> Print(c.id)"),
        ("less.tsd", "remove rule vip remove fact Customer c1 Customer(id: \"c2\", tier: \"TIN\")"),
    ]);
    let found = folder.tsd(&["run", "shop.tsd", "more.tsd", "less.tsd", "--quiet"]);
    assert_eq!(found, done(0, "c2\n", ""));
    let found = folder.tsd(&["check", "shop.tsd", "more.tsd", "less.tsd"]);
    assert_eq!(found, done(0, "2 types, 1 action, 1 rule, 1 fact: no warnings\n", ""));
    let found = folder.tsd(&["run", "less.tsd", "shop.tsd", "more.tsd"]);
    assert_eq!((found.code, &*found.out), (Some(1), ""));
    assert!(found.err.contains("error[unknown-rule]: there is no rule `vip` here"), "{}", found.err);
}

#[test]
fn a_strategy_puts_activations_in_order() {
    let text = "type T(#n: int) rule r : {t: T} / ==> Print(t.n) T(n: 1) T(n: 2) T(n: 3)";
    let folder = Folder::new(&[("t.tsd", text)]);
    let printed = |strategy| folder.tsd(&["run", "t.tsd", "--quiet", "--strategy", strategy]).out;
    assert_eq!((&*printed("breadth"), &*printed("depth")), ("1\n2\n3\n", "3\n2\n1\n"));
    for strategy in ["lex", "mea", "complexity", "simplicity"] {
        assert_eq!(printed(strategy), "3\n2\n1\n", "{strategy}");
    }
    assert_eq!(folder.tsd(&["run", "t.tsd", "--strategy", "random"]).code, Some(2));
}

#[test]
fn effects_that_cannot_take_place_are_told_and_the_run_succeeds() {
    let divide =
        "type T(#id: string, v: int) action f(v: int) rule r : {t: T} / ==> f(1 / t.v) T(id: \"t\", v: 0)";
    let found = Folder::new(&[("divide.tsd", divide)]).tsd(&["run", "divide.tsd"]);
    let out = "r: t=T~t\n\nrule   fired\nr          1\n";
    assert_eq!(found, done(0, out, "warning: rule `r`, f (t=T~t): an argument has no value\n"));
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let facts: String = (0..20_000).map(|number| format!("c{number},GOLD\n")).collect();
    let folder = Folder::new(&[
        ("all.tsd", "type Customer(#id: string, tier: string) rule all : {c: Customer} / ==> Print(c.id)"),
        ("customers.csv", &format!("id,tier\n{facts}")),
    ]);
    let mut child = folder
        .command(&["run", "all.tsd", "--facts", "Customer=customers.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

//! The command as its user sees it: streams, formats and exit codes.

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
    let grow = "type T(#id: string, v: int) rule grow : {t: T} / t.v > 0 ==> Update(t, {v: t.v + 1}) \
        T(id: \"t\", v: 1)";
    let folder = Folder::new(&[("grow.tsd", grow)]);
    let found = folder.tsd(&["run", "grow.tsd", "--run-limit", "2", "--format", "json"]);
    let line = |v| {
        let update = format!("{{\"name\":\"Update\",\"args\":[\"T~t\",{{\"v\":{v}}}]}}");
        format!("{{\"rule\":\"grow\",\"bindings\":{{\"t\":\"T~t\"}},\"actions\":[{update}]}}\n")
    };
    assert_eq!((found.code, found.out), (Some(1), line(2) + &line(3)));
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
fn effects_that_cannot_take_place_make_a_run_fail_unless_they_are_allowed() {
    let divide =
        "type T(#id: string, v: int) action f(v: int) rule r : {t: T} / ==> f(1 / t.v) T(id: \"t\", v: 0)";
    let folder = Folder::new(&[("divide.tsd", divide)]);
    let out = "r: t=T~t\n\nrule   fired\nr          1\n\n1 fact\nT(id: \"t\", v: 0)\n";
    let problem = "rule `r`, f (t=T~t): an argument has no value\n";
    let run = ["run", "divide.tsd", "--final-facts"];
    assert_eq!(folder.tsd(&run), done(1, out, &format!("error: {problem}")));
    let allowed = folder.tsd(&[&run[..], &["--allow-problems"]].concat());
    assert_eq!(allowed, done(0, out, &format!("warning: {problem}")));
    let quiet = folder.tsd(&["run", "divide.tsd", "--quiet"]);
    assert_eq!(quiet, done(1, "", &format!("error: {problem}")));
    let many: String = (0..101).map(|id| format!("T(id: \"{id}\", v: 0) ")).collect();
    folder.write("many.tsd", many.as_bytes());
    let found = folder.tsd(&["run", "divide.tsd", "many.tsd", "--quiet"]);
    assert!(found.err.ends_with("\nerror: 2 more effects could not take place\n"), "{}", found.err);
}

const CHANGES: &str = r#"type Order(#id: string, total: number, note: string?)
type Alert(order: Order)
type Paid(#id: string)
rule begin salience 2 : {p: Paid} / ==> Insert(Order(id: p.id, total: 5)), Print("begin", p)
rule alert : {o: Order} / o.total > 3 ==> InsertLogical(Alert(order: o)), Log("alert", o)
rule lower : {a: Alert, o: Order} / a.order == o ==> Update(o, {total: 1, note: "low"}), Retract(o), Retract(o)
Paid(id: "p")
"#;

#[test]
fn changes_to_facts_are_shown_as_text() {
    let folder = Folder::new(&[("changes.tsd", CHANGES)]);
    let out = "\
begin: p=Paid~p ==> Insert(Order(id: \"p\", total: 5, note: missing))
begin Paid~p
alert: o=Order~p ==> InsertLogical(Alert(order: Order~p))
lower: a=Alert~#1 o=Order~p ==> Update(Order~p, {total: 1, note: \"low\"}), Retract(Order~p)

rule   fired
begin      1
alert      1
lower      1
total      3
";
    assert_eq!(folder.tsd(&["run", "changes.tsd"]), done(0, out, "alert Order~p\n"));
    assert_eq!(folder.tsd(&["run", "changes.tsd", "-q"]), done(0, "begin Paid~p\n", "alert Order~p\n"));
}

#[test]
fn changes_to_facts_are_shown_as_json() {
    let folder = Folder::new(&[("changes.tsd", CHANGES)]);
    let out = r#"{"rule":"begin","bindings":{"p":"Paid~p"},"actions":[{"name":"Insert","args":["Order~p",{"id":"p","total":5,"note":null}]},{"name":"Print","args":["begin Paid~p"]}]}
{"rule":"alert","bindings":{"o":"Order~p"},"actions":[{"name":"InsertLogical","args":["Alert~#1",{"order":"Order~p"}]},{"name":"Log","args":["alert Order~p"]}]}
{"rule":"lower","bindings":{"a":"Alert~#1","o":"Order~p"},"actions":[{"name":"Update","args":["Order~p",{"total":1,"note":"low"}]},{"name":"Retract","args":["Order~p"]}]}
"#;
    assert_eq!(folder.tsd(&["run", "changes.tsd", "--format", "json"]), done(0, out, ""));
}

#[test]
fn rules_come_from_standard_input() {
    let folder = shop(&[]);
    let more = b"Customer(id: \"c1\", tier: \"GOLD\") rule all : {c: Customer} / ==> Print(c.id)";
    assert_eq!(folder.tsd_reading(more, &["run", "shop.tsd", "-", "-q"]), done(0, "c1\n", ""));
    let counts = "2 types, 1 action, 1 rule, 0 facts: no warnings\n";
    assert_eq!(folder.tsd_reading(SHOP.as_bytes(), &["check", "-"]), done(0, counts, ""));
    let wrong = folder
        .tsd_reading(b"rule more : {c: Customer} / c.teir == 1 ==> Print(1)", &["check", "shop.tsd", "-"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.err.contains("--> <stdin>:1:31"), "{}", wrong.err);
    let code = folder.tsd_reading(SHOP.as_bytes(), &["expand", "-"]);
    assert!(code.out.starts_with("// Generated by tsd from <stdin>; do not edit.\n"), "{}", code.out);
    assert_eq!(folder.tsd_reading(SHOP.as_bytes(), &["explain", "-", "vip"]).code, Some(0));
    let not_text = folder.tsd_reading(b"type T(#id: string)\n\xff", &["check", "-"]);
    assert_eq!(not_text, done(2, "", "error: cannot read <stdin>: line 2 is not UTF-8 text\n"));
}

#[test]
fn facts_come_from_standard_input_as_what_they_begin_like() {
    let folder = shop(&[("all.tsd", "rule all : {c: Customer} / ==> Print(c.id)")]);
    let run = ["run", "shop.tsd", "all.tsd", "-q", "--facts", "Customer=-"];
    let lines = "{\"id\":\"c1\",\"tier\":\"TIN\"}\n{\"id\":\"c2\",\"tier\":\"TIN\"}\n";
    for input in ["id,tier\nc1,TIN\nc2,TIN\n", lines, &format!("\u{feff}\n{lines}")] {
        assert_eq!(folder.tsd_reading(input.as_bytes(), &run), done(0, "c1\nc2\n", ""), "{input}");
    }
    assert_eq!(folder.tsd_reading(b"", &run), done(0, "", ""));
    let wrong = folder.tsd_reading(b"id,tier\nc1,TIN\nc1,TIN\n", &run);
    assert_eq!(wrong, done(1, "", "error: <stdin>:3:1: the fact Customer~c1 exists already\n"));
    let compressed = folder
        .tsd_reading(include_bytes!("frames/first.zst"), &["run", "-q", "note.tsd", "--facts", "Note=-"]);
    assert_eq!(compressed.code, Some(2), "there is no note.tsd");
    folder.write("note.tsd", b"type Note(text: string) rule all : {n: Note} / ==> Print(n.text)");
    let compressed = folder
        .tsd_reading(include_bytes!("frames/first.zst"), &["run", "-q", "note.tsd", "--facts", "Note=-"]);
    assert_eq!(compressed, done(0, "one\n", ""));
    let both = folder.tsd_reading(b"", &["run", "-", "--facts", "Customer=-"]);
    assert_eq!(both, done(2, "", "error: standard input (`-`) can be read only once\n"));
    let stats = folder.tsd_reading(lines.as_bytes(), &["stats", "shop.tsd", "--facts", "Customer=-"]);
    assert!(stats.out.contains("\n2 facts of 2 types\n"), "{}", stats.out);
}

#[test]
fn warnings_of_loads_are_shown_and_are_no_errors() {
    let folder = Folder::new(&[
        ("note.tsd", "type Note(text: string, size: int?) rule all : {n: Note} / ==> Print(n.text)"),
        ("notes.csv", "text,sise\none,1\n"),
    ]);
    let warning =
        "warning: notes.csv:1:2: Note has no field `sise`, so this column is ignored; is `size` meant?\n";
    let facts = ["--facts", "Note=notes.csv"];
    assert_eq!(folder.tsd(&[&["run", "-q", "note.tsd"], &facts[..]].concat()), done(0, "one\n", warning));
    let stats = folder.tsd(&[&["stats", "note.tsd"], &facts[..]].concat());
    assert_eq!((stats.code, &*stats.err), (Some(0), &*warning.repeat(2)), "it loads twice");
}

#[test]
fn a_directory_stands_for_the_rule_files_below() {
    let folder = shop(&[]);
    for directory in ["rules/b", "rules/a.d", "none"] {
        std::fs::create_dir_all(folder.path().join(directory)).unwrap();
    }
    for (file, text) in [
        ("rules/z.tsd", "type T(#id: string) T(id: \"z\")"),
        ("rules/b/one.tsd", "T(id: \"b/one\")"),
        ("rules/a.tsd", "rule all : {t: T} / ==> Print(t.id) T(id: \"a\")"),
        ("rules/a.d/two.tsd", "T(id: \"a.d/two\")"),
        ("rules/b/notes.txt", "no rules"),
    ] {
        folder.write(file, text.as_bytes());
    }
    let out = "a.d/two\na\nb/one\nz\n";
    assert_eq!(folder.tsd(&["run", "-q", "rules"]), done(0, out, ""));
    assert_eq!(folder.tsd(&["run", "-q", "rules/", "rules/z.tsd"]), done(0, out, ""), "each once");
    let z_first = "z\na.d/two\na\nb/one\n";
    assert_eq!(
        folder.tsd(&["run", "-q", "rules/z.tsd", "rules"]),
        done(0, z_first, ""),
        "in the order given"
    );
    let none = done(2, "", "error: there are no .tsd files in none\n");
    assert_eq!(folder.tsd(&["check", "none"]), none);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", folder.path().join("rules/b/up")).unwrap();
        assert_eq!(folder.tsd(&["run", "-q", "rules"]), done(0, out, ""), "a circle of links ends");
    }
}

#[test]
fn shells_complete_the_arguments() {
    let folder = Folder::new(&[]);
    for (shell, begins) in
        [("bash", "_tsd() {"), ("zsh", "#compdef tsd"), ("fish", "#"), ("powershell", ""), ("elvish", "")]
    {
        let found = folder.tsd(&["completions", shell]);
        assert_eq!((found.code, &*found.err), (Some(0), ""), "{shell}");
        assert!(found.out.trim_start().starts_with(begins), "{shell}: {:.60}", found.out);
        for word in ["explain", "completions", "final-facts", "allow-problems"] {
            assert!(found.out.contains(word), "{shell} lacks {word}");
        }
    }
    assert_eq!(folder.tsd(&["completions", "cmd"]).code, Some(2));
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

//! `tsd graph`, `tsd explain` and `tsd stats` as their user sees them.

mod folder;

use folder::{Folder, done};

const SHOP: &str = r#"type Customer(#id: string, tier: string, city: string)
type Order(#id: string, customer_id: string, value: number)
type Item(#id: string, order_id: string, quantity: number)
action reward(customer: string)
rule vip : {c: Customer, o: Order} / o.customer_id == c.id AND c.tier == "GOLD" ==> reward(c.id)
rule silver salience 5 : {x: Order, y: Customer} / y.id == x.customer_id AND y.tier == "<Silver & more>" ==> reward(y.id)
rule many : {i: Item, o: Order, c: Customer}
    / o.customer_id == c.id AND i.order_id == o.id AND i.quantity > 100 AND o.value * 2 > i.quantity ==> reward(i.id)
rule city : {c: Customer} / c.city == "Ulm" OR c.tier == "GOLD" ==> reward(c.id)
"#;

const NEVER: &str = r#"rule never : {c: Customer} / c.city == "Ulm" AND c.city == "Bonn" ==> reward(c.id)"#;

/// Views, alone and shared, nested, and with values as parameters; and a followed reference.
const FIRM: &str = r#"type Dept(#id: string, budget: number, boss: Emp?)
type Emp(#id: string, dept: string, salary: number)
type Task(#id: string, emp: string, hours: number)
action hit(a: string, n: number)
rule paid : {d: Dept} / SUM(e: Emp / e.dept == d.id ; e.salary) > d.budget ==> hit(d.id, 1)
rule groups : {d: Dept, pay: SUM(e.salary)} / {e: Emp} / e.dept == d.id AND pay > 10 ==> hit(d.id, pay)
rule idle : {d: Dept} / EXISTS (e: Emp / e.dept == d.id AND NOT (EXISTS (t: Task / t.emp == e.id AND t.hours > d.budget)))
    ==> hit(d.id, 2)
rule boss : {d: Dept, t: Task} / d.boss.id == t.emp AND d.boss.salary > 100 ==> hit(d.id, t.hours)
Dept(id: "d1", budget: 10)
Emp(id: "e1", dept: "d1", salary: 120)
Task(id: "t1", emp: "e1", hours: 3)
"#;

const FACTS: &str = r#"Customer(id: "c1", tier: "GOLD", city: "Ulm")
Customer(id: "c2", tier: "SILVER", city: "Bonn")
Order(id: "o1", customer_id: "c1", value: 1200)
Order(id: "o2", customer_id: "c2", value: 7)
Item(id: "i1", order_id: "o1", quantity: 120)
"#;

fn shop() -> Folder {
    Folder::new(&[("shop.tsd", SHOP), ("never.tsd", NEVER), ("facts.tsd", FACTS), ("firm.tsd", FIRM)])
}

/// What a command writes that succeeds.
fn out(folder: &Folder, arguments: &[&str]) -> String {
    let found = folder.tsd(arguments);
    assert_eq!(found.code, Some(0), "{}", found.err);
    found.out
}

#[test]
fn a_network_is_drawn_as_dot() {
    insta::assert_snapshot!(out(&shop(), &["graph", "shop.tsd", "never.tsd"]));
}

#[test]
fn a_network_is_drawn_as_svg_that_is_well_formed() {
    let svg = out(&shop(), &["graph", "shop.tsd", "--format", "svg"]);
    insta::assert_snapshot!(svg);
    assert_well_formed(&svg);
}

#[test]
fn one_rule_is_drawn_with_what_it_uses_and_nothing_else() {
    let dot = out(&shop(), &["graph", "shop.tsd", "--rule", "vip"]);
    insta::assert_snapshot!(dot);
    let two = out(&shop(), &["graph", "shop.tsd", "--rule", "vip", "--rule", "city"]);
    assert!(two.contains("\"vip\"") && two.contains("\"city\"") && !two.contains("Item"), "{two}");
}

#[test]
fn views_and_the_tuples_that_wait_for_them_are_drawn() {
    insta::assert_snapshot!(out(&shop(), &["graph", "firm.tsd", "--counts"]));
    let one = out(&shop(), &["graph", "firm.tsd", "--rule", "paid"]);
    let count = |class: &str| one.matches(&format!("class={class}")).count();
    assert_eq!((count("view"), count("pending"), count("join"), count("rule")), (1, 1, 1, 1), "{one}");
}

/// A join serves the view MIN and, behind the tuples that wait for MIN, the rule.
const CIRCLE: &str = r#"type T0(#id: string)
type T1(#id: string, n: number)
rule r : {p1: T0, p2: T1, p3: T1, p4: T1} / AVG(a: T1 ; a.n) > MIN(b: T1 / b == p2 ; b.n) AND p4 == p2 ==> Print(1)
"#;

#[test]
fn a_cycle_is_drawn() {
    let folder = Folder::new(&[("circle.tsd", CIRCLE)]);
    let svg = out(&folder, &["graph", "circle.tsd", "--format", "svg"]);
    assert_well_formed(&svg);
    let dot = out(&folder, &["graph", "circle.tsd"]);
    assert_eq!(svg.matches("<path ").count(), dot.matches(" -> ").count());
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert!(out(&folder, &["graph", "circle.tsd", "--format", "html"]).contains("MIN"));
}

#[test]
fn a_node_names_the_rules_that_use_it_through_references_and_views() {
    let page = out(&shop(), &["graph", "firm.tsd", "--rule", "boss", "--format", "html"]);
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let users = |kind: &str, name: &str| {
        let found = |node: &&serde_json::Value| node["kind"] == kind && node["name"] == name;
        data["nodes"].as_array().unwrap().iter().find(found).unwrap()["users"].clone()
    };
    // What the rule follows a reference to is Emp; the other rules that use it are named, too.
    assert_eq!(users("type", "Emp"), serde_json::json!(["paid", "groups", "idle", "boss"]));
    // `idle` waits after them, since its view reads another.
    assert_eq!(users("pending", "tested again"), serde_json::json!(["paid", "groups", "boss"]));
}

#[test]
fn a_picture_says_what_nodes_hold_when_there_are_facts() {
    let folder = shop();
    folder.write("more.csv", b"id,order_id,quantity\ni2,o2,200\ni3,o2,300\n");
    let counts = out(&folder, &["graph", "shop.tsd", "facts.tsd", "--counts"]);
    assert!(
        counts.contains("Customer\\n2 facts") && counts.contains("1 × –") && counts.contains("1 × 2"),
        "{counts}"
    );
    assert!(counts.contains("\"vip\\n1 waiting\""), "{counts}");
    let run = out(&folder, &["graph", "shop.tsd", "facts.tsd", "--run", "--facts", "Item=more.csv"]);
    assert!(run.contains("Item\\n3 facts") && run.contains("\"vip\\n1 fired, 0 waiting\""), "{run}");
    let page = out(&shop(), &["graph", "firm.tsd", "--counts", "--format", "html"]);
    // The department is looked up when it arrives and when its employee does.
    assert!(page.contains(r#"["lookups","2"],["changes","1"]"#), "{page}");
}

#[test]
fn without_sharing_every_rule_has_its_own_nodes() {
    let shared = out(&shop(), &["graph", "shop.tsd"]);
    let alone = out(&shop(), &["graph", "shop.tsd", "--sharing", "off"]);
    let joins = |dot: &str| dot.matches("class=join").count();
    assert_eq!((joins(&shared), joins(&alone)), (3, 4));
    assert_eq!((shared.matches("class=root").count(), alone.matches("class=root").count()), (0, 3));
}

#[test]
fn the_format_follows_from_the_name_of_the_output_unless_it_is_given() {
    let folder = shop();
    for (arguments, file, begins) in [
        (&["-o", "shop.svg"][..], "shop.svg", "<svg xmlns="),
        (&["--output", "shop.html"], "shop.html", "<!doctype html>"),
        (&["--output", "shop.gv"], "shop.gv", "digraph tsd {"),
        (&["--output", "shop.txt", "--format", "svg"], "shop.txt", "<svg xmlns="),
    ] {
        let found = folder.tsd(&[&["graph", "shop.tsd"], arguments].concat());
        assert_eq!(found, done(0, "", ""), "{file}");
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.starts_with(begins), "{file}: {text:.40}");
    }
    let found = folder.tsd(&["graph", "shop.tsd", "-o", "shop.png"]);
    assert!(found.code == Some(2) && found.err.contains("dot -Tpng"), "{}", found.err);
    assert!(!folder.path().join("shop.png").exists());
    let found = folder.tsd(&["graph", "shop.tsd", "-o", "no/such/folder.svg"]);
    assert_eq!(found.code, Some(2));
    assert!(found.err.starts_with("error: cannot write no/such/folder.svg: "), "{}", found.err);
}

#[test]
fn a_page_is_a_single_file() {
    let page = out(&shop(), &["graph", "shop.tsd", "--format", "html"]);
    for outside in ["http://", "https://", "src=", "<link", "@import", "url("] {
        let rest = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!rest.contains(outside), "the page asks for something by {outside}");
    }
    // Text from rules cannot break out of the data.
    assert!(!page.contains("<Silver") && page.contains("\\u003cSilver & more>"), "{page}");
}

#[test]
fn a_plan_is_explained_in_words() {
    insta::assert_snapshot!("explain_many", out(&shop(), &["explain", "shop.tsd", "many"]));
    insta::assert_snapshot!("explain_vip", out(&shop(), &["explain", "shop.tsd", "vip"]));
    insta::assert_snapshot!("explain_city", out(&shop(), &["explain", "shop.tsd", "city"]));
    insta::assert_snapshot!("explain_groups", out(&shop(), &["explain", "firm.tsd", "groups"]));
    insta::assert_snapshot!("explain_idle", out(&shop(), &["explain", "firm.tsd", "idle"]));
    insta::assert_snapshot!("explain_boss", out(&shop(), &["explain", "firm.tsd", "boss"]));
    insta::assert_snapshot!("explain_never", out(&shop(), &["explain", "shop.tsd", "never.tsd", "never"]));
}

#[test]
fn a_rule_that_is_not_there_is_answered_with_what_may_be_meant() {
    let folder = shop();
    let message = "error: there is no rule `vipp`; did you mean `vip`?\n";
    assert_eq!(folder.tsd(&["explain", "shop.tsd", "vipp"]), done(2, "", message));
    assert_eq!(folder.tsd(&["graph", "shop.tsd", "--rule", "vipp"]), done(2, "", message));
    let message = "error: there is no rule `zzz`; the rules are vip, silver, many, city\n";
    assert_eq!(folder.tsd(&["explain", "shop.tsd", "zzz"]), done(2, "", message));
    let found = folder.tsd(&["explain", "shop.tsd"]);
    assert_eq!(found.code, Some(2));
    assert!(found.err.contains("<RULE>"), "{}", found.err);
}

#[test]
fn nodes_are_counted_with_and_without_sharing() {
    let expected = "\
nodes  with sharing  without sharing   saved
types             3                3
roots             2                4  50.0 %
joins             3                4  25.0 %
rules             4                4
all              12               15  20.0 %
";
    assert_eq!(folder_stats(&["shop.tsd"]), expected);
}

#[test]
fn with_facts_stats_show_what_nodes_hold() {
    let text = folder_stats(&["shop.tsd", "facts.tsd", "--run"]);
    for line in [
        "facts                           5                5",
        "5 facts of 3 types",
        "4 rules: 3 fired, 0 waiting",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let json = folder_stats(&["shop.tsd", "facts.tsd", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["nodes"]["joins"], serde_json::json!({"shared": 3, "alone": 4}));
    assert_eq!(json["held"]["tuples in joins"], serde_json::json!({"shared": 7, "alone": 7}));
    assert_eq!((&json["facts"], &json["fired"], &json["waiting"]), (&5.into(), &0.into(), &3.into()));
}

#[test]
fn stats_count_views_and_what_they_hold() {
    let text = folder_stats(&["firm.tsd"]);
    for line in [
        "views             4                5  20.0 %",
        "pending tuples                     3                5  40.0 %",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn of_a_script_the_rules_and_facts_at_its_end_count() {
    let folder = shop();
    folder.write("script.tsd", format!("{SHOP}{FACTS}remove rule many\nremove fact Item i1\n").as_bytes());
    let dot = out(&folder, &["graph", "script.tsd", "--counts"]);
    assert!(dot.contains("\"vip\\n1 waiting\"") && !dot.contains("Item"), "{dot}");
    let stats = out(&folder, &["stats", "script.tsd"]);
    assert!(
        stats.contains("\n4 facts of 3 types\n") && stats.contains("\n3 rules: 0 fired, 2 waiting\n"),
        "{stats}"
    );
}

#[test]
fn facts_that_cannot_be_loaded_are_reported_as_in_a_run() {
    let folder = shop();
    folder.write("bad.csv", b"id,tier,city\nc1,GOLD\n");
    let run = folder.tsd(&["run", "shop.tsd", "--facts", "Customer=bad.csv"]);
    assert_eq!(run.code, Some(1));
    for command in ["stats", "graph"] {
        let found = folder.tsd(&[command, "shop.tsd", "--facts", "Customer=bad.csv"]);
        assert_eq!((found.code, &found.err, &*found.out), (Some(1), &run.err, ""));
    }
}

fn folder_stats(arguments: &[&str]) -> String {
    out(&shop(), &[&["stats"], arguments].concat())
}

/// Every element that is opened is closed, in order, and every character is allowed at its place.
fn assert_well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some((text, behind)) = rest.split_once('<') {
        assert!(!text.contains('>'), "a stray `>` in {text}");
        for entity in text.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)),
                "&{entity}"
            );
        }
        let (tag, behind) = behind.split_once('>').expect("a tag ends");
        rest = behind;
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are never closed");
}

//! What the join order depends on: `--plan`, and a profile, found or named.

mod folder;

use folder::{Folder, done};

/// As declared `vip` is `i c o`, most selective first `c o i`, and cheapest by estimate `i o c`.
const SHOP: &str = r#"type Customer(#id: string) @rows(1000)
type Order(#id: string, customer: string) @rows(10000)
type Item(#id: string, order: string, colour: string, size: int) @rows(100000)
action reward(customer: string)
rule vip : {i: Item, c: Customer, o: Order}
    / o.customer == c.id AND i.order == o.id AND i.colour == "red" AND i.size == 3 ==> reward(c.id)
"#;

const FACTS: &str = r#"Customer(id: "c1")
Order(id: "o1", customer: "c1")
Item(id: "i1", order: "o1", colour: "red", size: 3)
Item(id: "i2", order: "o1", colour: "blue", size: 3)
"#;

/// With so few customers it is cheapest to begin with them.
const FEW_CUSTOMERS: &str = "facts Customer 2\n";

fn shop(files: &[(&str, &str)]) -> Folder {
    Folder::new(&[&[("shop.tsd", SHOP), ("facts.tsd", FACTS)], files].concat())
}

/// The variables of `vip` in the join order that `tsd explain` shows, and the warnings.
#[track_caller]
fn explained(folder: &Folder, arguments: &[&str]) -> (String, String) {
    let found = folder.tsd(&[&["explain"], arguments, &["vip"]].concat());
    assert_eq!(found.code, Some(0), "{}", found.err);
    let steps = found.out.lines().filter_map(|line| {
        let (_, step) = line.split_once(". ")?;
        step.strip_prefix("Start with ").or(step.strip_prefix("Join "))?.split(':').next()
    });
    (steps.collect::<Vec<_>>().join(" "), found.err)
}

/// The same order, without warnings.
#[track_caller]
fn order(folder: &Folder, arguments: &[&str]) -> String {
    let (order, warnings) = explained(folder, arguments);
    assert_eq!(warnings, "");
    order
}

#[test]
fn the_order_is_that_of_the_strategy_asked_for() {
    let folder = shop(&[]);
    assert_eq!(order(&folder, &["--plan", "declared", "shop.tsd"]), "i c o");
    assert_eq!(order(&folder, &["--plan", "greedy", "shop.tsd"]), "c o i");
    assert_eq!(order(&folder, &["--plan", "optimal", "shop.tsd"]), "i o c");
    assert_eq!(order(&folder, &["shop.tsd"]), "i o c", "the cheapest when nothing is asked for");
}

#[test]
fn a_rule_that_chooses_its_strategy_knows_best() {
    let folder = shop(&[("own.tsd", &SHOP.replace("rule vip", "rule vip @plan(declared)"))]);
    assert_eq!(order(&folder, &["--plan", "greedy", "own.tsd"]), "i c o");
}

#[test]
fn the_code_is_that_of_the_strategy_asked_for() {
    let folder = shop(&[]);
    for (strategy, joins) in [
        ("declared", "Item, Customer, Order on"),
        ("greedy", "Customer, Order, Item on"),
        ("optimal", "Item, Order, Customer on"),
    ] {
        let code = folder.tsd(&["expand", "shop.tsd", "--plan", strategy]).out;
        assert!(code.contains(joins), "{strategy}\n{code}");
    }
}

#[test]
fn a_strategy_never_changes_what_fires() {
    let folder = shop(&[]);
    let run = |strategy| folder.tsd(&["run", "shop.tsd", "facts.tsd", "--plan", strategy, "--final-facts"]);
    let declared = run("declared");
    assert!(declared.out.starts_with("vip: i=Item~i1 c=Customer~c1 o=Order~o1 "), "{}", declared.out);
    assert_eq!(run("greedy"), declared);
    assert_eq!(run("optimal"), declared);
}

#[test]
fn a_profile_that_is_named_is_planned_with() {
    let folder = shop(&[("few.txt", FEW_CUSTOMERS)]);
    assert_eq!(order(&folder, &["--use-profile", "few.txt", "shop.tsd"]), "c o i");
    assert_eq!(order(&folder, &["--use-profile", "few.txt", "--plan", "declared", "shop.tsd"]), "i c o");
}

#[test]
fn a_profile_beside_the_first_rule_file_is_found() {
    let folder = shop(&[("shop.profile", FEW_CUSTOMERS), ("guess.txt", "")]);
    assert_eq!(order(&folder, &["shop.tsd", "facts.tsd"]), "c o i");
    assert_eq!(order(&folder, &["facts.tsd", "shop.tsd"]), "i o c", "the first file is another");
    assert_eq!(order(&folder, &["--use-profile", "guess.txt", "shop.tsd"]), "i o c", "another is named");
    let path = folder.path().join("shop.tsd").display().to_string();
    assert_eq!(order(&Folder::new(&[]), &[&path]), "c o i", "beside the file, wherever the command runs");
}

#[test]
fn what_a_run_observes_is_planned_with_from_then_on() {
    let folder = shop(&[]);
    assert_eq!(order(&folder, &["shop.tsd"]), "i o c");
    folder.tsd(&["run", "shop.tsd", "facts.tsd", "--profile", "shop.profile"]);
    let profile = std::fs::read_to_string(folder.path().join("shop.profile")).unwrap();
    assert!(profile.contains("\nfacts Item 2\n") && profile.contains(" 0.5 Item: "), "{profile}");
    assert_eq!(order(&folder, &["shop.tsd"]), "c o i");
}

#[test]
fn a_profile_that_is_named_and_not_there_is_an_error() {
    let folder = shop(&[("shop.profile", FEW_CUSTOMERS)]);
    for command in [&["check", "shop.tsd"][..], &["run", "shop.tsd"], &["explain", "shop.tsd", "vip"]] {
        let found = folder.tsd(&[command, &["--use-profile", "no.profile"]].concat());
        assert_eq!((found.code, &*found.out), (Some(2), ""), "{command:?}");
        assert!(found.err.starts_with("error: cannot read no.profile: "), "{command:?}: {}", found.err);
    }
}

#[test]
fn a_profile_that_is_there_and_cannot_be_read_is_an_error() {
    let folder = shop(&[]);
    folder.write("shop.profile", b"facts Customer 2\xff\n");
    let message = "error: cannot read shop.profile: stream did not contain valid UTF-8\n";
    assert_eq!(folder.tsd(&["check", "shop.tsd"]), done(2, "", message));
}

#[test]
fn a_stale_line_is_warned_of_and_the_others_are_used() {
    let folder = shop(&[("shop.profile", &format!("{FEW_CUSTOMERS}facts Lamp 3\n"))]);
    let (order, warnings) = explained(&folder, &["shop.tsd"]);
    assert_eq!(order, "c o i");
    assert_eq!(
        warnings,
        "\
warning[stale-profile]: 1 line of the profile no longer matches any rule or type
 --> shop.profile:2:1
  |
2 | facts Lamp 3
  | ^^^^^^^^^^^^ it is ignored
  |
  = help: write a new profile: `tsd run --profile FILE`, or `Session::profile`
"
    );
}

#[test]
fn a_profile_that_is_stale_throughout_changes_no_order() {
    let folder =
        shop(&[("shop.profile", "facts Customers 2\nfacts Customer few\njoin 0123456789abcdef 1 Lamp\n")]);
    let (order, warnings) = explained(&folder, &["shop.tsd"]);
    assert_eq!(order, "i o c");
    assert!(warnings.contains("3 lines of the profile no longer match any rule or type"), "{warnings}");
}

#[test]
fn every_command_reads_the_profile_and_goes_on_when_it_is_stale() {
    let folder = shop(&[("shop.profile", "facts Lamp 3\n")]);
    for command in ["check", "run", "expand", "graph", "stats"] {
        let found = folder.tsd(&[command, "shop.tsd"]);
        assert_eq!(found.code, Some(0), "{command}: {}", found.err);
        assert_eq!(found.err.matches("warning[stale-profile]").count(), 1, "{command}: {}", found.err);
    }
}

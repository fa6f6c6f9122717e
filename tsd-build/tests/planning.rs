//! Join orders and profiles in a build script.

mod folder;

use std::path::Path;

use tsd_build::{Builder, JoinOrder};

use folder::{Result, compile, compile_with, write};

/// As declared the rule is `Item, Customer, Order`, most selective first `Customer, Order, Item`,
/// and cheapest by estimate `Item, Order, Customer`.
const SHOP: (&str, &str) = (
    "rules/shop.tsd",
    "mod shop;
type Customer(#id: string) @rows(1000)
type Order(#id: string, customer: string) @rows(10000)
type Item(#id: string, order: string, colour: string, size: int) @rows(100000)
action reward(customer: string)
rule vip : {i: Item, c: Customer, o: Order}
    / o.customer == c.id AND i.order == o.id AND i.colour == \"red\" AND i.size == 3 ==> reward(c.id)
",
);

const DECLARED: &str = "Item, Customer, Order";
const GREEDY: &str = "Customer, Order, Item";
const OPTIMAL: &str = "Item, Order, Customer";

/// With so few customers it is cheapest to begin with them, as the greedy order does.
const FEW_CUSTOMERS: &str = "facts Customer 2\n";
const FROM_FEW_CUSTOMERS: &str = GREEDY;

/// The types that the last join of a generated file joins, as its documentation says.
fn order(code: &str) -> &str {
    let joins = code.lines().filter_map(|line| line.trim_start().strip_prefix("/// ")?.split_once(" on "));
    joins.map(|(types, _)| types).fold("", |_, types| types)
}

/// The join order of `shop` with a builder and files beside its rules.
fn planned(files: &[(&str, &str)], builder: Builder) -> Result<String> {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[&[SHOP], files].concat())?;
    let generated = compile_with(dir.path(), builder)?;
    let shop = generated.iter().find(|(name, _)| name == "shop.rs").ok_or("there is no shop")?;
    Ok(order(&shop.1).to_owned())
}

#[test]
fn the_code_is_that_of_the_strategy_asked_for() -> Result {
    let by = |strategy| planned(&[], Builder::new().strategy(strategy));
    assert_eq!(by(JoinOrder::Declared)?, DECLARED);
    assert_eq!(by(JoinOrder::Greedy)?, GREEDY);
    assert_eq!(by(JoinOrder::Optimal)?, OPTIMAL);
    assert_eq!(planned(&[], Builder::new())?, OPTIMAL, "the cheapest when nothing is asked for");
    Ok(())
}

#[test]
fn a_profile_among_the_rules_is_found_by_the_name_of_its_module() -> Result {
    let with = |path| planned(&[(path, FEW_CUSTOMERS)], Builder::new());
    assert_eq!(with("rules/shop.profile")?, FROM_FEW_CUSTOMERS);
    assert_eq!(with("rules/observed/shop.profile")?, FROM_FEW_CUSTOMERS);
    assert_eq!(with("rules/bank.profile")?, OPTIMAL, "another module's");
    assert_eq!(with("shop.profile")?, OPTIMAL, "not among the rules");
    Ok(())
}

#[test]
fn a_profile_that_is_named_is_planned_with() -> Result {
    let elsewhere = tempfile::tempdir()?;
    write(elsewhere.path(), &[("shop.profile", FEW_CUSTOMERS), ("guess.txt", "")])?;
    let with = |files: &[_], name| planned(files, Builder::new().profile(elsewhere.path().join(name)));
    assert_eq!(with(&[], "shop.profile")?, FROM_FEW_CUSTOMERS);
    let beside = [("rules/shop.profile", FEW_CUSTOMERS)];
    assert_eq!(with(&beside, "guess.txt")?, OPTIMAL, "rather than the one among the rules");
    Ok(())
}

#[test]
fn of_several_modules_a_profile_is_for_the_one_that_it_is_named_after() -> Result {
    let elsewhere = tempfile::tempdir()?;
    write(elsewhere.path(), &[("shop.profile", FEW_CUSTOMERS), ("any.profile", FEW_CUSTOMERS)])?;
    let with = |files: &[_], name| planned(files, Builder::new().profile(elsewhere.path().join(name)));
    let bank = [("rules/bank/bank.tsd", "mod bank;\ntype Account()\n")];
    assert_eq!(with(&[], "any.profile")?, FROM_FEW_CUSTOMERS, "where there is but one module");
    assert_eq!(with(&bank, "any.profile")?, OPTIMAL);
    assert_eq!(with(&bank, "shop.profile")?, FROM_FEW_CUSTOMERS);
    Ok(())
}

#[test]
fn a_profile_that_is_named_and_not_there_is_an_error() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP, ("rules/shop.profile", FEW_CUSTOMERS)])?;
    let Err(error) = compile_with(dir.path(), Builder::new().profile("no/such.profile")) else {
        return Err("there is no such profile".into());
    };
    assert!(error.to_string().starts_with("cannot read no/such.profile: "), "{error}");
    assert!(!dir.path().join("out").exists());
    Ok(())
}

#[test]
fn code_changes_with_the_profile() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP])?;
    for (profile, expected) in [("", OPTIMAL), (FEW_CUSTOMERS, FROM_FEW_CUSTOMERS), ("", OPTIMAL)] {
        write(dir.path(), &[("rules/shop.profile", profile)])?;
        assert_eq!(order(&compile(dir.path())?[0].1), expected, "{profile:?}");
    }
    Ok(())
}

/// The instructions to Cargo when `rules` below a directory is compiled with some profiles: lines,
/// sorted, without the directory.
fn told(dir: &Path, profiles: &[&str]) -> Result<Vec<String>> {
    let builder = Builder::new().dir(dir.join("rules")).out_dir(dir.join("out"));
    let builder = profiles.iter().fold(builder, |builder, profile| builder.profile(dir.join(profile)));
    let before = format!("{}/", dir.display());
    let mut lines = Vec::new();
    builder.compile_telling(|line| lines.push(line.replace(&before, "")))?;
    lines.sort();
    Ok(lines)
}

/// What of it are warnings.
fn warned(dir: &Path, profiles: &[&str]) -> Result<Vec<String>> {
    let told = told(dir, profiles)?.into_iter();
    Ok(told.filter_map(|line| Some(line.strip_prefix("warning=")?.to_owned())).collect())
}

#[test]
fn cargo_is_told_to_watch_profiles() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP, ("rules/shop.profile", ""), ("observed/shop.profile", "")])?;
    let watched =
        ["rules", "rules/shop.profile", "rules/shop.tsd"].map(|path| format!("rerun-if-changed={path}"));
    assert_eq!(told(dir.path(), &[])?, watched);
    let named = [&["rerun-if-changed=observed/shop.profile".to_owned()], &watched[..]].concat();
    assert_eq!(told(dir.path(), &["observed/shop.profile"])?, named);
    Ok(())
}

#[test]
fn a_stale_line_is_a_warning_and_the_others_are_used() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP, ("rules/shop.profile", &format!("{FEW_CUSTOMERS}facts Lamp 3\n"))])?;
    assert_eq!(
        warned(dir.path(), &[])?,
        ["rules/shop.profile:2:1: 1 line of the profile no longer matches any rule or type \
             [stale-profile]; \
          write a new profile: `tsd run --profile FILE`, or `Session::profile`"]
    );
    let code = std::fs::read_to_string(dir.path().join("out/tsd/shop.rs"))?;
    assert_eq!(order(&code), FROM_FEW_CUSTOMERS);
    Ok(())
}

#[test]
fn a_profile_that_is_named_and_fits_no_module_is_a_warning() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP, ("shop.profile", ""), ("observed/any.profile", "")])?;
    assert!(warned(dir.path(), &["observed/any.profile"])?.is_empty(), "there is but one module");
    write(dir.path(), &[("rules/bank/bank.tsd", "mod bank;\ntype Account()\n")])?;
    assert_eq!(
        warned(dir.path(), &["shop.profile", "observed/any.profile"])?,
        ["any.profile: no module is planned with this profile, because its name matches no module"]
    );
    Ok(())
}

#[test]
fn two_profiles_of_one_module_are_an_error() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[SHOP, ("rules/shop.profile", ""), ("rules/more/shop.profile", "")])?;
    let error = compile(dir.path()).map(drop).unwrap_err().to_string();
    let profiles = ["rules/shop.profile", "rules/more/shop.profile"];
    assert!(profiles.iter().all(|profile| error.contains(profile)), "{error}");
    Ok(())
}

//! Whatever the text, compiling it ends, soon, with a module or with errors.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tsd_compiler::script::EmptySession;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Compilation, compile, compile_rules, compile_script};

const TYPES: &str = "type T(#id: string, i: int, j: int?, x: number, y: number?, s: string, b: bool)\n\
                     type U(#id: string, t: T, i: int, x: number, s: string)\n";

fn compiled(text: &str) -> Compilation {
    let mut sources = SourceMap::new();
    let file = sources.add("test.tsd", text);
    let _ = compile_script(&EmptySession::default(), &sources, &[file]);
    compile(&sources, &[file])
}

fn compiled_in_time(text: &str) -> Compilation {
    let start = Instant::now();
    let compilation = compiled(text);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    compilation
}

const TOKENS: [&str; 66] = [
    "type",
    "action",
    "rule",
    "extern",
    "remove",
    "reset",
    "mod",
    "fact",
    "salience",
    "no-loop",
    "T",
    "U",
    "V",
    "p",
    "q",
    "p.i",
    "p.x",
    "p.s",
    "q.t",
    "q.s",
    "q.t.x",
    "p.b",
    "p.y",
    "string",
    "int",
    "number?",
    "bool",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "==",
    "!=",
    "<=",
    "/",
    ":",
    ",",
    ";",
    "=",
    "==>",
    "+",
    "-",
    "*",
    "%",
    "#id",
    "@rows(3)",
    "@context",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "MATCHES",
    "IS MISSING",
    "EXISTS",
    "LENGTH(",
    "(int)",
    "7",
    "1.5",
    "\"[\"",
    "Insert(",
    "Update(",
];

const CONDITIONS: [&str; 24] = [
    "p.i",
    "p.x",
    "p.y",
    "p.s",
    "p.b",
    "q.t",
    "p",
    "q.s",
    "1",
    "2.5",
    "\"a\"",
    "true",
    "==",
    "!=",
    "<",
    "AND",
    "OR",
    "NOT (",
    ")",
    "(",
    "+",
    "IN [1, p.i, \"x\"]",
    "IS MISSING",
    "/",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn tokens_in_any_order(
        tokens in proptest::collection::vec(proptest::sample::select(&TOKENS[..]), 0..40),
    ) {
        let _ = compiled(&format!("{TYPES}{}", tokens.join(" ")));
    }

    #[test]
    fn conditions_of_any_tokens(
        tokens in proptest::collection::vec(proptest::sample::select(&CONDITIONS[..]), 1..12),
        action in proptest::sample::select(&[
            "f(p.i, q.t)", "Update(p, {i: 1, x: p.i, s: 2})", "Insert(T(id: \
                p.s))", "Retract(q.t)", "Print(p, 1/0)",
        ][..]),
    ) {
        let rule = format!("rule r : {{p: T, q: U}} / {} ==> {action}, f(1)", tokens.join(" "));
        let compilation = compiled(&format!("{TYPES}{rule}\nT(id: a, i: 3, x: 7/2, s: b, b: c)"));
        let errors = compilation.diagnostics.iter().any(|diagnostic| diagnostic.is_error());
        prop_assert_eq!(compilation.module.is_none(), errors);
        let mut sources = SourceMap::new();
        let types = sources.add("types", TYPES);
        let schema = compile(&sources, &[types]).module.unwrap().schema;
        let file = sources.add("rule", rule);
        let _ = compile_rules(&schema, &sources, file);
    }
}

fn rule(condition: &str) -> String {
    format!("{TYPES}rule r : {{p: T, q: U}} / {condition} ==> Print(p.id)")
}

fn assert_compiles(text: &str) {
    let compilation = compiled_in_time(text);
    let first = compilation.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    assert!(compilation.module.is_some(), "{first:?}");
}

#[test]
fn ten_thousand_conjuncts() {
    let parts: Vec<String> = (0..10_000).map(|index| format!("p.x + {index} < q.x")).collect();
    assert_compiles(&rule(&parts.join(" AND ")));
    let parts: Vec<String> = (0..10_000).map(|index| format!("p.x != {index}")).collect();
    assert_compiles(&rule(&parts.join(" AND ")));
}

#[test]
fn ten_thousand_alternatives() {
    let parts: Vec<String> = (0..10_000).map(|index| format!("p.i == {index} AND q.x > {index}")).collect();
    assert_compiles(&rule(&parts.join(" OR ")));
    let parts: Vec<String> = (0..10_000).map(|index| format!("(p.i == q.i AND p.x == {index})")).collect();
    assert_compiles(&rule(&parts.join(" OR ")));
    let items: Vec<String> = (0..10_000).map(|index| index.to_string()).collect();
    assert_compiles(&rule(&format!("p.i IN [{}]", items.join(", "))));
}

#[test]
fn alternatives_of_alternatives() {
    let parts = ["(p.i == q.i OR p.s == q.s OR p.x == q.x)"; 40];
    assert_compiles(&rule(&parts.join(" AND ")));
    let parts: Vec<String> =
        (0..40).map(|index| format!("(p.i == q.i + {index} OR p.s == q.s AND p.x < {index})")).collect();
    assert_compiles(&rule(&parts.join(" AND ")));
}

#[test]
fn the_deepest_nesting() {
    let deep = |open: &str, middle: &str, close: &str, levels: usize| {
        format!("{}{middle}{}", open.repeat(levels), close.repeat(levels))
    };
    assert_compiles(&rule(&deep("NOT (p.b AND (p.i == q.i OR ", "p.b", "))", 60)));
    assert_compiles(&rule(&format!("{} > 0", deep("(p.x * -(1 + ", "p.x", "))", 60))));
    assert_compiles(&rule(&deep("(p.b OR (p.x < q.x AND ", "p.b", "))", 60)));
    assert_compiles(&rule(&format!("LENGTH({}) > 3", deep("TRIM(UPPER(p.s + ", "p.s", "))", 60))));
    let _ = compiled_in_time(&rule(&deep("(", "p.b", ")", 100_000)));
}

#[test]
fn long_chains_of_operators() {
    assert_compiles(&rule(&format!("p.x{} > 0", " + p.x".repeat(10_000))));
    assert_compiles(&rule(&format!("p.s{} == q.s", " + p.s".repeat(10_000))));
    assert_compiles(&rule(&format!("p.i{} == 0", " - 1".repeat(10_000))));
}

#[test]
fn many_patterns_rules_types_and_facts() {
    let patterns: Vec<String> = (0..64).map(|index| format!("p{index}: T")).collect();
    let ties: Vec<String> = (1..64).map(|index| format!("p{index}.i == p{}.i", index - 1)).collect();
    assert_compiles(&format!(
        "{TYPES}rule r : {{{}}} / {} ==> Print(1)",
        patterns.join(", "),
        ties.join(" AND ")
    ));
    assert!(
        compiled_in_time(&format!("{TYPES}rule r : {{{}, q: T}} / ==> Print(1)", patterns.join(", ")))
            .module
            .is_none()
    );
    let rules: Vec<String> = (0..1_000)
        .map(|index| {
            format!("rule r{index} : {{p: T, q: U}} / p.i == q.i AND p.x > {index} ==> f(p.i, {index})")
        })
        .collect();
    assert_compiles(&format!("{TYPES}{}", rules.join("\n")));
    let types: Vec<String> = (0..5_000).map(|index| format!("type A{index}(id: A{})", index + 1)).collect();
    assert!(compiled_in_time(&types.join("\n")).module.is_none());
    let facts: Vec<String> = (0..5_000)
        .map(|index| format!("f{index} = T(id: \"{index}\", i: 1, x: 2, s: \"\", b: true)"))
        .collect();
    assert_compiles(&format!("{TYPES}{}", facts.join("\n")));
}

#[test]
fn as_many_errors_as_there_are_lines() {
    let rules: Vec<String> = (0..3_000)
        .map(|index| format!("rule r{index} : {{p: V{index}, q: U}} / q.nam == x ==> Insert(W())"))
        .collect();
    let compilation = compiled_in_time(&format!("{TYPES}{}", rules.join("\n")));
    assert!(compilation.diagnostics.len() > 9_000);
}

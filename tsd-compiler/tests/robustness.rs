//! No text makes the parser panic, overflow the stack or hang.

mod common;

use std::time::{Duration, Instant};

use common::{bare, parse};
use proptest::prelude::*;
use tsd_compiler::diagnostics::{Code, render};
use tsd_compiler::source::SourceMap;
use tsd_compiler::syntax::{MAX_NESTING, print};

/// Parses a text that must be free of faults, prints it and parses that; all of it quickly.
fn assert_parses(text: &str) {
    let start = Instant::now();
    let (sources, program, diagnostics) = parse(text);
    assert!(diagnostics.is_empty(), "{:.2000}", render(&sources, &diagnostics, false));
    let printed = print(&program);
    let (_, again, diagnostics) = parse(&printed);
    assert!(diagnostics.is_empty());
    assert_eq!(printed, print(&again));
    drop((program, again));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

fn rule(condition: &str) -> String {
    format!("rule r : {{o: Order}} / {condition} ==> f")
}

#[test]
fn long_chains() {
    for (part, sign) in [("o.a", " AND "), ("o.a", " OR "), ("1", "+"), ("o.a", " * "), ("o.a == 1", " AND ")]
    {
        assert_parses(&rule(&vec![part; 5_000].join(sign)));
    }
    assert_parses(&rule(&format!("o{}", ".x".repeat(10_000))));
    assert_parses(&rule(&format!("o.a IN [{}]", vec!["1"; 10_000].join(","))));
    assert_parses(&vec!["Order(id: \"o1\", total: 12)"; 2_000].join("\n"));
}

#[test]
fn a_hundred_thousand_operators() {
    for sign in [" AND ", "+"] {
        let (_, program, diagnostics) = parse(&rule(&vec!["1"; 100_000].join(sign)));
        assert!(diagnostics.is_empty());
        assert!(print(&program).len() > 300_000);
    }
}

#[test]
fn nesting_up_to_the_limit() {
    for (open, close) in
        [("(", ")"), ("NOT (", ")"), ("EXISTS (o: Order / ", ")"), ("LENGTH(", ")"), ("-(", ")")]
    {
        assert_parses(&rule(&format!("{}o.a{}", open.repeat(MAX_NESTING), close.repeat(MAX_NESTING))));
    }
    let nested = "(1 + 2 * (".repeat(64) + "o.a" + &"))".repeat(64);
    assert_parses(&rule(&nested));
    assert_parses(&rule(&format!("{}o.a", "NOT ".repeat(MAX_NESTING))));
    assert_parses(&rule(&format!("{}o.a", "(number) ".repeat(MAX_NESTING))));
}

#[test]
fn nesting_beyond_the_limit() {
    for count in [MAX_NESTING + 1, 100_000] {
        for open in ["(", "NOT (", "EXISTS (o: Order / ", "[", "- ", "NOT ", "(number) ", "f(", "{", "-("] {
            let start = Instant::now();
            let (_, _, diagnostics) = parse(&rule(&format!("{}o.a", open.repeat(count))));
            assert!(diagnostics.iter().any(|found| found.code == Code::NestingTooDeep), "{open}");
            assert!(start.elapsed() < Duration::from_secs(20), "{open}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn many_errors() {
    let lines = [
        "Order(id: \n",
        "type Order(#id\n",
        "rule r : {o: Order} / (o.a ==> f\n",
        ") ] }\n",
        "\"abc\n",
        "f(\n",
    ];
    for line in lines {
        let start = Instant::now();
        let (sources, _, diagnostics) = parse(&line.repeat(5_000));
        assert!(!diagnostics.is_empty());
        render(&sources, &diagnostics[..diagnostics.len().min(50)], false);
        assert!(start.elapsed() < Duration::from_secs(20), "{line}: {:?}", start.elapsed());
    }
}

/// The messages about a text do not grow with its square.
#[test]
fn thousands_of_errors_are_not_all_shown() {
    let condition = vec!["a.zz == 1"; 4000].join(" AND ");
    let text = format!("type A(#id: string) rule r : {{a: A}} / {condition} ==> Print(a.id)");
    let mut sources = SourceMap::new();
    let file = sources.add("robust.tsd", text);
    let diagnostics = tsd_compiler::compile(&sources, &[file]).diagnostics;
    assert_eq!(diagnostics.len(), 4000);
    let shown = render(&sources, &diagnostics, false);
    assert_eq!(shown.matches("error[unknown-field]").count(), 100);
    assert!(shown.ends_with("\n3900 more errors are not shown\n"));
    assert!(shown.len() < 200_000, "{}", shown.len());
}

/// Types cannot refer to each other in a cycle, but there can be thousands of them in a row.
#[test]
fn references_are_not_followed_without_end() {
    let followed = |count: usize| {
        let types: String = (0..count).map(|i| format!("type T{}(#id: string, r: T{i}) ", i + 1)).collect();
        let path = ".r".repeat(count);
        let rule = format!("rule r : {{t: T{count}}} / t{path}.id == \"x\" ==> Print(1)");
        let mut sources = SourceMap::new();
        let file = sources.add("robust.tsd", format!("type T0(#id: string) {types}{rule}"));
        let compilation = tsd_compiler::compile(&sources, &[file]);
        compilation.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(followed(MAX_NESTING), []);
    assert_eq!(followed(MAX_NESTING + 1), [Code::NestingTooDeep]);
    assert_eq!(followed(4_000), [Code::NestingTooDeep]);
}

const TOKENS: &[&str] = &[
    "rule",
    "type",
    "action",
    "extern",
    "remove",
    "fact",
    "reset",
    "mod",
    "when",
    "then",
    "end",
    "salience",
    "no-loop",
    "AND",
    "or",
    "NOT",
    "EXISTS",
    "IN",
    "LIKE",
    "IS",
    "MISSING",
    "SUM",
    "COUNT",
    "LENGTH",
    "true",
    "number",
    "string",
    "o",
    "Order",
    "$o",
    "é",
    "12",
    "1.5",
    "1e3",
    "\"x\"",
    "'y'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    ":",
    "::",
    "/",
    "//",
    "/*",
    "*/",
    "==>",
    "==",
    "=",
    "!=",
    "<",
    ">",
    "<=",
    "+",
    "-",
    "*",
    "%",
    ".",
    "@",
    "#",
    "?",
    "&&",
    "\\",
    "\"",
    "\n",
    "rule r : {o: Order} /",
    "==> f(o)",
    "Order(id: 1)",
    "type Order(#id: string)",
    "(number)",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in any::<String>()) {
        let (sources, program, diagnostics) = parse(&text);
        render(&sources, &diagnostics, false);
        print(&program);
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        let (sources, program, diagnostics) = parse(&tokens.join(" "));
        render(&sources, &diagnostics, true);
        print(&program);
    }

    /// Whatever parses without an error can be printed and parsed again.
    #[test]
    fn any_condition(tokens in prop::collection::vec(prop::sample::select(&TOKENS[13..]), 1..9)) {
        let (_, program, diagnostics) = parse(&rule(&tokens.join(" ")));
        if !diagnostics.iter().any(|found| found.is_error()) {
            let printed = print(&program);
            let (_, again, _) = parse(&printed);
            prop_assert_eq!(bare(&program), bare(&again), "{}", printed);
        }
    }
}

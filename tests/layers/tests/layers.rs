//! No module names one above it.
//!
//! The tables are read from below: a module may name earlier ones, and none after it. If it seems
//! to need one, something is defined in the wrong place, mostly where it was first needed.

use std::fs;
use std::path::Path;

use tsd_layers::{Layers, violations};

/// The vocabulary that the compiler and the runtime share.
const IR: Layers = Layers {
    folder: "tsd-ir/src",
    modules: &[
        "operator",
        "ids",
        "value",
        "ops",
        "schema",
        "domain",
        "expr",
        "test",
        "canonical",
        "body",
        "key",
        "signature",
        "derived_value",
        "chain",
        "filter",
        "effect",
        "view",
        "rule",
        "initial",
        "network",
        "profile",
    ],
};

/// From the author's text up to generated code.
const COMPILER: Layers = Layers {
    folder: "tsd-compiler/src",
    modules: &[
        "escape",
        "source",
        "diagnostics",
        "syntax",
        "join_order",
        "fold",
        "hir",
        "views",
        "check",
        "normalize",
        "module",
        "plan",
        "script",
        "codegen",
        "compile",
    ],
};

/// Text to tree and back.
const SYNTAX: Layers = Layers {
    folder: "tsd-compiler/src/syntax",
    modules: &["name", "token", "scan_tokens", "ast", "scan", "habits", "unparsed", "print", "parse"],
};

/// Names and types.
const CHECK: Layers = Layers {
    folder: "tsd-compiler/src/check",
    modules: &[
        "fault",
        "complexity",
        "annotation",
        "allow",
        "cycle",
        "scope",
        "typed",
        "declarations",
        "value",
        "condition",
        "query",
        "effect",
        "bind",
        "group",
        "rule",
        "action",
        "facts",
        "script",
    ],
};

/// One form for what means the same.
const NORMALIZE: Layers = Layers {
    folder: "tsd-compiler/src/normalize",
    modules: &[
        "order",
        "sets",
        "form",
        "keys",
        "conjunction",
        "followed",
        "split",
        "question",
        "parameters",
        "view",
    ],
};

/// The order of joins.
const PLAN: Layers = Layers {
    folder: "tsd-compiler/src/plan",
    modules: &[
        "planning",
        "shape",
        "selectivity",
        "observed",
        "cost",
        "search",
        "derived",
        "chain",
        "sharing",
        "cross",
        "record",
        "text",
        "view",
    ],
};

/// Rust source.
const CODEGEN: Layers = Layers {
    folder: "tsd-compiler/src/codegen",
    modules: &[
        "options",
        "doc",
        "places",
        "names",
        "expr",
        "condition",
        "shape",
        "native",
        "types",
        "actions",
        "program",
        "tables",
        "text",
        "warnings",
    ],
};

/// From what every layer names up to what generated code names. Within a folder modules may name
/// each other: a folder is one room.
const RUNTIME: Layers = Layers {
    folder: "tsd-runtime/src",
    modules: &[
        "base",
        "store",
        "ruleset",
        "strategy",
        "report",
        "error",
        "flow",
        "eval",
        "alpha",
        "beta",
        "view",
        "agenda",
        "statistics",
        "matcher",
        "telemetry",
        "session",
        "engine",
        "rt",
    ],
};

/// From reading files up to the subcommands.
const CLI: Layers = Layers {
    folder: "tsd-cli/src",
    modules: &[
        "outcome",
        "load",
        "arguments",
        "files",
        "progress",
        "described",
        "rules",
        "loaded",
        "shown",
        "record",
        "summary",
        "check",
        "expand",
        "explain",
        "graph",
        "stats",
        "execute",
        "commands",
    ],
};

const ALL: &[Layers] = &[IR, COMPILER, SYNTAX, CHECK, NORMALIZE, PLAN, CODEGEN, RUNTIME, CLI];

#[test]
fn every_module_names_only_those_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found: Vec<String> = ALL.iter().flat_map(|layers| violations(&root, layers).unwrap()).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The violations in a crate of two modules.
fn said(low: &str, high: &str, modules: &'static [&'static str]) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    let src = root.path().join("src");
    fs::create_dir_all(src.join("high")).unwrap();
    fs::write(src.join("lib.rs"), "mod low;\nmod high;\npub use high::{Roof, inner::Beam as Rafter};\n")
        .unwrap();
    fs::write(src.join("low.rs"), low).unwrap();
    fs::write(src.join("high.rs"), "mod inner;\n").unwrap();
    fs::write(src.join("high/inner.rs"), high).unwrap();
    violations(root.path(), &Layers { folder: "src", modules }).unwrap()
}

#[test]
fn a_name_from_above_is_found_whichever_way_it_is_written() {
    let ways = [
        "//! Low.\n\nuse crate::high::Roof;",
        "//! Low.\n\nuse super::{high};",
        "//! Low.\n\nuse crate::{Roof};",
        "//! Low.\n\nfn f(_: crate::Rafter) {}",
    ];
    for way in ways {
        let found = said(way, "", &["low", "high"]);
        assert_eq!(found.len(), 1, "{way}: {found:?}");
        assert!(found[0].starts_with("src/low.rs:3: `low` names `high`, which lies above it"), "{found:?}");
    }
    let fine =
        said("mod tests { use super::*; }", "use crate::low::X;\nuse super::super::low;", &["low", "high"]);
    assert_eq!(fine, Vec::<String>::new());
}

#[test]
fn a_table_that_does_not_fit_its_folder_is_found() {
    let found = said("", "", &["low", "roof"]);
    let expected = [
        "src: the table of layers has no place for `high`",
        "src: the table of layers names `roof`, which is not there",
    ];
    assert_eq!(found, expected);
}

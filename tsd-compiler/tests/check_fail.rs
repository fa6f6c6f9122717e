//! Programs that are rejected or cause warnings, each with exactly the right words, one for every
//! code of the checker.
//!
//! `check_fail` contains one program a file, named after what it shows. Those in `added` are rules
//! added at run time to a module of `added/schema.tsd`, those in `script` are scripts. The messages
//! are beside each in a `.stderr` file; `TSD_BLESS=1` rewrites it.

use std::fs;
use std::path::{Path, PathBuf};

use tsd_compiler::diagnostics::{Code, Diagnostic, render};
use tsd_compiler::script::EmptySession;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{compile, compile_rules, compile_script};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check_fail")
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "tsd")).collect();
    files.sort();
    files
}

fn check(folder: &Path, compile: impl Fn(&mut SourceMap, &Path) -> Vec<Diagnostic>) {
    let mut differences = String::new();
    for path in programs(folder).into_iter().filter(|path| !path.ends_with("schema.tsd")) {
        let mut sources = SourceMap::new();
        let diagnostics = compile(&mut sources, &path);
        let found = render(&sources, &diagnostics, false);
        let name = path.file_stem().unwrap().to_str().unwrap();
        if let Some(code) = Code::ALL.iter().find(|code| code.name() == name) {
            assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == *code), "{name}:\n{found}");
        }
        let beside = path.with_extension("stderr");
        if std::env::var_os("TSD_BLESS").is_some() {
            fs::write(&beside, &found).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            differences += &format!("--- {name}, expected:\n{expected}\n--- found:\n{found}\n");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn add(sources: &mut SourceMap, path: &Path) -> tsd_compiler::source::FileId {
    let text = fs::read_to_string(path).unwrap();
    sources.add(path.file_name().unwrap().to_str().unwrap(), text)
}

#[test]
fn programs_with_faults() {
    check(&folder(), |sources, path| {
        let file = add(sources, path);
        let compilation = compile(sources, &[file]);
        let errors = compilation.diagnostics.iter().any(Diagnostic::is_error);
        assert_eq!(compilation.module.is_none(), errors);
        compilation.diagnostics
    });
}

#[test]
fn added_rules_with_faults() {
    let added = folder().join("added");
    check(&added, |sources, path| {
        let mut of_module = SourceMap::new();
        let schema = add(&mut of_module, &added.join("schema.tsd"));
        let module = compile(&of_module, &[schema]).module.unwrap();
        let file = add(sources, path);
        compile_rules(&module.schema, sources, file).diagnostics
    });
}

#[test]
fn scripts_with_faults() {
    check(&folder().join("script"), |sources, path| {
        let file = add(sources, path);
        let compilation = compile_script(&EmptySession::default(), sources, &[file]);
        let errors = compilation.diagnostics.iter().any(Diagnostic::is_error);
        assert_eq!(compilation.script.is_none(), errors);
        compilation.diagnostics
    });
}

/// Codes that only the parser reports.
const ELSEWHERE: [Code; 6] = [
    Code::StaleProfile,
    Code::Syntax,
    Code::NestingTooDeep,
    Code::UnknownFunction,
    Code::MisplacedAggregate,
    Code::MixedAndOr,
];

#[test]
fn every_code_has_a_program() {
    let all: Vec<PathBuf> = [folder(), folder().join("added"), folder().join("script")]
        .iter()
        .flat_map(|folder| programs(folder))
        .collect();
    for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
        let has = all.iter().any(|path| path.file_stem().is_some_and(|stem| stem == code.name()));
        assert!(has, "no program shows `{code}`");
    }
}

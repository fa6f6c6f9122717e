//! Programs that must parse, and programs that must be rejected with exactly the right words.
//!
//! `tests/corpus/pass` and `tests/corpus/fail` contain one program a file. The output for a failing
//! program is beside it in a `.stderr` file; `TSD_BLESS=1` rewrites it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{bare, parse};
use tsd_compiler::diagnostics::{Code, render};
use tsd_compiler::syntax::print;

fn programs(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsd"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no programs in {}", folder.display());
    files
}

fn corpus(fate: &str) -> Vec<PathBuf> {
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus").join(fate))
}

/// Parsing, printing and parsing again gives the same tree, and printing that the same text.
fn assert_round_trip(path: &Path, text: &str) {
    let (sources, program, diagnostics) = parse(text);
    let errors: Vec<_> = diagnostics.into_iter().filter(|diagnostic| diagnostic.is_error()).collect();
    assert!(errors.is_empty(), "{}:\n{}", path.display(), render(&sources, &errors, false));
    let printed = print(&program);
    let (sources, again, diagnostics) = parse(&printed);
    let said = render(&sources, &diagnostics, false);
    assert!(diagnostics.is_empty(), "{} printed:\n{printed}\n{said}", path.display());
    assert_eq!(bare(&program), bare(&again), "{} printed:\n{printed}", path.display());
    assert_eq!(printed, print(&again), "{}", path.display());
}

#[test]
fn programs_without_faults_compile_and_print_to_themselves() {
    for path in corpus("pass") {
        assert_round_trip(&path, &fs::read_to_string(&path).unwrap());
    }
}

/// The programs in the documents that the language was designed from compile too.
#[test]
fn seeds_compile() {
    let is_seed =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("seeds_"));
    let seeds: Vec<PathBuf> = corpus("pass").into_iter().filter(is_seed).collect();
    assert!(seeds.len() >= 10, "only {} programs", seeds.len());
    for path in seeds {
        let mut sources = tsd_compiler::source::SourceMap::new();
        let file = sources.add("seed", fs::read_to_string(&path).unwrap());
        let compilation = tsd_compiler::compile(&sources, &[file]);
        let said = render(&sources, &compilation.diagnostics, false);
        assert!(compilation.module.is_some(), "{}:\n{said}", path.display());
    }
}

#[test]
fn programs_with_faults_are_rejected_with_their_messages() {
    let mut differences = String::new();
    for path in corpus("fail") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut sources = tsd_compiler::source::SourceMap::new();
        let file = sources.add(name, fs::read_to_string(&path).unwrap());
        let mut sink = tsd_compiler::diagnostics::Diagnostics::new();
        tsd_compiler::syntax::parse(&sources, file, &mut sink);
        assert!(sink.has_errors(), "{name} parses");
        let found = render(&sources, &sink.finish(), false);
        let beside = path.with_extension("stderr");
        if std::env::var_os("TSD_BLESS").is_some() {
            fs::write(&beside, &found).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if found != expected {
            differences.push_str(&format!("--- {name}, expected:\n{expected}\n--- found:\n{found}\n"));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn conformance_programs_compile() {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance");
    let Ok(expected) = fs::read_to_string(root.join("expected.json")) else {
        println!("skipped: {} is not here", root.display());
        return;
    };
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let mut checked = 0;
    for (name, entry) in expected.as_object().unwrap() {
        for file in entry["files"].as_array().unwrap() {
            let path = root.join(file.as_str().unwrap());
            let text = fs::read_to_string(&path).unwrap();
            checked += 1;
            if entry["parses"] != false {
                assert_round_trip(&path, &text);
                continue;
            }
            let (_, _, diagnostics) = parse(&text);
            let refused = |code| matches!(code, Code::Syntax | Code::UnknownFunction);
            assert!(diagnostics.iter().any(|diagnostic| refused(diagnostic.code)), "{name} parses");
        }
    }
    assert!(checked > 200, "only {checked} programs");
}

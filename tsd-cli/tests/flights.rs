//! The rules over the flights fire exactly as often as SQL says they should, compiled and interpreted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tsd_cli::load::{FactFile, load as load_files};
use tsd_compiler::source::SourceMap;
use tsd_flights::flights::Session;
use tsd_flights::{Desk, FACTS, load, tables};

const TABLES: [(&str, &str); 5] = [
    ("Flight", "flights"),
    ("Weather", "weather"),
    ("Plane", "planes"),
    ("Airport", "airports"),
    ("Airline", "airlines"),
];

/// The rules of `expected.json`: their text and how often they fire.
fn expected() -> BTreeMap<String, (String, u64)> {
    let text = fs::read_to_string(tables::directory().join("expected.json")).unwrap();
    let rules: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let entry = |(name, rule): (String, serde_json::Value)| {
        (name, (rule["rule"].as_str().unwrap().to_owned(), rule["activations"].as_u64().unwrap()))
    };
    rules.into_iter().map(entry).collect()
}

/// The counts of the rules that are in use.
fn expected_counts<'a>(rules: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let expected = expected();
    rules.map(|rule| (rule.to_owned(), expected[rule].1)).collect()
}

#[test]
fn compiled() {
    let mut session = Session::new(Desk::default());
    let loaded = load(&mut session, &mut |_| {}).unwrap();
    assert_eq!(loaded.facts, FACTS);
    let report = session.run().unwrap();
    let counts: BTreeMap<String, u64> =
        report.rules().map(|(rule, count)| (rule.to_owned(), count)).collect();
    assert_eq!(counts, expected_counts(session.rules()));
    assert_eq!((report.problem_count(), session.len() as u64), (0, FACTS));
    assert_eq!((session.host().compensated, session.host().explained), (1670, 630));
}

#[test]
fn interpreted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/flights");
    let mut sources = SourceMap::new();
    let files: Vec<_> = (fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .map(|path| sources.add(path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    let (mut engine, warnings) =
        tsd::Engine::from_sources(&sources, &files, (), tsd::ir::Sharing::On).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let facts: Vec<FactFile> = (TABLES.iter())
        .map(|(ty, table)| FactFile::new(*ty, tables::directory().join(format!("{table}.csv.zst"))).unwrap())
        .collect();
    assert_eq!(load_files(&mut engine, &facts, &mut |_| {}).unwrap(), FACTS);
    let report = engine.run().unwrap();
    let counts: BTreeMap<String, u64> =
        report.rules().map(|(rule, count)| (rule.to_owned(), count)).collect();
    assert_eq!(counts, expected_counts(engine.rules()));
    assert_eq!(report.problem_count(), 0);
}

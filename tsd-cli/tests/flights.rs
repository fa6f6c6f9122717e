//! The rules over the flights fire exactly as often as SQL says they should, compiled and
//! interpreted.

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

/// How often each rule of `expected.json` fires.
fn expected() -> BTreeMap<String, u64> {
    let text = fs::read_to_string(tables::directory().join("expected.json")).unwrap();
    let rules: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    rules.into_iter().map(|(name, rule)| (name, rule["activations"].as_u64().unwrap())).collect()
}

#[test]
fn the_compiled_flight_rules_reach_the_published_counts() {
    let mut session = Session::new(Desk::default());
    let loaded = load(&mut session, &mut |_| {}).unwrap();
    assert_eq!(loaded.facts, FACTS);
    let report = session.run().unwrap();
    let counts: BTreeMap<String, u64> =
        report.rules().map(|(rule, count)| (rule.to_owned(), count)).collect();
    assert_eq!(counts, expected());
    assert_eq!((report.problem_count(), session.len() as u64), (0, FACTS));
    let desk = session.host();
    assert_eq!((desk.compensated, desk.explained, desk.to_look_up), (1670, 630, 52_606));
    assert_eq!((desk.to_service.len(), desk.late.len()), (5, 6));
}

#[test]
fn the_interpreted_flight_rules_reach_the_published_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/flights");
    let mut sources = SourceMap::new();
    let files: Vec<_> = (fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .map(|path| sources.add(path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    let mut engine = tsd::Engine::builder(()).build();
    let warnings = engine.execute_sources(&sources, &files, &tsd::Planning::default()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let facts: Vec<FactFile> = (TABLES.iter())
        .map(|(ty, table)| FactFile::new(*ty, tables::directory().join(format!("{table}.csv.zst"))).unwrap())
        .collect();
    assert_eq!(load_files(&mut engine, &facts, &mut |_| {}).unwrap().facts, FACTS);
    let report = engine.run().unwrap();
    let counts: BTreeMap<String, u64> =
        report.rules().map(|(rule, count)| (rule.to_owned(), count)).collect();
    assert_eq!(counts, expected());
    assert_eq!(report.problem_count(), 0);
}

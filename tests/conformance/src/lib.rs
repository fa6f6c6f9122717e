//! The expected results of the conformance programs, and the comparison with a session.

mod folder;

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value as Json;
use tsd_runtime::Program;
use tsd_runtime::Session;
use tsd_runtime::ir::{TypeId, Value, ops};

pub use folder::folder;

/// `expected.json`: the expected results by the name of the program. `None`, with a printed
/// message, if it is missing.
///
/// # Panics
/// If it is not JSON.
pub fn expected() -> Option<BTreeMap<String, Json>> {
    let file = folder().join("expected.json");
    let Ok(text) = fs::read_to_string(&file) else {
        println!("skipped: {} is not here", file.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

/// The variables of each rule, in order of declaration.
pub type Variables = BTreeMap<String, Vec<String>>;

/// The differences between a session and the expected results, line by line: first of its matches,
/// then of the facts after a run.
pub fn differences<P: Program>(session: &mut Session<P>, variables: &Variables, entry: &Json) -> String {
    let mut wrong = activations(session, variables, entry);
    if let Some(facts) = entry.get("final_facts") {
        wrong += &final_facts(session, facts);
    }
    wrong
}

/// What satisfies each rule once everything is loaded.
fn activations<P: Program>(session: &mut Session<P>, variables: &Variables, entry: &Json) -> String {
    let mut wrong = String::new();
    let Some(counts) = entry.get("activations").and_then(Json::as_object) else { return wrong };
    for (rule, count) in counts {
        let matches = match session.matches(rule) {
            Ok(matches) => matches,
            Err(error) => {
                wrong += &format!("{error}\n");
                continue;
            }
        };
        let mut tuples: Vec<String> = (matches.iter())
            .map(|tuple| {
                let mut parts: Vec<String> = (variables[rule].iter().zip(tuple))
                    .map(|(variable, fact)| {
                        format!("{variable}={}", session.name_of(*fact).unwrap_or_default())
                    })
                    .collect();
                parts.sort();
                parts.join(",")
            })
            .collect();
        tuples.sort();
        if count.as_u64() != Some(tuples.len() as u64) {
            wrong += &format!("rule {rule}: {} activations, expected {count}\n", tuples.len());
        }
        let Some(expected) = entry["tuples"].get(rule).and_then(Json::as_array) else { continue };
        let mut expected: Vec<&str> = expected.iter().filter_map(Json::as_str).collect();
        expected.sort_unstable();
        if tuples != expected {
            wrong += &format!("rule {rule}: {tuples:?}, expected {expected:?}\n");
        }
    }
    wrong
}

/// The facts after the run, as sorted texts.
fn final_facts<P: Program>(session: &mut Session<P>, expected: &Json) -> String {
    session.on_print(|_| {});
    session.on_log(|_| {});
    if let Err(error) = session.run() {
        return format!("{error}\n");
    }
    let mut found = Vec::new();
    for (index, ty) in session.schema().types.iter().enumerate() {
        for values in session.handles(TypeId(index as u16)).filter_map(|handle| session.values(handle)) {
            let fields: BTreeMap<&str, String> =
                ty.fields.iter().zip(&values).map(|(field, value)| (&*field.name, text(value))).collect();
            found.push(format!("{} {fields:?}", ty.name));
        }
    }
    found.sort();
    let mut wanted: Vec<String> = (expected.as_array().into_iter().flatten())
        .map(|fact| {
            let fields: BTreeMap<&str, &str> = (fact["fields"].as_object().into_iter().flatten())
                .map(|(field, value)| (&**field, value.as_str().unwrap_or_default()))
                .collect();
            format!("{} {fields:?}", fact["type"].as_str().unwrap_or_default())
        })
        .collect();
    wanted.sort();
    if found == wanted { String::new() } else { format!("facts {found:#?}\nexpected {wanted:#?}\n") }
}

fn text(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Bool(bool) => ops::bool_to_text(*bool).to_owned(),
        Value::Int(int) => ops::int_to_text(*int),
        Value::Number(number) => ops::number_to_text(*number),
        Value::Text(text) => text.clone(),
        Value::Fact(handle) => format!("{handle:?}"),
        other => panic!("no program has {other:?}"),
    }
}

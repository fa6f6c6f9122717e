//! The judge judged: the conformance programs, whose results others have computed, through the
//! oracle alone.

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use serde_json::Value as Json;
use tsd_oracle::{Oracle, Outcome, Step};

#[test]
fn the_oracle_finds_what_is_expected() {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let Ok(expected) = fs::read_to_string(root.join("expected.json")) else {
        println!("skipped: {} is not here", root.display());
        return;
    };
    let expected: BTreeMap<String, Json> = serde_json::from_str(&expected).unwrap();
    let (mut judged, mut wrong) = (0, String::new());
    for (name, entry) in &expected {
        // Entries about parsing alone say nothing to an evaluator.
        if entry.get("parses").is_none() {
            judged += 1;
            match catch_unwind(|| differences(root, entry)) {
                Ok(differences) if differences.is_empty() => {}
                Ok(differences) => wrong += &format!("--- {name}\n{differences}"),
                Err(_) => wrong += &format!("--- {name}\nthe oracle panics\n"),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(judged > 140, "only {judged} programs");
    println!("{judged} programs");
}

fn differences(root: &Path, entry: &Json) -> String {
    let files = entry["files"].as_array().unwrap().iter();
    let texts: Vec<String> =
        files.map(|file| fs::read_to_string(root.join(file.as_str().unwrap())).unwrap()).collect();
    let mut oracle = Oracle::script(texts.iter().map(String::as_str));
    let mut wrong = String::new();
    for (rule, count) in entry.get("activations").and_then(Json::as_object).into_iter().flatten() {
        let tuples = tuples(&oracle, rule);
        if count.as_u64() != Some(tuples.len() as u64) {
            wrong += &format!("rule {rule}: {} activations, expected {count}\n", tuples.len());
        }
        if let Some(expected) = entry.get("tuples").and_then(|tuples| tuples.get(rule)) {
            let mut expected: Vec<String> = serde_json::from_value(expected.clone()).unwrap();
            expected.sort();
            if tuples != expected {
                wrong += &format!("rule {rule}: {tuples:?}, expected {expected:?}\n");
            }
        }
    }
    if let Some(facts) = entry.get("final_facts") {
        wrong += &final_facts(&mut oracle, facts);
    }
    wrong
}

/// The tuples that satisfy a rule, as `variable=Type~key,…` in the order of the variables' names.
fn tuples(oracle: &Oracle, rule: &str) -> Vec<String> {
    let variables = oracle.variables(rule);
    let mut tuples: Vec<String> = (oracle.matches(rule).into_iter())
        .map(|tuple| {
            let mut parts: Vec<String> =
                variables.iter().zip(tuple).map(|(variable, fact)| format!("{variable}={fact}")).collect();
            parts.sort();
            parts.join(",")
        })
        .collect();
    tuples.sort();
    tuples
}

/// The facts after a run.
fn final_facts(oracle: &mut Oracle, expected: &Json) -> String {
    let Outcome::Ran(ran) = oracle.apply(&Step::Run { limit: 1000 }) else { panic!("not a run") };
    if ran.is_stopped {
        return "it runs on and on\n".to_owned();
    }
    let facts = oracle.facts();
    let mut found: Vec<String> = (facts.live())
        .map(|id| {
            let fact = facts.ever(id);
            let declared = &facts.schema.types[fact.ty];
            let fields: BTreeMap<&str, String> = (declared.fields.iter().zip(&fact.fields))
                .map(|(field, value)| (&*field.name, facts.show(value.as_ref()).to_string()))
                .collect();
            format!("{} {fields:?}", declared.name)
        })
        .collect();
    found.sort();
    let mut wanted: Vec<String> = (expected.as_array().unwrap().iter())
        .map(|fact| {
            let fields: BTreeMap<&str, &str> = (fact["fields"].as_object().unwrap().iter())
                .map(|(field, value)| (&**field, value.as_str().unwrap()))
                .collect();
            format!("{} {fields:?}", fact["type"].as_str().unwrap())
        })
        .collect();
    wanted.sort();
    if found == wanted { String::new() } else { format!("facts {found:#?}\nexpected {wanted:#?}\n") }
}

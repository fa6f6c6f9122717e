//! The conformance programs that need nothing but what this version has, held against `expected.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tsd_compiler::compile_script;
use tsd_compiler::diagnostics::{Code, Diagnostic, render};
use tsd_compiler::script::{Nothing, ScriptStep};
use tsd_compiler::source::{FileId, SourceMap};
use tsd_runtime::ir::{Sharing, TypeId, Value, ops};
use tsd_runtime::{Engine, Error};

/// How a program fared.
enum Outcome {
    /// It does what it should.
    Right,
    /// It does something else.
    Wrong(String),
}

#[test]
fn programs_do_what_is_expected() {
    let root = Path::new("/work/shared/conformance");
    let Ok(expected) = fs::read_to_string(root.join("expected.json")) else {
        println!("skipped: {} is not here", root.display());
        return;
    };
    let expected: BTreeMap<String, Json> = serde_json::from_str(&expected).unwrap();
    let (mut right, mut wrong) = (0, String::new());
    let parsed = expected.values().filter(|entry| entry.get("parses").is_some()).count();
    for (name, entry) in &expected {
        match program(root, entry) {
            Outcome::Right => right += 1,
            Outcome::Wrong(why) => wrong += &format!("--- {name}\n{why}\n"),
        }
    }
    println!("{right} programs checked ({parsed} of them only for whether they parse)");
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(right, expected.len(), "every program holds");
}

/// The variables of each rule, in order of declaration.
type Variables = BTreeMap<String, Vec<String>>;

fn program(root: &Path, entry: &Json) -> Outcome {
    let mut sources = SourceMap::new();
    let files: Vec<_> = (entry["files"].as_array().unwrap().iter())
        .map(|file| {
            let file = file.as_str().unwrap();
            sources.add(file, fs::read_to_string(root.join(file)).unwrap())
        })
        .collect();
    let mut engines = [Sharing::On, Sharing::Off].map(|sharing| execute(&sources, &files, sharing));
    let errors = engines.iter().find_map(|engine| engine.as_ref().err()).cloned().unwrap_or_default();
    if let Some(parses) = entry.get("parses") {
        return parses_as_expected(parses == true, &sources, &errors);
    }
    if !errors.is_empty() {
        return Outcome::Wrong(render(&sources, &errors, false));
    }
    let variables = variables(&sources, &files);
    let mut wrong = String::new();
    for engine in engines.iter_mut().flatten() {
        wrong += &activations(engine, &variables, entry);
        if let Some(facts) = entry.get("final_facts") {
            wrong += &final_facts(engine, facts);
        }
    }
    if wrong.is_empty() { Outcome::Right } else { Outcome::Wrong(wrong) }
}

/// Executes files as `tsd run` does, up to where rules would fire; or gives the errors in them.
fn execute(sources: &SourceMap, files: &[FileId], sharing: Sharing) -> Result<Engine<()>, Vec<Diagnostic>> {
    match Engine::from_sources(sources, files, (), sharing) {
        Ok((engine, _)) => Ok(engine),
        Err(Error::Rules(errors)) => {
            Err(errors.diagnostics.into_iter().filter(Diagnostic::is_error).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

fn variables(sources: &SourceMap, files: &[FileId]) -> Variables {
    let script = compile_script(&Nothing::default(), sources, files).script.unwrap();
    let added = script.steps.into_iter().filter_map(|step| match step {
        ScriptStep::AddRules(rules) => Some(rules),
        _ => None,
    });
    let rules = added.flatten().map(|planned| {
        let variables = planned.rule.patterns.iter().map(|pattern| pattern.variable.to_string());
        (planned.rule.name.to_string(), variables.collect())
    });
    rules.collect()
}

/// A program that parses may fail a later check; one that does not must be refused.
fn parses_as_expected(parses: bool, sources: &SourceMap, errors: &[Diagnostic]) -> Outcome {
    let syntax_errors: Vec<_> = errors.iter().filter(|error| error.code == Code::Syntax).cloned().collect();
    let refused = !errors.is_empty();
    match (parses, refused) {
        (true, _) if !syntax_errors.is_empty() => Outcome::Wrong(render(sources, &syntax_errors, false)),
        (false, false) => Outcome::Wrong("it is accepted and must not be\n".to_owned()),
        _ => Outcome::Right,
    }
}

/// What satisfies each rule once everything is loaded.
fn activations(engine: &mut Engine<()>, variables: &Variables, entry: &Json) -> String {
    let mut wrong = String::new();
    let Some(counts) = entry.get("activations").and_then(Json::as_object) else { return wrong };
    for (rule, count) in counts {
        let matches = match engine.matches(rule) {
            Ok(matches) => matches,
            Err(error) => {
                wrong += &format!("{error}\n");
                continue;
            }
        };
        let mut tuples: Vec<String> = (matches.iter())
            .map(|tuple| {
                let mut parts: Vec<String> = (variables[rule].iter().zip(tuple))
                    .map(|(variable, fact)| format!("{variable}={}", engine.name_of(*fact).unwrap()))
                    .collect();
                parts.sort();
                parts.join(",")
            })
            .collect();
        tuples.sort();
        if count.as_u64() != Some(tuples.len() as u64) {
            wrong += &format!("rule {rule}: {} activations, expected {count}\n", tuples.len());
        }
        let Some(expected) = entry.get("tuples").and_then(|tuples| tuples.get(rule)) else { continue };
        let mut expected: Vec<String> = serde_json::from_value(expected.clone()).unwrap();
        expected.sort();
        if tuples != expected {
            wrong += &format!("rule {rule}: {tuples:?}, expected {expected:?}\n");
        }
    }
    wrong
}

/// What is left after the run, as sorted texts.
fn final_facts(engine: &mut Engine<()>, expected: &Json) -> String {
    engine.on_print(|_| {});
    engine.on_log(|_| {});
    if let Err(error) = engine.run() {
        return format!("{error}\n");
    }
    let mut found = Vec::new();
    for (index, ty) in engine.schema().types.iter().enumerate() {
        for handle in engine.handles(TypeId(index as u16)) {
            let values = engine.values(handle).unwrap();
            let fields: BTreeMap<&str, String> =
                ty.fields.iter().zip(&values).map(|(field, value)| (&*field.name, text(value))).collect();
            found.push(format!("{} {fields:?}", ty.name));
        }
    }
    found.sort();
    let mut wanted: Vec<String> = (expected.as_array().unwrap().iter())
        .map(|fact| {
            let fields: BTreeMap<&str, String> = (fact["fields"].as_object().unwrap().iter())
                .map(|(field, value)| (&**field, value.as_str().unwrap().to_owned()))
                .collect();
            format!("{} {fields:?}", fact["type"].as_str().unwrap())
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
    }
}

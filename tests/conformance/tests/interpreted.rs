//! Every conformance program, executed as a script.

use serde_json::Value as Json;
use tsd_compiler::compile_script;
use tsd_compiler::diagnostics::{Code, Diagnostic, render};
use tsd_compiler::script::{EmptySession, ScriptStep};
use tsd_compiler::source::{FileId, SourceMap};
use tsd_conformance::{Variables, differences, expected, folder};
use tsd_runtime::ir::Sharing;
use tsd_runtime::{Engine, Error, Planning};

#[test]
fn programs_do_what_is_expected() {
    let Some(expected) = expected() else { return };
    let mut wrong = String::new();
    let parsed = expected.values().filter(|entry| entry.get("parses").is_some()).count();
    for (name, entry) in &expected {
        let why = program(entry);
        if !why.is_empty() {
            wrong += &format!("--- {name}\n{why}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} programs checked ({parsed} of them only for whether they parse)", expected.len());
    assert!(expected.len() > parsed && parsed > 0, "nothing was checked");
}

/// The differences of a program from the expected results.
fn program(entry: &Json) -> String {
    let mut sources = SourceMap::new();
    let files: Vec<_> = (entry["files"].as_array().unwrap().iter())
        .map(|file| {
            let file = file.as_str().unwrap();
            sources.add(file, std::fs::read_to_string(folder().join(file)).unwrap())
        })
        .collect();
    let mut engines = [Sharing::On, Sharing::Off].map(|sharing| execute(&sources, &files, sharing));
    let errors = engines.iter().find_map(|engine| engine.as_ref().err()).cloned().unwrap_or_default();
    if let Some(parses) = entry.get("parses") {
        return parses_as_expected(parses == true, &sources, &errors);
    }
    if !errors.is_empty() {
        return render(&sources, &errors, false);
    }
    let variables = variables(&sources, &files);
    engines.iter_mut().flatten().map(|engine| differences(engine, &variables, entry)).collect()
}

/// Executes files as `tsd run` does, up to the point where rules would fire; or returns their
/// errors.
fn execute(sources: &SourceMap, files: &[FileId], sharing: Sharing) -> Result<Engine<()>, Vec<Diagnostic>> {
    let mut engine = Engine::builder(()).sharing(sharing).build();
    match engine.execute_sources(sources, files, &Planning::default()) {
        Ok(_) => Ok(engine),
        Err(Error::Rules(errors)) => {
            Err(errors.diagnostics.into_iter().filter(Diagnostic::is_error).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

fn variables(sources: &SourceMap, files: &[FileId]) -> Variables {
    let script = compile_script(&EmptySession::default(), sources, files).script.unwrap();
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
fn parses_as_expected(parses: bool, sources: &SourceMap, errors: &[Diagnostic]) -> String {
    let syntax_errors: Vec<_> = errors.iter().filter(|error| error.code == Code::Syntax).cloned().collect();
    match parses {
        true => render(sources, &syntax_errors, false),
        false if errors.is_empty() => "it is accepted and must not be\n".to_owned(),
        false => String::new(),
    }
}

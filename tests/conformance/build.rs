//! Compiles each conformance program into a module of its own, with actions that do nothing.
//!
//! Scripts are left out: commands are for interpreted programs. Programs that the compiler rejects
//! are in the list with their errors, so that the test fails and not the build.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use tsd_compiler::codegen::{Options, allowed_lints, module_text};
use tsd_compiler::diagnostics::{Code, Diagnostic, render};
use tsd_compiler::source::SourceMap;

#[allow(dead_code, unreachable_pub)]
#[path = "src/folder.rs"]
mod folder;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = folder::folder();
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/folder.rs");
    let (mut modules, mut list) = (String::new(), String::new());
    if let Ok(expected) = fs::read_to_string(folder.join("expected.json")) {
        let expected: BTreeMap<String, Json> = serde_json::from_str(&expected)?;
        let run = expected.iter().filter(|(_, entry)| entry.get("parses").is_none());
        for (number, (name, entry)) in run.enumerate() {
            add(number, name, &read(&folder, entry)?, &mut modules, &mut list)?;
        }
    }
    let text = format!("{modules}\nconst PROGRAMS: &[Program] = &[\n{list}];\n");
    fs::write(Path::new(&std::env::var("OUT_DIR")?).join("programs.rs"), text)?;
    Ok(())
}

/// The files of a program.
fn read(folder: &Path, entry: &Json) -> Result<SourceMap, Box<dyn Error>> {
    let mut sources = SourceMap::new();
    for file in entry["files"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        sources.add(file, fs::read_to_string(folder.join(file))?);
    }
    Ok(sources)
}

/// Adds a program's module to `modules`, and to `list` how to begin a session of it.
fn add(
    number: usize,
    name: &str,
    sources: &SourceMap,
    modules: &mut String,
    list: &mut String,
) -> std::fmt::Result {
    let files: Vec<_> = sources.files().collect();
    let compilation = tsd_compiler::compile(sources, &files);
    let errors: Vec<Diagnostic> = compilation.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    let Some(module) = compilation.module else {
        if errors.iter().all(|error| error.code == Code::CommandInRules) {
            return Ok(());
        }
        let errors = render(sources, &errors, false);
        return writeln!(list, "    Program {{ name: {name:?}, held: Err({errors:?}) }},");
    };
    let text = module_text(&module, sources, &Options::default());
    let (actions, lints) = (silent(&text), allowed_lints());
    writeln!(modules, "#[allow(missing_docs, unused_variables, {lints})]\nmod program_{number} {{\n{text}")?;
    writeln!(modules, "impl Actions for super::Nobody {{\n{actions}}}\n}}")?;
    writeln!(list, "    Program {{ name: {name:?}, held: Ok(held::<program_{number}::Rules<Nobody>>) }},")
}

/// The methods of a generated trait `Actions`, with bodies that do nothing.
fn silent(module: &str) -> String {
    let (head, methods) = module
        .split_once("pub trait Actions:")
        .map_or(("", ""), |(_, after)| after.split_once('\n').unwrap_or_default());
    if head.ends_with("{}") {
        return String::new();
    }
    let methods = methods.split_once("\n}\n").map_or("", |(methods, _)| methods);
    let lines = methods.lines().filter(|line| !line.trim_start().starts_with("///"));
    lines.fold(String::new(), |text, line| {
        text + &line.strip_suffix(';').map_or_else(|| line.to_owned(), |line| format!("{line} {{}}")) + "\n"
    })
}

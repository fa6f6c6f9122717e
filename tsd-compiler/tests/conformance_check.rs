//! The conformance programs that have activations must compile, unless they need what this version lacks.

use std::fs;
use std::path::Path;

use tsd_compiler::compile_script;
use tsd_compiler::diagnostics::render;
use tsd_compiler::script::Nothing;
use tsd_compiler::source::SourceMap;

#[test]
fn programs_with_activations_compile() {
    let root = Path::new("/work/shared/conformance");
    let Ok(expected) = fs::read_to_string(root.join("expected.json")) else {
        println!("skipped: {} is not here", root.display());
        return;
    };
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let (mut compiled, mut wrong) = (0, String::new());
    for (name, entry) in expected.as_object().unwrap() {
        if entry.get("parses").is_some() {
            continue;
        }
        let mut sources = SourceMap::new();
        let files: Vec<_> = (entry["files"].as_array().unwrap().iter())
            .map(|file| {
                let file = file.as_str().unwrap();
                sources.add(file, fs::read_to_string(root.join(file)).unwrap())
            })
            .collect();
        let compilation = compile_script(&Nothing::default(), &sources, &files);
        let errors: Vec<_> = compilation.diagnostics.into_iter().filter(|found| found.is_error()).collect();
        if errors.is_empty() {
            compiled += 1;
        } else {
            wrong += &format!("--- {name}\n{}", render(&sources, &errors, false));
        }
    }
    println!("{compiled} compile");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compiled > 80, "only {compiled} programs compile");
}

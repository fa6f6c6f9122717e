//! rustc's errors: one file for each fault, named after it. Every error must be under the right
//! token; one about code that a build script generated must name the file and line of the rules.
//! Those in `pass` compile without a warning.
//!
//! After a change of messages: `TRYBUILD=overwrite cargo test --test ui`, and read the difference.

use std::fs;
use std::path::Path;

use tsd_compiler::codegen::{Options, module_text};
use tsd_compiler::source::SourceMap;

#[test]
fn faults_are_reported_where_they_are() {
    generate();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

/// Generates `target/ui/NAME.rs` from every `included/NAME.tsd`, as a build script would.
fn generate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = root.join("target/ui");
    fs::create_dir_all(&out).unwrap();
    for entry in fs::read_dir(root.join("tests/ui/included")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let mut sources = SourceMap::new();
        let file = sources.add(format!("rules/{name}.tsd"), fs::read_to_string(&path).unwrap());
        let compilation = tsd_compiler::compile(&sources, &[file]);
        let options = Options { warnings: &compilation.diagnostics, ..Options::default() };
        let text = module_text(&compilation.module.unwrap(), &sources, &options);
        fs::write(out.join(format!("{name}.rs")), text).unwrap();
    }
}

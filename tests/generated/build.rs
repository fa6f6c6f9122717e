//! Generates random programs from fixed seeds and compiles each into a module of its own, with an
//! implementation of its actions that records every call. The tests include half of them each, so
//! that two cores share the work.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use tsd_compiler::codegen::{Options, allowed_lints, module_text};
use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;
use tsd_oracle::generate::Plan;
use tsd_oracle::{Action, Kind, Schema};

const PROGRAMS: u64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR")?;
    for half in 0..2 {
        let mut all = String::new();
        let mut list = String::new();
        for seed in (half * PROGRAMS / 2)..((half + 1) * PROGRAMS / 2) {
            add(seed, &mut all, &mut list)?;
        }
        let text = format!("{all}\nconst PROGRAMS: &[held::Program] = &[\n{list}];\n");
        std::fs::write(Path::new(&out).join(format!("programs_{half}.rs")), text)?;
    }
    Ok(())
}

/// Adds a program's module to `all`, and its data for the test to `list`.
fn add(seed: u64, all: &mut String, list: &mut String) -> Result<(), Box<dyn Error>> {
    let program = Plan::from_seed(seed, 2 + seed as usize % 3, 0).program();
    let name = format!("program_{seed}");
    let mut sources = SourceMap::new();
    let file = sources.add(format!("{name}.tsd"), program.as_str());
    let compilation = tsd_compiler::compile(&sources, &[file]);
    let Some(module) = compilation.module else {
        return Err(format!("{program}\n{}", render(&sources, &compilation.diagnostics, false)).into());
    };
    let text = module_text(&module, &sources, &Options::default());
    let lints = allowed_lints();
    writeln!(all, "#[allow(missing_docs, {lints})]\nmod {name} {{\n{text}\n}}")?;
    writeln!(all, "impl {name}::Actions for held::Notes {{")?;
    for action in &Schema::read(&program).actions {
        let context = program
            .lines()
            .any(|line| line.starts_with(&format!("action {}(", action.name)) && line.ends_with("@context"));
        method(all, &name, action, context)?;
    }
    writeln!(all, "}}")?;
    writeln!(
        list,
        "    held::Program {{ seed: {seed}, text: {program:?}, session: \
         held::session::<{name}::Rules<held::Notes>> }},"
    )?;
    Ok(())
}

fn method(all: &mut String, module: &str, action: &Action, context: bool) -> std::fmt::Result {
    let mut parameters = String::from("&mut self, ");
    if context {
        write!(parameters, "_: &mut {module}::Context<'_, Self>, ")?;
    }
    let mut values = Vec::new();
    for parameter in &action.parameters {
        let kind = match parameter.kind {
            Kind::Text => "&str".to_owned(),
            Kind::Number => "f64".to_owned(),
            Kind::Int => "i64".to_owned(),
            Kind::Bool => "bool".to_owned(),
            Kind::Fact(ty) => format!("tsd::Handle<{module}::{}>", ["A", "B", "C", "D"][ty]),
        };
        let kind = if parameter.optional { format!("Option<{kind}>") } else { kind };
        write!(parameters, "{}: {kind}, ", parameter.name)?;
        values.push(format!("held::Argument::value({})", parameter.name));
    }
    let (name, values) = (&action.name, values.join(", "));
    writeln!(all, "    fn {name}({parameters}) {{ self.call({name:?}, &[{values}]); }}")
}

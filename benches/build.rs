//! Compiles the rules of the workloads, so that the benches measure what a user's build script
//! would create.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code, unreachable_pub)]
#[path = "src/generator/rules.rs"]
mod rules;

/// As in the generator; the rules name the tiers.
const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let directory = out.join("rules");
    fs::create_dir_all(&directory)?;
    for count in [1, 20, 200] {
        let program = rules::program::orders(count, rules::Action::Count);
        write(&directory, &format!("orders{count}"), &program)?;
    }
    write(&directory, "orders20_traced", &rules::program::orders(20, rules::Action::Trace))?;
    for count in [20, 200, 1_000] {
        write(&directory, &format!("decisions{count}"), &rules::program::decisions(count))?;
    }
    write(&directory, "chain", &rules::program::chain(rules::Action::Count))?;
    write(&directory, "negation", &rules::program::negation(rules::Action::Count))?;
    write(&directory, "aggregation", &rules::program::aggregation(rules::Action::Count))?;
    write(&directory, "flights", &flights()?)?;
    println!("cargo::rerun-if-changed=src/generator/rules.rs");
    tsd_build::Builder::new().dir(&directory).compile()?;
    Ok(())
}

/// The rules of the flights example, over fewer columns.
fn flights() -> std::io::Result<String> {
    let files = ["rules/flights.tsd", "../rules/flights/operations.tsd", "../rules/flights/passengers.tsd"];
    files.iter().try_fold(String::new(), |program, file| {
        println!("cargo::rerun-if-changed={file}");
        Ok(program + &fs::read_to_string(file)? + "\n")
    })
}

fn write(directory: &Path, module: &str, program: &str) -> std::io::Result<()> {
    fs::write(directory.join(format!("{module}.tsd")), format!("mod {module};\n{program}"))
}

//! Programs that must run with exactly the right output.
//!
//! `tests/corpus/run` contains one program a file. Beside each is the output of
//! `tsd run --format json --final-facts --allow-problems`: standard output in a `.out` file, and
//! standard error, if there is any, in a `.stderr` file. `TSD_BLESS=1` rewrites them; check the
//! result by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/run")
}

/// Runs a program of the corpus inside its folder, so that messages name it without a path.
fn run(name: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsd"))
        .current_dir(folder())
        // Some programs show effects that cannot take place.
        .args(["run", "--format", "json", "--final-facts", "--allow-problems", name])
        .args(more)
        .output()
        .unwrap()
}

/// Compares with the file, or writes it. A missing file is empty.
fn compare(path: &Path, found: &[u8]) -> Option<String> {
    let found = String::from_utf8_lossy(found);
    if std::env::var_os("TSD_BLESS").is_some() {
        if found.is_empty() {
            let _ = fs::remove_file(path);
        } else {
            fs::write(path, found.as_bytes()).unwrap();
        }
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let differs = found != expected;
    differs.then(|| format!("--- {}, expected:\n{expected}\n--- found:\n{found}\n", path.display()))
}

#[test]
fn run_fate() {
    let mut programs: Vec<PathBuf> = (fs::read_dir(folder()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsd"))
        .collect();
    programs.sort();
    assert!(programs.len() >= 25, "only {} programs", programs.len());
    let mut differences = String::new();
    for path in programs {
        let name = path.file_name().unwrap().to_str().unwrap();
        let output = run(name, &[]);
        if output.status.code() != Some(0) {
            differences += &format!("--- {name} ended with {}\n", output.status);
        }
        differences.extend(compare(&path.with_extension("out"), &output.stdout));
        differences.extend(compare(&path.with_extension("stderr"), &output.stderr));
        let alone = run(name, &["--sharing", "off"]);
        if (&alone.stdout, &alone.stderr) != (&output.stdout, &output.stderr) {
            differences += &format!("--- {name} differs without sharing\n");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

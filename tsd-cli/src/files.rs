//! The rule files: as named, from a directory, or from standard input.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::load::is_standard_input;

/// The named rule files, each once; a directory means those in it and below. Also errors about the
/// directories.
pub(crate) fn find(named: &[PathBuf]) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in named {
        if is_standard_input(path) || !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        match collect(path, &mut BTreeSet::new(), &mut found) {
            Ok(()) if found.is_empty() => {
                faults.push(format!("there are no .tsd files in {}", path.display()));
            }
            // As the build script sorts them: by their paths, letter for letter.
            Ok(()) => found.sort_by_key(|path| path.display().to_string()),
            Err((path, error)) => faults.push(format!("cannot read {}: {error}", path.display())),
        }
        files.append(&mut found);
    }
    let mut once: Vec<PathBuf> = Vec::with_capacity(files.len());
    for path in files {
        if !once.contains(&path) {
            once.push(path);
        }
    }
    (once, faults)
}

/// Adds the `.tsd` files in a directory and below. Links may form a cycle, so no directory is
/// visited twice.
fn collect(
    directory: &Path,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Vec<PathBuf>,
) -> Result<(), (PathBuf, io::Error)> {
    let unreadable = |error| (directory.to_owned(), error);
    if !seen.insert(directory.canonicalize().map_err(unreadable)?) {
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(directory).map_err(unreadable)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(unreadable)?.iter().map(fs::DirEntry::path).collect();
    // Of two links to one directory always the same one counts.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seen, found)?;
        } else if path.extension().is_some_and(|extension| extension == "tsd") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a rule file.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    if is_standard_input(path) {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(path)?;
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not UTF-8 text"))
    })
}

/// The name of a rule file in messages.
pub(crate) fn shown(path: &Path) -> String {
    if is_standard_input(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

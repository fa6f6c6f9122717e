//! A directory with rule files for the tests.

// No test uses all of it.
#![allow(dead_code)]

use std::fs;
use std::path::Path;

use tsd_build::Builder;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Creates files, in the order given.
pub(crate) fn write(dir: &Path, files: &[(&str, &str)]) -> Result {
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap_or(dir))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// Compiles `rules` below a directory; the generated files with their contents.
pub(crate) fn compile(dir: &Path) -> Result<Vec<(String, String)>> {
    compile_with(dir, Builder::new())
}

/// The same with a configured builder.
pub(crate) fn compile_with(dir: &Path, builder: Builder) -> Result<Vec<(String, String)>> {
    let out = dir.join("out");
    builder.dir(dir.join("rules")).out_dir(&out).compile()?;
    let mut files = Vec::new();
    for entry in fs::read_dir(out.join("tsd"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(path)?));
    }
    files.sort();
    Ok(files)
}

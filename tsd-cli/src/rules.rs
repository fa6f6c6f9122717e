//! Rule files on their way to a module, and what is to be said about them.

use std::io::{self, Write};
use std::path::PathBuf;

use tsd_compiler::Module;
use tsd_compiler::diagnostics::{Diagnostic, render};
use tsd_compiler::source::{FileId, SourceMap};

use crate::commands::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};

/// Rules that compiled.
pub(crate) struct Compiled {
    pub(crate) sources: SourceMap,
    pub(crate) module: Module,
}

/// Reads and compiles rule files, and shows every error and warning.
pub(crate) fn compile(files: &[PathBuf], streams: &mut Streams) -> Result<Compiled, Stop> {
    let (sources, ids) = read(files, streams)?;
    let compilation = tsd_compiler::compile(&sources, &ids);
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    compilation.module.map(|module| Compiled { sources, module }).ok_or(Stop::Exit(EXIT_ERRORS))
}

/// Shows errors and warnings.
pub(crate) fn show(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    colour: bool,
    err: &mut dyn Write,
) -> io::Result<()> {
    err.write_all(render(sources, diagnostics, colour).as_bytes())?;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if errors > 1 {
        writeln!(err, "\n{errors} errors")?;
    }
    Ok(())
}

/// Reads all files, and shows which cannot be read. A file given twice is read once.
pub(crate) fn read(files: &[PathBuf], streams: &mut Streams) -> Result<(SourceMap, Vec<FileId>), Stop> {
    let mut sources = SourceMap::new();
    let mut ids = Vec::with_capacity(files.len());
    let mut unreadable = false;
    for (index, path) in files.iter().enumerate() {
        if files[..index].contains(path) {
            continue;
        }
        match std::fs::read_to_string(path) {
            Ok(text) => ids.push(sources.add(path.display().to_string(), text)),
            Err(error) => {
                unreadable = true;
                writeln!(streams.err, "error: cannot read {}: {error}", path.display())?;
            }
        }
    }
    if unreadable { Err(Stop::Exit(EXIT_USAGE)) } else { Ok((sources, ids)) }
}

/// `1 rule`, `2 rules`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

//! Rule files on their way to a module, and what is to be said about them.

use std::io::{self, Write};
use std::path::PathBuf;

use tsd_compiler::diagnostics::{Diagnostic, render};
use tsd_compiler::script::{Nothing, Removed, ScriptStep};
use tsd_compiler::source::{FileId, SourceMap};
use tsd_compiler::{Module, PlannedRule, compile_script};

use crate::commands::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};

/// Rules that compiled.
pub(crate) struct Compiled {
    pub(crate) sources: SourceMap,
    /// The files in the order given, each once.
    pub(crate) files: Vec<FileId>,
    pub(crate) module: Module,
    /// The facts of the module that a script takes back again, by their numbers.
    pub(crate) removed: Vec<usize>,
}

/// Reads and compiles rule files, and shows every error and warning.
pub(crate) fn compile(files: &[PathBuf], streams: &mut Streams) -> Result<Compiled, Stop> {
    let (sources, ids) = read(files, streams)?;
    let compilation = tsd_compiler::compile(&sources, &ids);
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    let compiled =
        compilation.module.map(|module| Compiled { sources, files: ids, module, removed: Vec::new() });
    compiled.ok_or(Stop::Exit(EXIT_ERRORS))
}

/// The same of files that may be a script: gives the rules that are there at its end, and its facts.
pub(crate) fn compile_standing(files: &[PathBuf], streams: &mut Streams) -> Result<Compiled, Stop> {
    let (sources, ids) = read(files, streams)?;
    let compilation = compile_script(&Nothing::default(), &sources, &ids);
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    let Some(script) = compilation.script else { return Err(Stop::Exit(EXIT_ERRORS)) };
    let mut module = Module { schema: script.schema, ..Module::default() };
    let mut removed = Vec::new();
    for step in script.steps {
        match step {
            ScriptStep::AddRules(rules) => module.rules.extend(rules),
            ScriptStep::Insert { fact, .. } => module.facts.push(fact),
            ScriptStep::RemoveRule(name) => module.rules.retain(|planned| planned.rule.name != name),
            ScriptStep::RemoveFact(Removed::Inserted(fact)) => removed.push(fact),
            // There is no session that facts could stand in before.
            ScriptStep::RemoveFact(Removed::Standing(_)) => {}
        }
    }
    Ok(Compiled { sources, files: ids, module, removed })
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

/// The rule of a name; says which is meant when there is none.
pub(crate) fn find_rule<'a>(
    module: &'a Module,
    name: &str,
    streams: &mut Streams,
) -> Result<&'a PlannedRule, Stop> {
    if let Some(found) = module.rules.iter().find(|planned| planned.rule.name == name) {
        return Ok(found);
    }
    let names = || module.rules.iter().map(|planned| &*planned.rule.name);
    let hint = match tsd_compiler::diagnostics::closest(name, names()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None if module.rules.is_empty() => "; there are no rules".to_owned(),
        None if module.rules.len() <= NAMED => {
            format!("; the rules are {}", names().collect::<Vec<_>>().join(", "))
        }
        None => String::new(),
    };
    writeln!(streams.err, "error: there is no rule `{name}`{hint}")?;
    Err(Stop::Exit(EXIT_USAGE))
}

/// How many rules are named to somebody who names one that is not there.
const NAMED: usize = 20;

/// `1 rule`, `2 rules`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

//! Rule files on their way to a module, and what is to be said about them.

use std::io::ErrorKind;
use std::path::PathBuf;

use tsd_compiler::diagnostics::{Diagnostic, render};
use tsd_compiler::source::{FileId, SourceMap};
use tsd_compiler::{Module, PlannedRule, Planning, Strategy};

use crate::arguments::Rules;
use crate::commands::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};

/// Rules that compiled.
pub(crate) struct Compiled {
    pub(crate) sources: SourceMap,
    /// The files in the order given, each once.
    pub(crate) files: Vec<FileId>,
    pub(crate) module: Module,
    pub(crate) warnings: usize,
}

/// Reads and compiles rule files, and shows every error and warning.
pub(crate) fn compile(rules: &Rules, streams: &mut Streams) -> Result<Compiled, Stop> {
    let (mut sources, ids) = read(&rules.files, streams)?;
    let profile = profile(rules, &mut sources, streams)?;
    let planning = Planning {
        strategy: rules.plan.map(Strategy::from),
        profile: profile.map(|file| (&sources, file)),
        ..Planning::default()
    };
    let compilation = tsd_compiler::compile_with(&sources, &ids, &planning);
    let shown = render(&sources, &compilation.diagnostics, streams.colour);
    streams.err.write_all(shown.as_bytes())?;
    let errors = compilation.diagnostics.iter().filter(|diagnostic| Diagnostic::is_error(diagnostic)).count();
    match compilation.module {
        Some(module) => {
            let warnings = compilation.diagnostics.len();
            Ok(Compiled { sources, files: ids, module, warnings })
        }
        None => {
            if errors > 1 {
                writeln!(streams.err, "\n{errors} errors")?;
            }
            Err(Stop::Exit(EXIT_ERRORS))
        }
    }
}

/// The profile to plan with: the one that is named, or the one beside the first rule file.
fn profile(rules: &Rules, sources: &mut SourceMap, streams: &mut Streams) -> Result<Option<FileId>, Stop> {
    let path = match (&rules.use_profile, rules.files.first()) {
        (Some(path), _) => path.clone(),
        (None, Some(first)) => first.with_extension("profile"),
        (None, None) => return Ok(None),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(sources.add(path.display().to_string(), text))),
        Err(error) if rules.use_profile.is_none() && error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            writeln!(streams.err, "error: cannot read {}: {error}", path.display())?;
            Err(Stop::Exit(EXIT_USAGE))
        }
    }
}

/// Reads all files, and shows which cannot be read. A file given twice is read once.
fn read(files: &[PathBuf], streams: &mut Streams) -> Result<(SourceMap, Vec<FileId>), Stop> {
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

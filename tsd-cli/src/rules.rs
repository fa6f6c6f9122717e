//! Rule files on their way to a module, and the messages about them.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use tsd_compiler::diagnostics::{Diagnostic, render};
use tsd_compiler::script::{EmptySession, Removed, ScriptStep};
use tsd_compiler::source::{FileId, SourceMap};
use tsd_compiler::{Module, PlannedRule, Planning, compile_script_with};

use crate::arguments::Rules;
use crate::files;
use crate::load::{FactFile, is_standard_input};
use crate::outcome::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};

/// Rules that compiled.
pub(crate) struct Compiled {
    pub(crate) sources: SourceMap,
    /// The files in the order given, each once.
    pub(crate) files: Vec<FileId>,
    pub(crate) module: Module,
    /// The facts of the module that a script removes again, by their numbers.
    pub(crate) removed: Vec<usize>,
}

/// Reads and compiles rule files, and shows every error and warning.
pub(crate) fn compile(rules: &Rules, streams: &mut Streams) -> Result<Compiled, Stop> {
    let (sources, ids, profile) = read(rules, &[], streams)?;
    let compilation = tsd_compiler::compile_with(&sources, &ids, &planning(rules, &sources, profile));
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    let compiled =
        compilation.module.map(|module| Compiled { sources, files: ids, module, removed: Vec::new() });
    compiled.ok_or(Stop::Exit(EXIT_ERRORS))
}

/// The same for files that may be a script: returns the rules that exist at its end, and its facts.
pub(crate) fn compile_final(
    rules: &Rules,
    facts: &[FactFile],
    streams: &mut Streams,
) -> Result<Compiled, Stop> {
    let (sources, ids, profile) = read(rules, facts, streams)?;
    let planning = planning(rules, &sources, profile);
    let compilation = compile_script_with(&EmptySession::default(), &sources, &ids, &planning);
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    let Some(script) = compilation.script else { return Err(Stop::Exit(EXIT_ERRORS)) };
    let mut module = Module { schema: script.schema, ..Module::default() };
    // The rules in order, with their indexes if they were not removed.
    let mut rules: Vec<Option<PlannedRule>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut removed = Vec::new();
    for step in script.steps {
        match step {
            ScriptStep::AddRules(added) => {
                for rule in added {
                    places.insert(rule.rule.name.to_string(), rules.len());
                    rules.push(Some(rule));
                }
            }
            ScriptStep::Insert { fact, .. } => module.facts.push(fact),
            ScriptStep::RemoveRule(name) => {
                places.remove(&name).into_iter().for_each(|index| rules[index] = None);
            }
            ScriptStep::RemoveFact(Removed::Inserted(fact)) => removed.push(fact),
            // There is no session in which facts could exist before.
            ScriptStep::RemoveFact(Removed::Session(_)) => {}
        }
    }
    module.rules = rules.into_iter().flatten().collect();
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

/// The profile to plan with: the named one, or the one beside the first rule file.
fn profile(
    rules: &Rules,
    first: Option<&PathBuf>,
    sources: &mut SourceMap,
    streams: &mut Streams,
) -> Result<Option<FileId>, Stop> {
    let path = match (&rules.use_profile, first) {
        (Some(path), _) => path.clone(),
        (None, Some(first)) if !is_standard_input(first) => first.with_extension("profile"),
        (None, _) => return Ok(None),
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

/// The input for the planner.
pub(crate) fn planning<'a>(rules: &Rules, sources: &'a SourceMap, profile: Option<FileId>) -> Planning<'a> {
    Planning { strategy: rules.plan, profile: profile.map(|file| (sources, file)), ..Planning::default() }
}

/// Reads all files, and reports those that cannot be read. A file given twice is read once. The
/// last is the profile, if there is one. The facts are those that will be loaded afterwards:
/// standard input can serve only one of all these.
pub(crate) fn read(
    rules: &Rules,
    facts: &[FactFile],
    streams: &mut Streams,
) -> Result<(SourceMap, Vec<FileId>, Option<FileId>), Stop> {
    let from_input = rules.files.iter().any(|path| is_standard_input(path));
    if usize::from(from_input) + facts.iter().filter(|file| file.is_standard_input()).count() > 1 {
        writeln!(streams.err, "error: standard input (`-`) can be read only once")?;
        return Err(Stop::Exit(EXIT_USAGE));
    }
    let (files, faults) = files::find(&rules.files);
    let mut sources = SourceMap::new();
    let mut ids = Vec::with_capacity(files.len());
    let mut unreadable = faults;
    for path in &files {
        match files::text(path) {
            Ok(text) => ids.push(sources.add(files::shown(path), text)),
            Err(error) => unreadable.push(format!("cannot read {}: {error}", files::shown(path))),
        }
    }
    for fault in &unreadable {
        writeln!(streams.err, "error: {fault}")?;
    }
    if !unreadable.is_empty() {
        return Err(Stop::Exit(EXIT_USAGE));
    }
    let profile = profile(rules, files.first(), &mut sources, streams)?;
    Ok((sources, ids, profile))
}

/// The rule with a name; suggests another if there is none.
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

/// How many rules are listed in the message for an unknown rule.
const NAMED: usize = 20;

/// `1 rule`, `2 rules`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

//! `tsd check`.

use tsd_compiler::compile_script_with;
use tsd_compiler::diagnostics::Diagnostic;
use tsd_compiler::script::{EmptySession, ScriptStep};

use crate::arguments::Check;
use crate::outcome::{EXIT_ERRORS, Stop, Streams};
use crate::rules::{counted, planning, read, show};

/// Compiles the rules, which may be a script, and reports what they contain.
pub(crate) fn check(check: &Check, streams: &mut Streams) -> Result<(), Stop> {
    let rules = &check.rules;
    let (sources, files, profile) = read(rules, &[], streams)?;
    let planning = planning(rules, &sources, profile);
    let mut compilation = compile_script_with(&EmptySession::default(), &sources, &files, &planning);
    if check.deny_warnings {
        compilation.diagnostics.iter_mut().for_each(Diagnostic::deny);
    }
    show(&sources, &compilation.diagnostics, streams.colour, &mut streams.err)?;
    let denied = compilation.diagnostics.iter().any(Diagnostic::is_error);
    let Some(script) = compilation.script.filter(|_| !denied) else { return Err(Stop::Exit(EXIT_ERRORS)) };
    let (mut rules, mut facts) = (0, 0);
    for step in &script.steps {
        match step {
            ScriptStep::AddRules(added) => rules += added.len(),
            ScriptStep::Insert { .. } => facts += 1,
            ScriptStep::RemoveRule(_) => rules -= 1,
            ScriptStep::RemoveFact(_) => facts -= 1,
        }
    }
    let parts = [
        counted(script.schema.types.len(), "type"),
        counted(script.schema.actions.len(), "action"),
        counted(rules, "rule"),
        counted(facts, "fact"),
    ];
    let warnings = match compilation.diagnostics.len() {
        0 => "no warnings".to_owned(),
        some => counted(some, "warning"),
    };
    writeln!(streams.out, "{}: {warnings}", parts.join(", "))?;
    Ok(())
}

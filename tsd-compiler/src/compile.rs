//! The compiler's table of contents: text in, a module or the author's mistakes out.

mod outcome;
mod sound;

use std::collections::BTreeSet;

use tsd_ir::Schema;

pub use self::outcome::{Compilation, RuleCompilation, ScriptCompilation};
use self::sound::{planned, planned_script};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::module::Module;
use crate::plan::Planning;
use crate::script::SessionState;
use crate::source::{FileId, SourceMap};
use crate::syntax::ast;
use crate::{check, hir, syntax};

/// Compiles files into one module. The order in which they are given does not matter: they are read
/// in the order of their names.
pub fn compile(sources: &SourceMap, files: &[FileId]) -> Compilation {
    compile_with(sources, files, &Planning::default())
}

/// Compiles files into one module, as [`compile`] does, with further input for the planner.
pub fn compile_with(sources: &SourceMap, files: &[FileId], planning: &Planning<'_>) -> Compilation {
    let mut sink = Diagnostics::new();
    let (programs, unparsed) = parsed(sources, &sources.in_order_of_names(files), &mut sink);
    let program = check::check(&programs, unparsed, &mut sink);
    let hir::Program { name, strategy, schema, rules, facts, places } = program;
    let planning = Planning { strategy: planning.strategy.or(strategy), ..*planning };
    let rules = planned(&schema, rules, &planning, &mut sink);
    let module = rules.map(|rules| Module { name, schema, rules, facts, places });
    Compilation { module, diagnostics: sink.finish_by_name(sources) }
}

/// Compiles rules that are added to a module with this schema. The text must hold nothing but
/// rules.
pub fn compile_rules(schema: &Schema, sources: &SourceMap, file: FileId) -> RuleCompilation {
    compile_rules_with(schema, sources, file, &Planning::default())
}

/// Compiles rules that are added to a module, as [`compile_rules`] does, and lets the planner know
/// what exists already.
pub fn compile_rules_with(
    schema: &Schema,
    sources: &SourceMap,
    file: FileId,
    planning: &Planning<'_>,
) -> RuleCompilation {
    let mut sink = Diagnostics::new();
    let (programs, _) = parsed(sources, &[file], &mut sink);
    let rules = check::check_added_rules(schema, &programs, &mut sink);
    let rules = planned(schema, rules, planning, &mut sink);
    RuleCompilation { rules, diagnostics: sink.finish_by_name(sources) }
}

/// Compiles a script that the session is to execute: files that are read in the order given.
pub fn compile_script(
    session: &dyn SessionState,
    sources: &SourceMap,
    files: &[FileId],
) -> ScriptCompilation {
    compile_script_with(session, sources, files, &Planning::default())
}

/// Compiles a script, as [`compile_script`] does, with further input for the planner.
pub fn compile_script_with(
    session: &dyn SessionState,
    sources: &SourceMap,
    files: &[FileId],
    planning: &Planning<'_>,
) -> ScriptCompilation {
    let mut sink = Diagnostics::new();
    let (programs, unparsed) = parsed(sources, files, &mut sink);
    let epochs = check::check_script(session, &programs, &unparsed, &mut sink);
    let own = check::module_strategy(&programs, &mut sink);
    let planning = Planning {
        strategy: planning.strategy.or(own),
        part: planning.part || epochs.iter().map(hir::Script::additions).sum::<usize>() > 1,
        ..*planning
    };
    let planned =
        epochs.into_iter().map(|epoch| planned_script(epoch, &planning, &mut sink)).last().flatten();
    let diagnostics = sink.finish();
    let script = planned.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    ScriptCompilation { script, diagnostics }
}

/// The trees of some files, and the names of what could not be read in them. Warnings that they
/// allow are switched off.
fn parsed(
    sources: &SourceMap,
    files: &[FileId],
    sink: &mut Diagnostics,
) -> (Vec<ast::Program>, BTreeSet<String>) {
    let programs: Vec<_> = files.iter().map(|file| syntax::parse(sources, *file, sink)).collect();
    let unparsed = if sink.has_errors() { syntax::unparsed_names(sources, files) } else { BTreeSet::new() };
    check::note_allowed(&programs, sink);
    (programs, unparsed)
}

//! The compiler's table of contents: text in, a module or the author's mistakes out.

use std::collections::BTreeSet;

use tsd_ir::Schema;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::module::{Module, PlannedRule};
use crate::plan::Planning;
use crate::script::{Script, ScriptStep, Standing};
use crate::source::{FileId, SourceMap};
use crate::syntax::ast;
use crate::{check, hir, normalize, plan, syntax, views};

/// The result of compiling a set of rule files.
#[derive(Debug)]
pub struct Compilation {
    /// The module; absent when there are errors.
    pub module: Option<Module>,
    /// Errors and warnings, in the order of the files' names and of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The result of compiling rules that were given at run time.
#[derive(Debug)]
pub struct RuleCompilation {
    /// The rules; absent when there are errors.
    pub rules: Option<Vec<PlannedRule>>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a script.
#[derive(Debug)]
pub struct ScriptCompilation {
    /// The script; absent when there are errors.
    pub script: Option<Script>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles files into one module. The order in which they are given does not matter: they are read
/// in the order of their names.
pub fn compile(sources: &SourceMap, files: &[FileId]) -> Compilation {
    compile_with(sources, files, &Planning::default())
}

/// Compiles files into one module, as [`compile`] does, with further input for the planner.
pub fn compile_with(sources: &SourceMap, files: &[FileId], planning: &Planning<'_>) -> Compilation {
    let files = by_name(sources, files);
    let mut sink = Diagnostics::new();
    let programs: Vec<ast::Program> =
        files.iter().map(|file| syntax::parse(sources, *file, &mut sink)).collect();
    let lost = lost_names(sources, &files, &sink);
    check::note_allowed(&programs, &mut sink);
    let program = check::check(&programs, lost, &mut sink);
    let hir::Program { name, strategy, schema, rules, facts, places } = program;
    let planning = Planning { strategy: planning.strategy.or(strategy), ..*planning };
    let rules = plan_sound(&schema, rules, &planning, &mut sink);
    let module = rules.map(|rules| Module { name, schema, rules, facts, places });
    Compilation { module, diagnostics: finish(sources, sink) }
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
    let program = syntax::parse(sources, file, &mut sink);
    check::note_allowed(std::slice::from_ref(&program), &mut sink);
    let rules = check::check_added_rules(schema, &program, &mut sink);
    let rules = plan_sound(schema, rules, planning, &mut sink);
    RuleCompilation { rules, diagnostics: finish(sources, sink) }
}

/// Compiles a script that the session is to execute: files that are read in the order given.
pub fn compile_script(session: &dyn Standing, sources: &SourceMap, files: &[FileId]) -> ScriptCompilation {
    compile_script_with(session, sources, files, &Planning::default())
}

/// Compiles a script, as [`compile_script`] does, with further input for the planner.
pub fn compile_script_with(
    session: &dyn Standing,
    sources: &SourceMap,
    files: &[FileId],
    planning: &Planning<'_>,
) -> ScriptCompilation {
    let mut sink = Diagnostics::new();
    let programs: Vec<ast::Program> =
        files.iter().map(|file| syntax::parse(sources, *file, &mut sink)).collect();
    let lost = lost_names(sources, files, &sink);
    check::note_allowed(&programs, &mut sink);
    let epochs = check::check_script(session, &programs, &lost, &mut sink);
    let own = check::module_strategy(&programs, &mut sink);
    let additions = |script: &hir::Script| {
        script.steps.iter().filter(|step| matches!(step, ScriptStep::AddRules(_))).count()
    };
    let planning = Planning {
        strategy: planning.strategy.or(own),
        part: planning.part || epochs.iter().map(additions).sum::<usize>() > 1,
        ..*planning
    };
    let planned = epochs.into_iter().map(|epoch| plan_script(epoch, &planning, &mut sink)).last().flatten();
    let diagnostics = sink.finish();
    let script = planned.filter(|_| !diagnostics.iter().any(Diagnostic::is_error));
    ScriptCompilation { script, diagnostics }
}

/// Plans the rules of a script, unless there are errors. Rules that are added together are planned
/// together.
fn plan_script(script: hir::Script, planning: &Planning<'_>, sink: &mut Diagnostics) -> Option<Script> {
    let hir::Script { reset, schema, steps } = script;
    let steps = steps.into_iter().map(|step| match step {
        ScriptStep::AddRules(rules) => plan_sound(&schema, rules, planning, sink).map(ScriptStep::AddRules),
        ScriptStep::Insert { name, fact } => Some(ScriptStep::Insert { name, fact }),
        ScriptStep::RemoveRule(name) => Some(ScriptStep::RemoveRule(name)),
        ScriptStep::RemoveFact(fact) => Some(ScriptStep::RemoveFact(fact)),
    });
    let steps: Option<Vec<_>> = steps.collect();
    Some(Script { reset, schema, steps: steps? })
}

/// Normalises and plans the rules, unless there are errors.
fn plan_sound(
    schema: &Schema,
    rules: Vec<hir::Rule>,
    planning: &Planning<'_>,
    sink: &mut Diagnostics,
) -> Option<Vec<PlannedRule>> {
    if sink.has_errors() {
        return None;
    }
    let mut rules = rules;
    if !views::are_few_enough(&rules, sink) {
        return None;
    }
    let schema = views::with_parameters(schema, &mut rules);
    let normal = rules.into_iter().map(|rule| {
        let normal = normalize::normalize(&schema, &rule, sink);
        (rule, normal)
    });
    let normal = normal.collect();
    Some(plan::plan(&schema, normal, planning, sink))
}

fn by_name(sources: &SourceMap, files: &[FileId]) -> Vec<FileId> {
    let mut files = files.to_vec();
    files.sort_by_key(|file| (sources.name(*file), sources.text(*file), *file));
    files.dedup();
    files
}

/// The diagnostics in the order of the files' names, not in that in which the files were found.
fn finish(sources: &SourceMap, sink: Diagnostics) -> Vec<Diagnostic> {
    let mut diagnostics = sink.finish();
    diagnostics.sort_by_key(|diagnostic| sources.name(diagnostic.primary.span.file));
    diagnostics
}

/// After syntax errors: every name that the texts seem to declare, so that names whose declarations
/// could not be read are not reported as unknown.
fn lost_names(sources: &SourceMap, files: &[FileId], sink: &Diagnostics) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if !sink.has_errors() {
        return names;
    }
    for file in files {
        let words = sources.text(*file).split(|character: char| !syntax::is_name_part(character));
        let mut declares = false;
        for word in words.filter(|word| !word.is_empty()) {
            if declares {
                names.insert(syntax::normal_name(word).into_owned());
            }
            declares = matches!(word, "type" | "action" | "rule");
        }
    }
    names
}

//! Planning is for rules without errors.
//!
//! Normal form and plans are only meaningful if names and types are, so nothing is planned once an
//! error was reported. Everything that is added to a session in one step is planned together,
//! because joins are shared.

use tsd_ir::Schema;

use crate::diagnostics::Diagnostics;
use crate::module::PlannedRule;
use crate::plan::Planning;
use crate::script::{Script, ScriptStep};
use crate::{hir, normalize, plan, views};

/// Plans the rules of a script, unless there are errors. Rules that are added together are planned
/// together.
pub(super) fn planned_script(
    script: hir::Script,
    planning: &Planning<'_>,
    sink: &mut Diagnostics,
) -> Option<Script> {
    let hir::Script { reset, schema, steps } = script;
    let steps = steps.into_iter().map(|step| match step {
        ScriptStep::AddRules(rules) => planned(&schema, rules, planning, sink).map(ScriptStep::AddRules),
        ScriptStep::Insert { name, fact } => Some(ScriptStep::Insert { name, fact }),
        ScriptStep::RemoveRule(name) => Some(ScriptStep::RemoveRule(name)),
        ScriptStep::RemoveFact(fact) => Some(ScriptStep::RemoveFact(fact)),
    });
    let steps: Option<Vec<_>> = steps.collect();
    Some(Script { reset, schema, steps: steps? })
}

/// Normalises and plans the rules, unless there are errors.
pub(super) fn planned(
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

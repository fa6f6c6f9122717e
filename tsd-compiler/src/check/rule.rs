//! A rule: its variables, its condition, its effects.

use std::collections::BTreeMap;

use tsd_ir::{Effect, Position};

use super::declarations::{Declarations, Resolved, duplicate};
use super::scope::{Meaning, Scope};
use super::value::Checker;
use super::{annotation, not_yet};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{Condition, Pattern, Rule};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind};

/// The most patterns that a rule can have.
const MAX_PATTERNS: usize = 64;

/// Checks one rule. `None` when it is at fault, which has been reported.
pub(super) fn check(
    declarations: &Declarations,
    outside: &BTreeMap<String, Span>,
    rule: &ast::Rule,
    sink: &mut Diagnostics,
) -> Option<Rule> {
    let strategy = annotation::plan(&rule.annotations, "a rule", sink);
    let salience = salience(rule, sink);
    let (scope, patterns) = scope(declarations, outside, rule, sink);
    let mut checker = Checker { declarations, scope: &scope, sink };
    let condition =
        rule.condition.as_ref().map_or_else(Condition::always, |condition| checker.condition(condition));
    let effects: Vec<_> = rule.calls.iter().map(|call| checker.call(call)).collect();
    let effects = effects.into_iter().collect::<Option<Vec<_>>>()?;
    if patterns.is_empty() {
        return None;
    }
    let effects = performed(declarations, effects);
    let mut rule = Rule {
        name: rule.name.text.clone(),
        salience,
        no_loop: rule.no_loop.is_some(),
        strategy,
        patterns,
        condition,
        condition_span: rule.condition.as_ref().map_or(rule.name.span, |condition| condition.span),
        effects,
        span: rule.span,
    };
    rule.note_reads();
    Some(rule)
}

/// Calls behind an effect that may change facts become calls with arguments from before it.
fn performed(declarations: &Declarations, effects: Vec<Effect>) -> Vec<Effect> {
    let mut changed = false;
    let effects = effects.into_iter().map(|effect| {
        let behind = changed;
        changed |= match &effect {
            Effect::Insert { .. } | Effect::Update { .. } | Effect::Retract { .. } => true,
            Effect::Call { action, .. } | Effect::Perform { action, .. } => {
                declarations.schema.action(*action).context
            }
            Effect::Print { .. } | Effect::Log { .. } => false,
        };
        match effect {
            Effect::Call { action, arguments } if behind => Effect::Perform { action, arguments },
            effect => effect,
        }
    });
    effects.collect()
}

fn salience(rule: &ast::Rule, sink: &mut Diagnostics) -> i32 {
    let Some(salience) = rule.salience else { return 0 };
    i32::try_from(salience.value).unwrap_or_else(|_| {
        let message = format!("a salience lies between {} and {}", i32::MIN, i32::MAX);
        sink.report(Diagnostic::new(Code::OutOfRange, salience.span, message).label("too far out"));
        0
    })
}

/// The variables of a rule, and its patterns.
pub(super) fn scope<'a>(
    declarations: &Declarations,
    outside: &'a BTreeMap<String, Span>,
    rule: &ast::Rule,
    sink: &mut Diagnostics,
) -> (Scope<'a>, Vec<Pattern>) {
    let mut scope = Scope::default();
    scope.outside = Some(outside);
    let mut patterns = Vec::new();
    for binding in rule.blocks.iter().flat_map(|block| &block.bindings) {
        let ast::Name { text, span } = &binding.variable;
        let mut ty = None;
        let mut meaning = Meaning::Broken;
        match &binding.kind {
            BindingKind::Aggregate { .. } => sink.report(not_yet(binding.span, "an aggregate variable")),
            BindingKind::Fact(_) if patterns.len() == MAX_PATTERNS => {
                let message = format!("a rule cannot have more than {MAX_PATTERNS} patterns");
                sink.report(Diagnostic::new(Code::OutOfRange, binding.span, message).label("one too many"));
                break;
            }
            BindingKind::Fact(name) => {
                if let Resolved::Known(known) = declarations.resolve_type(name, false, sink) {
                    ty = Some(known);
                    meaning = Meaning::Fact { at: Position(patterns.len() as u16), ty: known };
                }
            }
        }
        if let Err(first) = scope.bind(text, *span, meaning) {
            sink.report(duplicate("variable", &binding.variable, Some(first)));
            continue;
        }
        if let Some(ty) = ty {
            patterns.push(Pattern { variable: text.clone(), ty, span: binding.span, reads: Vec::new() });
        }
    }
    (scope, patterns)
}

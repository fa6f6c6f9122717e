//! A rule: its variables, its condition, its effects.

use std::collections::BTreeMap;

use tsd_ir::Effect;

use super::bind::{Binder, Bound};
use super::declarations::Declarations;
use super::value::Checker;
use super::{annotation, complexity, group};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::Rule;
use crate::source::Span;
use crate::syntax::ast;

/// Checks one rule. `None` if it is wrong, which has been reported.
pub(super) fn check(
    declarations: &Declarations,
    outside: &BTreeMap<String, Span>,
    rule: &ast::Rule,
    sink: &mut Diagnostics,
) -> Option<Rule> {
    let strategy = annotation::plan(&rule.annotations, &annotation::RULE, sink).map(|(strategy, _)| strategy);
    let salience = salience(rule, sink);
    let mut views = Vec::new();
    let binder = Binder { declarations, outside, rule, views: &mut views, sink };
    let Bound { scope, patterns, condition, mentions } = bind(binder);
    let mut checker = Checker { declarations, scope: &scope, sink, views: &mut views };
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
        complexity: complexity::of(rule),
        strategy,
        patterns,
        condition,
        condition_span: rule.condition.as_ref().map_or(rule.name.span, |condition| condition.span),
        effects,
        views,
        span: rule.span,
    };
    rule.set_read_fields(&mentions);
    Some(rule)
}

/// The variables, patterns and condition of a rule.
pub(super) fn bind<'a>(binder: Binder<'a, '_>) -> Bound<'a> {
    if group::is_grouped(binder.rule) { group::bind(binder) } else { binder.bind() }
}

/// Calls after an effect that may change facts become calls with arguments from before it.
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

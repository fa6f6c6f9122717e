//! A rule: its variables, its condition, its effects.

use std::collections::BTreeMap;

use tsd_ir::{Effect, Expr, Position};

use super::declarations::{Declarations, Resolved, duplicate};
use super::scope::{Meaning, Scope};
use super::value::Checker;
use super::{annotation, complexity, group};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{Condition, Pattern, Rule, View};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind};

/// The most patterns that a rule can have.
const MAX_PATTERNS: usize = 64;

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
    let Bound { scope, patterns, condition, mentions } = bind(declarations, outside, rule, &mut views, sink);
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
    rule.note_reads(&mentions);
    Some(rule)
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

/// The variables of a rule, and its conditions.
pub(super) struct Bound<'a> {
    /// The variables that effects may use.
    pub(super) scope: Scope<'a>,
    /// The facts of the rule's tuples.
    pub(super) patterns: Vec<Pattern>,
    pub(super) condition: Condition,
    /// What the rule mentions besides its condition and its effects: aggregate variables, used or
    /// not.
    pub(super) mentions: Vec<Expr>,
}

/// The variables, patterns and condition of a rule.
pub(super) fn bind<'a>(
    declarations: &Declarations,
    outside: &'a BTreeMap<String, Span>,
    rule: &ast::Rule,
    views: &mut Vec<View>,
    sink: &mut Diagnostics,
) -> Bound<'a> {
    if group::is_grouped(rule) {
        return group::bind(declarations, outside, rule, views, sink);
    }
    let mut scope = Scope::inside(outside);
    let mut patterns = Vec::new();
    for binding in rule.blocks.iter().flat_map(|block| &block.bindings) {
        patterns.extend(bind_fact(declarations, &mut scope, binding, patterns.len(), sink));
    }
    let mut checker = Checker { declarations, scope: &scope, sink, views };
    let condition =
        rule.condition.as_ref().map_or_else(Condition::always, |condition| checker.condition(condition));
    Bound { scope, patterns, condition, mentions: Vec::new() }
}

/// Binds a fact variable that gets a position; returns its pattern unless it is wrong.
pub(super) fn bind_fact(
    declarations: &Declarations,
    scope: &mut Scope<'_>,
    binding: &ast::Binding,
    at: usize,
    sink: &mut Diagnostics,
) -> Option<Pattern> {
    let BindingKind::Fact(type_name) = &binding.kind else { return None };
    if at >= MAX_PATTERNS {
        let message = format!("a rule cannot have more than {MAX_PATTERNS} patterns");
        sink.report(Diagnostic::new(Code::OutOfRange, binding.span, message).label("one too many"));
        return None;
    }
    let known = match declarations.resolve_type(type_name, false, sink) {
        Resolved::Known(ty) => Some(ty),
        Resolved::Broken => None,
    };
    let meaning = known.map_or(Meaning::Broken, |ty| Meaning::Fact { at: Position(at as u16), ty });
    let ast::Name { text, span } = &binding.variable;
    if let Err(first) = scope.bind(text, *span, meaning) {
        sink.report(duplicate("variable", &binding.variable, Some(first)));
        return None;
    }
    Some(Pattern { variable: text.clone(), ty: known?, span: binding.span, reads: Vec::new() })
}

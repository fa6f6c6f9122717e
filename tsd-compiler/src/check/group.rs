//! Rules with aggregate variables:
//! `{d: Dept, pay: SUM(e.salary)} / {e: Emp} / e.dept == d.id AND pay > 5000`.
//!
//! The facts of the first block make the rule's tuple; those of later blocks are aggregated for it.
//! So the condition has two parts. What the aggregated facts must satisfy becomes the condition of
//! every aggregate. What the tuple and its aggregates must satisfy stays the condition of the rule.
//! A tuple without any row to aggregate does not match.

use std::collections::BTreeSet;

use tsd_ir::{AggregateKind, Test};

use super::bind::{Binder, Bound};
use super::declarations::duplicate;
use super::scope::{Aggregated, Meaning, Scope};
use super::typed::Typed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{Condition, Pattern};
use crate::source::Span;
use crate::syntax::ast::{self, AggregateFunction, Binding, BindingKind, Expr, ExprKind};

/// Whether a rule binds aggregate variables.
pub(super) fn is_grouped(rule: &ast::Rule) -> bool {
    bindings(rule).any(|(_, binding)| matches!(binding.kind, BindingKind::Aggregate { .. }))
}

/// The bindings with the number of their block.
fn bindings(rule: &ast::Rule) -> impl Iterator<Item = (usize, &Binding)> {
    rule.blocks
        .iter()
        .enumerate()
        .flat_map(|(index, block)| block.bindings.iter().map(move |one| (index, one)))
}

/// The variables, patterns and condition of a rule with aggregate variables.
pub(super) fn bind<'a>(mut binder: Binder<'a, '_>) -> Bound<'a> {
    let rule = binder.rule;
    let mut group = Scope::inside(binder.outside);
    let mut patterns: Vec<Pattern> = Vec::new();
    for (_, binding) in bindings(rule).filter(|(block, _)| *block == 0) {
        patterns.extend(binder.fact(&mut group, binding, patterns.len()));
    }
    // The facts that are aggregated have the positions after those of the group.
    let mut rows = group.clone();
    let mut sources: Vec<Pattern> = Vec::new();
    for (_, binding) in bindings(rule).filter(|(block, _)| *block > 0) {
        let place = patterns.len() + sources.len();
        sources.extend(binder.fact(&mut rows, binding, place));
    }
    let names = |patterns: &[Pattern]| patterns.iter().map(|pattern| pattern.variable.clone()).collect();
    let aggregated: BTreeSet<String> = names(&sources);
    let (about_rows, about_group): (Vec<&Expr>, Vec<&Expr>) = rule
        .condition
        .iter()
        .flat_map(conjuncts)
        .partition(|part| mentioned(part, &aggregated).next().is_some());

    let mut checker = binder.checker(&rows);
    let derived_values = aggregates(rule);
    let aggregate_names: BTreeSet<String> =
        derived_values.iter().map(|(binding, ..)| binding.variable.text.clone()).collect();
    let mut parts = Vec::new();
    for part in about_rows {
        match mentioned(part, &aggregate_names).next() {
            None => parts.push(checker.condition(part)),
            Some(_) => {
                let source = mentioned(part, &aggregated).next().unwrap_or_default().to_owned();
                let why = Aggregated::Mixed;
                checker.misplaced(part.span, &why.message(&source), why.hint());
            }
        }
    }
    let condition = Condition::All(parts);

    let mut scope = group.clone();
    for Pattern { variable, span, .. } in &sources {
        // The names differ: they were bound in one scope above.
        let _ = scope.bind(variable, *span, Meaning::Source(Aggregated::Effect));
    }
    let mut mentions = Vec::new();
    let rows_of_group = Rows { group: &group, scope: &rows, sources: &sources, condition: &condition };
    for (binding, function, value) in &derived_values {
        let derived_value = Aggregate { function: *function, value, span: binding.span };
        let derived_value = derived_value.check(&mut binder, &rows_of_group);
        mentions.extend(derived_value.iter().map(|derived_value| derived_value.expr.clone()));
        let meaning =
            derived_value.map_or(Meaning::Broken, |derived_value| Meaning::DerivedValue(derived_value.expr));
        if let Err(first) = scope.bind(&binding.variable.text, binding.variable.span, meaning) {
            binder.sink.report(duplicate("variable", &binding.variable, Some(first)));
        }
    }
    let mut checker = binder.checker(&scope);
    let mut parts: Vec<Condition> = about_group.into_iter().map(|part| checker.condition(part)).collect();
    let mut checker = binder.checker(&group);
    let some_row = checker.derive(sources, condition, AggregateKind::Exists, None, 0, rule.span);
    parts.push(Condition::Test(Test::Holds(some_row)));
    Bound { scope, patterns, condition: Condition::All(parts), mentions }
}

/// The aggregate variables of a rule.
fn aggregates(rule: &ast::Rule) -> Vec<(&Binding, AggregateFunction, &Expr)> {
    bindings(rule)
        .filter_map(|(_, binding)| match &binding.kind {
            BindingKind::Aggregate { function, value } => Some((binding, *function, value)),
            BindingKind::Fact(_) => None,
        })
        .collect()
}

/// What the aggregate variables of a rule aggregate.
struct Rows<'r> {
    /// The variables of the first block.
    group: &'r Scope<'r>,
    /// The variables of the first and of the later blocks.
    scope: &'r Scope<'r>,
    /// The patterns of the later blocks.
    sources: &'r [Pattern],
    /// The condition on their facts.
    condition: &'r Condition,
}

/// One aggregate variable.
struct Aggregate<'r> {
    function: AggregateFunction,
    value: &'r Expr,
    span: Span,
}

impl Aggregate<'_> {
    /// Its derived value; `None` if it is wrong, which has been reported.
    fn check(&self, binder: &mut Binder<'_, '_>, rows: &Rows<'_>) -> Option<Typed> {
        let Rows { group, scope, sources, condition } = *rows;
        if let Some(unbound) = self.unbound(scope, binder.sink) {
            binder.sink.report(unbound);
            return None;
        }
        let named = |name: &str| sources.iter().position(|source| source.variable == name);
        let mut found: BTreeSet<usize> = BTreeSet::new();
        self.value.walk_paths(&mut |path| found.extend(named(&path.root.text)));
        let mut checker = binder.checker(scope);
        let whole = match &self.value.kind {
            ExprKind::Path(path) => path.fields.is_empty() && named(&path.root.text).is_some(),
            _ => false,
        };
        let input = match self.function {
            AggregateFunction::Count if whole => None,
            function => Some(checker.input(function, self.value)?),
        };
        let mut found = found.into_iter();
        let (Some(source), None) = (found.next(), found.next()) else {
            let message = "an aggregate variable aggregates the facts of one variable of a later block";
            checker.misplaced(self.value.span, message, EXAMPLE);
            return None;
        };
        let mut checker = binder.checker(group);
        let (sources, condition) = (sources.to_vec(), condition.clone());
        Some(checker.aggregated(sources, condition, self.function, input, source, self.span))
    }

    /// A variable that is aggregated without being bound, which is more likely a forgotten block
    /// than forgotten quotes.
    fn unbound(&self, rows: &Scope<'_>, sink: &mut Diagnostics) -> Option<Diagnostic> {
        let ExprKind::Path(path) = &self.value.kind else { return None };
        let name = &path.root.text;
        if rows.find(name).is_some() || rows.outside.is_some_and(|outside| outside.contains_key(name)) {
            return None;
        }
        let message = format!("no block of the rule binds `{name}`");
        let diagnostic = Diagnostic::new(Code::UnknownVariable, path.root.span, message);
        let known = sink.candidates(rows.variables().map(|variable| variable.name.as_str()));
        Some(diagnostic.label("not bound").hint(EXAMPLE).did_you_mean(name, known))
    }
}

/// What an aggregate variable looks like.
const EXAMPLE: &str = "as in `{d: Dept, pay: SUM(e.salary)} / {e: Emp} / e.dept == d.id`";

/// The parts of a condition that `AND` joins.
fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}

/// Those of some names that an expression mentions.
fn mentioned<'e>(expr: &'e Expr, names: &BTreeSet<String>) -> impl Iterator<Item = &'e str> + use<'e> {
    let mut found = Vec::new();
    expr.walk_paths(&mut |path| {
        if names.contains(&path.root.text) {
            found.push(path.root.text.as_str());
        }
    });
    found.into_iter()
}

//! Variables of a rule, bound to the facts of its patterns.
//!
//! Rules with aggregate variables and rules without bind their facts in the same way, and differ in
//! the rest. So the facts are bound here, by a [`Binder`] with everything that all of them need.

use std::collections::BTreeMap;

use tsd_ir::{Expr, Position};

use super::declarations::{Declarations, Resolved, duplicate};
use super::scope::{Meaning, Scope};
use super::value::Checker;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{Condition, Pattern, View};
use crate::source::Span;
use crate::syntax::ast::{self, BindingKind};

/// The most patterns that a rule can have.
const MAX_PATTERNS: usize = 64;

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

/// A rule whose variables are to be bound, and what that needs.
pub(super) struct Binder<'a, 's> {
    pub(super) declarations: &'s Declarations,
    /// The names of the program's facts.
    pub(super) outside: &'a BTreeMap<String, Span>,
    pub(super) rule: &'s ast::Rule,
    /// The views that the rule reads so far.
    pub(super) views: &'s mut Vec<View>,
    pub(super) sink: &'s mut Diagnostics,
}

impl<'a> Binder<'a, '_> {
    /// The variables, patterns and condition of a rule without aggregate variables.
    pub(super) fn bind(mut self) -> Bound<'a> {
        let mut scope = Scope::inside(self.outside);
        let mut patterns = Vec::new();
        for binding in self.rule.blocks.iter().flat_map(|block| &block.bindings) {
            patterns.extend(self.fact(&mut scope, binding, patterns.len()));
        }
        let condition = self.rule.condition.as_ref();
        let condition =
            condition.map_or_else(Condition::always, |condition| self.checker(&scope).condition(condition));
        Bound { scope, patterns, condition, mentions: Vec::new() }
    }

    /// Checks expressions in a scope of the rule.
    pub(super) fn checker<'c>(&'c mut self, scope: &'c Scope<'c>) -> Checker<'c> {
        Checker { declarations: self.declarations, scope, sink: self.sink, views: self.views }
    }

    /// Binds a fact variable that gets a position; returns its pattern unless it is wrong.
    pub(super) fn fact(
        &mut self,
        scope: &mut Scope<'_>,
        binding: &ast::Binding,
        at: usize,
    ) -> Option<Pattern> {
        let BindingKind::Fact(type_name) = &binding.kind else { return None };
        if at >= MAX_PATTERNS {
            let message = format!("a rule cannot have more than {MAX_PATTERNS} patterns");
            let diagnostic = Diagnostic::new(Code::OutOfRange, binding.span, message);
            self.sink.report(diagnostic.label("one too many"));
            return None;
        }
        let known = match self.declarations.resolve_type(type_name, false, self.sink) {
            Resolved::Known(ty) => Some(ty),
            Resolved::Broken => None,
        };
        let meaning = known.map_or(Meaning::Broken, |ty| Meaning::Fact { at: Position(at as u16), ty });
        let ast::Name { text, span } = &binding.variable;
        if let Err(first) = scope.bind(text, *span, meaning) {
            self.sink.report(duplicate("variable", &binding.variable, Some(first)));
            return None;
        }
        Some(Pattern { variable: text.clone(), ty: known?, span: binding.span, reads: Vec::new() })
    }
}

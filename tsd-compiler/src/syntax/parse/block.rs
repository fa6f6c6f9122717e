//! Rules in block notation.
//!
//! `when … then … end` is another way to write the same rule, so it must result in the same tree.
//! Each pattern becomes a binding, its constraints become part of one condition, and its fields are
//! reached from its variable. A pattern without a variable gets one, named after its type if that
//! name is free.

use std::collections::BTreeSet;

use pest::iterators::Pair;

use super::Rule;
use super::lower::{Lowering, part, parts, parts_of};
use super::names::{Bound, FreshNames, Meaning, Scope};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, Binding, BindingKind, Block, CompareOp, Exists, Expr, ExprKind, Name, Path};
use crate::syntax::habits;
use crate::syntax::normal_name;

type Node<'i> = Pair<'i, Rule>;

/// A pattern with its constraints not yet resolved.
struct Pattern<'i> {
    /// Whether `not` precedes it.
    negated: bool,
    /// Whether `exists` precedes it.
    exists: bool,
    variable: Name,
    type_name: Name,
    node: Node<'i>,
}

impl Lowering<'_> {
    /// Adds patterns, condition and actions of the block notation to a rule.
    pub(super) fn block_body(&mut self, pair: &Node<'_>, rule: &mut ast::Rule) -> Option<()> {
        self.in_block_notation = true;
        let done = self.block_parts(pair, rule);
        self.in_block_notation = false;
        done
    }

    fn block_parts(&mut self, pair: &Node<'_>, rule: &mut ast::Rule) -> Option<()> {
        let mut fresh = FreshNames::new(written_names(pair));
        let mut bound = Bound::default();
        let mut bindings: Vec<Binding> = Vec::new();
        let mut conditions = Vec::new();
        for node in parts_of(pair, Rule::pattern) {
            // Names bound under `not` and `exists`, their variable too, are visible inside only.
            let known = bound.count();
            let pattern = self.pattern(node, &mut fresh, &mut bound)?;
            let constraints = self.constraints(&pattern, &mut bound)?;
            if pattern.negated || pattern.exists {
                bound.truncate(known);
                conditions.push(quantified(self.span(&pattern.node), pattern, constraints));
                continue;
            }
            conditions.extend(constraints);
            bindings.push(Binding {
                span: self.span(&pattern.node),
                variable: pattern.variable,
                kind: BindingKind::Fact(pattern.type_name),
            });
        }
        let (Some(first), Some(last)) = (bindings.first(), bindings.last()) else {
            let span = part(pair, Rule::pattern).map_or(rule.span, |pattern| self.span(&pattern));
            self.report(
                Diagnostic::new(Code::Syntax, span, "a rule needs a pattern without `not` or `exists`")
                    .label("binds no fact")
                    .hint("the rule is run once for each fact of such a pattern"),
            );
            return None;
        };
        rule.blocks = vec![Block { span: first.span.to(last.span), bindings }];
        rule.condition = conjunction(conditions);
        for node in parts_of(pair, Rule::block_call) {
            let mut call = self.call(&part(&node, Rule::call)?)?;
            let mut scope = Scope::new(&bound, None);
            call.arguments.iter_mut().for_each(|argument| scope.resolve_argument(argument));
            let unbound = scope.unbound;
            self.report_unbound(unbound, &bound);
            rule.calls.push(call);
        }
        Some(())
    }

    /// Reads the head of a pattern and binds its variable.
    fn pattern<'i>(
        &mut self,
        node: Node<'i>,
        fresh: &mut FreshNames,
        bound: &mut Bound,
    ) -> Option<Pattern<'i>> {
        let type_name = self.name(&part(&part(&node, Rule::pattern_type)?, Rule::type_word)?);
        if habits::is_no_pattern(&type_name.text) {
            let known = self.diagnosed();
            self.guess(Code::UnknownType, type_name.span, habits::pattern_types);
            // Such a bracket more likely contains patterns than constraints.
            if matches!(type_name.text.to_lowercase().as_str(), "forall" | "accumulate" | "acc")
                && self.report_guess(known)
            {
                return None;
            }
        }
        let (negated, exists) = (part(&node, Rule::kw_not).is_some(), part(&node, Rule::kw_exists).is_some());
        let written = part(&node, Rule::block_variable);
        let wish = written.as_ref().map_or_else(
            || type_name.text.to_lowercase(),
            |name| normal_name(name.as_str().trim_start_matches('$')).into_owned(),
        );
        let span = written.as_ref().map_or(type_name.span, |name| self.span(name));
        let variable = Name { text: fresh.pick(&wish), span };
        if let Some(written) = written {
            let path = Path { root: variable.clone(), fields: Vec::new() };
            self.bind(bound, &written, path);
        }
        Some(Pattern { negated, exists, variable, type_name, node })
    }

    /// The constraints of a pattern as conditions on its variable, in order.
    fn constraints(&mut self, pattern: &Pattern<'_>, bound: &mut Bound) -> Option<Vec<Expr>> {
        let mut conditions = Vec::new();
        for node in parts(&pattern.node) {
            match node.as_rule() {
                Rule::field_alias => {
                    let (name, field) = (part(&node, Rule::block_variable)?, part(&node, Rule::field_path)?);
                    let fields = parts(&field).map(|field| self.name(&field)).collect();
                    self.bind(bound, &name, Path { root: pattern.variable.clone(), fields });
                }
                Rule::expression => {
                    let mut condition = self.expression(&node)?;
                    if let Some((name, field)) = named_like_its_field(&condition)
                        && bound.find(&name.text).is_none()
                    {
                        let path = Path { root: pattern.variable.clone(), fields: vec![field.clone()] };
                        bound.add(Meaning { name: name.clone(), path });
                        continue;
                    }
                    let mut scope = Scope::new(bound, Some(&pattern.variable));
                    scope.resolve(&mut condition);
                    let unbound = scope.unbound;
                    self.report_unbound(unbound, bound);
                    conditions.push(condition);
                }
                _ => {}
            }
        }
        Some(conditions)
    }

    fn bind(&mut self, bound: &mut Bound, written: &Node<'_>, path: Path) {
        let name = Name { text: normal_name(written.as_str()).into_owned(), span: self.span(written) };
        if let Some(first) = bound.find(&name.text) {
            self.report(
                Diagnostic::new(
                    Code::DuplicateDeclaration,
                    name.span,
                    format!("`{}` is bound twice", name.text),
                )
                .label("second time")
                .also(first.name.span, "first time")
                .hint(format!("to compare with it, write `field == {}`", name.text)),
            );
        }
        bound.add(Meaning { name, path });
    }
}

/// The `$total` of `total == $total`, and the field. If nothing else binds it, this does, like
/// `$total : total`. Any other name is more likely misspelt.
fn named_like_its_field(condition: &Expr) -> Option<(&Name, &Name)> {
    let ExprKind::Compare { op: CompareOp::Equal, left, right, .. } = &condition.kind else { return None };
    let (ExprKind::Path(left), ExprKind::Path(right)) = (&left.kind, &right.kind) else { return None };
    if !left.fields.is_empty() || !right.fields.is_empty() {
        return None;
    }
    let (name, field) = if left.root.text.starts_with('$') { (left, right) } else { (right, left) };
    (name.root.text.strip_prefix('$') == Some(&field.root.text)).then_some((&name.root, &field.root))
}

/// `not P(…)` or `exists P(…)` as a condition.
fn quantified(span: Span, pattern: Pattern<'_>, constraints: Vec<Expr>) -> Expr {
    let exists = Exists {
        variable: pattern.variable,
        type_name: pattern.type_name,
        condition: conjunction(constraints),
    };
    let exists = Expr { kind: ExprKind::Exists(Box::new(exists)), span };
    if pattern.negated { Expr { kind: ExprKind::Not(Box::new(exists)), span } } else { exists }
}

/// The conditions joined by AND; those that are ANDs themselves are flattened.
fn conjunction(conditions: Vec<Expr>) -> Option<Expr> {
    let mut flat = Vec::new();
    for condition in conditions {
        match condition.kind {
            ExprKind::And(parts) => flat.extend(parts),
            _ => flat.push(condition),
        }
    }
    if flat.len() < 2 {
        return flat.pop();
    }
    let span = flat.first()?.span.to(flat.last()?.span);
    Some(Expr { kind: ExprKind::And(flat), span })
}

/// Every name in the patterns and actions that could be mistaken for a variable.
fn written_names(pair: &Node<'_>) -> BTreeSet<String> {
    pair.clone()
        .into_inner()
        .flatten()
        .filter(|pair| matches!(pair.as_rule(), Rule::path | Rule::source))
        .filter_map(|pair| parts(&pair).next())
        .filter(|root| root.as_rule() == Rule::name)
        .map(|root| normal_name(root.as_str()).into_owned())
        .collect()
}

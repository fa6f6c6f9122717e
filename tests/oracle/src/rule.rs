//! A rule, and the brute force that finds the facts which satisfy it.

use std::collections::BTreeSet;

use tsd_compiler::syntax::ast::{self, Argument, BindingKind, Expr, ExprKind};

use crate::evaluate::Scope;
use crate::facts::Facts;
use crate::schema::Schema;
use crate::value::FactId;

/// Facts in the order of a rule's patterns.
pub type Tuple = Vec<FactId>;

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The tree.
    pub ast: ast::Rule,
    /// When it was added, counted in rules.
    pub rank: usize,
    /// Variable and type of each pattern.
    pub patterns: Vec<(String, usize)>,
    /// For each pattern, the fields that the rule mentions, in its condition or its effects.
    pub reads: Vec<BTreeSet<usize>>,
}

impl Rule {
    /// A rule of a program that the checker accepts.
    pub fn new(schema: &Schema, ast: ast::Rule, rank: usize) -> Self {
        let mut patterns = Vec::new();
        for binding in ast.blocks.iter().flat_map(|block| &block.bindings) {
            match &binding.kind {
                BindingKind::Fact(ty) => {
                    patterns.push((binding.variable.text.clone(), schema.type_index(&ty.text)));
                }
                BindingKind::Aggregate { .. } => panic!("the oracle does not know aggregate variables yet"),
            }
        }
        let mut reads = vec![BTreeSet::new(); patterns.len()];
        let mut note = |expr: &Expr| {
            for_each_path(expr, &mut |path| {
                let at = patterns.iter().position(|(variable, _)| *variable == path.root.text);
                if let (Some(at), Some(field)) = (at, path.fields.first()) {
                    reads[at].insert(schema.types[patterns[at].1].field_index(&field.text));
                }
            });
        };
        ast.condition.iter().for_each(&mut note);
        for argument in ast.calls.iter().flat_map(|call| &call.arguments) {
            match argument {
                Argument::Value(expr) => note(expr),
                Argument::Fact(fact) => fact.fields.iter().for_each(|field| note(&field.value)),
                Argument::Changes { fields, .. } => fields.iter().for_each(|field| note(&field.value)),
            }
        }
        Self { ast, rank, patterns, reads }
    }

    /// The rule's name.
    pub fn name(&self) -> &str {
        &self.ast.name.text
    }

    /// The rule's salience.
    pub fn salience(&self) -> i64 {
        self.ast.salience.map_or(0, |salience| salience.value)
    }

    /// Every tuple of facts that satisfies the rule: all facts for every pattern, one loop inside the other. A part of
    /// an outermost AND is asked as soon as its variables are bound.
    pub fn satisfied(&self, facts: &Facts) -> BTreeSet<Tuple> {
        let mut parts: Vec<Vec<&Expr>> = vec![Vec::new(); self.patterns.len()];
        if let Some(condition) = &self.ast.condition {
            let conjuncts = match &condition.kind {
                ExprKind::And(conjuncts) => conjuncts.as_slice(),
                _ => std::slice::from_ref(condition),
            };
            for conjunct in conjuncts {
                let mut last = 0;
                for_each_path(conjunct, &mut |path| {
                    let at = self.patterns.iter().position(|(variable, _)| *variable == path.root.text);
                    last = last.max(at.unwrap_or(0));
                });
                parts[last].push(conjunct);
            }
        }
        let mut found = BTreeSet::new();
        self.extend(&mut Scope::new(facts), facts, &parts, &mut Vec::new(), &mut found);
        found
    }

    fn extend<'a>(
        &'a self,
        scope: &mut Scope<'a>,
        facts: &'a Facts,
        parts: &[Vec<&'a Expr>],
        tuple: &mut Tuple,
        found: &mut BTreeSet<Tuple>,
    ) {
        let Some((variable, ty)) = self.patterns.get(tuple.len()) else {
            found.insert(tuple.clone());
            return;
        };
        for fact in facts.of_type(*ty) {
            scope.bind(variable, fact);
            if parts[tuple.len()].iter().all(|part| scope.holds(part)) {
                tuple.push(fact);
                self.extend(scope, facts, parts, tuple, found);
                tuple.pop();
            }
            scope.unbind();
        }
    }
}

/// Calls `visit` for every path in an expression.
fn for_each_path(expr: &Expr, visit: &mut dyn FnMut(&ast::Path)) {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Invalid => {}
        ExprKind::Path(path) => visit(path),
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
            items.iter().for_each(|item| for_each_path(item, visit));
        }
        ExprKind::Function { arguments, .. } => {
            arguments.iter().for_each(|argument| for_each_path(argument, visit));
        }
        ExprKind::Negate(operand)
        | ExprKind::Cast { operand, .. }
        | ExprKind::Presence { operand, .. }
        | ExprKind::Not(operand) => for_each_path(operand, visit),
        ExprKind::Arithmetic { first, rest } => {
            for_each_path(first, visit);
            rest.iter().for_each(|step| for_each_path(&step.operand, visit));
        }
        ExprKind::Compare { left, right, .. } => {
            for_each_path(left, visit);
            for_each_path(right, visit);
        }
        ExprKind::Exists(exists) => {
            exists.condition.iter().for_each(|condition| for_each_path(condition, visit))
        }
        ExprKind::Aggregate(aggregate) => {
            let inner = aggregate.condition.iter().chain(&aggregate.value);
            inner.for_each(|inner| for_each_path(inner, visit));
        }
    }
}

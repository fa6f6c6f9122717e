//! The brute force: every fact for every variable, one loop inside the other.

use tsd_compiler::syntax::ast::Expr;

use crate::evaluate::Scope;
use crate::facts::Facts;
use crate::rule::Tuple;
use crate::walk::for_each_path;

/// Variables to loop over, and what the facts must satisfy together.
pub(crate) struct Loops<'a> {
    variables: &'a [(String, usize)],
    /// For each variable, the conditions that can be evaluated once it is bound.
    conditions: Vec<Vec<&'a Expr>>,
}

impl<'a> Loops<'a> {
    /// Loops over at least one variable.
    pub(crate) fn new(variables: &'a [(String, usize)], conditions: impl Iterator<Item = &'a Expr>) -> Self {
        let mut loops = Self { variables, conditions: vec![Vec::new(); variables.len()] };
        for condition in conditions {
            let mut last = 0;
            for_each_path(condition, &mut |path| {
                let at = variables.iter().position(|(variable, _)| *variable == path.root.text);
                last = last.max(at.unwrap_or(0));
            });
            loops.conditions[last].push(condition);
        }
        loops
    }

    /// Calls `visit` for everything that satisfies the conditions, in a scope that knows the other
    /// variables.
    pub(crate) fn for_each(
        &self,
        facts: &'a Facts,
        scope: &mut Scope<'a>,
        visit: &mut dyn FnMut(&mut Scope<'a>, &Tuple),
    ) {
        self.extend(facts, scope, &mut Vec::new(), visit);
    }

    fn extend(
        &self,
        facts: &'a Facts,
        scope: &mut Scope<'a>,
        tuple: &mut Tuple,
        visit: &mut dyn FnMut(&mut Scope<'a>, &Tuple),
    ) {
        let Some((variable, ty)) = self.variables.get(tuple.len()) else {
            visit(scope, tuple);
            return;
        };
        for fact in facts.of_type(*ty) {
            scope.bind(variable, fact);
            if self.conditions[tuple.len()].iter().all(|condition| scope.holds(condition)) {
                tuple.push(fact);
                self.extend(facts, scope, tuple, visit);
                tuple.pop();
            }
            scope.unbind();
        }
    }
}

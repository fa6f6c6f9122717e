//! Walks over the tree: the paths and aggregates that an expression contains.

use tsd_compiler::syntax::ast::{Argument, Call, Expr, ExprKind, Path};

/// Calls `visit` for an expression, then for the expressions in it, unless `visit` returns false.
pub(crate) fn for_each<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr) -> bool) {
    if !visit(expr) {
        return;
    }
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Invalid | ExprKind::Path(_) => {}
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
            items.iter().for_each(|item| for_each(item, visit));
        }
        ExprKind::Function { arguments, .. } => {
            arguments.iter().for_each(|argument| for_each(argument, visit));
        }
        ExprKind::Negate(operand)
        | ExprKind::Cast { operand, .. }
        | ExprKind::Presence { operand, .. }
        | ExprKind::Not(operand) => for_each(operand, visit),
        ExprKind::Arithmetic { first, rest } => {
            for_each(first, visit);
            rest.iter().for_each(|step| for_each(&step.operand, visit));
        }
        ExprKind::Compare { left, right, .. } => {
            for_each(left, visit);
            for_each(right, visit);
        }
        ExprKind::Exists(exists) => exists.condition.iter().for_each(|inner| for_each(inner, visit)),
        ExprKind::Aggregate(aggregate) => {
            let inner = aggregate.condition.iter().chain(&aggregate.value);
            inner.for_each(|inner| for_each(inner, visit));
        }
    }
}

/// Calls `visit` for every path in an expression.
pub(crate) fn for_each_path<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Path)) {
    for_each(expr, &mut |expr| {
        if let ExprKind::Path(path) = &expr.kind {
            visit(path);
        }
        true
    });
}

/// Whether an expression mentions one of some variables. No two variables in scope share a name.
pub(crate) fn mentions(expr: &Expr, is_one: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    for_each_path(expr, &mut |path| found |= is_one(&path.root.text));
    found
}

/// The expressions in the arguments of a call.
pub(crate) fn arguments(call: &Call) -> impl Iterator<Item = &Expr> {
    call.arguments.iter().flat_map(|argument| -> Box<dyn Iterator<Item = &Expr>> {
        match argument {
            Argument::Value(expr) => Box::new(std::iter::once(expr)),
            Argument::Fact(fact) => Box::new(fact.fields.iter().map(|field| &field.value)),
            Argument::Changes { fields, .. } => Box::new(fields.iter().map(|field| &field.value)),
        }
    })
}

/// The parts of a condition that must all be true.
pub(crate) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}

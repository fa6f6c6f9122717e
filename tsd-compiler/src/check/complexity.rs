//! How many tests a rule contains, which the agenda strategies `complexity` and `simplicity`
//! compare.
//!
//! CLIPS counts the comparisons that a rule must perform (its specificity). Here each pattern
//! counts one, because its type is compared, and so does each aggregate variable. Each test of the
//! condition counts one, be it a comparison, `IS MISSING` or a bare Boolean. Each `EXISTS` and
//! aggregate operand counts one, together with the tests inside. AND, OR, NOT, arithmetic,
//! functions and casts do not count.

use crate::syntax::ast::{Expr, ExprKind, Rule};

/// The complexity of a rule as written; it is the same in both notations.
pub(super) fn of(rule: &Rule) -> u32 {
    let bindings: usize = rule.blocks.iter().map(|block| block.bindings.len()).sum();
    let tests = rule.condition.as_ref().map_or(0, tests);
    u32::try_from(bindings).unwrap_or(u32::MAX).saturating_add(tests)
}

/// The tests of a condition.
fn tests(condition: &Expr) -> u32 {
    match &condition.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => sum(parts, tests),
        ExprKind::Not(part) => tests(part),
        ExprKind::Exists(exists) => exists.condition.as_ref().map_or(0, tests).saturating_add(1),
        _ => tests_in_operand(condition).saturating_add(1),
    }
}

/// The aggregates in an operand, or on either side of a comparison, with the tests inside.
fn tests_in_operand(operand: &Expr) -> u32 {
    match &operand.kind {
        ExprKind::Aggregate(aggregate) => {
            let inside = aggregate.condition.as_ref().map_or(0, tests);
            inside.saturating_add(aggregate.value.as_ref().map_or(0, tests_in_operand)).saturating_add(1)
        }
        ExprKind::Compare { left, right, .. } => {
            tests_in_operand(left).saturating_add(tests_in_operand(right))
        }
        ExprKind::Arithmetic { first, rest } => rest
            .iter()
            .fold(tests_in_operand(first), |sum, step| sum.saturating_add(tests_in_operand(&step.operand))),
        ExprKind::Presence { operand, .. } | ExprKind::Negate(operand) | ExprKind::Cast { operand, .. } => {
            tests_in_operand(operand)
        }
        ExprKind::Function { arguments, .. } => sum(arguments, tests_in_operand),
        ExprKind::List(parts) => sum(parts, tests_in_operand),
        // A condition instead of a value, which is an error.
        ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Exists(_) => 0,
        ExprKind::Literal(_) | ExprKind::Path(_) | ExprKind::Invalid => 0,
    }
}

fn sum(parts: &[Expr], of: fn(&Expr) -> u32) -> u32 {
    parts.iter().fold(0, |sum: u32, part| sum.saturating_add(of(part)))
}

//! One order for what may stand in any order.
//!
//! `a AND b` and `b AND a`, `x == y` and `y == x`, `a < b` and `b > a` mean the same, so they are brought into the same
//! form. The order depends on the positions of the facts, so it is made again when positions change.

use tsd_ir::{Canonical, Comparison, Const, Expr, Schema, Test, TypeId};

/// The test with the operands of every commutative operator sorted and without duplicates.
pub(crate) fn ordered(schema: &Schema, types: &[TypeId], test: Test) -> Test {
    match test {
        Test::All(tests) => list(schema, types, tests, true),
        Test::Any(tests) => list(schema, types, tests, false),
        Test::Not(test) => Test::Not(Box::new(ordered(schema, types, *test))),
        test => oriented(schema, types, test),
    }
}

fn list(schema: &Schema, types: &[TypeId], tests: Vec<Test>, all: bool) -> Test {
    let canonical = Canonical::new(schema, types);
    let mut named: Vec<(String, Test)> = Vec::with_capacity(tests.len());
    for test in tests {
        match ordered(schema, types, test) {
            Test::All(inner) if all => {
                named.extend(inner.into_iter().map(|test| (canonical.test(&test), test)))
            }
            Test::Any(inner) if !all => {
                named.extend(inner.into_iter().map(|test| (canonical.test(&test), test)))
            }
            test => named.push((canonical.test(&test), test)),
        }
    }
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    named.dedup_by(|(one, _), (other, _)| one == other);
    let mut tests: Vec<Test> = named.into_iter().map(|(_, test)| test).collect();
    match tests.len() {
        1 => tests.remove(0),
        _ if all => Test::All(tests),
        _ => Test::Any(tests),
    }
}

/// A comparison with the constant on the right; without one, the lesser side first, and the operands of `==` and
/// `!=` sorted. Other tests stay as they are.
pub(super) fn oriented(schema: &Schema, types: &[TypeId], test: Test) -> Test {
    let Test::Compare { op, left, right } = test else { return test };
    let canonical = Canonical::new(schema, types);
    let is_constant = |expr: &Expr| matches!(expr, Expr::Const(constant) if *constant != Const::Missing);
    let swap = match op {
        _ if is_constant(&right) => false,
        _ if is_constant(&left) => true,
        Comparison::Greater | Comparison::GreaterOrEqual => true,
        Comparison::Less | Comparison::LessOrEqual => false,
        Comparison::Equal | Comparison::NotEqual => canonical.expr(&right) < canonical.expr(&left),
    };
    if swap {
        return Test::Compare { op: op.swapped(), left: right, right: left };
    }
    Test::Compare { op, left, right }
}

//! One order for operands whose order does not matter.
//!
//! `a AND b` and `b AND a`, `x == y` and `y == x`, `a < b` and `b > a` mean the same, so they get
//! the same form. The order depends on the positions of the facts, so it is computed again when
//! positions change.

use tsd_ir::{Canonical, Comparison, Const, Expr, Schema, Test, TypeId};

/// The test with the operands of every commutative operator sorted and without duplicates.
pub(crate) fn ordered(schema: &Schema, types: &[TypeId], test: Test) -> Test {
    let each = |tests: Vec<Test>| tests.into_iter().map(|test| ordered(schema, types, test)).collect();
    match test {
        Test::All(tests) => sorted(schema, types, each(tests), true),
        Test::Any(tests) => sorted(schema, types, each(tests), false),
        Test::Not(test) => Test::Not(Box::new(ordered(schema, types, *test))),
        test => oriented(schema, types, test),
    }
}

/// AND or OR of tests whose own operands are sorted already.
pub(super) fn sorted(schema: &Schema, types: &[TypeId], tests: Vec<Test>, all: bool) -> Test {
    let canonical = Canonical::new(schema, types);
    let flat = tests.into_iter().flat_map(|test| match test {
        Test::All(inner) if all => inner,
        Test::Any(inner) if !all => inner,
        test => vec![test],
    });
    let mut named: Vec<(String, Test)> = flat.map(|test| (canonical.test(&test), test)).collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    named.dedup_by(|(one, _), (other, _)| one == other);
    let mut tests: Vec<Test> = named.into_iter().map(|(_, test)| test).collect();
    match tests.len() {
        1 => tests.remove(0),
        _ if all => Test::All(tests),
        _ => Test::Any(tests),
    }
}

/// A comparison with the constant on the right; without a constant, the smaller side first, and the
/// operands of `==` and `!=` sorted. Other tests are unchanged.
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

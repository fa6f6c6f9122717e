//! Sets of values of a field: made of comparisons, combined, and turned back into tests.

use tsd_ir::{Comparison, Const, Cut, Domain, Expr, FieldId, Kind, Position, Test};

use super::form::{is_exact, widened_field};

/// Combines sets pairwise, so that a list of thousands costs no more than sorting it.
pub(super) fn reduced(mut domains: Vec<Domain>, combine: impl Fn(&Domain, &Domain) -> Domain) -> Domain {
    while domains.len() > 1 {
        domains = domains
            .chunks(2)
            .map(|pair| match pair {
                [one, other] => combine(one, other),
                _ => pair.first().cloned().unwrap_or_else(Domain::none),
            })
            .collect();
    }
    domains.pop().unwrap_or_else(Domain::none)
}

/// The integers that a comparison of a widened `int` field with a number accepts.
///
/// Beyond 2^53 an integer and its number are not the same, so there the comparison stays as it is.
pub(super) fn of_widened(op: Comparison, left: &Expr, right: &Expr) -> Option<(Position, FieldId, Domain)> {
    let (at, field) = widened_field(left)?;
    let Expr::Const(Const::Number(number)) = right else { return None };
    // One less, so that no integer beside the bound is rounded onto it.
    if !is_exact(number.abs() + 1.0) {
        return None;
    }
    let (floor, ceil) = (Const::Int(number.floor() as i64), Const::Int(number.ceil() as i64));
    let domain = match op {
        _ if floor == ceil => Domain::comparing(op, &floor),
        Comparison::Equal => Domain::none(),
        Comparison::NotEqual => Domain::all(false),
        Comparison::Less | Comparison::LessOrEqual => Domain::comparing(Comparison::LessOrEqual, &floor),
        Comparison::Greater | Comparison::GreaterOrEqual => {
            Domain::comparing(Comparison::GreaterOrEqual, &ceil)
        }
    };
    Some((at, field, domain))
}

/// Whether there is just one value between two cuts, that of the first.
pub(crate) fn single(low: &Cut, high: &Cut) -> bool {
    match (&low.value, &high.value) {
        (Const::Int(low), Const::Int(high)) => low.checked_add(1) == Some(*high),
        (one, other) => one == other,
    }
}

/// A test that accepts just the values in the set.
pub(super) fn to_test(operand: &Expr, domain: &Domain, optional: bool) -> Test {
    if domain.missing {
        let present = Domain { missing: false, ..domain.clone() };
        if !optional {
            return to_test(operand, &present, optional);
        }
        let without = domain.complement(true);
        if without.cuts.is_empty() && !without.from_start {
            return Test::Constant(true);
        }
        if !present.from_start && present.cuts.is_empty() {
            return Test::Missing(operand.clone());
        }
        return Test::Not(Box::new(to_test(operand, &without, optional)));
    }
    if domain.cuts.is_empty() {
        return match (domain.from_start, optional) {
            (false, _) => Test::Constant(false),
            (true, false) => Test::Constant(true),
            (true, true) => Test::Not(Box::new(Test::Missing(operand.clone()))),
        };
    }
    let compare =
        |op, value: &Const| Test::Compare { op, left: operand.clone(), right: Expr::Const(value.clone()) };
    let kind = operand.kind().unwrap_or(Kind::Bool);
    if let Some((points, accepted)) = domain.points(kind) {
        let op = if accepted { Comparison::Equal } else { Comparison::NotEqual };
        let mut tests: Vec<Test> = points.into_iter().map(|value| compare(op, value)).collect();
        return match tests.len() {
            1 => tests.remove(0),
            _ if accepted => Test::Any(tests),
            _ => Test::All(tests),
        };
    }
    let from = |cut: &Cut| {
        compare(if cut.after { Comparison::Greater } else { Comparison::GreaterOrEqual }, &cut.value)
    };
    let until =
        |cut: &Cut| compare(if cut.after { Comparison::LessOrEqual } else { Comparison::Less }, &cut.value);
    let mut stretches = Vec::new();
    let mut cuts = domain.cuts.as_ref();
    if let ([first, rest @ ..], true) = (cuts, domain.from_start) {
        stretches.push(until(first));
        cuts = rest;
    }
    for pair in cuts.chunks(2) {
        stretches.push(match pair {
            [low, high] if single(low, high) => compare(Comparison::Equal, &low.value),
            [low, high] => Test::All(vec![from(low), until(high)]),
            [low] => from(low),
            _ => Test::Constant(false),
        });
    }
    match stretches.len() {
        1 => stretches.remove(0),
        _ => Test::Any(stretches),
    }
}

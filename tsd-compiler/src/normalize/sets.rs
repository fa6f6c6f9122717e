//! Sets of values of a field: created from comparisons, combined, and turned back into tests.

use tsd_ir::{Comparison, Const, Cut, Domain, Expr, FieldId, Kind, Position, Test, ops};

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
pub(super) fn of_widened(op: Comparison, left: &Expr, right: &Expr) -> Option<(Position, FieldId, Domain)> {
    let (at, field) = widened_field(left)?;
    let Expr::Const(Const::Number(number)) = right else { return None };
    Some((at, field, widening_to(op, *number)))
}

/// The integers that, widened to a number, compare like this with a number.
///
/// Beyond 2^53 several integers widen to one number, so the bounds are found by widening itself: a
/// greater integer never widens to a smaller number.
pub(crate) fn widening_to(op: Comparison, number: f64) -> Domain {
    let from = |first: Option<i64>| match first {
        Some(first) => Domain::comparing(Comparison::GreaterOrEqual, &Const::Int(first)),
        None => Domain::none(),
    };
    let not_less = from(first_int(|int| ops::int_to_number(int) >= number));
    let greater = from(first_int(|int| ops::int_to_number(int) > number));
    match op {
        Comparison::Equal => not_less.intersection(&greater.complement(false)),
        Comparison::NotEqual => not_less.complement(false).union(&greater),
        Comparison::Less => not_less.complement(false),
        Comparison::LessOrEqual => greater.complement(false),
        Comparison::Greater => greater,
        Comparison::GreaterOrEqual => not_less,
    }
}

/// The first integer with something that no greater one lacks.
fn first_int(has: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut low, mut high) = (i64::MIN, i64::MAX);
    while low < high {
        let middle = ((i128::from(low) + i128::from(high)) >> 1) as i64;
        if has(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    has(low).then_some(low)
}

/// Whether there is just one value between two cuts, that of the first.
pub(crate) fn single(low: &Cut, high: &Cut) -> bool {
    match (&low.value, &high.value) {
        (Const::Int(low), Const::Int(high)) => low.checked_add(1) == Some(*high),
        (one, other) => one == other,
    }
}

/// A test that accepts exactly the values in the set.
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

/// The integer field that a comparison takes for a number.
pub(super) fn widened_field(expr: &Expr) -> Option<(Position, FieldId)> {
    let Expr::Cast { to: Kind::Number, operand } = expr else { return None };
    match **operand {
        Expr::Field { at, field, kind: Kind::Int } => Some((at, field)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPS: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    /// Numbers near which integers are no longer distinguished, and others.
    fn numbers() -> impl Strategy<Value = f64> {
        let edges = [0.0, 2_f64.powi(53), 2_f64.powi(54), 2_f64.powi(62), 2_f64.powi(63), 2_f64.powi(64)];
        let edge = (proptest::sample::select(edges.to_vec()), any::<bool>(), -3..=3_i32);
        prop_oneof![
            edge.prop_map(|(edge, negative, steps)| {
                let beside = |number: f64| if steps < 0 { number.next_down() } else { number.next_up() };
                let number = (0..steps.abs()).fold(edge, |number, _| beside(number));
                if negative { -number } else { number }
            }),
            any::<i64>().prop_map(|int| int as f64),
            -9.75..9.75_f64,
            proptest::num::f64::NORMAL,
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
        ]
    }

    proptest! {
        #[test]
        fn a_set_holds_the_integers_whose_numbers_compare_so(
            number in numbers(), away in -3..=3_i64, other: i64,
        ) {
            let near = (number as i64).saturating_add(away);
            for int in [near, other, i64::MIN, i64::MAX] {
                for op in OPS {
                    let holds = op.accepts((int as f64).partial_cmp(&number).expect("neither number is NaN"));
                    let set = widening_to(op, number);
                    prop_assert_eq!(set.accepts(&Const::Int(int)), holds, "{} {:?} {}: \
                        {:?}", int, op, number, set);
                }
            }
        }
    }
}

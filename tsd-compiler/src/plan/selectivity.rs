//! How many facts a condition lets through, estimated without any facts.
//!
//! The numbers only have to put joins into a sensible order. A profile, if there is one, replaces
//! them.

use tsd_ir::{Comparison, Domain, Kind, Part, Schema, Test, TypeId};

use crate::normalize::{PatternFilter, is_unique};

const EQUALITY: f64 = 0.1;
const RANGE: f64 = 0.3;
const STRING_MATCH: f64 = 0.4;
const INEQUALITY: f64 = 0.9;
const INDEXED: f64 = 0.7;
const UNIQUE: f64 = 0.3;

/// Of one key equality, for facts of unknown types.
pub(super) const OF_KEY: f64 = EQUALITY * INDEXED;
const SMALL_TYPE: f64 = 0.8;
const LARGE_TYPE: f64 = 1.2;

/// From this many facts on a type is large; below [`SMALL_ROWS`] it is small.
const LARGE_ROWS: u64 = 100_000;
const SMALL_ROWS: u64 = 1_000;

/// How many facts a type is assumed to have if the author does not say.
pub(super) const DEFAULT_ROWS: u64 = 1_000;

pub(super) fn clamped(selectivity: f64) -> f64 {
    selectivity.clamp(0.01, 1.0)
}

/// Of joining facts of two types on keys, each a part of the one and of the other.
pub(super) fn of_pair(schema: &Schema, types: (TypeId, TypeId), keys: &[(Part, Part)]) -> f64 {
    let unique = |ty, part| if is_unique(schema, ty, std::iter::once(part)) { UNIQUE } else { 1.0 };
    let keys = keys.iter();
    let keys = keys.map(|(one, other)| OF_KEY * unique(types.0, one) * unique(types.1, other));
    clamped(keys.product::<f64>() * of_sizes(schema, types))
}

fn of_sizes(schema: &Schema, types: (TypeId, TypeId)) -> f64 {
    let rows = (schema.ty(types.0).rows, schema.ty(types.1).rows);
    let (small, large) = (
        |rows: Option<u64>| rows.is_some_and(|rows| rows < SMALL_ROWS),
        |rows: Option<u64>| rows.is_some_and(|rows| rows >= LARGE_ROWS),
    );
    match rows {
        (one, other) if small(one) && small(other) => SMALL_TYPE,
        (one, other) if large(one) || large(other) => LARGE_TYPE,
        _ => 1.0,
    }
}

/// Of the filter on a single fact.
pub(super) fn of_filter(schema: &Schema, ty: TypeId, filter: &PatternFilter) -> f64 {
    let fields =
        filter.fields.iter().map(|(field, domain)| of_domain(schema.ty(ty).field(*field).kind, domain));
    let tests = filter.tests.iter().map(of_test);
    clamped(fields.chain(tests).product())
}

fn of_domain(kind: Kind, domain: &Domain) -> f64 {
    match domain.points(kind) {
        Some((points, true)) if points.is_empty() => EQUALITY,
        Some((points, true)) => (EQUALITY * points.len() as f64).min(INEQUALITY),
        Some((_, false)) => INEQUALITY,
        None => RANGE,
    }
}

/// Of a test.
pub(super) fn of_test(test: &Test) -> f64 {
    match test {
        Test::Constant(value) => f64::from(u8::from(*value)),
        Test::All(tests) => tests.iter().map(of_test).product(),
        Test::Any(tests) => 1.0 - tests.iter().map(|test| 1.0 - of_test(test)).product::<f64>(),
        Test::Not(test) => 1.0 - of_test(test),
        Test::Compare { op: Comparison::Equal, .. } | Test::Missing(_) => EQUALITY,
        Test::Compare { op: Comparison::NotEqual, .. } => INEQUALITY,
        Test::Compare { .. } => RANGE,
        Test::Contains { .. } | Test::Like { .. } | Test::Matches { .. } => STRING_MATCH,
        Test::Holds(_) => 0.5,
    }
}

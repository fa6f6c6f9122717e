//! How many facts a condition lets through, guessed without looking at any.
//!
//! The numbers only have to put joins into a sensible order. They are those of ARCHITECTURE.md, section "Join order".

use tsd_ir::{Comparison, Domain, Kind, Part, Position, Schema, Test, TypeId};

use crate::normalize::{Key, PatternFilter};

const EQUALITY: f64 = 0.1;
const RANGE: f64 = 0.3;
const STRING_MATCH: f64 = 0.4;
const INEQUALITY: f64 = 0.9;
const INDEXED: f64 = 0.7;
const UNIQUE: f64 = 0.3;
const SMALL_TYPE: f64 = 0.8;
const LARGE_TYPE: f64 = 1.2;

/// From this many facts on a type is large; below [`SMALL_ROWS`] it is small.
const LARGE_ROWS: u64 = 100_000;
const SMALL_ROWS: u64 = 1_000;

/// How many facts a type has whose author did not say.
pub(super) const DEFAULT_ROWS: u64 = 1_000;

pub(super) fn clamped(selectivity: f64) -> f64 {
    selectivity.clamp(0.01, 1.0)
}

/// Of joining a fact of type `ty` on keys.
pub(super) fn of_join(schema: &Schema, types: &[TypeId], keys: &[Key], ty: TypeId) -> f64 {
    let keys: f64 = keys.iter().map(|key| of_key(schema, types, key)).product();
    clamped(keys * of_size(schema, ty))
}

fn of_key(schema: &Schema, types: &[TypeId], key: &Key) -> f64 {
    let unique = |(at, part): (Position, Part)| match part {
        Part::Fact => UNIQUE,
        Part::Field(field) | Part::Widened(field) => {
            let key = &schema.ty(types[at.index()]).key;
            if key.as_ref() == [field] { UNIQUE } else { 1.0 }
        }
    };
    EQUALITY * INDEXED * unique(key.one) * unique(key.other)
}

fn of_size(schema: &Schema, ty: TypeId) -> f64 {
    match schema.ty(ty).rows {
        Some(rows) if rows < SMALL_ROWS => SMALL_TYPE,
        Some(rows) if rows >= LARGE_ROWS => LARGE_TYPE,
        _ => 1.0,
    }
}

/// Of what a single fact must pass.
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

//! One alternative of a condition, separated by the facts that each of its conditions reads.
//!
//! The planner needs filters on one fact, equalities of two and tests on several for different
//! purposes, so they are kept apart from here on.

use std::collections::BTreeMap;

use tsd_ir::{Domain, FieldId, Position, Test, TypeId};

use super::keys::Key;

/// Conditions that must all hold. Positions are those of the declared patterns, followed by those
/// of the facts that references lead to.
#[derive(Clone, Debug, Default)]
pub struct Conjunction {
    /// The types of the facts at all positions.
    pub types: Vec<TypeId>,
    /// The references that are followed for keys.
    pub followed: Vec<Followed>,
    /// What each pattern's fact must satisfy by itself.
    pub filters: Vec<PatternFilter>,
    /// Parts of different facts that must be equal; sorted.
    pub keys: Vec<Key>,
    /// Tests on several facts, with the positions that they read.
    pub tests: Vec<(Vec<Position>, Test)>,
    /// Tests that read derived values, so that their outcome can change while the facts stay the
    /// same.
    pub live: Vec<Test>,
}

/// What a single fact must satisfy.
#[derive(Clone, Debug, Default)]
pub struct PatternFilter {
    /// The values that fields may have.
    pub fields: BTreeMap<FieldId, Domain>,
    /// Further tests.
    pub tests: Vec<Test>,
}

/// A fact that a reference of another leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The pattern, or the followed reference, whose fact has the reference.
    pub of: Position,
    /// The field that is the reference.
    pub reference: FieldId,
    /// The type of the fact.
    pub ty: TypeId,
    /// The fields that are read of it.
    pub reads: Vec<FieldId>,
}

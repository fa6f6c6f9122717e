//! What a profile says, as far as it fits the rules.

use tsd_ir::{Schema, TypeId};

use super::selectivity;
use super::shape::Shape;
use crate::normalize::PatternFilter;

/// Observations instead of guesses, where there are any.
#[derive(Debug, Default)]
pub(super) struct Observed {}

impl Observed {
    /// How many facts a type has.
    pub(super) fn rows(&self, schema: &Schema, ty: TypeId) -> f64 {
        schema.ty(ty).rows.unwrap_or(selectivity::DEFAULT_ROWS) as f64
    }

    /// The share of the facts of a type that pass a filter.
    pub(super) fn filter(&self, schema: &Schema, ty: TypeId, filter: &PatternFilter) -> f64 {
        selectivity::of_filter(schema, ty, filter)
    }

    /// The share of the pairs of two patterns that has equal keys.
    pub(super) fn join(&self, _schema: &Schema, _shape: &Shape, _left: usize, _right: usize) -> Option<f64> {
        None
    }
}

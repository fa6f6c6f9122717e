//! Effects read facts and derived values.

use tsd_ir::{DerivedValue, TypeId};

use super::lookup::ViewLookup;
use super::views::Views;
use crate::eval::DerivedWords;
use crate::store::WorkingMemory;

/// The facts and views that the effects of a tuple may read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) memory: &'a WorkingMemory,
    pub(crate) views: Views<'a>,
}

impl<'a> Reading<'a> {
    /// The derived values of a tuple.
    #[inline]
    pub(crate) fn derived_words(
        self,
        derived_values: &[DerivedValue],
        types: &'a [TypeId],
        slots: &'a [u32],
    ) -> DerivedWords<'a> {
        if derived_values.is_empty() {
            return DerivedWords::new();
        }
        crate::view::lookup::derived_words(
            derived_values,
            &ViewLookup { memory: self.memory, types, slots },
            self.views,
        )
    }
}

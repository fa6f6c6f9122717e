//! `EXISTS` and `COUNT` only need the number of values.

use super::Accumulator;
use crate::eval::DerivedWord;

/// Whether there is a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Exists;

impl Accumulator for Exists {
    const IS_COUNT: bool = true;

    #[inline]
    fn output(&self, count: u32) -> DerivedWord<'_> {
        DerivedWord::Word(u64::from(count > 0))
    }

    /// A group with many values still has some after one more or less.
    #[inline]
    fn may_show(count: u32, adds: bool) -> bool {
        count <= u32::from(!adds)
    }

    #[inline]
    fn differs(before: u32, now: u32) -> bool {
        before != now && (before == 0 || now == 0)
    }
}

/// The number of values.
#[derive(Clone, Debug, Default)]
pub(super) struct Count;

impl Accumulator for Count {
    const IS_COUNT: bool = true;

    #[inline]
    fn output(&self, count: u32) -> DerivedWord<'_> {
        DerivedWord::Word(u64::from(count))
    }
}

//! `SUM` and `AVG` must not drift while values are added and removed.
//!
//! Sums of numbers are [exact](tsd_ir::ops::ExactSum). A sum is a pair of doubles as long as these
//! can hold it. The first sum that needs more changes all groups of the view to the wider form.

use tsd_ir::ops::{self, ExactSum, PairSum};

use super::Accumulator;
use super::input::ReadInput;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// A sum of values of one kind, rounded only when it is read.
pub(super) trait Total: Clone + std::fmt::Debug + Default + Send + Sync + 'static {
    /// Adds a value. Returns whether this form of sum can hold the result; if not, nothing has
    /// changed.
    fn add(&mut self, value: &impl ReadInput) -> bool;

    /// Removes a value; `left` values remain. Returns what [`add`](Self::add) does.
    fn remove(&mut self, value: &impl ReadInput, left: u32) -> bool;

    /// The sum, as a word of its kind.
    fn sum(&self) -> Option<u64>;

    /// The mean of `count` values.
    fn mean(&self, count: u32) -> Option<f64>;

    #[inline]
    fn read(&self) -> u32 {
        0
    }
}

/// The sum, or the mean of the values (`MEAN`).
#[derive(Clone, Debug, Default)]
pub(super) struct Sum<T, const MEAN: bool>(pub(super) T);

impl<T: Total, const MEAN: bool> Accumulator for Sum<T, MEAN> {
    #[inline]
    fn add(&mut self, value: &impl ReadInput, _: &Strings) -> bool {
        self.0.add(value)
    }

    #[inline]
    fn remove(&mut self, value: &impl ReadInput, left: u32, _: &Strings) -> bool {
        self.0.remove(value, left)
    }

    #[inline]
    fn output(&self, count: u32) -> DerivedWord<'_> {
        let word = if MEAN { self.0.mean(count).map(f64::to_bits) } else { self.0.sum() };
        word.map_or(DerivedWord::Missing, DerivedWord::Word)
    }

    #[inline]
    fn read(&self) -> u32 {
        self.0.read()
    }
}

impl Total for i128 {
    #[inline]
    fn add(&mut self, value: &impl ReadInput) -> bool {
        *self += Self::from(value.int());
        true
    }

    #[inline]
    fn remove(&mut self, value: &impl ReadInput, _: u32) -> bool {
        *self -= Self::from(value.int());
        true
    }

    #[inline]
    fn sum(&self) -> Option<u64> {
        i64::try_from(*self).ok().map(|int| int as u64)
    }

    #[inline]
    fn mean(&self, count: u32) -> Option<f64> {
        ops::divide_number(*self as f64, f64::from(count))
    }
}

impl Total for PairSum {
    #[inline]
    fn add(&mut self, value: &impl ReadInput) -> bool {
        self.add(value.number())
    }

    /// The pair is exact, so it is zero again when no value is left.
    #[inline]
    fn remove(&mut self, value: &impl ReadInput, _: u32) -> bool {
        self.add(-value.number())
    }

    #[inline]
    fn sum(&self) -> Option<u64> {
        self.value().map(f64::to_bits)
    }

    #[inline]
    fn mean(&self, count: u32) -> Option<f64> {
        ops::divide_number(self.value()?, f64::from(count))
    }

    /// A cell with a pair may lie in two cache lines.
    #[inline]
    fn read(&self) -> u32 {
        u32::from(self.value().is_some())
    }
}

impl Total for ExactSum {
    #[inline]
    fn add(&mut self, value: &impl ReadInput) -> bool {
        self.add(value.number());
        true
    }

    #[inline]
    fn remove(&mut self, value: &impl ReadInput, left: u32) -> bool {
        if left == 0 {
            *self = Self::default();
        } else {
            self.subtract(value.number());
        }
        true
    }

    #[inline]
    fn sum(&self) -> Option<u64> {
        self.value().map(f64::to_bits)
    }

    #[inline]
    fn mean(&self, count: u32) -> Option<f64> {
        ops::divide_number(self.value()?, f64::from(count))
    }
}

//! `SUM` and `AVG`: sums that do not drift.
//!
//! Sums of numbers are [exact](tsd_ir::ops::ExactSum). As long as two doubles hold all of them they
//! are pairs; the first that needs more has all groups of the view take the wider form, once.

use tsd_ir::ops::{self, ExactSum, PairSum};

use super::Accumulator;
use super::input::ReadInput;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// A sum of values of one kind, not rounded before it is read.
pub(super) trait Total: Clone + std::fmt::Debug + Default + Send + Sync + 'static {
    /// One value more. Returns whether this form of sum can hold it; if not, nothing has changed.
    fn add(&mut self, value: &impl ReadInput) -> bool;

    /// One value less, of which so many are left.
    fn remove(&mut self, value: &impl ReadInput, left: u32) -> bool;

    /// The sum as a word of its own kind.
    fn sum(&self) -> Option<u64>;

    /// The mean of so many values.
    fn mean(&self, count: u32) -> Option<f64>;

    #[inline]
    fn read(&self) -> u32 {
        0
    }
}

/// The sum, and `MEAN`: divided by how many there are.
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

    /// Of no numbers it is zero again, because nothing was ever lost.
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

    /// A cell with such a sum may lie in two lines of the cache.
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

//! `MIN` and `MAX` need the next value when the extreme is removed, so values are kept in order.

use std::borrow::Borrow;

use super::Accumulator;
use super::input::ReadInput;
use super::multiset::{Multiset, Ordered};
use crate::eval::DerivedWord;
use crate::store::Strings;

/// The values. The output is the least (`LEAST`) or the greatest.
#[derive(Clone, Debug)]
pub(super) struct Extreme<V, const LEAST: bool>(Multiset<V>);

impl<V, const LEAST: bool> Default for Extreme<V, LEAST> {
    fn default() -> Self {
        Self(Multiset::default())
    }
}

impl<V: Ordered + Borrow<V::Borrowed>, const LEAST: bool> Accumulator for Extreme<V, LEAST> {
    fn add(&mut self, value: &impl ReadInput, strings: &Strings) -> bool {
        self.0.add(value, strings);
        true
    }

    fn remove(&mut self, value: &impl ReadInput, _: u32, strings: &Strings) -> bool {
        self.0.remove(value, strings);
        true
    }

    fn output(&self, _: u32) -> DerivedWord<'_> {
        let extreme = if LEAST { self.0.least() } else { self.0.greatest() };
        extreme.map_or(DerivedWord::Missing, V::output)
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

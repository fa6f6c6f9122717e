//! `COUNT(DISTINCT …)` needs every distinct value and its number of occurrences.

use std::borrow::Borrow;

use super::Accumulator;
use super::input::ReadInput;
use super::multiset::{Multiset, Ordered};
use crate::eval::DerivedWord;
use crate::store::Strings;

/// The values. The output is how many of them are distinct.
#[derive(Clone, Debug)]
pub(super) struct Distinct<V>(Multiset<V>);

impl<V> Default for Distinct<V> {
    fn default() -> Self {
        Self(Multiset::default())
    }
}

impl<V: Ordered + Borrow<V::Borrowed>> Accumulator for Distinct<V> {
    fn add(&mut self, value: &impl ReadInput, strings: &Strings) -> bool {
        self.0.add(value, strings);
        true
    }

    fn remove(&mut self, value: &impl ReadInput, _: u32, strings: &Strings) -> bool {
        self.0.remove(value, strings);
        true
    }

    fn output(&self, _: u32) -> DerivedWord<'_> {
        DerivedWord::Word(self.0.distinct() as u64)
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

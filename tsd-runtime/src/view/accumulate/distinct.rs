//! `COUNT(DISTINCT …)` needs every distinct value and its number of occurrences.

use std::hash::Hash;

use hashbrown::{Equivalent, HashMap};

use super::Accumulator;
use super::input::ReadInput;
use crate::base::hasher;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// A value that can be looked up in a hash map.
pub(super) trait Distinguished: Clone + std::fmt::Debug + Eq + Hash + Send + Sync + 'static {
    /// The form in which it is looked up.
    type Borrowed: Equivalent<Self> + Hash + ToOwned<Owned = Self> + ?Sized;

    /// Calls `then` with the value in the form in which it is looked up.
    fn with<R>(value: &impl ReadInput, strings: &Strings, then: impl FnOnce(&Self::Borrowed) -> R) -> R;

    /// The bytes that a value allocates.
    fn bytes(&self) -> usize {
        0
    }
}

/// The distinct values and how often each occurs.
#[derive(Clone, Debug)]
pub(super) struct Distinct<V>(HashMap<V, u32, ahash::RandomState>);

impl<V> Default for Distinct<V> {
    fn default() -> Self {
        Self(HashMap::with_hasher(hasher()))
    }
}

impl<V: Distinguished> Accumulator for Distinct<V> {
    fn add(&mut self, value: &impl ReadInput, strings: &Strings) -> bool {
        V::with(value, strings, |value| match self.0.get_mut(value) {
            Some(count) => *count += 1,
            None => drop(self.0.insert(value.to_owned(), 1)),
        });
        true
    }

    fn remove(&mut self, value: &impl ReadInput, _: u32, strings: &Strings) -> bool {
        V::with(value, strings, |value| match self.0.get_mut(value) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.0.remove(value)),
        });
        true
    }

    fn output(&self, _: u32) -> DerivedWord<'_> {
        DerivedWord::Word(self.0.len() as u64)
    }

    fn bytes(&self) -> usize {
        self.0.allocation_size() + self.0.keys().map(V::bytes).sum::<usize>()
    }
}

/// A value of any kind but a string.
impl Distinguished for u64 {
    type Borrowed = Self;

    fn with<R>(value: &impl ReadInput, _: &Strings, then: impl FnOnce(&Self) -> R) -> R {
        then(&value.word())
    }
}

impl Distinguished for String {
    type Borrowed = str;

    fn with<R>(value: &impl ReadInput, strings: &Strings, then: impl FnOnce(&str) -> R) -> R {
        then(value.text(strings))
    }

    fn bytes(&self) -> usize {
        self.len()
    }
}

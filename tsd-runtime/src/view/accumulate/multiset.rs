//! Values with how often each of them occurs, in order.
//!
//! A value may be in a group several times, and goes with the last of them.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use super::input::ReadInput;
use crate::eval::DerivedWord;
use crate::store::Strings;

/// A value of a kind with an order.
pub(super) trait Ordered: Clone + Debug + Ord + Send + Sync + 'static {
    /// Calls `then` with the value in the form in which it is looked up.
    fn with<R>(value: &impl ReadInput, strings: &Strings, then: impl FnOnce(&Self::Borrowed) -> R) -> R;

    /// The form in which it is looked up.
    type Borrowed: Ord + ToOwned<Owned = Self> + ?Sized;

    /// The value as output.
    fn output(&self) -> DerivedWord<'_>;

    /// The bytes of a value.
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// The values and how often each occurs.
#[derive(Clone, Debug)]
pub(super) struct Multiset<V>(BTreeMap<V, u32>);

impl<V> Default for Multiset<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: Ordered + Borrow<V::Borrowed>> Multiset<V> {
    pub(super) fn add(&mut self, value: &impl ReadInput, strings: &Strings) {
        V::with(value, strings, |value| match self.0.get_mut(value) {
            Some(count) => *count += 1,
            None => drop(self.0.insert(value.to_owned(), 1)),
        });
    }

    pub(super) fn remove(&mut self, value: &impl ReadInput, strings: &Strings) {
        V::with(value, strings, |value| match self.0.get_mut(value) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.0.remove(value)),
        });
    }

    /// How many distinct values there are.
    pub(super) fn distinct(&self) -> usize {
        self.0.len()
    }

    pub(super) fn least(&self) -> Option<&V> {
        self.0.first_key_value().map(|(value, _)| value)
    }

    pub(super) fn greatest(&self) -> Option<&V> {
        self.0.last_key_value().map(|(value, _)| value)
    }

    /// The bytes of the values, estimated.
    pub(super) fn bytes(&self) -> usize {
        self.0.keys().map(|value| value.bytes() + size_of::<u32>()).sum()
    }
}

/// A Boolean or a reference, whose order means nothing.
impl Ordered for u64 {
    type Borrowed = Self;

    fn with<R>(value: &impl ReadInput, _: &Strings, then: impl FnOnce(&Self) -> R) -> R {
        then(&value.word())
    }

    fn output(&self) -> DerivedWord<'_> {
        DerivedWord::Word(*self)
    }
}

impl Ordered for i64 {
    type Borrowed = Self;

    fn with<R>(value: &impl ReadInput, _: &Strings, then: impl FnOnce(&Self) -> R) -> R {
        then(&value.int())
    }

    fn output(&self) -> DerivedWord<'_> {
        DerivedWord::Word(*self as u64)
    }
}

/// A number, never NaN, as an integer with the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OrderedNumber(i64);

impl OrderedNumber {
    fn new(number: f64) -> Self {
        Self(in_order(number.to_bits() as i64))
    }
}

/// Turns the bits of a number into an integer with the same order, and back.
fn in_order(bits: i64) -> i64 {
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

impl Ordered for OrderedNumber {
    type Borrowed = Self;

    fn with<R>(value: &impl ReadInput, _: &Strings, then: impl FnOnce(&Self) -> R) -> R {
        then(&Self::new(value.number()))
    }

    fn output(&self) -> DerivedWord<'_> {
        DerivedWord::Word(in_order(self.0) as u64)
    }
}

impl Ordered for String {
    type Borrowed = str;

    fn with<R>(value: &impl ReadInput, strings: &Strings, then: impl FnOnce(&str) -> R) -> R {
        then(value.text(strings))
    }

    fn output(&self) -> DerivedWord<'_> {
        DerivedWord::Text(self)
    }

    fn bytes(&self) -> usize {
        self.len() + size_of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [f64::NEG_INFINITY, -1e300, -2.5, -0.1, 0.0, 5e-324, 0.1, 2.5, 1e300, f64::INFINITY];
        let places = numbers.map(OrderedNumber::new);
        assert!(places.is_sorted());
        for (number, place) in numbers.iter().zip(places) {
            assert_eq!(place.output(), DerivedWord::Word(number.to_bits()));
        }
    }
}

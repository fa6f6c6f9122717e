//! `MIN` and `MAX` need the next value when the extreme is removed, so values are kept in order.

use std::collections::BTreeMap;
use std::fmt::Debug;

use super::Accumulator;
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

/// The values and how often each occurs. The output is the least (`LEAST`) or the greatest.
#[derive(Clone, Debug)]
pub(super) struct Extreme<V, const LEAST: bool>(BTreeMap<V, u32>);

impl<V, const LEAST: bool> Default for Extreme<V, LEAST> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: Ordered + std::borrow::Borrow<V::Borrowed>, const LEAST: bool> Accumulator for Extreme<V, LEAST> {
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
        let mut values = self.0.keys();
        let extreme = if LEAST { values.next() } else { values.next_back() };
        extreme.map_or(DerivedWord::Missing, V::output)
    }

    fn bytes(&self) -> usize {
        self.0.keys().map(|value| value.bytes() + size_of::<u32>()).sum()
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

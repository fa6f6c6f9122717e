//! One group of a view: what it keeps of the values that were gathered.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use tsd_ir::ops::{ExactSum, PairSum};
use tsd_ir::{AggregateKind, ops};

use crate::eval::DerivedWord;
use crate::store::{Strings, Symbol};
use crate::view::last_seen::LastSeen;

/// A value that is gathered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Gathered {
    /// A row that only counts.
    Row,
    Int(i64),
    Number(f64),
    Text(Box<str>),
}

/// A value as the group that gathers it takes it.
pub(crate) trait Measured {
    fn number(&self) -> f64;

    fn int(&self) -> i64;

    /// The word of a text is that of its symbol.
    fn text<'a>(&'a self, strings: &'a Strings) -> &'a str;
}

/// The word of a field of the kind that the group gathers.
impl Measured for u64 {
    #[inline]
    fn number(&self) -> f64 {
        f64::from_bits(*self)
    }

    #[inline]
    fn int(&self) -> i64 {
        *self as i64
    }

    fn text<'a>(&'a self, strings: &'a Strings) -> &'a str {
        strings.text(*self as Symbol)
    }
}

impl Measured for &Gathered {
    fn number(&self) -> f64 {
        if let Gathered::Number(number) = self { *number } else { 0.0 }
    }

    fn int(&self) -> i64 {
        if let Gathered::Int(int) = self { *int } else { 0 }
    }

    fn text<'a>(&'a self, _texts: &'a Strings) -> &'a str {
        if let Gathered::Text(text) = self { text } else { "" }
    }
}

/// A group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell<T> {
    /// 0 unless the group was touched. Otherwise counted from 1: where only values are counted, how many there were
    /// before; elsewhere, the place of what came of them, or [`EMPTY`](crate::view::groups::EMPTY).
    pub(crate) before: u32,
    /// How many values there are, where they are not in order.
    pub(crate) count: u32,
    pub(crate) gathered: T,
}

/// Something of 32 bytes that never lies in two lines of the cache, so that it is read by one wait.
#[derive(Clone, Debug, Default)]
#[repr(align(32))]
pub(crate) struct Aligned<T>(T);

impl<T> Deref for Aligned<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl Cell<()> {
    /// A row comes or goes.
    #[inline]
    pub(crate) fn change(&mut self, adds: bool) {
        self.count = if adds { self.count + 1 } else { self.count.saturating_sub(1) };
    }

    #[inline]
    pub(crate) fn word(&self, gather: AggregateKind) -> u64 {
        if gather == AggregateKind::Exists { u64::from(self.count > 0) } else { u64::from(self.count) }
    }
}

impl Cell<PairSum> {
    /// A number comes, or one that was there before goes. Returns whether two doubles can hold the sum; if not, nothing has
    /// changed. Of no numbers it is zero again, for nothing was ever lost.
    #[inline]
    pub(crate) fn change(&mut self, number: f64, adds: bool) -> bool {
        let (number, one) = if adds { (number, 1) } else { (-number, u32::MAX) };
        let is_taken = self.gathered.add(number);
        self.count = self.count.wrapping_add(if is_taken { one } else { 0 });
        is_taken
    }
}

impl Cell<ExactSum> {
    /// A number comes, or one that was there before goes.
    #[inline]
    pub(crate) fn change(&mut self, number: f64, adds: bool) {
        if adds {
            self.count += 1;
            return self.gathered.add(number);
        }
        self.count = self.count.saturating_sub(1);
        if self.count == 0 {
            self.gathered = ExactSum::default();
        } else {
            self.gathered.subtract(number);
        }
    }
}

/// A sum of numbers that is not rounded before it is read.
pub(crate) trait Sum {
    fn value(&self) -> Option<f64>;
}

impl Sum for PairSum {
    #[inline]
    fn value(&self) -> Option<f64> {
        PairSum::value(self)
    }
}

impl Sum for ExactSum {
    #[inline]
    fn value(&self) -> Option<f64> {
        ExactSum::value(self)
    }
}

impl<S: Sum> Cell<S> {
    #[inline]
    pub(crate) fn word(&self, gather: AggregateKind) -> Option<u64> {
        let sum = self.gathered.value()?;
        if gather == AggregateKind::Sum {
            return Some(sum.to_bits());
        }
        ops::divide_number(sum, f64::from(self.count)).map(f64::to_bits)
    }
}

impl From<Cell<PairSum>> for Aligned<Cell<ExactSum>> {
    fn from(Cell { before, count, gathered }: Cell<PairSum>) -> Self {
        Self(Cell { before, count, gathered: gathered.into() })
    }
}

impl Cell<i128> {
    /// An integer comes, or one that was there before goes.
    #[inline]
    pub(crate) fn change(&mut self, int: i64, adds: bool) {
        if adds {
            self.count += 1;
            self.gathered += i128::from(int);
        } else {
            self.count = self.count.saturating_sub(1);
            self.gathered -= i128::from(int);
        }
    }

    #[inline]
    pub(crate) fn word(&self, gather: AggregateKind) -> Option<u64> {
        if gather == AggregateKind::Sum {
            return i64::try_from(self.gathered).ok().map(|int| int as u64);
        }
        ops::divide_number(self.gathered as f64, f64::from(self.count)).map(f64::to_bits)
    }
}

impl<K: Ord> Cell<BTreeMap<K, u32>> {
    /// A value comes, or one that was there before goes.
    pub(crate) fn change<Q: Ord + ToOwned<Owned = K> + ?Sized>(&mut self, value: &Q, adds: bool)
    where
        K: Borrow<Q>,
    {
        match (self.gathered.get_mut(value), adds) {
            (Some(count), true) => *count += 1,
            (Some(count), false) if *count > 1 => *count -= 1,
            (Some(_), false) => drop(self.gathered.remove(value)),
            (None, true) => drop(self.gathered.insert(value.to_owned(), 1)),
            (None, false) => {}
        }
    }

    /// The least value or the greatest.
    pub(crate) fn extreme(&self, gather: AggregateKind) -> Option<&K> {
        let mut values = self.gathered.keys();
        if gather == AggregateKind::Least { values.next() } else { values.next_back() }
    }
}

/// What comes of integers, or of numbers as integers of the same order.
pub(crate) fn ordered_word(
    cell: &Cell<BTreeMap<i64, u32>>,
    gather: AggregateKind,
    numbers: bool,
) -> Option<u64> {
    if gather == AggregateKind::CountDistinct {
        return Some(cell.gathered.len() as u64);
    }
    let key = *cell.extreme(gather)?;
    Some(if numbers { in_order(key) } else { key } as u64)
}

/// A value as its place in the order of all of its kind: an integer as it is; a number, never NaN, as an integer.
pub(crate) fn ordered(value: &impl Measured, numbers: bool) -> i64 {
    if numbers { in_order(value.number().to_bits() as i64) } else { value.int() }
}

/// Turns the bits of a number into an integer of the same order, and back.
fn in_order(bits: i64) -> i64 {
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// What came of a group, as it is kept.
#[inline]
pub(crate) fn seen(word: Option<u64>) -> LastSeen {
    word.map_or(LastSeen::Missing, LastSeen::Word)
}

/// What came of a group of texts, as it is kept.
pub(crate) fn seen_text(cell: &Cell<BTreeMap<String, u32>>, gather: AggregateKind) -> LastSeen {
    match text_answer(cell, gather) {
        DerivedWord::Text(text) => LastSeen::Text(Box::new(text.into())),
        DerivedWord::Word(word) => LastSeen::Word(word),
        DerivedWord::Missing => LastSeen::Missing,
    }
}

/// What has come of a group of texts, as an answer.
pub(crate) fn text_answer(cell: &Cell<BTreeMap<String, u32>>, gather: AggregateKind) -> DerivedWord<'_> {
    if gather == AggregateKind::CountDistinct {
        return DerivedWord::Word(cell.gathered.len() as u64);
    }
    cell.extreme(gather).map_or(DerivedWord::Missing, |text| DerivedWord::Text(text))
}

/// What has come of a group, as an answer.
#[inline]
pub(crate) fn answer<'a>(word: Option<u64>) -> DerivedWord<'a> {
    word.map_or(DerivedWord::Missing, DerivedWord::Word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [f64::NEG_INFINITY, -1e300, -2.5, -0.1, 0.0, 5e-324, 0.1, 2.5, 1e300, f64::INFINITY];
        let keys: Vec<i64> = numbers.iter().map(|number| in_order(number.to_bits() as i64)).collect();
        assert!(keys.is_sorted());
        assert!(numbers.iter().zip(keys).all(|(number, key)| in_order(key) as u64 == number.to_bits()));
    }
}

//! What a view has gathered, group by group.
//!
//! One value more or less costs the same in a group of ten as in one of a hundred thousand: counts and sums are numbers,
//! sums exact ones ([`ExactSum`]) that do not drift, and for the least and the greatest the values are kept in order, so
//! that the next one is there when the extreme goes.

use std::collections::BTreeMap;

use tsd_ir::{Gather, Kind, ops, ops::ExactSum};

use super::figure::Answer;

/// A value that is gathered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Gathered {
    /// A row that only counts.
    Row,
    Int(i64),
    Number(f64),
    Text(Box<str>),
}

/// The groups of a view, by the slot of their parameters.
#[derive(Debug)]
pub(crate) struct Groups {
    gather: Gather,
    cells: Cells,
}

#[derive(Debug)]
enum Cells {
    Counts(Vec<u32>),
    Numbers(Vec<(u32, ExactSum)>),
    Ints(Vec<(u32, i128)>),
    /// Integers, and numbers as integers of the same order.
    Ordered {
        cells: Vec<BTreeMap<i64, u32>>,
        numbers: bool,
    },
    Texts(Vec<BTreeMap<Box<str>, u32>>),
}

impl Groups {
    /// No groups yet, of values of a kind.
    pub(crate) fn new(gather: Gather, kind: Option<Kind>) -> Self {
        let cells = match (gather, kind) {
            (Gather::Exists | Gather::Count, _) => Cells::Counts(Vec::new()),
            (Gather::Sum | Gather::Average, Some(Kind::Int)) => Cells::Ints(Vec::new()),
            (Gather::Sum | Gather::Average, _) => Cells::Numbers(Vec::new()),
            (Gather::Least | Gather::Greatest, Some(Kind::Text)) => Cells::Texts(Vec::new()),
            (Gather::Least | Gather::Greatest, kind) => {
                Cells::Ordered { cells: Vec::new(), numbers: kind == Some(Kind::Number) }
            }
        };
        Self { gather, cells }
    }

    pub(crate) fn gather(&self) -> Gather {
        self.gather
    }

    /// Whether one value more or less leaves what has come of a group as it is, as far as that is plain.
    #[inline]
    pub(crate) fn stays(&self, group: u32, adds: bool) -> bool {
        match &self.cells {
            Cells::Counts(cells) if self.gather == Gather::Exists => {
                let count = cells.get(group as usize).copied().unwrap_or(0);
                count > u32::from(!adds)
            }
            _ => false,
        }
    }

    /// One value more.
    #[inline]
    pub(crate) fn add(&mut self, group: u32, value: &Gathered) {
        let group = group as usize;
        match &mut self.cells {
            Cells::Counts(cells) => *cell(cells, group) += 1,
            Cells::Numbers(cells) => {
                let (count, sum) = cell(cells, group);
                *count += 1;
                sum.add(number(value));
            }
            Cells::Ints(cells) => {
                let (count, sum) = cell(cells, group);
                *count += 1;
                *sum += int(value);
            }
            Cells::Ordered { cells, .. } => *cell(cells, group).entry(ordered(value)).or_default() += 1,
            Cells::Texts(cells) => {
                if let Gathered::Text(text) = value {
                    let cell = cell(cells, group);
                    match cell.get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(cell.insert(text.clone(), 1)),
                    }
                }
            }
        }
    }

    /// One value less, which was added before.
    pub(crate) fn subtract(&mut self, group: u32, value: &Gathered) {
        let group = group as usize;
        match &mut self.cells {
            Cells::Counts(cells) => {
                let count = cell(cells, group);
                *count = count.saturating_sub(1);
            }
            Cells::Numbers(cells) => {
                let (count, sum) = cell(cells, group);
                *count = count.saturating_sub(1);
                if *count == 0 {
                    *sum = ExactSum::default();
                } else {
                    sum.subtract(number(value));
                }
            }
            Cells::Ints(cells) => {
                let (count, sum) = cell(cells, group);
                *count = count.saturating_sub(1);
                *sum -= int(value);
            }
            Cells::Ordered { cells, .. } => one_less(cell(cells, group), &ordered(value)),
            Cells::Texts(cells) => {
                if let Gathered::Text(text) = value {
                    one_less(cell(cells, group), text);
                }
            }
        }
    }

    /// What has come of a group.
    #[inline]
    pub(crate) fn answer(&self, group: u32) -> Answer<'_> {
        let group = group as usize;
        let int = |int: i64| Answer::Word(int as u64);
        let number =
            |number: Option<f64>| number.map_or(Answer::Missing, |number| Answer::Word(number.to_bits()));
        match &self.cells {
            Cells::Counts(cells) => {
                let count = cells.get(group).copied().unwrap_or(0);
                if self.gather == Gather::Exists {
                    Answer::Word(u64::from(count > 0))
                } else {
                    int(i64::from(count))
                }
            }
            Cells::Numbers(cells) => {
                let Some((count, sum)) = cells.get(group) else { return self.empty() };
                match self.gather {
                    Gather::Average => {
                        number(sum.value().and_then(|sum| ops::divide_number(sum, f64::from(*count))))
                    }
                    _ => number(sum.value()),
                }
            }
            Cells::Ints(cells) => {
                let Some((count, sum)) = cells.get(group) else { return self.empty() };
                match self.gather {
                    Gather::Average => number(ops::divide_number(*sum as f64, f64::from(*count))),
                    _ => i64::try_from(*sum).map_or(Answer::Missing, int),
                }
            }
            Cells::Ordered { cells, numbers } => {
                let key = cells.get(group).and_then(|cell| self.extreme(cell));
                let word = |key: i64| if *numbers { in_order(key) as u64 } else { key as u64 };
                key.map_or(Answer::Missing, |key| Answer::Word(word(*key)))
            }
            Cells::Texts(cells) => {
                let key = cells.get(group).and_then(|cell| self.extreme(cell));
                key.map_or(Answer::Missing, |text| Answer::Text(text))
            }
        }
    }

    /// What comes of nothing.
    fn empty(&self) -> Answer<'_> {
        match (self.gather, &self.cells) {
            (Gather::Sum, Cells::Numbers(_)) => Answer::Word(0.0_f64.to_bits()),
            (Gather::Sum, _) => Answer::Word(0),
            _ => Answer::Missing,
        }
    }

    fn extreme<'a, K>(&self, cell: &'a BTreeMap<K, u32>) -> Option<&'a K> {
        let mut keys = cell.keys();
        if self.gather == Gather::Least { keys.next() } else { keys.next_back() }
    }

    /// The bytes held, those of ordered values estimated.
    pub(crate) fn bytes(&self) -> usize {
        match &self.cells {
            Cells::Counts(cells) => cells.capacity() * size_of::<u32>(),
            Cells::Numbers(cells) => cells.capacity() * size_of::<(u32, ExactSum)>(),
            Cells::Ints(cells) => cells.capacity() * size_of::<(u32, i128)>(),
            Cells::Ordered { cells, .. } => {
                let entries: usize = cells.iter().map(BTreeMap::len).sum();
                cells.capacity() * size_of::<BTreeMap<i64, u32>>() + entries * size_of::<(i64, u32)>()
            }
            Cells::Texts(cells) => {
                let entries: usize = cells.iter().flat_map(BTreeMap::keys).map(|key| key.len() + 24).sum();
                cells.capacity() * size_of::<BTreeMap<Box<str>, u32>>() + entries
            }
        }
    }
}

/// The cell of a group, made if there is none.
fn cell<T: Default>(cells: &mut Vec<T>, group: usize) -> &mut T {
    if cells.len() <= group {
        cells.resize_with(group + 1, T::default);
    }
    &mut cells[group]
}

fn one_less<K: Ord>(cell: &mut BTreeMap<K, u32>, key: &K) {
    if let Some(count) = cell.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            cell.remove(key);
        }
    }
}

fn number(value: &Gathered) -> f64 {
    match value {
        Gathered::Number(number) => *number,
        _ => 0.0,
    }
}

fn int(value: &Gathered) -> i128 {
    match value {
        Gathered::Int(int) => i128::from(*int),
        _ => 0,
    }
}

/// An integer as it is; a number, never NaN, as the integer at its place in the order of all numbers.
fn ordered(value: &Gathered) -> i64 {
    match value {
        Gathered::Int(int) => *int,
        Gathered::Number(number) => in_order(number.to_bits() as i64),
        _ => 0,
    }
}

/// Turns the bits of a number into an integer of the same order, and back.
pub(crate) fn in_order(bits: i64) -> i64 {
    bits ^ ((bits >> 63) as u64 >> 1) as i64
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

    #[test]
    fn the_next_extreme_is_there_when_one_goes() {
        let mut groups = Groups::new(Gather::Least, Some(Kind::Text));
        for text in ["b", "a", "a"] {
            groups.add(3, &Gathered::Text(text.into()));
        }
        assert_eq!(groups.answer(3), Answer::Text("a"));
        groups.subtract(3, &Gathered::Text("a".into()));
        groups.subtract(3, &Gathered::Text("a".into()));
        assert_eq!(groups.answer(3), Answer::Text("b"));
        assert_eq!(groups.answer(2), Answer::Missing);
    }

    #[test]
    fn an_empty_group_has_a_sum_and_no_mean() {
        let zero = Answer::Word(0.0_f64.to_bits());
        assert_eq!(Groups::new(Gather::Sum, Some(Kind::Number)).answer(7), zero);
        assert_eq!(Groups::new(Gather::Average, Some(Kind::Number)).answer(7), Answer::Missing);
        let mut groups = Groups::new(Gather::Average, Some(Kind::Int));
        groups.add(0, &Gathered::Int(3));
        groups.add(0, &Gathered::Int(4));
        assert_eq!(groups.answer(0), Answer::Word(3.5_f64.to_bits()));
        groups.subtract(0, &Gathered::Int(3));
        groups.subtract(0, &Gathered::Int(4));
        assert_eq!(groups.answer(0), Answer::Missing);
    }
}

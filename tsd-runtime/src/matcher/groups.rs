//! What a view has gathered, group by group.
//!
//! One value more or less costs the same in a group of ten as in one of a hundred thousand: counts and sums are numbers,
//! sums exact ones ([`ExactSum`]) that do not drift, and for the least and the greatest the values are kept in order, so
//! that the next one is there when the extreme goes.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use tsd_ir::{Gather, Kind, ops, ops::ExactSum};

use super::figure::{Answer, Seen};
use crate::memory::{Extent, Texts};

/// Of so many groups, one must be touched for a pass over all of them to be quicker than to sort those that are.
const MANY: usize = 64;

/// For how many touched groups room is kept.
const ROOM: usize = 1024;

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
    /// The groups that changes have touched.
    touched: Vec<u32>,
    /// What came of some of them before.
    before: Vec<Seen>,
}

#[derive(Debug)]
enum Cells {
    Counts(Vec<Cell<()>>),
    Numbers(Vec<Aligned<Cell<ExactSum>>>),
    Ints(Vec<Cell<i128>>),
    /// Integers, and numbers as integers of the same order.
    Ordered {
        cells: Vec<Cell<BTreeMap<i64, u32>>>,
        numbers: bool,
    },
    Texts(Vec<Cell<BTreeMap<Box<str>, u32>>>),
}

/// A group.
#[derive(Clone, Debug, Default)]
struct Cell<T> {
    /// 0 unless the group was touched. Otherwise counted from 1: where only values are counted, how many there were
    /// before; elsewhere, the place of what came of them, or [`EMPTY`].
    before: u32,
    /// How many values there are, where they are not in order.
    count: u32,
    gathered: T,
}

/// Something of 32 bytes that never lies in two lines of the cache, so that it is read by one wait.
#[derive(Clone, Debug, Default)]
#[repr(align(32))]
struct Aligned<T>(T);

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

/// There was nothing in a group before: what came of that is known, and most groups are touched like this.
const EMPTY: u32 = u32::MAX;

/// Does the same with the cells of any kind.
macro_rules! with_cells {
    ($cells:expr, $kind:ident => $body:expr) => {
        match $cells {
            Cells::Counts($kind) => $body,
            Cells::Numbers($kind) => $body,
            Cells::Ints($kind) => $body,
            Cells::Ordered { cells: $kind, .. } => $body,
            Cells::Texts($kind) => $body,
        }
    };
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
        Self { gather, cells, touched: Vec::new(), before: Vec::new() }
    }

    #[inline]
    pub(crate) fn gather(&self) -> Gather {
        self.gather
    }

    /// Makes sure that there are groups enough.
    pub(crate) fn grow(&mut self, groups: Extent) {
        with_cells!(&mut self.cells, cells => groups.grow(cells, Default::default()));
    }

    /// Reads the cells of some groups, for each of which a value comes or goes, in a loop that does nothing else and so
    /// waits for many at once.
    #[inline]
    pub(crate) fn look_ahead(&self, groups: impl Iterator<Item = u32>) {
        with_cells!(&self.cells, cells => {
            let read = groups.map(|group| cells.get(group as usize).map_or(0, |cell| cell.before));
            std::hint::black_box(read.fold(0, |all, one| all ^ one));
        });
    }

    /// Whether some group was touched.
    #[inline]
    pub(crate) fn are_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Notes that one value comes to a group or goes, unless that plainly leaves what has come of it as it is.
    #[inline]
    pub(crate) fn touch(&mut self, group: u32, adds: bool, is_text: bool, texts: &Texts) {
        if let Cells::Counts(cells) = &mut self.cells {
            let cell = cell(cells, group as usize);
            let stays = self.gather == Gather::Exists && cell.count > u32::from(!adds);
            if cell.before == 0 && !stays {
                cell.before = cell.count.saturating_add(1);
                self.touched.push(group);
            }
            return;
        }
        // Cells that keep values in order do not count them.
        let counts = matches!(self.cells, Cells::Numbers(_) | Cells::Ints(_));
        let (noted, count) = with_cells!(&mut self.cells, cells => {
            let cell = cell(cells, group as usize);
            let count = cell.count;
            (&mut cell.before, count)
        });
        if *noted == 0 && count == 0 && counts {
            *noted = EMPTY;
            self.touched.push(group);
        } else if *noted == 0 {
            *noted = self.before.len() as u32 + 1;
            self.touched.push(group);
            let word = self.word(group).filter(|_| !is_text);
            self.before.push(word.map_or_else(|| Seen::of(self.answer(group), is_text, texts), Seen::Word));
        }
    }

    /// The groups that were touched and of which now comes something else than before, in ascending order; none is
    /// touched any more.
    pub(crate) fn take_changed(&mut self, texts: &Texts) -> Vec<u32> {
        let mut touched = std::mem::take(&mut self.touched);
        let mut before = std::mem::take(&mut self.before);
        let groups = with_cells!(&self.cells, cells => cells.len());
        let mut kept = 0;
        if touched.len() > groups / MANY {
            // Each group that was touched is in the list once, so what has changed fits into it.
            for group in 0..groups as u32 {
                if self.has_changed(group, &before, texts) {
                    touched[kept] = group;
                    kept += 1;
                }
            }
        } else {
            touched.sort_unstable();
            for at in 0..touched.len() {
                if self.has_changed(touched[at], &before, texts) {
                    touched[kept] = touched[at];
                    kept += 1;
                }
            }
        }
        touched.truncate(kept);
        if before.capacity() <= ROOM {
            before.clear();
            self.before = before;
        }
        touched
    }

    /// Takes back the room for the groups that were taken.
    pub(crate) fn put_back(&mut self, mut changed: Vec<u32>) {
        if changed.capacity() <= ROOM && self.touched.is_empty() {
            changed.clear();
            self.touched = changed;
        }
    }

    /// Whether a group was touched and changed; it is not touched any more.
    #[inline]
    fn has_changed(&mut self, group: u32, before: &[Seen], texts: &Texts) -> bool {
        let index = group as usize;
        if let Cells::Counts(cells) = &mut self.cells {
            let Cell { before, count, .. } = &mut cells[index];
            let Some(before) = std::mem::take(before).checked_sub(1) else { return false };
            return before != *count && (self.gather == Gather::Count || before == 0 || *count == 0);
        }
        let noted = with_cells!(&mut self.cells, cells => std::mem::take(&mut cells[index].before));
        if noted == EMPTY {
            return self.answer(group) != self.empty();
        }
        let Some(at) = noted.checked_sub(1) else { return false };
        match self.word(group) {
            Some(word) => before[at as usize] != Seen::Word(word),
            None => !before[at as usize].is(self.answer(group), texts),
        }
    }

    /// One value more.
    #[inline]
    pub(crate) fn add(&mut self, group: u32, value: &Gathered) {
        let group = group as usize;
        match &mut self.cells {
            Cells::Counts(cells) => cell(cells, group).count += 1,
            Cells::Numbers(cells) => {
                let cell = cell(cells, group);
                cell.count += 1;
                cell.gathered.add(number(value));
            }
            Cells::Ints(cells) => {
                let cell = cell(cells, group);
                cell.count += 1;
                cell.gathered += int(value);
            }
            Cells::Ordered { cells, .. } => {
                *cell(cells, group).gathered.entry(ordered(value)).or_default() += 1;
            }
            Cells::Texts(cells) => {
                if let Gathered::Text(text) = value {
                    let values = &mut cell(cells, group).gathered;
                    match values.get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(values.insert(text.clone(), 1)),
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
                let cell = cell(cells, group);
                cell.count = cell.count.saturating_sub(1);
            }
            Cells::Numbers(cells) => {
                let cell = cell(cells, group);
                cell.count = cell.count.saturating_sub(1);
                if cell.count == 0 {
                    cell.gathered = ExactSum::default();
                } else {
                    cell.gathered.subtract(number(value));
                }
            }
            Cells::Ints(cells) => {
                let cell = cell(cells, group);
                cell.count = cell.count.saturating_sub(1);
                cell.gathered -= int(value);
            }
            Cells::Ordered { cells, .. } => one_less(&mut cell(cells, group).gathered, &ordered(value)),
            Cells::Texts(cells) => {
                if let Gathered::Text(text) = value {
                    one_less(&mut cell(cells, group).gathered, text);
                }
            }
        }
    }

    /// What has come of a group, where it is a number or an integer that is kept as such.
    #[inline]
    pub(crate) fn word(&self, group: u32) -> Option<u64> {
        let group = group as usize;
        match &self.cells {
            Cells::Counts(cells) => {
                let count = cells.get(group).map_or(0, |cell| cell.count);
                Some(if self.gather == Gather::Exists { u64::from(count > 0) } else { u64::from(count) })
            }
            Cells::Numbers(cells) => {
                let Cell { count, gathered, .. } = &**cells.get(group)?;
                let sum = gathered.value()?;
                if self.gather == Gather::Sum {
                    return Some(sum.to_bits());
                }
                ops::divide_number(sum, f64::from(*count)).map(f64::to_bits)
            }
            Cells::Ints(cells) => {
                let Cell { count, gathered, .. } = cells.get(group)?;
                match self.gather {
                    Gather::Sum => i64::try_from(*gathered).ok().map(|int| int as u64),
                    _ => ops::divide_number(*gathered as f64, f64::from(*count)).map(f64::to_bits),
                }
            }
            Cells::Ordered { .. } | Cells::Texts(_) => None,
        }
    }

    /// What has come of a group.
    pub(crate) fn answer(&self, group: u32) -> Answer<'_> {
        if let Some(word) = self.word(group) {
            return Answer::Word(word);
        }
        let group = group as usize;
        match &self.cells {
            Cells::Counts(_) => Answer::Missing,
            Cells::Numbers(cells) => cells.get(group).map_or_else(|| self.empty(), |_| Answer::Missing),
            Cells::Ints(cells) => cells.get(group).map_or_else(|| self.empty(), |_| Answer::Missing),
            Cells::Ordered { cells, numbers } => {
                let key = cells.get(group).and_then(|cell| self.extreme(&cell.gathered));
                let word = |key: i64| if *numbers { in_order(key) as u64 } else { key as u64 };
                key.map_or(Answer::Missing, |key| Answer::Word(word(*key)))
            }
            Cells::Texts(cells) => {
                let key = cells.get(group).and_then(|cell| self.extreme(&cell.gathered));
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
        fn room<T>(cells: &Vec<T>) -> usize {
            cells.capacity() * size_of::<T>()
        }
        let values = match &self.cells {
            Cells::Ordered { cells, .. } => {
                cells.iter().map(|cell| cell.gathered.len() * size_of::<(i64, u32)>()).sum()
            }
            Cells::Texts(cells) => {
                let texts = cells.iter().flat_map(|cell| cell.gathered.keys());
                texts.map(|text| text.len() + 24).sum::<usize>()
            }
            _ => 0,
        };
        with_cells!(&self.cells, cells => room(cells))
            + values
            + self.touched.capacity() * size_of::<u32>()
            + self.before.capacity() * size_of::<Seen>()
    }
}

/// The cell of a group, made if there is none.
#[inline]
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

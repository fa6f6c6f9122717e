//! A view must know which of its many groups have changed, whatever it aggregates.

use tsd_ir::ops::{ExactSum, PairSum};

use super::Accumulator;
use super::input::ReadInput;
use super::sum::Sum;
use crate::eval::DerivedWord;
use crate::store::{Capacity, Strings};
use crate::view::last_seen::LastSeen;

/// A pass over all groups is quicker than sorting the touched ones if more than one in this many
/// groups is touched.
const MANY: usize = 64;

/// Lists of up to this many touched groups are kept for reuse.
const ROOM: usize = 1024;

/// The mark of a touched group that was empty before. Its previous output is known, and most
/// touched groups are like this.
const EMPTY: u32 = u32::MAX;

/// The groups of a view, indexed by the slots of their parameters.
#[derive(Clone, Debug)]
pub(super) struct Groups<A> {
    cells: Vec<Cell<A>>,
    /// The groups that were changed since the last [`take_changed`](Self::take_changed).
    touched: Vec<u32>,
    /// The previous outputs of some of them.
    before: Vec<LastSeen>,
    /// The state of a group that has no cell.
    empty: A,
}

/// The state of a group.
#[derive(Clone, Debug, Default)]
struct Cell<A> {
    /// 0 unless the group was touched. For a count, one more than the number of values before.
    /// Otherwise one more than the index of the previous output, or [`EMPTY`].
    before: u32,
    /// The number of values.
    count: u32,
    accumulator: A,
}

impl<A: Accumulator> Cell<A> {
    #[inline]
    fn output(&self) -> DerivedWord<'_> {
        self.accumulator.output(self.count)
    }
}

impl<A: Accumulator> Groups<A> {
    pub(super) fn new() -> Self {
        Self { cells: Vec::new(), touched: Vec::new(), before: Vec::new(), empty: A::default() }
    }

    /// Makes room for all groups, and for the list of `touched` more.
    pub(super) fn grow(&mut self, groups: Capacity, touched: usize) {
        groups.reserve(&mut self.touched, touched);
        groups.grow(&mut self.cells, Cell::default());
    }

    /// Reads the cells of groups in a separate loop before they change, so that cache misses
    /// overlap.
    #[inline]
    pub(super) fn look_ahead(&self, groups: impl Iterator<Item = u32>) {
        let read = |cell: &Cell<A>| cell.before ^ cell.accumulator.read();
        let all = groups.map(|group| self.cells.get(group as usize).map_or(0, read));
        std::hint::black_box(all.fold(0, |all, one| all ^ one));
    }

    /// Whether a group was changed since [`take_changed`](Self::take_changed).
    #[inline]
    pub(super) fn are_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Adds values to groups, or removes values that were added. If the view is `observed`, the
    /// previous output of a group is remembered, unless a value cannot change it. Returns the first
    /// value that this form of accumulator cannot hold; it and those after it are not added.
    #[inline]
    pub(super) fn change<V: ReadInput>(
        &mut self,
        values: &mut impl Iterator<Item = (u32, V)>,
        adds: bool,
        observed: bool,
        strings: &Strings,
    ) -> Option<(u32, V)> {
        for (group, value) in values {
            if self.cells.len() <= group as usize {
                self.cells.resize_with(group as usize + 1, Cell::default);
            }
            let cell = &mut self.cells[group as usize];
            if observed && cell.before == 0 && A::may_show(cell.count, adds) {
                self.touched.push(group);
                cell.before = if A::IS_COUNT {
                    cell.count.saturating_add(1)
                } else if cell.count == 0 {
                    EMPTY
                } else {
                    self.before.push(LastSeen::of_output(cell.output()));
                    self.before.len() as u32
                };
            }
            let Cell { count, accumulator, .. } = cell;
            let left = if adds { count.wrapping_add(1) } else { count.saturating_sub(1) };
            let is_held = if adds {
                accumulator.add(&value, strings)
            } else {
                accumulator.remove(&value, left, strings)
            };
            if !is_held {
                return Some((group, value));
            }
            *count = left;
        }
        None
    }

    /// The groups whose outputs have changed since the last call, in ascending order.
    pub(super) fn take_changed(&mut self) -> Vec<u32> {
        let mut changed = std::mem::take(&mut self.touched);
        let before = &self.before;
        let nothing = LastSeen::of_output(self.empty.output(0));
        retain(&mut changed, &mut self.cells, |cell| match std::mem::take(&mut cell.before) {
            0 => false,
            noted if A::IS_COUNT => noted != u32::MAX && A::differs(noted - 1, cell.count),
            EMPTY => !nothing.is(cell.output()),
            place => !before[place as usize - 1].is(cell.output()),
        });
        if self.before.capacity() <= ROOM {
            self.before.clear();
        } else {
            self.before = Vec::new();
        }
        changed
    }

    /// Takes the list of changed groups back for reuse.
    pub(super) fn put_back(&mut self, mut changed: Vec<u32>) {
        if changed.capacity() <= ROOM && self.touched.is_empty() {
            changed.clear();
            self.touched = changed;
        }
    }

    /// Calls `put` with the outputs of groups.
    #[inline]
    pub(super) fn outputs<'a>(
        &'a self,
        groups: impl Iterator<Item = u32>,
        mut put: impl FnMut(DerivedWord<'a>),
    ) {
        groups.for_each(|group| put(self.output(group)));
    }

    /// The output of a group.
    #[inline]
    pub(super) fn output(&self, group: u32) -> DerivedWord<'_> {
        self.cells.get(group as usize).map_or_else(|| self.empty.output(0), Cell::output)
    }

    /// The bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell<A>>()
            + self.cells.iter().map(|cell| cell.accumulator.bytes()).sum::<usize>()
            + self.touched.capacity() * size_of::<u32>()
            + self.before.capacity() * size_of::<LastSeen>()
    }
}

impl<const MEAN: bool> Groups<Sum<PairSum, MEAN>> {
    /// The same groups with exact sums, which can hold any sum.
    #[cold]
    pub(super) fn widened(&mut self) -> Groups<Sum<ExactSum, MEAN>> {
        let Self { cells, touched, before, .. } = std::mem::replace(self, Self::new());
        let wide = |Cell { before, count, accumulator: Sum(pair) }: Cell<Sum<PairSum, MEAN>>| Cell {
            before,
            count,
            accumulator: Sum(ExactSum::from(pair)),
        };
        Groups { cells: cells.into_iter().map(wide).collect(), touched, before, empty: Sum::default() }
    }
}

/// Keeps the groups that have changed, in ascending order.
fn retain<T>(groups: &mut Vec<u32>, cells: &mut [T], mut has_changed: impl FnMut(&mut T) -> bool) {
    let mut kept = 0;
    if groups.len() > cells.len() / MANY {
        // Each group is in the list once, so those that have changed fit into it.
        for (group, cell) in (0..).zip(cells) {
            if has_changed(cell) {
                groups[kept] = group;
                kept += 1;
            }
        }
    } else {
        groups.sort_unstable();
        for at in 0..groups.len() {
            let group = groups[at];
            if has_changed(&mut cells[group as usize]) {
                groups[kept] = group;
                kept += 1;
            }
        }
    }
    groups.truncate(kept);
}

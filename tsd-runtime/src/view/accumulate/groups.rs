//! The groups of a view, whatever is aggregated: their accumulators, and which of them have
//! changed.

use tsd_ir::ops::{ExactSum, PairSum};

use super::Accumulator;
use super::input::ReadInput;
use super::sum::Sum;
use crate::eval::DerivedWord;
use crate::store::{Capacity, Strings};
use crate::view::last_seen::LastSeen;

/// Of so many groups, one must be touched for a pass over all of them to be quicker than to sort
/// those that are.
const MANY: usize = 64;

/// For how many touched groups room is kept.
const ROOM: usize = 1024;

/// There was nothing in a group before: what came of that is known, and most groups are touched
/// like this.
const EMPTY: u32 = u32::MAX;

/// The groups of a view, by the slot of their parameters.
#[derive(Clone, Debug)]
pub(super) struct Groups<A> {
    cells: Vec<Cell<A>>,
    /// The groups that changes have touched.
    touched: Vec<u32>,
    /// What came of some of them before.
    before: Vec<LastSeen>,
    /// The accumulator of every group that there is none for.
    empty: A,
}

/// A group.
#[derive(Clone, Debug, Default)]
struct Cell<A> {
    /// 0 unless the group was touched. Otherwise counted from 1: where the count is all that
    /// matters, how many values there were before; elsewhere the place of what came of them, or
    /// [`EMPTY`].
    before: u32,
    /// How many values there are.
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

    /// Makes sure that there are groups enough, and room for so many that are touched.
    pub(super) fn grow(&mut self, groups: Capacity, touched: usize) {
        groups.reserve(&mut self.touched, touched);
        groups.grow(&mut self.cells, Cell::default());
    }

    /// Reads the cells of some groups, for each of which a value comes or goes, in a loop that does
    /// nothing else and so waits for many at once.
    #[inline]
    pub(super) fn look_ahead(&self, groups: impl Iterator<Item = u32>) {
        let read = |cell: &Cell<A>| cell.before ^ cell.accumulator.read();
        let all = groups.map(|group| self.cells.get(group as usize).map_or(0, read));
        std::hint::black_box(all.fold(0, |all, one| all ^ one));
    }

    /// Whether some group was touched.
    #[inline]
    pub(super) fn are_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Values come to groups, or go, of which each was there before. Where the view is `observed`,
    /// what came of a group before is remembered, unless a value plainly leaves that as it is.
    /// Returns the value that no accumulator of this form can hold, if there is one; it and those
    /// behind it are not taken in.
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

    /// The groups that were touched and of which now comes something else than before, in ascending
    /// order; none is touched any more.
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

    /// Takes back the room for the groups that were taken.
    pub(super) fn put_back(&mut self, mut changed: Vec<u32>) {
        if changed.capacity() <= ROOM && self.touched.is_empty() {
            changed.clear();
            self.touched = changed;
        }
    }

    /// Calls `put` with what comes of groups.
    #[inline]
    pub(super) fn outputs<'a>(
        &'a self,
        groups: impl Iterator<Item = u32>,
        mut put: impl FnMut(DerivedWord<'a>),
    ) {
        groups.for_each(|group| put(self.output(group)));
    }

    /// What comes of a group.
    #[inline]
    pub(super) fn output(&self, group: u32) -> DerivedWord<'_> {
        self.cells.get(group as usize).map_or_else(|| self.empty.output(0), Cell::output)
    }

    /// The bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell<A>>()
            + self.cells.iter().map(|cell| cell.accumulator.bytes()).sum::<usize>()
            + self.touched.capacity() * size_of::<u32>()
            + self.before.capacity() * size_of::<LastSeen>()
    }
}

impl<const MEAN: bool> Groups<Sum<PairSum, MEAN>> {
    /// The same groups with the room that any sum needs.
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

/// Leaves those of some groups that have changed, in ascending order.
fn retain<T>(groups: &mut Vec<u32>, cells: &mut [T], mut has_changed: impl FnMut(&mut T) -> bool) {
    let mut kept = 0;
    if groups.len() > cells.len() / MANY {
        // Each group is in the list once, so what has changed fits into it.
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

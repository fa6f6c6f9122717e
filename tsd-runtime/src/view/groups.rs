//! What a view has gathered, group by group.
//!
//! One value more or less costs the same in a group of ten as in one of a hundred thousand: counts and sums are numbers,
//! sums exact ones ([`ExactSum`]) that do not drift, and for the least and the greatest the values are kept in order, so
//! that the next one is there when the extreme goes.

mod cell;

use std::collections::BTreeMap;

use tsd_ir::ops::{ExactSum, PairSum};
use tsd_ir::{AggregateKind, Kind};

use self::cell::{Aligned, Cell, Measured, answer, ordered, ordered_word, seen, seen_text, text_answer};
use super::last_seen::LastSeen;
use crate::eval::DerivedWord;
use crate::store::{Capacity, Strings};

pub(crate) use self::cell::Gathered;

/// Of so many groups, one must be touched for a pass over all of them to be quicker than to sort those that are.
const MANY: usize = 64;

/// For how many touched groups room is kept.
const ROOM: usize = 1024;

/// The groups of a view, by the slot of their parameters.
#[derive(Debug)]
pub(crate) struct Groups {
    gather: AggregateKind,
    cells: Cells,
    /// The groups that changes have touched.
    touched: Vec<u32>,
    /// What came of some of them before.
    before: Vec<LastSeen>,
}

#[derive(Debug)]
enum Cells {
    Counts(Vec<Cell<()>>),
    /// Sums of numbers, until there is one that two doubles cannot hold: then all become [`Numbers`](Self::Numbers), once.
    Pairs(Vec<Cell<PairSum>>),
    Numbers(Vec<Aligned<Cell<ExactSum>>>),
    Ints(Vec<Cell<i128>>),
    /// Integers, and numbers as integers of the same order.
    Ordered {
        cells: Vec<Cell<BTreeMap<i64, u32>>>,
        numbers: bool,
    },
    Strings(Vec<Cell<BTreeMap<String, u32>>>),
}

/// There was nothing in a group before: what came of that is known, and most groups are touched like this.
const EMPTY: u32 = u32::MAX;

/// What came of groups before they were touched.
struct Notes<'a> {
    /// Whether somebody wants to know.
    watched: bool,
    touched: &'a mut Vec<u32>,
    before: &'a mut Vec<LastSeen>,
}

impl Notes<'_> {
    /// Whether it is to be noted what has come of a group before a value comes to it or goes: unless that is noted already,
    /// at the place `noted`.
    #[inline]
    fn want(&self, noted: u32) -> bool {
        self.watched && noted == 0
    }

    /// Notes what has come of a group. Returns the place.
    #[inline]
    fn note(&mut self, group: u32, is_empty: bool, seen: impl FnOnce() -> LastSeen) -> u32 {
        self.touched.push(group);
        if is_empty {
            return EMPTY;
        }
        self.before.push(seen());
        self.before.len() as u32
    }
}

/// Does the same with the cells of any kind.
macro_rules! with_cells {
    ($cells:expr, $kind:ident => $body:expr) => {
        match $cells {
            Cells::Counts($kind) => $body,
            Cells::Pairs($kind) => $body,
            Cells::Numbers($kind) => $body,
            Cells::Ints($kind) => $body,
            Cells::Ordered { cells: $kind, .. } => $body,
            Cells::Strings($kind) => $body,
        }
    };
}

/// Does the same with the cells of all kinds of sums, and something else with others.
macro_rules! with_sums {
    ($cells:expr, $kind:ident => $body:expr, $($others:tt)*) => {
        match $cells {
            Cells::Pairs($kind) => $body,
            Cells::Numbers($kind) => $body,
            Cells::Ints($kind) => $body,
            $($others)*
        }
    };
}

impl Groups {
    /// No groups yet, of values of a kind.
    pub(crate) fn new(gather: AggregateKind, kind: Option<Kind>) -> Self {
        let cells = match (gather, kind) {
            (AggregateKind::Exists | AggregateKind::Count, _) => Cells::Counts(Vec::new()),
            (AggregateKind::Sum | AggregateKind::Average, Some(Kind::Int)) => Cells::Ints(Vec::new()),
            (AggregateKind::Sum | AggregateKind::Average, _) => Cells::Pairs(Vec::new()),
            (
                AggregateKind::CountDistinct | AggregateKind::Least | AggregateKind::Greatest,
                Some(Kind::Text),
            ) => Cells::Strings(Vec::new()),
            (AggregateKind::CountDistinct | AggregateKind::Least | AggregateKind::Greatest, kind) => {
                Cells::Ordered { cells: Vec::new(), numbers: kind == Some(Kind::Number) }
            }
        };
        Self { gather, cells, touched: Vec::new(), before: Vec::new() }
    }

    #[inline]
    pub(crate) fn gather(&self) -> AggregateKind {
        self.gather
    }

    /// Makes sure that there are groups enough, and room for so many that are touched.
    pub(crate) fn grow(&mut self, groups: Capacity, touched: usize) {
        groups.reserve(&mut self.touched, touched);
        with_cells!(&mut self.cells, cells => groups.grow(cells, Default::default()));
    }

    /// Reads the cells of some groups, for each of which a value comes or goes, in a loop that does nothing else and so
    /// waits for many at once.
    #[inline]
    pub(crate) fn look_ahead(&self, groups: impl Iterator<Item = u32>) {
        fn read<T>(cells: &[T], groups: impl Iterator<Item = u32>, look: impl Fn(&T) -> u32) {
            let read = groups.map(|group| cells.get(group as usize).map_or(0, &look));
            std::hint::black_box(read.fold(0, |all, one| all ^ one));
        }
        match &self.cells {
            // One of these may lie in two lines of the cache.
            Cells::Pairs(cells) => {
                read(cells, groups, |cell| cell.before ^ u32::from(cell.gathered.value().is_some()));
            }
            others => with_cells!(others, cells => read(cells, groups, |cell| cell.before)),
        }
    }

    /// Whether some group was touched.
    #[inline]
    pub(crate) fn are_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Values come to groups, or go, of which each was there before. Where somebody is `watched` for, what came of a group
    /// before is noted, unless a value plainly leaves that as it is.
    pub(crate) fn change_all<V: Measured>(
        &mut self,
        mut values: impl Iterator<Item = (u32, V)>,
        adds: bool,
        watched: bool,
        strings: &Strings,
    ) {
        let Self { gather, cells, touched, before } = self;
        let gather = *gather;
        let mut notes = Notes { watched, touched, before };
        match cells {
            Cells::Counts(cells) => {
                // One row more or less of many does not change that there are some.
                let most = if gather == AggregateKind::Exists { u32::from(!adds) } else { u32::MAX };
                for (group, _) in values {
                    let cell = cell(cells, group as usize);
                    if notes.want(cell.before) && cell.count <= most {
                        cell.before = cell.count.saturating_add(1);
                        notes.touched.push(group);
                    }
                    cell.change(adds);
                }
            }
            Cells::Pairs(cells) => {
                for (group, value) in values.by_ref() {
                    let cell = cell(cells, group as usize);
                    if notes.want(cell.before) {
                        cell.before = notes.note(group, cell.count == 0, || seen(cell.word(gather)));
                    }
                    if !cell.change(value.number(), adds) {
                        self.hold_any_sum();
                        self.change_all(std::iter::once((group, value)), adds, watched, strings);
                        return self.change_all(values, adds, watched, strings);
                    }
                }
            }
            Cells::Numbers(cells) => {
                for (group, value) in values {
                    let cell = &mut **cell(cells, group as usize);
                    if notes.want(cell.before) {
                        cell.before = notes.note(group, cell.count == 0, || seen(cell.word(gather)));
                    }
                    cell.change(value.number(), adds);
                }
            }
            Cells::Ints(cells) => {
                for (group, value) in values {
                    let cell = cell(cells, group as usize);
                    if notes.want(cell.before) {
                        cell.before = notes.note(group, cell.count == 0, || seen(cell.word(gather)));
                    }
                    cell.change(value.int(), adds);
                }
            }
            Cells::Ordered { cells, numbers } => {
                for (group, value) in values {
                    let cell = cell(cells, group as usize);
                    if notes.want(cell.before) {
                        let seen = || seen(ordered_word(cell, gather, *numbers));
                        cell.before = notes.note(group, cell.gathered.is_empty(), seen);
                    }
                    cell.change(&ordered(&value, *numbers), adds);
                }
            }
            Cells::Strings(cells) => {
                for (group, value) in values {
                    let cell = cell(cells, group as usize);
                    if notes.want(cell.before) {
                        let seen = || seen_text(cell, gather);
                        cell.before = notes.note(group, cell.gathered.is_empty(), seen);
                    }
                    cell.change(value.text(strings), adds);
                }
            }
        }
    }

    /// Gives groups of numbers the room that any sum needs.
    #[cold]
    fn hold_any_sum(&mut self) {
        if let Cells::Pairs(cells) = &mut self.cells {
            let cells = std::mem::take(cells);
            self.cells = Cells::Numbers(cells.into_iter().map(Aligned::from).collect());
        }
    }

    /// The groups that were touched and of which now comes something else than before, in ascending order; none is
    /// touched any more.
    pub(crate) fn take_changed(&mut self) -> Vec<u32> {
        let mut changed = std::mem::take(&mut self.touched);
        let mut before = std::mem::take(&mut self.before);
        let gather = self.gather;
        let nothing = seen(self.nothing());
        // What came of a group before, which was noted at a place.
        let noted = |place: u32| if place == EMPTY { &nothing } else { &before[place as usize - 1] };
        with_sums!(&mut self.cells, cells => retain(&mut changed, cells, |cell| {
                let place = std::mem::take(&mut cell.before);
                place != 0 && *noted(place) != seen(cell.word(gather))
            }),
            Cells::Counts(cells) => retain(&mut changed, cells, |cell| {
                let before = std::mem::take(&mut cell.before).wrapping_sub(1);
                let shows = gather == AggregateKind::Count || before == 0 || cell.count == 0;
                before != u32::MAX && before != cell.count && shows
            }),
            Cells::Ordered { cells, numbers } => retain(&mut changed, cells, |cell| {
                let place = std::mem::take(&mut cell.before);
                place != 0 && *noted(place) != seen(ordered_word(cell, gather, *numbers))
            }),
            Cells::Strings(cells) => retain(&mut changed, cells, |cell| {
                let place = std::mem::take(&mut cell.before);
                place != 0 && *noted(place) != seen_text(cell, gather)
            }),
        );
        if before.capacity() <= ROOM {
            before.clear();
            self.before = before;
        }
        changed
    }

    /// Takes back the room for the groups that were taken.
    pub(crate) fn put_back(&mut self, mut changed: Vec<u32>) {
        if changed.capacity() <= ROOM && self.touched.is_empty() {
            changed.clear();
            self.touched = changed;
        }
    }

    /// Calls `put` with what has come of groups; `other` tells it where it is no number that is kept as such.
    #[inline]
    pub(crate) fn answer_all<'a>(
        &'a self,
        groups: impl Iterator<Item = u32>,
        other: impl Fn(u32) -> DerivedWord<'a>,
        mut put: impl FnMut(DerivedWord<'a>),
    ) {
        let gather = self.gather;
        with_sums!(&self.cells, cells => groups.for_each(|group| {
                let word = cells.get(group as usize).and_then(|cell| cell.word(gather));
                put(word.map_or_else(|| other(group), DerivedWord::Word));
            }),
            Cells::Counts(cells) => groups.for_each(|group| {
                put(DerivedWord::Word(cells.get(group as usize).map_or(0, |cell| cell.word(gather))));
            }),
            _ => groups.for_each(|group| put(other(group))),
        );
    }

    /// What has come of a group.
    pub(crate) fn answer(&self, group: u32) -> DerivedWord<'_> {
        let at = group as usize;
        if at >= with_cells!(&self.cells, cells => cells.len()) {
            return answer(self.nothing());
        }
        with_sums!(&self.cells, cells => answer(cells[at].word(self.gather)),
            Cells::Counts(cells) => DerivedWord::Word(cells[at].word(self.gather)),
            Cells::Ordered { cells, numbers } => answer(ordered_word(&cells[at], self.gather, *numbers)),
            Cells::Strings(cells) => text_answer(&cells[at], self.gather),
        )
    }

    /// What comes of nothing.
    fn nothing(&self) -> Option<u64> {
        match (self.gather, &self.cells) {
            (AggregateKind::Exists | AggregateKind::Count | AggregateKind::CountDistinct, _) => Some(0),
            (AggregateKind::Sum, Cells::Pairs(_) | Cells::Numbers(_)) => Some(0.0_f64.to_bits()),
            (AggregateKind::Sum, _) => Some(0),
            _ => None,
        }
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
            Cells::Strings(cells) => {
                let strings = cells.iter().flat_map(|cell| cell.gathered.keys());
                strings.map(|text| text.len() + 24).sum::<usize>()
            }
            _ => 0,
        };
        with_cells!(&self.cells, cells => room(cells))
            + values
            + self.touched.capacity() * size_of::<u32>()
            + self.before.capacity() * size_of::<LastSeen>()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn change(groups: &mut Groups, group: u32, value: Gathered, adds: bool) {
        groups.change_all(std::iter::once((group, &value)), adds, false, &Strings::default());
    }

    #[test]
    fn the_next_extreme_is_there_when_one_goes() {
        let mut groups = Groups::new(AggregateKind::Least, Some(Kind::Text));
        for text in ["b", "a", "a"] {
            change(&mut groups, 3, Gathered::Text(text.into()), true);
        }
        assert_eq!(groups.answer(3), DerivedWord::Text("a"));
        change(&mut groups, 3, Gathered::Text("a".into()), false);
        change(&mut groups, 3, Gathered::Text("a".into()), false);
        assert_eq!(groups.answer(3), DerivedWord::Text("b"));
        assert_eq!(groups.answer(2), DerivedWord::Missing);
    }

    #[test]
    fn all_groups_change_over_when_one_sum_needs_more_than_two_doubles() {
        let mut groups = Groups::new(AggregateKind::Average, Some(Kind::Number));
        let mean = |number: f64| DerivedWord::Word(number.to_bits());
        for (group, number) in [(0, 1.0), (2, 5.5), (0, 2.0)] {
            change(&mut groups, group, Gathered::Number(number), true);
        }
        assert!(matches!(groups.cells, Cells::Pairs(_)));
        let values =
            [(2, 1e300), (2, 1e-300), (0, 3.0)].map(|(group, number)| (group, Gathered::Number(number)));
        let values = values.iter().map(|(group, value)| (*group, value));
        groups.change_all(values, true, true, &Strings::default());
        assert!(matches!(groups.cells, Cells::Numbers(_)));
        assert_eq!((groups.answer(0), groups.answer(1)), (mean(2.0), DerivedWord::Missing));
        assert_eq!(groups.take_changed(), [0, 2]);
        change(&mut groups, 2, Gathered::Number(1e300), false);
        assert_eq!(groups.answer(2), mean(2.75), "nothing was rounded off");
    }

    #[test]
    fn an_empty_group_has_a_sum_and_no_mean() {
        let zero = DerivedWord::Word(0.0_f64.to_bits());
        assert_eq!(Groups::new(AggregateKind::Sum, Some(Kind::Number)).answer(7), zero);
        assert_eq!(Groups::new(AggregateKind::Average, Some(Kind::Number)).answer(7), DerivedWord::Missing);
        let mut groups = Groups::new(AggregateKind::Average, Some(Kind::Int));
        change(&mut groups, 0, Gathered::Int(3), true);
        change(&mut groups, 0, Gathered::Int(4), true);
        assert_eq!(groups.answer(0), DerivedWord::Word(3.5_f64.to_bits()));
        change(&mut groups, 0, Gathered::Int(3), false);
        change(&mut groups, 0, Gathered::Int(4), false);
        assert_eq!(groups.answer(0), DerivedWord::Missing);
    }
}

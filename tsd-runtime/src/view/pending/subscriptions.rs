//! When a group changes, the tuples that read it must be found, for one derived value.
//!
//! A row may turn to another group at any time. So the rows of a group form an intrusive doubly
//! linked list.

use crate::store::Capacity;
use crate::view::lookup::NOWHERE;

/// No row.
const NONE: u32 = u32::MAX;

/// The rows that read each group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subscriptions {
    /// For each group, the first row that reads it.
    heads: Vec<u32>,
    rows: Vec<Asks>,
}

/// The group that a row reads, and its neighbours in the list of that group.
#[derive(Clone, Copy, Debug)]
struct Asks {
    group: u32,
    next: u32,
    previous: u32,
}

impl Asks {
    const NOBODY: Self = Self { group: NOWHERE, next: NONE, previous: NONE };
}

impl Subscriptions {
    /// An index of `rows` rows that read no group yet.
    pub(crate) fn by(rows: usize) -> Self {
        Self { heads: Vec::new(), rows: vec![Asks::NOBODY; rows] }
    }

    /// Makes room for all rows.
    pub(crate) fn grow(&mut self, rows: Capacity) {
        rows.grow(&mut self.rows, Asks::NOBODY);
    }

    /// The group that a row reads.
    #[inline]
    pub(crate) fn group_of(&self, row: u32) -> u32 {
        self.rows[row as usize].group
    }

    /// The groups that rows read, once for each row.
    pub(crate) fn groups(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().map(|subscription| subscription.group).filter(|group| *group != NOWHERE)
    }

    /// The rows that read a group.
    pub(crate) fn rows_of(&self, group: u32) -> impl Iterator<Item = u32> + '_ {
        let is_one = |row: &u32| *row != NONE;
        let first = self.heads.get(group as usize).copied().filter(is_one);
        std::iter::successors(first, move |row| Some(self.rows[*row as usize].next).filter(is_one))
    }

    /// Makes a row read a group instead of its previous one.
    pub(crate) fn subscribe(&mut self, row: u32, group: u32) {
        self.ask_nothing(row);
        if group == NOWHERE {
            return;
        }
        if self.heads.len() <= group as usize {
            self.heads.resize(group as usize + 1, NONE);
        }
        let next = std::mem::replace(&mut self.heads[group as usize], row);
        self.rows[row as usize] = Asks { group, next, previous: NONE };
        if next != NONE {
            self.rows[next as usize].previous = row;
        }
    }

    /// Makes a row read no group. Returns the previous one.
    pub(crate) fn ask_nothing(&mut self, row: u32) -> u32 {
        let Asks { group, next, previous } = std::mem::replace(&mut self.rows[row as usize], Asks::NOBODY);
        if group == NOWHERE {
            return NOWHERE;
        }
        if next != NONE {
            self.rows[next as usize].previous = previous;
        }
        if previous != NONE {
            self.rows[previous as usize].next = next;
        } else {
            self.heads[group as usize] = next;
        }
        group
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.heads.capacity() * size_of::<u32>() + self.rows.capacity() * size_of::<Asks>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_group_knows_the_rows_that_ask_it(
            steps in proptest::collection::vec((0..6_u32, 0..5_u32), 0..60),
        ) {
            let mut index = Subscriptions::by(6);
            let mut model = [NOWHERE; 6];
            for (row, group) in steps {
                let before = model[row as usize];
                // The highest group stands for none.
                if group == 4 {
                    prop_assert_eq!(index.ask_nothing(row), before);
                    model[row as usize] = NOWHERE;
                } else {
                    index.subscribe(row, group);
                    model[row as usize] = group;
                }
                for group in 0..4 {
                    let mut rows: Vec<u32> = index.rows_of(group).collect();
                    rows.sort_unstable();
                    let subscribed = (0..6).filter(|row| model[*row as usize] == group);
                    prop_assert_eq!(rows, subscribed.collect::<Vec<u32>>());
                }
                let groups: Vec<u32> = model.into_iter().filter(|group| *group != NOWHERE).collect();
                prop_assert_eq!(index.groups().collect::<Vec<u32>>(), groups);
                prop_assert!((0..6).all(|row| index.group_of(row) == model[row as usize]));
            }
        }
    }
}

//! Held tuples must be found by their facts and by the groups that they read.
//!
//! Everything about a row is in flat arrays, indexed by its number. A tuple of one fact has the
//! number of the fact's slot, so it is found without a hash table. If such a fact is its own group,
//! the group needs no index either.

use std::slice::Chunks;

use super::PendingTests;

use hashbrown::HashTable;

use super::subscriptions::Subscriptions;
use crate::base::TupleSlots;
use crate::flow::{BLOCK, Delta};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::Capacity;
use crate::view::last_seen::LastSeen;
use crate::view::lookup::NOWHERE;

/// Lists of up to this many queued rows are kept for reuse.
const ROOM: usize = 1024;

/// The held tuples of a pending node.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    width: usize,
    /// The slots of each row. Empty for tuples of one fact, whose number is the slot.
    slots: Vec<u32>,
    rows: Vec<Row>,
    fresh: Fresh,
    /// Queued rows; may contain stale entries.
    waiting: Vec<u32>,
    /// How many rows that some rule wants are not queued.
    resting: usize,
    /// For each derived value that needs it, an index from groups to rows.
    indexes: Vec<Option<Subscriptions>>,
    is_indexed: bool,
    /// For each derived value whose change renews activations, its last value for each row.
    seen: Vec<Option<Vec<LastSeen>>>,
    by_tuple: HashTable<u32>,
    free: Vec<u32>,
    hasher: ahash::RandomState,
}

/// A held tuple.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// The rules that test it.
    reached: RuleSet,
    /// Those whose tests it passed when it was last tested.
    passed: RuleSet,
    /// Whether it is queued.
    is_due: bool,
}

impl Row {
    fn is_wanted(&self) -> bool {
        !self.reached.is_empty()
    }
}

/// Facts after those with rows, inserted consecutively and with equal rule sets. They are queued
/// and get rows when they are tested. Most facts come like this, in large numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Fresh {
    len: u32,
    rules: RuleSet,
    /// The capacity of the store of the facts.
    facts: Capacity,
}

/// A row that is being re-tested.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recheck {
    pub(crate) row: u32,
    /// The rules whose tests it passed last time.
    pub(crate) passed: RuleSet,
    /// The rules whose tests it passes, as far as they have been evaluated.
    pub(crate) holds: RuleSet,
}

impl Rows {
    /// No rows yet, for a node with these tests.
    pub(crate) fn of(tests: &PendingTests) -> Self {
        let mut rows = Self::new(tests.types.len());
        let nothing_before = vec![None; tests.derived_values.len()];
        rows.reindex(&tests.direct, &tests.shows_each(), &nothing_before, |_, _| {});
        rows
    }

    fn new(width: usize) -> Self {
        Self {
            width,
            slots: Vec::new(),
            rows: Vec::new(),
            fresh: Fresh::default(),
            waiting: Vec::new(),
            resting: 0,
            indexes: Vec::new(),
            is_indexed: false,
            seen: Vec::new(),
            by_tuple: HashTable::new(),
            free: Vec::new(),
            hasher: crate::base::hasher(),
        }
    }

    /// The row of a tuple.
    pub(crate) fn find(&self, slots: &[u32]) -> Option<u32> {
        if self.width == 1 {
            let there = self.rows.get(slots[0] as usize).is_some_and(Row::is_wanted);
            return there.then_some(slots[0]);
        }
        let same = |row: &u32| self.tuple_of(*row) == slots;
        self.by_tuple.find(self.hasher.hash_one(slots), same).copied()
    }

    fn tuple_of(&self, row: u32) -> &[u32] {
        let start = row as usize * self.width;
        &self.slots[start..start + self.width]
    }

    /// The slots of a row.
    pub(crate) fn tuple(&self, row: u32) -> TupleSlots {
        if self.width == 1 { smallvec::smallvec![row] } else { self.tuple_of(row).into() }
    }

    /// Holds and queues tuples for the rules of `watching`, which are removed from the delta. For
    /// tuples of one fact, `facts` is the capacity of their store. Returns whether the queue was
    /// empty before.
    pub(crate) fn arrive(
        &mut self,
        delta: &mut Delta,
        watching: RuleSet,
        facts: Capacity,
        sets: &mut RuleSets,
    ) -> bool {
        let was_idle = self.is_idle();
        if self.width == 1 {
            if let Some(common) = delta.common_set() {
                // Facts that come together mostly have equal rule sets.
                let waiting = sets.meet(common, watching);
                if !waiting.is_empty() {
                    self.arrive_alike(delta.all_slots(), waiting, facts, sets);
                }
                delta.set_all(sets.difference(common, waiting));
                return was_idle && !self.is_idle();
            }
            self.seat_fresh();
            self.grow(facts);
        }
        delta.retain(|slots, set| {
            let waiting = sets.meet(set, watching);
            if !waiting.is_empty() {
                let number = if self.width == 1 { slots[0] } else { self.row_for(slots) };
                self.give(number, waiting, sets);
            }
            sets.difference(set, waiting)
        });
        was_idle && !self.is_idle()
    }

    /// Whether no tuple is queued.
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.fresh.len == 0
    }

    /// Holds and queues facts with equal rule sets.
    fn arrive_alike(&mut self, slots: &[u32], rules: RuleSet, facts: Capacity, sets: &mut RuleSets) {
        let Fresh { len, rules: before, .. } = self.fresh;
        let next = self.rows.len() as u32 + len;
        let are_next = slots.iter().zip(next..).all(|(slot, next)| *slot == next);
        if are_next && (len == 0 || rules == before) {
            self.fresh = Fresh { len: len + slots.len() as u32, rules, facts };
            return;
        }
        self.seat_fresh();
        self.grow(facts);
        facts.reserve(&mut self.waiting, slots.len());
        slots.iter().for_each(|slot| self.give(*slot, rules, sets));
    }

    /// Creates rows for fresh facts before they are tested.
    fn seat_fresh(&mut self) {
        let Fresh { len, rules, facts } = std::mem::take(&mut self.fresh);
        if len > 0 {
            let first = self.rows.len() as u32;
            facts.extend(
                &mut self.rows,
                len as usize,
                Row { reached: rules, is_due: true, ..Row::default() },
            );
            self.waiting.extend(first..first + len);
            self.grow(facts);
        }
    }

    /// Holds a row for rules, and queues it.
    #[inline]
    fn give(&mut self, number: u32, rules: RuleSet, sets: &mut RuleSets) {
        let row = &mut self.rows[number as usize];
        if row.is_wanted() {
            row.reached = sets.union(row.reached, rules);
            wake(row, number, &mut self.waiting, &mut self.resting);
        } else {
            *row = Row { reached: rules, is_due: true, ..Row::default() };
            self.waiting.push(number);
        }
    }

    /// The slots of a row; the slot of a single fact is written to `own`.
    #[inline]
    pub(crate) fn slots<'a>(&'a self, row: u32, own: &'a mut [u32; 1]) -> &'a [u32] {
        if self.width > 1 {
            return self.tuple_of(row);
        }
        *own = [row];
        own
    }

    /// Queues every row. Returns whether the queue was empty before.
    pub(crate) fn mark_all(&mut self) -> bool {
        let was_idle = self.is_idle();
        let Self { rows, waiting, resting, .. } = self;
        let rows = (0..).zip(rows).filter(|(_, row)| row.is_wanted());
        rows.for_each(|(number, row)| wake(row, number, waiting, resting));
        was_idle && !self.is_idle()
    }

    /// Takes the queued rows; may contain stale entries. Fresh facts stay, unless rows are indexed
    /// by group.
    pub(crate) fn take_waiting(&mut self) -> Vec<u32> {
        if self.is_indexed {
            self.seat_fresh();
        }
        std::mem::take(&mut self.waiting)
    }

    /// Takes a list of queued rows back for reuse, unless it is large or rows have been queued
    /// meanwhile.
    pub(crate) fn recycle(&mut self, mut rows: Vec<u32>) {
        if self.waiting.is_empty() && rows.capacity() <= ROOM {
            rows.clear();
            self.waiting = rows;
        }
    }

    /// Queues rows again that were taken.
    pub(crate) fn wait_again(&mut self, rows: Vec<u32>) {
        let others = std::mem::replace(&mut self.waiting, rows);
        self.waiting.extend(others);
    }

    /// Whether every row is queued, so that none needs to be notified.
    #[inline]
    pub(crate) fn all_wait(&self) -> bool {
        self.resting == 0
    }

    /// Whether a row is queued.
    pub(crate) fn is_due(&self, row: u32) -> bool {
        self.rows.get(row as usize).is_some_and(|row| row.is_due && row.is_wanted())
    }

    /// Whether rows are indexed by group for some derived value.
    #[inline]
    pub(crate) fn is_indexed(&self) -> bool {
        self.is_indexed
    }

    /// The row of a tuple of several facts, created if necessary.
    fn row_for(&mut self, slots: &[u32]) -> u32 {
        if let Some(row) = self.find(slots) {
            return row;
        }
        let row = self.free.pop().unwrap_or(self.rows.len() as u32);
        self.grow(Capacity::of(row as usize + 1));
        let start = row as usize * self.width;
        if self.slots.len() < start + self.width {
            self.slots.resize(start + self.width, 0);
        }
        self.slots[start..start + self.width].copy_from_slice(slots);
        let (all, width, hasher) = (&self.slots, self.width, &self.hasher);
        let hash_of = |row: &u32| hasher.hash_one(&all[*row as usize * width..][..width]);
        self.by_tuple.insert_unique(hasher.hash_one(slots), row, hash_of);
        row
    }

    /// Makes the lists of rows long enough.
    fn grow(&mut self, rows: Capacity) {
        rows.grow(&mut self.rows, Row::default());
        self.grow_beside(rows);
    }

    /// Makes the lists beside the rows long enough.
    fn grow_beside(&mut self, rows: Capacity) {
        self.indexes.iter_mut().flatten().for_each(|index| index.grow(rows));
        self.seen.iter_mut().flatten().for_each(|seen| rows.grow(seen, LastSeen::Unknown));
    }

    /// Removes a tuple for rules. Returns the rules whose tests it had passed, and the row if no
    /// rule is left.
    pub(crate) fn leave(
        &mut self,
        slots: &[u32],
        set: RuleSet,
        sets: &mut RuleSets,
    ) -> (RuleSet, Option<u32>) {
        self.seat_fresh();
        let Some(number) = self.find(slots) else { return (RuleSet::EMPTY, None) };
        let row = &mut self.rows[number as usize];
        let held = sets.meet(row.passed, set);
        row.passed = sets.difference(row.passed, set);
        row.reached = sets.difference(row.reached, set);
        (held, (!row.is_wanted()).then_some(number))
    }

    /// Frees a row that no rule wants. Calls `left` with each derived value that has an index, and
    /// the group that the row read.
    pub(crate) fn release(&mut self, row: u32, slots: &[u32], mut left: impl FnMut(usize, u32)) {
        let index = row as usize;
        for (derived_value, groups) in self.indexes.iter_mut().enumerate() {
            if let Some(groups) = groups {
                let group = groups.ask_nothing(row);
                if group != NOWHERE {
                    left(derived_value, group);
                }
            }
        }
        self.seen.iter_mut().flatten().for_each(|seen| seen[index] = LastSeen::Unknown);
        if !std::mem::take(&mut self.rows[index].is_due) {
            self.resting -= 1;
        }
        if self.width > 1 {
            if let Ok(found) = self.by_tuple.find_entry(self.hasher.hash_one(slots), |other| *other == row) {
                found.remove();
            }
            self.free.push(row);
        }
    }

    /// Takes a block of tuples off the queue: first those of `blocks`, without stale entries, then
    /// fresh facts. Returns whether there are any.
    pub(crate) fn take_due(&mut self, blocks: &mut Chunks<'_, u32>, due: &mut Vec<Recheck>) -> bool {
        due.clear();
        let Self { rows, fresh, resting, .. } = self;
        // All tuples of a block may have left since they were queued.
        for block in blocks {
            due.extend(block.iter().filter_map(|number| {
                let row = rows.get_mut(*number as usize)?;
                let is_due = std::mem::take(&mut row.is_due) && row.is_wanted();
                is_due.then_some(Recheck { row: *number, passed: row.passed, holds: row.reached })
            }));
            if !due.is_empty() {
                *resting += due.len();
                return true;
            }
        }
        let Fresh { len, rules, facts } = *fresh;
        let (first, count) = (rows.len() as u32, len.min(BLOCK as u32));
        if count > 0 {
            facts.extend(rows, count as usize, Row { reached: rules, ..Row::default() });
            due.extend((first..first + count).map(|row| Recheck {
                row,
                passed: RuleSet::EMPTY,
                holds: rules,
            }));
            *resting += count as usize;
            fresh.len -= count;
            self.grow_beside(facts);
        }
        count > 0
    }

    #[inline]
    pub(crate) fn set_passed(&mut self, row: u32, set: RuleSet) {
        self.rows[row as usize].passed = set;
    }

    /// The groups that rows read for a derived value. `None` if each row reads the group with its
    /// own number.
    #[inline]
    pub(crate) fn groups(&self, derived_value: usize) -> Option<&Subscriptions> {
        self.indexes[derived_value].as_ref()
    }

    /// The group that a row reads for a derived value, if that is indexed.
    #[inline]
    pub(crate) fn group(&self, row: u32, derived_value: usize) -> Option<u32> {
        self.indexes[derived_value].as_ref().map(|index| index.group_of(row))
    }

    /// Sets the group that a row reads for a derived value, if that is indexed.
    pub(crate) fn subscribe(&mut self, row: u32, derived_value: usize, group: u32) {
        if let Some(index) = &mut self.indexes[derived_value] {
            index.subscribe(row, group);
        }
    }

    /// Replaces the last value of a derived value for a row. Returns whether that is a change.
    pub(crate) fn see(&mut self, row: u32, derived_value: usize, new: LastSeen) -> bool {
        let Some(seen) = &mut self.seen[derived_value] else { return false };
        let old = std::mem::replace(&mut seen[row as usize], new);
        old != LastSeen::Unknown && old != seen[row as usize]
    }

    /// Queues the rows that read one of these groups for a derived value. Returns whether the queue
    /// was empty before.
    pub(crate) fn mark_groups(&mut self, derived_value: usize, groups: &[u32]) -> bool {
        let was_idle = self.is_idle();
        let Self { rows, waiting, resting, indexes, .. } = self;
        match &indexes[derived_value] {
            None => {
                for group in groups {
                    if let Some(row) = rows.get_mut(*group as usize).filter(|row| row.is_wanted()) {
                        wake(row, *group, waiting, resting);
                    }
                }
            }
            Some(index) => {
                for row in groups.iter().flat_map(|group| index.rows_of(*group)) {
                    wake(&mut rows[row as usize], row, waiting, resting);
                }
            }
        }
        was_idle && !self.is_idle()
    }

    /// The rows in use, and those that fresh facts will have.
    pub(crate) fn live(&self) -> impl Iterator<Item = u32> + '_ {
        let seated = (0..).zip(&self.rows).filter(|(_, row)| row.is_wanted()).map(|(number, _)| number);
        seated.chain((self.rows.len() as u32..).take(self.fresh.len as usize))
    }

    /// The rules whose tests a row passed when it was last tested.
    pub(crate) fn passed(&self, row: u32) -> RuleSet {
        self.rows.get(row as usize).map_or(RuleSet::EMPTY, |row| row.passed)
    }

    /// Replaces the indexes by empty ones for other derived values. `direct` says which need none,
    /// `has_results` which have their last values stored, and `old` where each was before. Calls
    /// `left` with every previous derived value and every group that a row read for it.
    pub(crate) fn reindex(
        &mut self,
        direct: &[bool],
        has_results: &[bool],
        old: &[Option<usize>],
        mut left: impl FnMut(usize, u32),
    ) {
        for (derived_value, index) in self.indexes.iter().enumerate() {
            index.iter().flat_map(Subscriptions::groups).for_each(|group| left(derived_value, group));
        }
        let rows = self.rows.len();
        let index = |direct: &bool| (!direct).then(|| Subscriptions::by(rows));
        self.indexes = direct.iter().map(index).collect();
        self.is_indexed = direct.contains(&false);
        let mut seen = std::mem::take(&mut self.seen);
        self.seen = (has_results.iter().zip(old))
            .map(|(has_results, old)| {
                let before = old.and_then(|old| seen[old].take());
                has_results.then(|| before.unwrap_or_else(|| vec![LastSeen::Unknown; rows]))
            })
            .collect();
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let rows = self.rows.iter_mut().flat_map(|row| [&mut row.reached, &mut row.passed]);
        let sets = rows.chain([&mut self.fresh.rules]);
        sets.filter(|set| !set.is_empty()).for_each(|set| *set = map(*set));
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        let indexes = self.indexes.iter().flatten();
        let seen = self.seen.iter().flatten();
        self.slots.capacity() * size_of::<u32>()
            + self.rows.capacity() * size_of::<Row>()
            + self.waiting.capacity() * size_of::<u32>()
            + indexes.map(Subscriptions::bytes).sum::<usize>()
            + seen.map(|seen| seen.capacity() * size_of::<LastSeen>()).sum::<usize>()
            + self.by_tuple.allocation_size()
            + self.free.capacity() * size_of::<u32>()
    }
}

/// Queues a row, unless it is queued already.
#[inline]
fn wake(row: &mut Row, number: u32, waiting: &mut Vec<u32>, resting: &mut usize) {
    if !std::mem::replace(&mut row.is_due, true) {
        waiting.push(number);
        *resting -= 1;
    }
}

//! Activations must fire in an order that depends only on the program and the sequence of changes.
//!
//! An entry of the agenda is a tuple with the set of rules that it activates, not one record for
//! each activation. Entries of one salience are in the order of the changes that brought them.
//! Within one change, rules are in the order of declaration. Activations of one rule are in the
//! order of their facts, pattern by pattern and older facts first. Nothing inside the network shows
//! in that order.
//!
//! A cancelled activation is removed from its entry, which a [`Finder`] finds.

mod deactivations;
mod finder;
mod level;
mod no_loop;
mod same_rule_run;
mod strategy_heap;
mod tidy;
mod truth_maintenance;

use std::cmp::Reverse;

use tsd_ir::RootId;

use self::deactivations::Deactivations;
use self::finder::Finder;
use self::level::{Entry, Level, ROOM, Waiting};
use self::no_loop::NoLoopGuard;
use self::strategy_heap::Item;
use crate::base::TupleSlots;
use crate::flow::{BranchRank, ConflictOrder, Delta, TupleSource};
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::strategy::Strategy;

pub(crate) use self::level::Undated;
pub(crate) use self::no_loop::{Ended, Way};
pub(crate) use self::same_rule_run::SameRuleRun;
pub(crate) use self::truth_maintenance::TruthMaintenance;

/// An activation that must be sorted by another strategy.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    salience: i32,
    age: u64,
    pub(crate) root: RootId,
    end: TupleSource,
    slots: TupleSlots,
    pub(crate) bit: Bit,
}

/// The activations that have not fired yet, by salience.
#[derive(Clone, Debug)]
pub(crate) struct Agenda {
    /// Highest salience first.
    levels: Vec<(i32, Level)>,
    strategy: Strategy,
    /// For a strategy other than the default: the activation that was taken last, with its
    /// salience.
    taken: Option<(i32, Item)>,
    age: u64,
    /// The number of activations so far.
    came: u64,
    /// A level is not compacted below this number of entries.
    room: usize,
    /// Changes that a `no-loop` rule makes to its own activations.
    pub(crate) no_loop: NoLoopGuard,
    pub(crate) deactivations: Deactivations,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            levels: Vec::new(),
            strategy: Strategy::default(),
            taken: None,
            age: 0,
            came: 0,
            room: ROOM,
            no_loop: NoLoopGuard::default(),
            deactivations: Deactivations::default(),
        }
    }
}

impl Agenda {
    /// Sets the number of entries below which a level is not compacted.
    pub(crate) fn set_room(&mut self, entries: u32) {
        self.room = ROOM.min(entries as usize);
    }

    /// Begins a change, whose activations are younger than all before.
    pub(crate) fn begin_change(&mut self) {
        self.age += 1;
    }

    /// The age of the present change.
    pub(crate) fn age(&self) -> u64 {
        self.age
    }

    /// Sets the age of the present change.
    #[inline]
    pub(crate) fn set_age(&mut self, age: u64) {
        self.age = age;
    }

    /// Dates the activations of changes after `after`; `date` does so for the tuples of one node.
    pub(crate) fn date(&mut self, after: u64, date: impl Fn((RootId, TupleSource), Undated<'_>)) {
        self.levels.iter_mut().for_each(|(_, level)| level.date(after, &date));
    }

    /// Sorts the activations of changes after `after` by age.
    pub(crate) fn put_by_age(&mut self, after: u64) {
        self.levels.iter_mut().for_each(|(_, level)| level.put_by_age(after));
    }

    #[inline]
    fn level(&mut self, salience: i32) -> &mut Level {
        let place = self.levels.binary_search_by_key(&Reverse(salience), |(known, _)| Reverse(*known));
        let place = place.unwrap_or_else(|place| {
            self.levels.insert(place, (salience, Level::default()));
            place
        });
        &mut self.levels[place].1
    }

    /// Adds the activations of tuples of a node; `age` is that of the block.
    pub(crate) fn add(
        &mut self,
        salience: i32,
        place: (RootId, TupleSource),
        age: u64,
        delta: &Delta,
        sets: &mut RuleSets,
    ) {
        if !self.no_loop.holds_back(place) {
            return self.add_all(salience, place, age, delta, sets);
        }
        let rest = self.no_loop.hold_back(place, delta, true, sets);
        self.add_all(salience, place, age, &rest, sets);
    }

    /// Adds the activations of tuples, including those of a `no-loop` rule's own effects.
    pub(crate) fn add_all(
        &mut self,
        salience: i32,
        place: (RootId, TupleSource),
        age: u64,
        delta: &Delta,
        sets: &RuleSets,
    ) {
        self.came += match delta.common_set() {
            Some(set) => delta.len() as u64 * sets.count(set),
            None => delta.iter().map(|tuple| sets.count(tuple.set)).sum(),
        };
        self.level(salience).add_all(place, age, delta);
    }

    /// Cancels activations of tuples that stop matching, unless they have fired.
    pub(crate) fn cancel(
        &mut self,
        salience: i32,
        place: (RootId, TupleSource),
        delta: &Delta,
        supporting: RuleSet,
        sets: &mut RuleSets,
    ) {
        if !self.no_loop.holds_back(place) {
            return self.cancel_all(salience, place, delta, supporting, sets);
        }
        let rest = self.no_loop.hold_back(place, delta, false, sets);
        self.cancel_all(salience, place, &rest, supporting, sets);
    }

    /// Cancels activations of tuples, including those of a `no-loop` rule's own effects.
    pub(crate) fn cancel_all(
        &mut self,
        salience: i32,
        place: (RootId, TupleSource),
        delta: &Delta,
        supporting: RuleSet,
        sets: &mut RuleSets,
    ) {
        self.deactivations.note(place.0, delta, supporting, sets);
        self.no_loop.note_ended(place, delta, sets);
        self.level(salience).cancel(place, delta, sets, u64::MAX);
    }

    /// Cancels activations of changes up to this age, unless they have fired.
    pub(crate) fn cancel_until(
        &mut self,
        (salience, until): (i32, u64),
        place: (RootId, TupleSource),
        delta: &Delta,
        sets: &mut RuleSets,
    ) {
        self.level(salience).cancel(place, delta, sets, until);
    }

    /// Cancels every activation of some rules of a tree.
    pub(crate) fn cancel_rules(&mut self, root: RootId, only: RuleSet, sets: &mut RuleSets) {
        for (_, level) in &mut self.levels {
            for entry in level.entries.iter_mut().filter(|entry| entry.root == root) {
                level.cancelled += usize::from(entry.lose(only, sets));
            }
            level.disturbed = true;
            level.finder = Finder::default();
        }
        self.no_loop.forget(root, only);
        // Levels are only needed for saliences in use; each new rule may have another.
        self.levels.retain(|(_, level)| !level.is_idle());
    }

    /// Takes the next activation off the agenda, and writes its tuple to `slots`.
    #[inline]
    pub(crate) fn next(&mut self, ranks: &impl ConflictOrder, slots: &mut TupleSlots) -> Option<BranchRank> {
        if self.strategy != Strategy::default() {
            return self.next_in_order(ranks, slots);
        }
        self.levels.iter_mut().find_map(|(_, level)| level.next(ranks, slots))
    }

    fn next_in_order(&mut self, ranks: &impl ConflictOrder, slots: &mut TupleSlots) -> Option<BranchRank> {
        let mut levels = self.levels.iter_mut();
        self.taken =
            levels.find_map(|(salience, level)| Some((*salience, level.next_in_order(ranks, slots)?)));
        self.taken.as_ref().map(|(_, item)| item.ranked)
    }

    /// Whether new entries must be [sorted](Self::put_in_order) at the end of a change.
    #[inline]
    pub(crate) fn wants_order(&self) -> bool {
        self.strategy != Strategy::default()
    }

    /// Sorts the activations of a change into the order of the strategy.
    pub(crate) fn put_in_order(&mut self, ranks: &impl ConflictOrder) {
        self.levels.iter_mut().for_each(|(_, level)| level.put_in_order(ranks));
    }

    /// Whether a level has more obsolete entries than others, so that it should be
    /// [compacted](Self::tidy).
    #[inline]
    pub(crate) fn is_crowded(&self) -> bool {
        self.levels.iter().any(|(_, level)| level.is_crowded(self.room))
    }

    /// Compacts levels at the end of a change.
    pub(crate) fn tidy(&mut self, ranks: &impl ConflictOrder) {
        let room = self.room;
        let crowded = self.levels.iter_mut().filter(|(_, level)| level.is_crowded(room));
        crowded.for_each(|(_, level)| level.tidy(ranks));
    }

    /// The number of activations so far, whether they fired or were cancelled.
    #[inline]
    pub(crate) fn came(&self) -> u64 {
        self.came
    }

    /// The order of activations of equal salience.
    pub(crate) fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// Empties the agenda and changes the strategy. Returns every activation, by age.
    pub(crate) fn restart(&mut self, strategy: Strategy, ranks: &impl ConflictOrder) -> Vec<Pending> {
        let mut pending = Vec::new();
        for (salience, level) in &self.levels {
            level.for_each_waiting(ranks, |entry, bit| {
                let Entry { age, root, end, .. } = level.entries[entry as usize];
                let slots = level.slots[level.range(entry)].into();
                pending.push(Pending { salience: *salience, age, root, end, slots, bit });
            });
        }
        pending.sort_by_key(|pending| pending.age);
        self.levels.clear();
        self.taken = None;
        self.strategy = strategy;
        pending
    }

    /// Adds an activation that [`restart`](Self::restart) returned; `set` contains its bit.
    pub(crate) fn take_back(&mut self, pending: Pending, set: RuleSet) {
        let Pending { salience, age, root, end, slots, .. } = pending;
        let level = self.level(salience);
        level.add(Entry { age, root, end, set, start: level.slots.len() as u32 }, &slots);
    }

    /// Takes the activation off the agenda that follows the last one of a level, if it has the same
    /// tuple and its rule cannot change the session either.
    #[inline]
    pub(crate) fn next_companion(&mut self, level: usize) -> Option<BranchRank> {
        self.levels[level].1.next_companion()
    }

    /// The level from which [`next`](Self::next) took its last activation, whose rule cannot change
    /// the session.
    pub(crate) fn last_level(&self) -> Option<usize> {
        self.levels.iter().position(|(_, level)| level.fired > 0)
    }

    /// The activations that follow the last one of a level and are of the same rule.
    #[inline]
    pub(crate) fn same_rule_run(&mut self, level: usize) -> Option<SameRuleRun<'_>> {
        SameRuleRun::new(&mut self.levels[level].1)
    }

    /// Calls `visit` with every activation on the agenda.
    pub(crate) fn for_each_waiting(&self, ranks: &impl ConflictOrder, visit: &mut dyn FnMut(BranchRank)) {
        for (_, level) in &self.levels {
            level.for_each_waiting(ranks, |entry, bit| {
                visit(ranks.ranked(level.entries[entry as usize].root, bit));
            });
        }
    }

    /// Puts the activation back that [`next`](Self::next) returned last. Nothing may have changed
    /// since.
    pub(crate) fn put_back(&mut self) {
        if let Some((salience, item)) = self.taken.take() {
            return self.level(salience).put_item_back(item);
        }
        // It came from the first level with a partly fired batch; the levels before it are empty.
        if let Some((_, level)) = self.levels.iter_mut().find(|(_, level)| level.fired > 0) {
            level.fired -= 1;
        }
    }

    /// Passes every rule set of a tree through `map`.
    pub(crate) fn map_sets(&mut self, root: RootId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        for (_, level) in &mut self.levels {
            level
                .entries
                .iter_mut()
                .filter(|entry| entry.root == root)
                .for_each(|entry| entry.set = map(entry.set));
        }
        self.no_loop.map_sets(root, map);
        self.deactivations.map_sets(root, map);
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        let level = |level: &Level| {
            level.entries.capacity() * size_of::<Entry>()
                + level.slots.capacity() * size_of::<u32>()
                + level.batch.capacity() * size_of::<Waiting>()
                + level.heap.capacity() * size_of::<Item>()
                + level.finder.bytes()
        };
        self.levels.iter().map(|(_, held)| level(held)).sum::<usize>() + self.no_loop.bytes()
    }
}

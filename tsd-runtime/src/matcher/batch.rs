//! Facts that come in a batch.
//!
//! A fact that comes alone waits for memory again and again: for the index of its primary key, for that of the fact that
//! it joins, for that fact's row. What many facts will need can be fetched for all of them at once, and then costs hardly
//! more than for one. So the facts of a batch come in blocks, and a block goes through the network entrance by entrance:
//! its rows through the tables of the input, then those that some rule wants into the join, whose index they have
//! touched before. What views find is looked at when the whole batch is there, group by group.
//!
//! An activation is as old as the youngest fact of the batch in its tuple, as if the facts had come one by one; one that
//! figures alone have brought about is as old as the last of them. Where activations did not arise in that order, they
//! are dated when the batch ends.

use smallvec::SmallVec;
use tsd_ir::{RootId, TypeId};

use super::entrances::Entrance;
use super::join::Join;
use super::settle::Live;
use super::{Matcher, Root, Sign, Slots};
use crate::agenda::End;
use crate::memory::WorkingMemory;
use crate::ruleset::RuleSet;

/// A batch of facts of one type, on its way in.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Their type.
    pub(crate) ty: TypeId,
    /// The insertion number of its first fact.
    first: u64,
    /// How old the last change before it is.
    age: u64,
    /// Whether activations may have arisen in another order than that of their ages.
    is_mixed: bool,
}

/// A fact of a block that some rule wants at an entrance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    /// Its place in the block.
    number: u32,
    slot: u32,
    set: RuleSet,
}

impl Batch {
    /// How old the youngest of these facts is, if it came with the batch.
    fn age_of(&self, types: &[TypeId], slots: &[u32], memory: &WorkingMemory) -> Option<u64> {
        let own = types.iter().zip(slots).filter(|(ty, _)| **ty == self.ty);
        let youngest = own.map(|(_, slot)| memory.store(self.ty).number(*slot)).max()?;
        Some(self.age + 1 + youngest.checked_sub(self.first)?)
    }
}

impl Matcher {
    /// Begins a batch of facts of a type.
    pub(crate) fn begin_batch(&self, ty: TypeId) -> Batch {
        let first = self.memory.store(ty).next_number();
        let is_mixed = self.entrances.of(ty).len() > 1;
        Batch { ty, first, age: self.agenda.age(), is_mixed }
    }

    /// Takes in facts of a batch and writes down their slots; if there is one with the primary key of one of them, that one
    /// and those behind it stay out, and the error is that fact's slot.
    pub(crate) fn insert_block(
        &mut self,
        batch: &Batch,
        rows: &[u64],
        count: usize,
        slots: &mut Vec<u32>,
    ) -> Result<(), u32> {
        let ty = batch.ty;
        let age = self.agenda.age();
        let entered = self.memory.stores[ty.index()].insert_all(rows, count, slots);
        self.memory.renew_all(ty, slots);
        for index in (0..self.entrances.of(ty).len()).rev() {
            self.enter_block(self.entrances.of(ty)[index], age, slots);
        }
        self.agenda.set_age(age + slots.len() as u64);
        self.collect_sets();
        entered
    }

    /// Sends facts into the network at an entrance; `age` is that of the last change before them.
    fn enter_block(&mut self, entrance: Entrance, age: u64, slots: &[u32]) {
        let mut admitted = std::mem::take(&mut self.admitted);
        self.admit_block(entrance, slots, &mut admitted);
        if let Some(join) = entrance.join.and_then(|node| self.joins[node.0 as usize].as_deref()) {
            let slots: SmallVec<[u32; BLOCK]> = admitted.iter().map(|fact| fact.slot).collect();
            let found = join.touch_all(&slots, &self.memory);
            self.live.touch_gathered(&join.gathered(&self.roots), &found);
        }
        if let Some(mut propagation) = self.propagation(entrance.root, Sign::Add { fresh: true }) {
            let mut tuple = Slots::new();
            for Admitted { number, slot, set } in admitted.drain(..) {
                propagation.agenda.set_age(age + 1 + u64::from(number));
                match entrance.join {
                    None => {
                        tuple.clear();
                        tuple.push(slot);
                        propagation.emit(End::Root, propagation.outlet, &mut tuple, set);
                    }
                    Some(node) => propagation.right_activate(node, slot, set),
                }
            }
            if propagation.sets.wants_collection() {
                self.crowded = Some(entrance.root);
            }
        }
        self.admitted = admitted;
    }

    /// Finds those of the facts that some rule wants at an entrance.
    fn admit_block(&mut self, entrance: Entrance, slots: &[u32], admitted: &mut Vec<Admitted>) {
        let (input, sets) = self.entrances.input(entrance, &self.joins, &mut self.roots);
        let store = self.memory.store(input.ty);
        admitted.clear();
        for (number, slot) in (0..).zip(slots) {
            let set = input.admit_row(store.row(*slot), None, &self.memory.texts, sets);
            let set = input.test(*slot, set, &self.memory, sets);
            if !set.is_empty() {
                admitted.push(Admitted { number, slot: *slot, set });
            }
        }
    }

    /// Ends a batch: brings everything up to date that depends on figures, and puts what the batch activates in order.
    pub(crate) fn end_batch(&mut self, mut batch: Batch) {
        batch.is_mixed |= self.settle();
        if batch.is_mixed {
            let Self { agenda, memory, roots, joins, .. } = self;
            let last = agenda.age();
            agenda.date(batch.age, |root, end, slots| {
                batch.age_of(types_at(roots, joins, root, end), slots, memory).unwrap_or(last)
            });
        }
        self.put_in_order();
        self.collect_sets();
    }
}

/// The types of the tuples that come out of a node.
fn types_at<'a>(
    roots: &'a [Option<Root>],
    joins: &'a [Option<Box<Join>>],
    root: RootId,
    end: End,
) -> &'a [TypeId] {
    match end {
        End::Root => roots[root.0 as usize].as_ref().map_or(&[], |root| std::slice::from_ref(&root.input.ty)),
        End::Join(node) => joins[node.0 as usize].as_ref().map_or(&[], |join| join.types()),
    }
}

/// How many facts of a batch are under way together: enough to keep the memory busy, few enough to stay in the cache.
pub(crate) const BLOCK: usize = 128;

impl Live {
    /// Reads what it takes to gather rows for the groups of these facts.
    fn touch_gathered(&self, gathered: &SmallVec<[(u16, u32); 4]>, facts: &[u32]) {
        for (view, branch) in gathered.iter().copied() {
            let view = self.views.get(view);
            if view.is_gathered_for_first(branch) {
                view.touch_groups(facts);
            }
        }
    }
}

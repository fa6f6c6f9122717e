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

use tsd_ir::{RootId, TypeId};

use super::entrances::Entrance;
use super::join::Join;
use super::{Matcher, Root, Sign};
use crate::agenda::End;
use crate::memory::WorkingMemory;

/// A batch of facts of one type, on its way in.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Their type.
    pub(crate) ty: TypeId,
    /// The insertion number of its first fact.
    first: u64,
    /// How old the last change before it is.
    age: u64,
    /// Whether activations may be of another age than that of the fact that brought them.
    is_mixed: bool,
}

impl Batch {
    /// Tells how the tuples of these types are dated: as the youngest fact that came with the batch is, or as `last`.
    fn dating<'a>(
        &'a self,
        types: &'a [TypeId],
        memory: &'a WorkingMemory,
        last: u64,
    ) -> impl Fn(&[u32]) -> u64 + 'a {
        let store = memory.store(self.ty);
        move |slots| {
            let youngest = match types {
                [ty] => (*ty == self.ty).then(|| store.number(slots[0])),
                types => {
                    let own = types.iter().zip(slots).filter(|(ty, _)| **ty == self.ty);
                    own.map(|(_, slot)| store.number(*slot)).max()
                }
            };
            let behind = youngest.and_then(|number| number.checked_sub(self.first));
            behind.map_or(last, |behind| self.age + 1 + behind)
        }
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
        let (input, sets) = self.entrances.input(entrance, &self.joins, &mut self.roots);
        let mut facts = self.deltas.take(1);
        input.admit_all(slots, &self.memory, sets, &mut facts);
        if !facts.is_empty() {
            self.enter_all(entrance, &mut facts, age + 1, Sign::Add { fresh: true });
        }
        self.deltas.put_back(facts);
    }

    /// Ends a batch: brings everything up to date that depends on figures, and puts what the batch activates in order.
    pub(crate) fn end_batch(&mut self, mut batch: Batch) {
        batch.is_mixed |= self.settle();
        let Self { agenda, memory, roots, joins, .. } = self;
        if batch.is_mixed {
            let last = agenda.age();
            agenda.date(batch.age, |root, end| batch.dating(types_at(roots, joins, root, end), memory, last));
        }
        agenda.put_by_age(batch.age);
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

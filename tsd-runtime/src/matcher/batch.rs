//! Many facts are inserted faster together, but the activations must be those of single insertions.
//!
//! A batch has parts, each of one type, and a part is inserted block by block. A block enters the
//! network entry point by entry point: see [`Delta`](crate::flow::Delta). Views are read when the
//! whole batch is in.
//!
//! An activation is as old as the youngest fact of the batch in its tuple, as if the facts had come
//! one by one. An activation that only derived values brought about is as old as the last fact.
//! Where activations did not arise in that order, they are dated at the end of the batch.

use smallvec::SmallVec;
use tsd_ir::TypeId;

use super::{Base, Matcher, State};
use crate::agenda::Undated;
use crate::alpha::EntryPoint;
use crate::flow::Sign;
use crate::store::{Store, WorkingMemory};

/// A batch of facts that is being inserted.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The parts of each type.
    parts: Vec<(TypeId, Vec<Part>)>,
    /// The age of the last change before the batch.
    age: u64,
    /// Whether activations may have to be dated, because their age may differ from that of the fact
    /// that brought them.
    is_mixed: bool,
}

/// Facts of one type that are inserted consecutively.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The insertion number of the first fact.
    first: u64,
    /// The age of the last change before it.
    age: u64,
}

impl Batch {
    /// The age of the fact with this insertion number, if it came with the batch. `parts` are those
    /// of its type.
    #[inline]
    fn age_of(parts: &[Part], number: u64) -> Option<u64> {
        // Most types have one part.
        let [first, others @ ..] = parts else { return None };
        let behind = others.partition_point(|part| part.first <= number);
        let Part { first, age } = if behind == 0 { *first } else { others[behind - 1] };
        Some(age + 1 + number.checked_sub(first)?)
    }

    /// Dates tuples of these types. A tuple gets the age of its youngest fact of the batch, or
    /// `last`.
    fn date(&self, undated: Undated<'_>, types: &[TypeId], memory: &WorkingMemory, last: u64) {
        let parts = |ty: &TypeId| self.parts.iter().find(|(known, _)| known == ty);
        let own: SmallVec<[(usize, &Store, &[Part]); 4]> = (types.iter().enumerate())
            .filter_map(|(at, ty)| Some((at, memory.store(*ty), parts(ty)?.1.as_slice())))
            .collect();
        match own.as_slice() {
            [(at, store, parts)] => {
                undated.date(|slots| Self::age_of(parts, store.number(slots[*at])).unwrap_or(last));
            }
            all => undated.date(|slots| {
                let ages =
                    all.iter().filter_map(|(at, store, parts)| Self::age_of(parts, store.number(slots[*at])));
                ages.max().unwrap_or(last)
            }),
        }
    }
}

impl Matcher {
    /// Begins a batch.
    pub(crate) fn begin_batch(&self) -> Batch {
        Batch { parts: Vec::new(), age: self.state.agenda.age(), is_mixed: false }
    }

    /// Begins a part of a batch.
    pub(crate) fn begin_part(&self, batch: &mut Batch, ty: TypeId) {
        batch.is_mixed |= self.base.entry_points.of(ty).len() > 1;
        let part = Part { first: self.state.memory.store(ty).next_number(), age: self.state.agenda.age() };
        match batch.parts.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, parts)) => parts.push(part),
            None => batch.parts.push((ty, vec![part])),
        }
    }

    /// Inserts facts of a part, up to the first whose primary key is in use, and appends their
    /// slots to `slots`. The error is the slot of the fact with that key.
    pub(crate) fn insert_block(
        &mut self,
        ty: TypeId,
        rows: &[u64],
        count: usize,
        slots: &mut Vec<u32>,
    ) -> Result<(), u32> {
        let age = self.state.agenda.age();
        let entered = self.state.memory.stores[ty.index()].insert_all(rows, count, slots);
        self.state.memory.renew_all(ty, slots);
        for entry_point in self.base.entry_points.of(ty).iter().rev() {
            self.state.enter_block(&self.base, *entry_point, age, slots);
        }
        self.state.agenda.set_age(age + slots.len() as u64);
        self.collect_sets();
        entered
    }

    /// Ends a batch: brings derived values and what depends on them up to date, and sorts the new
    /// activations.
    pub(crate) fn end_batch(&mut self, batch: &mut Batch) {
        batch.is_mixed |= self.state.stabilize(&self.base);
        self.state.end_no_loop(&self.base);
        let Self { base, state: State { agenda, memory, .. } } = self;
        if batch.is_mixed {
            let last = agenda.age();
            let batch = &*batch;
            agenda.date(batch.age, |node, undated| {
                batch.date(undated, base.types_at(node), memory, last);
            });
        }
        agenda.put_by_age(batch.age);
        self.end_change();
    }
}

impl State {
    /// Sends facts into the network at an entry point; `age` is that of the last change before
    /// them.
    fn enter_block(&mut self, base: &Base, entry_point: EntryPoint, age: u64, slots: &[u32]) {
        let input = base.alpha_node(entry_point);
        let sets = &mut self.sets[entry_point.root.0 as usize];
        let mut facts = self.pool.take(1);
        input.admit_all(slots, input.everyone(), &self.memory, sets, &mut facts);
        if !facts.is_empty() {
            self.enter_all(base, entry_point, &mut facts, age + 1, Sign::Add { fresh: true });
        }
        self.pool.put_back(facts);
    }
}

//! Facts that come in a batch.
//!
//! The facts of a batch come part by part, each of one type, and a part block by block. A block
//! goes through the network entrance by entrance, together: see [`delta`](super::delta). What views
//! find is looked at when the whole batch is there, group by group.
//!
//! An activation is as old as the youngest fact of the batch in its tuple, as if the facts had come
//! one by one; one that derived values alone have brought about is as old as the last of them.
//! Where activations did not arise in that order, they are dated when the batch ends.

use smallvec::SmallVec;
use tsd_ir::TypeId;

use super::{Base, Matcher, State};
use crate::agenda::Undated;
use crate::alpha::EntryPoint;
use crate::flow::Sign;
use crate::store::{Store, WorkingMemory};

/// A batch of facts on its way in, part by part: each part is of one type.
#[derive(Debug)]
pub(crate) struct Batch {
    /// For each type that comes, its parts.
    parts: Vec<(TypeId, Vec<Part>)>,
    /// How old the last change before it is.
    age: u64,
    /// Whether activations may be of another age than that of the fact that brought them.
    is_mixed: bool,
}

/// Facts of one type that come one right after the other.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The insertion number of the first.
    first: u64,
    /// How old the last change before it is.
    age: u64,
}

impl Batch {
    /// How old the fact of a type with these parts and with this insertion number is, if it came
    /// with the batch.
    #[inline]
    fn age_of(parts: &[Part], number: u64) -> Option<u64> {
        // Most types come in one part.
        let [first, others @ ..] = parts else { return None };
        let behind = others.partition_point(|part| part.first <= number);
        let Part { first, age } = if behind == 0 { *first } else { others[behind - 1] };
        Some(age + 1 + number.checked_sub(first)?)
    }

    /// Dates tuples of these types: each as the youngest of its facts that came with the batch, or
    /// as `last`.
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

    /// Takes in facts of a part and writes down their slots; if there is one with the primary key
    /// of one of them, that one and those behind it stay out, and the error is that fact's slot.
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

    /// Ends a batch: brings everything up to date that depends on derived values, and puts what the
    /// batch activates in order.
    pub(crate) fn end_batch(&mut self, batch: &mut Batch) {
        batch.is_mixed |= self.state.stabilize(&self.base);
        self.state.settle_no_loop(&self.base);
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
    /// Sends facts into the network at an entrance; `age` is that of the last change before them.
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

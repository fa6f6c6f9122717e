//! Facts that come in a batch.
//!
//! A fact that comes alone waits for memory again and again: for the index of its primary key, for that of the fact that
//! it joins, for that fact's row. What many facts will need can be fetched for all of them at once, and then costs hardly
//! more than for one. So before the facts of a block arrive one after another, their rows are passed through the tables
//! of the inputs, and those that some rule wants touch what they will look at. That changes nothing but the caches.

use tsd_ir::TypeId;

use super::Matcher;
use super::entrances::Entrance;
use crate::ruleset::RuleSet;

impl Matcher {
    /// Takes in facts one after another, and writes down their slots; if there is one with the primary key of one of them,
    /// that one and those behind it stay out, and the error is that fact's slot.
    pub(crate) fn insert_all(
        &mut self,
        ty: TypeId,
        rows: &[u64],
        count: usize,
        slots: &mut Vec<u32>,
    ) -> Result<(), u32> {
        let entered = self.memory.stores[ty.index()].insert_all(rows, count, slots);
        if !slots.is_empty() {
            self.look_ahead(ty, slots);
        }
        slots.iter().for_each(|slot| self.arrive(ty, *slot));
        self.collect_sets();
        entered
    }

    /// Gets ready for facts that are to arrive one after another.
    fn look_ahead(&mut self, ty: TypeId, slots: &[u32]) {
        let Self { memory, entrances, joins, roots, ahead, .. } = self;
        let (store, entrances_here) = (memory.store(ty), entrances.of(ty));
        let stride = entrances_here.len();
        ahead.clear();
        ahead.resize(slots.len() * stride, RuleSet::EMPTY);
        for (index, entrance) in entrances_here.iter().enumerate() {
            let (input, sets) = entrances.input(*entrance, joins, roots);
            // The first fact comes first, and enters at the last of the entrances first.
            let admitted = ahead[index..].iter_mut().step_by(stride).rev();
            for (slot, admitted) in slots.iter().zip(admitted) {
                *admitted = input.admit_row(store.row(*slot), None, &memory.texts, sets);
            }
            if let Some(join) = entrance.join.and_then(|node| joins[node.0 as usize].as_ref()) {
                let admitted = ahead[index..].iter().step_by(stride).rev();
                let admitted = slots.iter().zip(admitted).filter(|(_, set)| !set.is_empty());
                join.touch_all(admitted.map(|(slot, _)| *slot), memory);
            }
        }
    }

    /// The rules whose filters a new fact passes at an entrance.
    #[inline]
    pub(super) fn admit_new(&mut self, entrance: Entrance, slot: u32) -> RuleSet {
        match self.ahead.pop() {
            Some(set) if set.is_empty() => set,
            Some(set) => {
                let (input, sets) = self.entrances.input(entrance, &self.joins, &mut self.roots);
                input.test(slot, set, &self.memory, sets)
            }
            None => self.admit(entrance, slot, None),
        }
    }
}

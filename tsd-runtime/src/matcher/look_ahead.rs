//! Facts that come in a batch.
//!
//! A fact that comes alone waits for memory again and again: for the index of its primary key, for that of the fact that
//! it joins, for that fact's row. What many facts will need can be fetched for all of them at once, and then costs hardly
//! more than for one. So before the facts of a block arrive one after another, their rows are passed through the tables
//! of the inputs, and those that some rule wants touch what they will look at. That changes nothing but the caches.

use smallvec::SmallVec;
use tsd_ir::TypeId;

use super::Matcher;
use super::settle::Live;
use crate::agenda::Agenda;
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
        self.look_ahead(ty, slots);
        for (number, slot) in slots.iter().enumerate() {
            self.arrive(ty, *slot, Some(number));
        }
        self.collect_sets();
        entered
    }

    /// Gets ready for facts that are to arrive one after another.
    fn look_ahead(&mut self, ty: TypeId, slots: &[u32]) {
        let Self { memory, entrances, joins, roots, ahead, live, agenda, .. } = self;
        let store = memory.store(ty);
        ahead.clear();
        let mut wanted: SmallVec<[u32; AT_ONCE]> = SmallVec::new();
        for entrance in entrances.of(ty) {
            let (input, sets) = entrances.input(*entrance, joins, roots);
            let first = ahead.len();
            ahead.extend(
                slots.iter().map(|slot| input.admit_row(store.row(*slot), None, &memory.texts, sets)),
            );
            let Some(join) = entrance.join.and_then(|node| joins[node.0 as usize].as_ref()) else { continue };
            let admitted = slots.iter().zip(&ahead[first..]).filter(|(_, set)| !set.is_empty());
            wanted.clear();
            wanted.extend(admitted.map(|(slot, _)| *slot));
            for some in wanted.chunks(AT_ONCE) {
                let found = join.touch_all(some, memory);
                live.touch_gathered(&join.gathered(roots), &found, agenda);
            }
        }
    }

    /// The rules whose filters a new fact passes at one of the entrances of its type; `number` is that of a fact which was
    /// looked at.
    #[inline]
    pub(super) fn admit_new(
        &mut self,
        ty: TypeId,
        index: usize,
        slot: u32,
        number: Option<usize>,
    ) -> RuleSet {
        let entrances = self.entrances.of(ty);
        let entrance = entrances[index];
        let Some(number) = number else { return self.admit(entrance, slot, None) };
        let facts = self.ahead.len() / entrances.len();
        let set = self.ahead[index * facts + number];
        if set.is_empty() {
            return set;
        }
        let (input, sets) = self.entrances.input(entrance, &self.joins, &mut self.roots);
        input.test(slot, set, &self.memory, sets)
    }
}

/// How many facts are looked at together.
pub(super) const AT_ONCE: usize = 64;

impl Live {
    /// Reads what it takes to gather rows for the groups of these facts, and to look at those who watch them.
    fn touch_gathered(&self, gathered: &[(u16, u32)], facts: &[u32], agenda: &Agenda) {
        for (view, branch) in gathered.iter().copied() {
            let view = self.views.get(view);
            if !view.is_gathered_for_first(branch) {
                continue;
            }
            view.touch_groups(facts);
            for (watch, figure) in &view.watchers {
                if let Some(watch) = self.watches.get(*watch)
                    && watch.rows.touch(usize::from(*figure), facts)
                    && watch.join.is_none()
                {
                    agenda.touch(watch.root, facts);
                }
            }
        }
    }
}

//! Looking ahead at facts that come in a batch.
//!
//! A fact that comes alone waits for memory again and again: for the index of its primary key, for that of the fact that
//! it joins, for that fact's row. What many facts will need can be fetched for all of them at once, and then costs hardly
//! more than for one. So before the facts of a block enter one after another, their rows are passed through the tables of
//! the inputs, and those that some rule wants touch what they will look at. That changes nothing but the caches.

use tsd_ir::TypeId;

use super::Matcher;
use super::entrances::Entrance;
use crate::ruleset::RuleSet;

impl Matcher {
    /// Gets ready for facts with these rows, which are to be inserted one after another.
    pub(crate) fn look_ahead(&mut self, ty: TypeId, rows: &[u64]) {
        let Self { memory, entrances, joins, roots, ahead, .. } = self;
        let (store, entrances_here) = (memory.store(ty), entrances.of(ty));
        if rows.is_empty() {
            return;
        }
        store.touch_all(rows);
        let (count, stride) = (rows.len() / store.width(), entrances_here.len());
        ahead.clear();
        ahead.resize(count * stride, RuleSet::EMPTY);
        for (index, entrance) in entrances_here.iter().enumerate() {
            let (input, sets) = entrances.input(*entrance, joins, roots);
            // The first fact comes first, and enters at the last of the entrances first.
            let admitted = ahead[index..].iter_mut().step_by(stride).rev();
            for (row, admitted) in rows.chunks_exact(store.width()).zip(admitted) {
                *admitted = input.admit_row(row, None, &memory.texts, sets);
            }
            if let Some(join) = entrance.join.and_then(|node| joins[node.0 as usize].as_ref()) {
                let admitted = ahead[index..].iter().step_by(stride).rev();
                let rows = rows.chunks_exact(store.width()).zip(admitted);
                join.touch_all(rows.filter(|(_, set)| !set.is_empty()).map(|(row, _)| row), memory);
            }
        }
    }

    /// Ends a batch before all the facts that were looked at have come.
    pub(crate) fn look_no_more(&mut self) {
        self.ahead.clear();
        self.collect_sets();
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

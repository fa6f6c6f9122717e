//! A held tuple must be found when a group of a view that it reads changes.
//!
//! Parameters that a tuple is the first to read become a fact of a type of their own, which enters
//! the network. The tuple is tested when the group of these parameters has been aggregated.

use smallvec::SmallVec;
use tsd_ir::DerivedValue;

use super::derived::DerivedState;
use super::lookup::{NOWHERE, Source, ViewLookup, Wanted};
use super::pending::{PendingTests, Rows};
use super::spec::DerivedSpecs;
use crate::base::TupleSlots;
use crate::eval::{DerivedWord, DerivedWords};
use crate::store::{Symbol, WorkingMemory};

impl DerivedState {
    /// Makes tuples subscribe to their groups. Returns whether all groups exist. If some were
    /// created, the tuples must be tested later, when these have been aggregated.
    pub(crate) fn subscribe_all(
        &mut self,
        specs: &DerivedSpecs,
        (pending, rows): (&PendingTests, &mut Rows),
        queued: &[u32],
        memory: &mut WorkingMemory,
    ) -> bool {
        let mut are_there = true;
        for row in queued.iter().copied() {
            if rows.is_due(row) {
                are_there &= self.subscribe(specs, (pending, rows), row, memory);
            }
        }
        are_there
    }

    /// Subscribes a tuple to the groups that it reads, one for each derived value of the node.
    /// Returns whether all of them existed.
    fn subscribe(
        &mut self,
        specs: &DerivedSpecs,
        (pending, rows): (&PendingTests, &mut Rows),
        row: u32,
        memory: &mut WorkingMemory,
    ) -> bool {
        let slots = rows.tuple(row);
        let mut held: Vec<Symbol> = Vec::new();
        let mut are_there = true;
        // What is missing is created for all derived values at once, and those that depend on it
        // are looked up in the next round. So there are as many rounds as the longest chain of
        // dependencies.
        let groups = loop {
            let (groups, wanted) = self.groups(specs, (pending, rows), row, &slots, memory);
            if wanted.is_empty() {
                break groups;
            }
            for wanted in wanted {
                match wanted {
                    Wanted::Text(text) => held.push(memory.strings.intern(&text)),
                    Wanted::Parameters(view, words) => {
                        are_there = false;
                        self.create_parameters(specs, view, &words, memory);
                    }
                }
            }
        };
        for (index, group) in groups.iter().enumerate() {
            let Some(before) = rows.group(row, index).filter(|before| before != group) else { continue };
            let derived_value = &pending.derived_values[index];
            if let DerivedValue::Found { view, .. } = derived_value {
                self.add_user(*view, *group);
            }
            if before != NOWHERE {
                self.unsubscribe(derived_value, before);
            }
            rows.subscribe(row, index, *group);
        }
        held.into_iter().for_each(|symbol| memory.strings.release(symbol));
        are_there
    }

    /// The groups that a tuple reads, one for each derived value of the node, and what must be
    /// created first. A derived value that depends on that has no group yet.
    fn groups(
        &self,
        specs: &DerivedSpecs,
        (pending, rows): (&PendingTests, &Rows),
        row: u32,
        slots: &[u32],
        memory: &WorkingMemory,
    ) -> (TupleSlots, Vec<Wanted>) {
        let lookup = ViewLookup { memory, types: &pending.types, slots };
        let views = self.views(specs);
        let mut groups = TupleSlots::new();
        let mut wanted = Vec::new();
        let mut derived_words = DerivedWords::new();
        // The derived values whose group is not known yet, ascending.
        let mut waiting: SmallVec<[u16; 8]> = SmallVec::new();
        for (index, derived_value) in pending.derived_values.iter().enumerate() {
            if rows.group(row, index).is_none() {
                groups.push(slots[0]);
                derived_words.push(Source::new(derived_value, views, memory).read(slots[0], memory));
                continue;
            }
            let lacks = if derived_value.depends_on(&waiting) {
                None
            } else {
                let group = lookup.group(derived_value, views, &derived_words);
                let lacks = lookup.lacks(derived_value, group, views, &derived_words);
                if lacks.is_none() {
                    groups.push(group);
                    derived_words.push(Source::new(derived_value, views, memory).read(group, memory));
                    continue;
                }
                lacks
            };
            wanted.extend(lacks);
            waiting.push(index as u16);
            groups.push(NOWHERE);
            derived_words.push(DerivedWord::Missing);
        }
        (groups, wanted)
    }

    /// Creates parameters that a tuple is the first to read.
    fn create_parameters(
        &mut self,
        specs: &DerivedSpecs,
        view: u16,
        words: &[u64],
        memory: &mut WorkingMemory,
    ) {
        let (store, strings) = memory.parameters_mut(view, || specs.view(view).parameters.declared());
        // If they exist already, the tuple will find them.
        let Ok(slot) = store.insert(words) else { return };
        store.texts_of(slot).for_each(|symbol| strings.retain(symbol));
        self.make_users(specs, view, slot);
        self.queue.arrivals.push((view, slot));
    }
}

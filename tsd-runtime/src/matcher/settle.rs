//! Settling: what changes when derived values change, after a change has gone through the network.
//!
//! A change goes through all joins first; on its way it touches groups of views and leaves tuples to be looked at. Then
//! layer by layer, each behind those that it depends on, the tuples are looked at and the changed groups told to those who
//! ask them. So every tuple is looked at once for one change, when all derived values that it reads have their final values,
//! and what is in between is never seen.
//!
//! Parameters of views enter the network as facts do, when the first tuple asks for them, and leave it when the last one
//! that asked is gone.

use smallvec::SmallVec;
use tsd_ir::{DerivedValue, NodeId, RootId, TypeId, ViewId};

use super::Matcher;
use crate::agenda::SameRuleRun;
use crate::base::{PendingId, TupleSlots};
use crate::eval::{DerivedWord, DerivedWords};
use crate::flow::{BLOCK, Delta, Sign, move_up};
use crate::ruleset::RuleSet;
use crate::store::{Symbol, WorkingMemory};
use crate::view::{
    DerivedState, LastSeen, NOWHERE, PendingTests, Reading, Recheck, Source, Task, ViewLookup, Wanted,
    ask_no_more,
};

impl Matcher {
    /// Brings everything up to date that depends on derived values. Returns whether there was anything to do.
    #[inline]
    pub(super) fn settle(&mut self) -> bool {
        let idle = self.derived.queue.is_idle();
        if !idle {
            self.settle_all();
        }
        !idle
    }

    fn settle_all(&mut self) {
        loop {
            if let Some((view, slot)) = self.derived.queue.arrivals.pop() {
                self.enter_parameters(view, slot, Sign::Add { fresh: true });
                continue;
            }
            match self.derived.queue.next() {
                Some(Task::LookAt(watch)) => self.look_at(watch),
                Some(Task::Tell(view)) => self.tell(view),
                None => match self.derived.queue.departures.pop() {
                    Some((view, slot)) => self.retire(view, slot),
                    None => break,
                },
            }
        }
    }

    /// Tells the watches of a view which of its groups have changed.
    fn tell(&mut self, id: u16) {
        let DerivedState { views, watches, queue, .. } = &mut self.derived;
        let Some(view) = views.find_mut(ViewId(id)) else { return };
        let changed = view.take_changed();
        views.count_told(id, changed.len());
        for (watch_id, derived_value) in &views.get(id).watchers {
            let Some(watch) = watches.get_mut(*watch_id) else { continue };
            if watch.rows.mark_groups(usize::from(*derived_value), &changed) {
                queue.push_watch(watch.depth, *watch_id);
            }
        }
        views.get_mut(id).put_back(changed);
    }

    /// Looks anew at the tuples of a watch that are due.
    fn look_at(&mut self, id: PendingId) {
        // No tuple that goes on from here comes back here, so the watch can be taken out meanwhile.
        let Some(mut watch) = self.derived.watches.take(id) else { return };
        let rows = watch.rows.take_waiting();
        if watch.rows.is_indexed() && !self.ask_all(&mut watch, &rows) {
            watch.rows.wait_again(rows);
            self.derived.queue.push_watch(watch.depth, id);
        } else {
            let [mut gone, mut come] = [0; 2].map(|_| self.pool.take(watch.types.len()));
            let mut due = std::mem::take(&mut self.derived.due);
            let mut blocks = rows.chunks(BLOCK);
            while watch.rows.take_due(&mut blocks, &mut due) {
                self.look_at_block(&mut watch, &mut due, &mut gone, &mut come);
                self.pass_on(watch.root, watch.join, &mut gone, Sign::Remove);
                self.pass_on(watch.root, watch.join, &mut come, Sign::Add { fresh: false });
            }
            self.derived.due = due;
            self.pool.put_back(gone);
            self.pool.put_back(come);
            watch.rows.recycle(rows);
        }
        self.derived.watches.put_back(id, watch);
    }

    /// Looks at tuples that are due, and adds each to those that hold no longer, with the rules for which they do not, and
    /// to those that hold now, with the rules for which they do. One that a derived value has changed for a rule does both.
    fn look_at_block(
        &mut self,
        watch: &mut PendingTests,
        due: &mut Vec<Recheck>,
        gone: &mut Delta,
        come: &mut Delta,
    ) {
        let Self { memory, derived: DerivedState { views, .. }, nodes, schema, .. } = self;
        let Some(root) = nodes.root_mut(watch.root) else { return };
        let (memory, views, sets) = (&*memory, &*views, &mut root.sets);
        let answers = watch.answers(due, views, memory);
        watch.meet_bounds(due, &answers, (views, memory), sets);
        watch.test(due, &answers, memory, sets);
        views.count_asked(&watch.derived_values, due.len() as u64);
        if !watch.shows {
            let changed = move_up(due, |look| look.passed != look.holds);
            due.truncate(changed);
        }
        for (at, Recheck { row, passed, holds }) in due.iter().copied().enumerate() {
            let mut again = RuleSet::EMPTY;
            if watch.shows {
                for (derived_value, shown) in
                    watch.shown.iter().enumerate().filter(|(_, shown)| !shown.is_empty())
                {
                    let is_text = views.is_text(&watch.derived_values[derived_value], schema);
                    let answer = answers[at * watch.derived_values.len() + derived_value];
                    if watch.rows.see(row, derived_value, LastSeen::of(answer, is_text, &memory.strings)) {
                        again = sets.union(again, *shown);
                    }
                }
                // What goes and comes again holds, and held before.
                again = sets.meet(again, holds);
                again = sets.meet(again, passed);
            }
            if passed != holds || !again.is_empty() {
                let (goes, comes) = if passed.is_empty() {
                    (passed, holds)
                } else {
                    let (goes, comes) = (sets.difference(passed, holds), sets.difference(holds, passed));
                    (sets.union(goes, again), sets.union(comes, again))
                };
                let mut own = [0];
                let slots = watch.rows.slots(row, &mut own);
                if !goes.is_empty() {
                    gone.push(0, slots, goes);
                }
                if !comes.is_empty() {
                    come.push(0, slots, comes);
                }
                watch.rows.set_passed(row, holds);
            }
        }
    }

    /// Makes sure that tuples have their groups. Returns whether they have: when some are asked for the first time, all are
    /// looked at when what came of these is known.
    fn ask_all(&mut self, watch: &mut PendingTests, rows: &[u32]) -> bool {
        let mut are_there = true;
        for row in rows.iter().copied() {
            if watch.rows.is_due(row) {
                are_there &= self.ask(watch, row);
            }
        }
        are_there
    }

    /// Finds the groups that a tuple asks, one for each derived value of the watch, and lets them know of it. Returns whether all
    /// were there.
    fn ask(&mut self, watch: &mut PendingTests, row: u32) -> bool {
        let slots = watch.rows.tuple(row);
        let mut held: Vec<Symbol> = Vec::new();
        let mut are_there = true;
        // What is found wanting is made for all derived values at once. Derived values that depend on it are asked behind that, so
        // there are as many rounds as derived values stand behind one another, however many there are.
        let groups = loop {
            let (groups, wanted) = self.groups(watch, row, &slots);
            if wanted.is_empty() {
                break groups;
            }
            for wanted in wanted {
                match wanted {
                    Wanted::Text(text) => held.push(self.memory.strings.intern(&text)),
                    Wanted::Parameters(view, words) => {
                        are_there = false;
                        self.create_parameters(view, &words);
                    }
                }
            }
        };
        let DerivedState { views, queue, .. } = &mut self.derived;
        for (index, group) in groups.iter().enumerate() {
            let Some(before) = watch.rows.group(row, index).filter(|before| before != group) else {
                continue;
            };
            if let DerivedValue::Found { view, .. } = &watch.derived_values[index]
                && let Some(users) = views.get_mut(*view).users.get_mut(*group as usize)
            {
                *users += 1;
            }
            if before != NOWHERE {
                ask_no_more(views, queue, &watch.derived_values[index], before);
            }
            watch.rows.ask(row, index, *group);
        }
        held.into_iter().for_each(|symbol| self.memory.strings.release(symbol));
        are_there
    }

    /// The groups that a tuple asks, one for each derived value of the watch, and what must be there before all of them can be
    /// told. What depends on that asks no group yet.
    fn groups(&self, watch: &PendingTests, row: u32, slots: &[u32]) -> (TupleSlots, Vec<Wanted>) {
        let asking = ViewLookup { memory: &self.memory, types: &watch.types, slots };
        let views = &self.derived.views;
        let mut groups = TupleSlots::new();
        let mut wanted = Vec::new();
        let mut answers = DerivedWords::new();
        // The derived values that must wait, ascending.
        let mut waiting: SmallVec<[u16; 8]> = SmallVec::new();
        for (index, derived_value) in watch.derived_values.iter().enumerate() {
            if watch.rows.group(row, index).is_none() {
                groups.push(slots[0]);
                answers.push(Source::new(derived_value, views, &self.memory).answer(slots[0], &self.memory));
                continue;
            }
            let lacks = if derived_value.depends_on(&waiting) {
                None
            } else {
                let group = asking.group(derived_value, views, &answers);
                let lacks = asking.lacks(derived_value, group, views, &answers);
                if lacks.is_none() {
                    groups.push(group);
                    answers.push(Source::new(derived_value, views, &self.memory).answer(group, &self.memory));
                    continue;
                }
                lacks
            };
            wanted.extend(lacks);
            waiting.push(index as u16);
            groups.push(NOWHERE);
            answers.push(DerivedWord::Missing);
        }
        (groups, wanted)
    }

    /// Takes in parameters that are asked for the first time.
    fn create_parameters(&mut self, view: u16, words: &[u64]) {
        let WorkingMemory { parameters, strings, .. } = &mut self.memory;
        let store = &mut parameters[view as usize];
        let slot = match store.insert(words) {
            Ok(slot) => slot,
            // They are there, and the tuple was told so.
            Err(_) => return,
        };
        store.texts_of(slot).for_each(|symbol| strings.retain(symbol));
        let users = &mut self.derived.views.get_mut(view).users;
        if users.len() <= slot as usize {
            users.resize(slot as usize + 1, 0);
        }
        self.derived.queue.arrivals.push((view, slot));
    }

    /// Lets parameters go that nobody asks any more.
    fn retire(&mut self, view: u16, slot: u32) {
        let unused =
            |view: &mut crate::view::View| view.users.get(slot as usize).is_some_and(|users| *users == 0);
        let there = self.memory.parameters.get(view as usize).is_some_and(|store| store.is_live(slot));
        if there && self.derived.views.find_mut(ViewId(view)).is_some_and(unused) {
            self.enter_parameters(view, slot, Sign::Remove);
            let WorkingMemory { parameters, strings, .. } = &mut self.memory;
            parameters[view as usize].remove(slot, strings);
        }
    }

    /// Sends parameters into the network.
    fn enter_parameters(&mut self, view: u16, slot: u32, sign: Sign) {
        let ty = TypeId::parameters_of(view);
        let count = self.nodes.entry_points.of(ty).len();
        for step in 0..count {
            let index = if sign == Sign::Remove { step } else { count - 1 - step };
            let entry_point = self.nodes.entry_points.of(ty)[index];
            let set = self.admit(entry_point, slot, None);
            self.enter(entry_point, slot, set, sign);
        }
    }

    /// Sends what began or stopped to hold at a watch on from its place, and empties the delta.
    fn pass_on(&mut self, root: RootId, join: Option<NodeId>, delta: &mut Delta, sign: Sign) {
        if delta.is_empty() {
            return;
        }
        if let Some(mut propagation) = self.propagation(root, sign) {
            propagation.forward_from(join, delta);
            if propagation.cx.sets.wants_collection() {
                self.crowded = Some(root);
            }
        }
        delta.clear();
    }

    /// What the effects of a tuple may read.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { memory: &self.memory, views: &self.derived.views }
    }

    /// After an activation of a rule that cannot change the session has left the agenda, from a level: those that come right
    /// behind it and differ from it in nothing but their facts, and what their effects may read.
    pub(crate) fn same_rule_run(&mut self, level: usize) -> Option<(SameRuleRun<'_>, Reading<'_>)> {
        let Self { agenda, memory, derived, .. } = self;
        Some((agenda.same_rule_run(level)?, Reading { memory, views: &derived.views }))
    }
}

//! An activation of a `no-loop` rule must not activate the rule again by its own effects.
//!
//! Changes to the rule's activations are held back until the change is over: see
//! [`agenda`](crate::agenda). Then only tuples that hold after the change and did not before, or
//! the other way round, count.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::{Base, State};
use crate::agenda::{Ended, Way};
use crate::base::{RuleId, TupleSlots};
use crate::ruleset::RuleSet;

impl State {
    /// Holds changes back from a `no-loop` rule until its effects have taken place.
    pub(crate) fn hold_back(&mut self, base: &Base, rule: RuleId) {
        let Some(live) = base.rules.get(rule) else { return };
        let mut ways = Vec::with_capacity(live.places.len());
        for place in &live.places {
            let root = place.path.root;
            let only = self.sets[root.0 as usize].single(place.bit);
            ways.push(Way { place: (root, place.end()), only });
        }
        self.agenda.no_loop.begin(rule, ways);
    }

    /// Ends a change for a `no-loop` rule, after derived values have reached the fixpoint.
    #[inline]
    pub(super) fn end_no_loop(&mut self, base: &Base) {
        if !self.agenda.no_loop.is_idle() {
            self.apply_no_loop_changes(base);
            self.take_out_moved();
        }
    }

    /// Adds activations of tuples that hold now and did not before, and cancels those of tuples
    /// that did and do not now.
    fn apply_no_loop_changes(&mut self, base: &Base) {
        let Some((rule, ways, changes)) = self.agenda.no_loop.take_changes() else { return };
        let Some(live) = base.rules.get(rule) else { return };
        // For each tuple, in the order of the patterns, how often each branch started to match
        // minus how often it stopped. A tuple never matches by two branches at once, but may change
        // from one to the other.
        let mut tuples: BTreeMap<TupleSlots, SmallVec<[(usize, i32); 2]>> = BTreeMap::new();
        for change in changes {
            let by_way = tuples.entry(live.places[change.way].declared(&change.slots)).or_default();
            let more = if change.begins { 1 } else { -1 };
            match by_way.iter_mut().find(|(way, _)| *way == change.way) {
                Some((_, count)) => *count += more,
                None => by_way.push((change.way, more)),
            }
        }
        let salience = live.rule.salience;
        let age = self.agenda.age();
        for (declared, by_way) in tuples {
            let Some(live) = base.rules.get(rule) else { return };
            let chain = |way: usize| -> TupleSlots {
                live.rule.branches[way].order.iter().map(|position| declared[position.index()]).collect()
            };
            let way = |sign: i32| by_way.iter().find(|(_, count)| *count == sign).map(|(way, _)| *way);
            match (way(-1), way(1)) {
                (Some(from), Some(to)) => {
                    let (from, to) = ((ways[from], chain(from)), (ways[to], chain(to)));
                    self.agenda.no_loop.move_on(salience, from, to, age);
                }
                (Some(from), None) => self.let_count_one(base, salience, ways[from], &chain(from), false),
                (None, Some(to)) => self.let_count_one(base, salience, ways[to], &chain(to), true),
                (None, None) => {}
            }
        }
    }

    /// Adds or cancels the activation of a tuple by one branch of a rule.
    fn let_count_one(
        &mut self,
        base: &Base,
        salience: i32,
        Way { place, only }: Way,
        chain: &[u32],
        begins: bool,
    ) {
        let sets = &mut self.sets[place.0.0 as usize];
        let mut delta = self.pool.take(chain.len());
        delta.push(0, chain, only);
        if begins {
            self.agenda.add_all(salience, place, self.agenda.age(), &delta, sets);
        } else {
            let supporting = base.outputs(place).map_or(RuleSet::EMPTY, |outputs| outputs.supporting);
            self.agenda.cancel_all(salience, place, &delta, supporting, sets);
        }
        self.pool.put_back(delta);
    }

    /// Cancels activations that stopped holding after they had moved to another branch.
    fn take_out_moved(&mut self) {
        for Ended { salience, way: Way { place, only }, slots, until } in self.agenda.no_loop.take_ended() {
            let sets = &mut self.sets[place.0.0 as usize];
            let mut delta = self.pool.take(slots.len());
            delta.push(0, &slots, only);
            self.agenda.cancel_until((salience, until), place, &delta, sets);
            self.pool.put_back(delta);
        }
    }
}

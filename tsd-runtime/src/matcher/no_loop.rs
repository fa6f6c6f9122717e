//! Changes that an activation's own effects bring about for its rule, where the rule is `no-loop`.
//!
//! They are held back while a change goes through the network and derived values settle: see
//! [`agenda`](crate::agenda). What is left of them in the end is what holds after the change and
//! did not before, and the other way round.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::{Base, State};
use crate::agenda::{Ended, Way};
use crate::base::{RuleId, TupleSlots};
use crate::ruleset::RuleSet;

impl State {
    /// From now on, until the agenda is told that this ends, changes do not count for a rule.
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

    /// At the end of a change, when derived values have settled: sees to what was held back of it.
    #[inline]
    pub(super) fn settle_no_loop(&mut self, base: &Base) {
        if !self.agenda.no_loop.is_idle() {
            self.let_count(base);
            self.take_out_moved();
        }
    }

    /// Lets that count which holds for a rule now and did not before, or did and does not now.
    fn let_count(&mut self, base: &Base) {
        let Some((rule, ways, changes)) = self.agenda.no_loop.take_changes() else { return };
        let Some(live) = base.rules.get(rule) else { return };
        // For each tuple, in the order of the patterns: by which ways it began to hold, and by
        // which it stopped. It never holds by two at once, but on its way from one to the other it
        // may.
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

    /// Lets it count that a tuple begins to hold by one of the ways of a rule, or stops.
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

    /// Takes out activations that stopped holding after they had moved.
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

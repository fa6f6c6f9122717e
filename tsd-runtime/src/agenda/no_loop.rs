//! `no-loop`: what the effects of an activation change is no change for the activation's own rule.
//!
//! While they take place, what begins and what stops to hold for that rule is held back. When a
//! change is over, a tuple that held before and holds after it stays as it was: whether it waits or
//! has fired, how old it is, and what it supports. What else has changed comes about as it would
//! for any other rule.
//!
//! A tuple that holds throughout may come to hold by another alternative of the condition, which
//! ends at another node. If it waits, it goes on waiting where it does. So that it is taken out
//! when it stops holding elsewhere, it is noted as moved.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use tsd_ir::RootId;

use crate::base::{RuleId, TupleSlots};
use crate::flow::{Delta, TupleRef, TupleSource};
use crate::ruleset::{RuleSet, RuleSets};

/// The node at whose end an alternative of a rule comes out, with the tree's set of this
/// alternative alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) place: (RootId, TupleSource),
    pub(crate) only: RuleSet,
}

/// What the agenda knows of rules whose own changes do not count.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoLoopGuard {
    held_back: Option<HeldBack>,
    /// By the node where they come out now: tuples whose activations, if they wait, do so as of
    /// another node.
    moved: BTreeMap<(RootId, TupleSource, TupleSlots), SmallVec<[Moved; 1]>>,
    /// Activations that moved before they stopped holding in this change.
    ended: Vec<Ended>,
}

/// The changes of one rule while the effects of its activation take place.
#[derive(Clone, Debug)]
struct HeldBack {
    rule: RuleId,
    ways: Vec<Way>,
    changes: Vec<Change>,
}

/// A tuple begins or stops to hold by one of the ways.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) way: usize,
    pub(crate) slots: TupleSlots,
    pub(crate) begins: bool,
}

#[derive(Clone, Debug)]
struct Moved {
    /// The alternative by which the tuple holds now.
    only: RuleSet,
    waits: Ended,
}

/// An activation that waits no more, if it did: that of a tuple as it came out of a node, by a
/// change of this age or before.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) salience: i32,
    pub(crate) way: Way,
    pub(crate) slots: TupleSlots,
    pub(crate) until: u64,
}

impl NoLoopGuard {
    /// Whether there is nothing to heed.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.held_back.is_none() && self.moved.is_empty() && self.ended.is_empty()
    }

    /// From now on the changes of a rule, which has these ways, are held back.
    pub(crate) fn begin(&mut self, rule: RuleId, ways: Vec<Way>) {
        self.held_back = Some(HeldBack { rule, ways, changes: Vec::new() });
    }

    /// Changes count again.
    pub(crate) fn end(&mut self) {
        self.held_back = None;
    }

    /// The rule whose changes are held back, and those of the present change, in their order.
    pub(crate) fn take_changes(&mut self) -> Option<(RuleId, Vec<Way>, Vec<Change>)> {
        let HeldBack { rule, ways, changes } = self.held_back.as_mut()?;
        (!changes.is_empty()).then(|| (*rule, ways.clone(), std::mem::take(changes)))
    }

    /// Whether something may have to be held back of the tuples that come out of a node.
    #[inline]
    pub(super) fn holds_back(&self, place: (RootId, TupleSource)) -> bool {
        self.held_back.as_ref().is_some_and(|held_back| held_back.ways.iter().any(|way| way.place == place))
    }

    /// What is left of tuples that begin or stop to hold when that is held back which must be.
    pub(super) fn hold_back(
        &mut self,
        place: (RootId, TupleSource),
        delta: &Delta,
        begins: bool,
        sets: &mut RuleSets,
    ) -> Delta {
        delta.filtered(|slots, mut set| {
            let Some(HeldBack { ways, changes, .. }) = &mut self.held_back else { return set };
            for (way, Way { only, .. }) in ways.iter().enumerate().filter(|(_, way)| way.place == place) {
                if !sets.meet(set, *only).is_empty() {
                    set = sets.difference(set, *only);
                    changes.push(Change { way, slots: slots.into(), begins });
                }
            }
            set
        })
    }

    /// A tuple that held by one way holds by another now, since a change of this age.
    pub(crate) fn move_on(
        &mut self,
        salience: i32,
        from: (Way, TupleSlots),
        to: (Way, TupleSlots),
        age: u64,
    ) {
        let ((from, before), (to, now)) = (from, to);
        let key = |way: Way, slots: &TupleSlots| (way.place.0, way.place.1, slots.clone());
        let known = self.take_moved(&key(from, &before), |moved| moved.only == from.only).pop();
        let waits = known.unwrap_or(Ended { salience, way: from, slots: before, until: age });
        if waits.way.place == to.place && waits.way.only == to.only {
            // It is back where it waits.
            return;
        }
        self.moved.entry(key(to, &now)).or_default().push(Moved { only: to.only, waits });
    }

    /// Notes which activations of tuples that stop to hold wait as of other nodes.
    pub(super) fn note_ended(
        &mut self,
        (root, end): (RootId, TupleSource),
        delta: &Delta,
        sets: &mut RuleSets,
    ) {
        if self.moved.is_empty() {
            return;
        }
        for TupleRef { slots, set, .. } in delta.iter() {
            let ended =
                self.take_moved(&(root, end, slots.into()), |moved| !sets.meet(moved.only, set).is_empty());
            self.ended.extend(ended);
        }
    }

    /// Where tuples that moved to a node wait, as far as they are wanted; they are forgotten here.
    fn take_moved(
        &mut self,
        now: &(RootId, TupleSource, TupleSlots),
        mut is_wanted: impl FnMut(&Moved) -> bool,
    ) -> Vec<Ended> {
        let Some(moved) = self.moved.get_mut(now) else { return Vec::new() };
        let mut taken = Vec::new();
        moved.retain(|one| {
            let wanted = is_wanted(one);
            if wanted {
                taken.push(one.waits.clone());
            }
            !wanted
        });
        if moved.is_empty() {
            self.moved.remove(now);
        }
        taken
    }

    /// The activations that moved before they stopped holding.
    pub(crate) fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// Forgets what moved of a rule that goes.
    pub(super) fn forget(&mut self, root: RootId, only: RuleSet) {
        self.moved.retain(|(known, ..), moved| {
            moved.retain(|moved| *known != root || moved.only != only);
            !moved.is_empty()
        });
    }

    /// Passes every set of a tree through `map`.
    pub(super) fn map_sets(&mut self, root: RootId, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let mut map_way = |way: &mut Way| {
            if way.place.0 == root {
                way.only = map(way.only);
            }
        };
        let ways = self.held_back.iter_mut().flat_map(|held_back| &mut held_back.ways);
        ways.chain(self.ended.iter_mut().map(|ended| &mut ended.way)).for_each(&mut map_way);
        for ((known, ..), moved) in &mut self.moved {
            for one in moved {
                map_way(&mut one.waits.way);
                let mut now = Way { place: (*known, TupleSource::Root), only: one.only };
                map_way(&mut now);
                one.only = now.only;
            }
        }
    }

    /// The bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.moved.len()
            * (size_of::<(RootId, TupleSource, TupleSlots)>() + size_of::<SmallVec<[Moved; 1]>>())
    }
}

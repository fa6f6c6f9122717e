//! A `no-loop` rule is not activated again by the effects of its own activation.
//!
//! While effects take place, changes to the rule's activations are held back. At the end of a
//! change, a tuple that matched before and matches now keeps its activation as it was, with its age
//! and what it supports. Any other change takes effect as for other rules.
//!
//! A tuple that matches throughout may come to match by another branch of the condition, which ends
//! at another node. Its activation stays where it is, and is recorded as moved. So it can be
//! cancelled when the tuple stops matching at the other node.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use tsd_ir::RootId;

use crate::base::{RuleId, TupleSlots};
use crate::flow::{Delta, TupleRef, TupleSource};
use crate::ruleset::{RuleSet, RuleSets};

/// The node where a branch of a rule ends, with the rule set of this branch alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) place: (RootId, TupleSource),
    pub(crate) only: RuleSet,
}

/// What the agenda stores for `no-loop` rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoLoopGuard {
    held_back: Option<HeldBack>,
    /// Tuples whose activations are entries of another node, by the node where they match now.
    moved: BTreeMap<(RootId, TupleSource, TupleSlots), SmallVec<[Moved; 1]>>,
    /// Activations that had moved before they stopped holding in this change.
    ended: Vec<Ended>,
}

/// The changes of one rule while the effects of its activation take place.
#[derive(Clone, Debug)]
struct HeldBack {
    rule: RuleId,
    ways: Vec<Way>,
    changes: Vec<Change>,
}

/// A tuple that starts or stops matching by a branch.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) way: usize,
    pub(crate) slots: TupleSlots,
    pub(crate) begins: bool,
}

#[derive(Clone, Debug)]
struct Moved {
    /// The branch by which the tuple matches now.
    only: RuleSet,
    waits: Ended,
}

/// An activation to cancel if it has not fired: that of a tuple of a node, by a change up to this
/// age.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) salience: i32,
    pub(crate) way: Way,
    pub(crate) slots: TupleSlots,
    pub(crate) until: u64,
}

impl NoLoopGuard {
    /// Whether no `no-loop` rule needs attention.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.held_back.is_none() && self.moved.is_empty() && self.ended.is_empty()
    }

    /// Starts holding back the changes of a rule with these branches.
    pub(crate) fn begin(&mut self, rule: RuleId, ways: Vec<Way>) {
        self.held_back = Some(HeldBack { rule, ways, changes: Vec::new() });
    }

    /// Stops holding back changes.
    pub(crate) fn end(&mut self) {
        self.held_back = None;
    }

    /// The rule whose changes are held back, with those of the present change, in order.
    pub(crate) fn take_changes(&mut self) -> Option<(RuleId, Vec<Way>, Vec<Change>)> {
        let HeldBack { rule, ways, changes } = self.held_back.as_mut()?;
        (!changes.is_empty()).then(|| (*rule, ways.clone(), std::mem::take(changes)))
    }

    /// Whether changes of tuples of a node may have to be held back.
    #[inline]
    pub(super) fn holds_back(&self, place: (RootId, TupleSource)) -> bool {
        self.held_back.as_ref().is_some_and(|held_back| held_back.ways.iter().any(|way| way.place == place))
    }

    /// Holds changes back, and returns the others.
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

    /// Records that a tuple which matched by one branch matches by another since a change of this
    /// age.
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
            // It matches again by the branch of its entry.
            return;
        }
        self.moved.entry(key(to, &now)).or_default().push(Moved { only: to.only, waits });
    }

    /// Records the activations of other nodes that end because tuples of this node stop matching.
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

    /// Takes the activations of tuples that moved to a node and are wanted.
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

    /// Takes the activations that had moved before they stopped holding.
    pub(crate) fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// Removes the moved activations of a removed rule.
    pub(super) fn forget(&mut self, root: RootId, only: RuleSet) {
        self.moved.retain(|(known, ..), moved| {
            moved.retain(|moved| *known != root || moved.only != only);
            !moved.is_empty()
        });
    }

    /// Passes every rule set of a tree through `map`.
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

    /// The bytes allocated.
    pub(super) fn bytes(&self) -> usize {
        self.moved.len()
            * (size_of::<(RootId, TupleSource, TupleSlots)>() + size_of::<SmallVec<[Moved; 1]>>())
    }
}

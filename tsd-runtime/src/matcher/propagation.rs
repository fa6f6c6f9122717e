//! Changes on their way through a tree of joins, and where the tuples of a node go.
//!
//! The rules that a tuple carries are split between those that end at its node, the joins further down, and the views
//! whose rows the tuples are. Rules that wait for what derived values say of the tuple are held back by their watch. Additions
//! and removals take the same way with opposite signs, so whatever an addition reached, the removal reaches too.

use smallvec::SmallVec;
use tsd_ir::{NodeId, RootId};

use super::delta::{Delta, Deltas, TupleBlock, TupleRef};
use super::input::AlphaNode;
use super::join::Join;
use super::rules::Terminal;
use super::settle::DerivedState;
use super::watch::PendingId;
use super::{Matcher, Root};
use crate::agenda::{Agenda, TupleSource};
use crate::memory::WorkingMemory;
use crate::ruleset::{RuleSet, RuleSets};

/// The slots of a tuple.
pub(crate) type Slots = SmallVec<[u32; 8]>;

/// Whether activations come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They begin to hold. With `fresh`, the changed fact is new, so no memory knows its tuples yet.
    Add {
        /// Whether the fact was just inserted.
        fresh: bool,
    },
    /// They stop holding.
    Remove,
}

/// Where the tuples of a node go: to the rules that end there, and to joins.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// The rules that end here, by salience, highest first.
    pub(crate) levels: Vec<(i32, RuleSet)>,
    /// The joins that have the node on their left, with the rules that go on there.
    pub(crate) children: Vec<(NodeId, RuleSet)>,
    /// The views whose rows the tuples are.
    pub(crate) gathered: RuleSet,
    /// Those who wait for what derived values say of the tuples, before they take any of the other ways.
    pub(crate) watches: Vec<(PendingId, RuleSet)>,
    /// Whether there is but one way to go, which then all rules take.
    one_way: bool,
}

impl Outputs {
    pub(crate) fn new(
        levels: Vec<(i32, RuleSet)>,
        children: Vec<(NodeId, RuleSet)>,
        gathered: RuleSet,
        watches: Vec<(PendingId, RuleSet)>,
    ) -> Self {
        let one_way = levels.len() + children.len() + usize::from(!gathered.is_empty()) == 1;
        Self { levels, children, gathered, watches, one_way }
    }

    /// The rules of `set` that take one of the ways.
    #[inline]
    fn taking(&self, way: RuleSet, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        if self.one_way { set } else { sets.meet(set, way) }
    }

    /// Whether tuples have no other way than to views.
    #[inline]
    pub(super) fn is_gathered_only(&self) -> bool {
        self.one_way && !self.gathered.is_empty() && self.watches.is_empty()
    }

    /// The rules of `set` that go on to a join.
    pub(super) fn towards(&self, node: NodeId, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        let users = self.children.iter().find(|(child, _)| *child == node);
        users.map_or(RuleSet::EMPTY, |(_, users)| self.taking(*users, set, sets))
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.levels.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.children.iter_mut().for_each(|(_, set)| *set = map(*set));
        self.gathered = map(self.gathered);
        self.watches.iter_mut().for_each(|(_, set)| *set = map(*set));
    }
}

/// Changes of one sign on their way through a tree of joins.
#[derive(Debug)]
pub(crate) struct Propagation<'a> {
    pub(crate) memory: &'a WorkingMemory,
    /// Where the facts of the tree's first pattern come from, and where they go.
    pub(crate) input: &'a AlphaNode,
    pub(crate) outputs: &'a Outputs,
    pub(crate) joins: &'a mut [Option<Box<Join>>],
    pub(crate) sets: &'a mut RuleSets,
    /// For each bit of the tree, the rule or view that it stands for.
    pub(crate) branches: &'a [Option<Terminal>],
    pub(crate) live: &'a mut DerivedState,
    pub(crate) agenda: &'a mut Agenda,
    /// Room for tuples on their way.
    pub(super) deltas: &'a mut Deltas,
    pub(crate) root: RootId,
    pub(crate) sign: Sign,
    /// How old what comes now is.
    pub(crate) age: u64,
    /// How many changes a side of a join takes without a probe before it is given up.
    pub(super) eviction_threshold: u32,
}

impl Propagation<'_> {
    /// Facts arrive at an entrance of the tree, or leave it: at the root, or on the right of a join.
    pub(crate) fn enter(&mut self, join: Option<NodeId>, facts: &mut Delta) {
        match join {
            None => self.emit(TupleSource::Root, self.outputs, facts),
            Some(node) => self.right_activate(node, facts),
        }
    }

    /// Tuples come out of a node, or do no longer.
    #[inline]
    pub(crate) fn emit(&mut self, end: TupleSource, outputs: &Outputs, delta: &mut Delta) {
        for (id, watching) in &outputs.watches {
            match self.sign {
                Sign::Add { .. } => self.live.arrive(*id, delta, *watching, self.memory, self.sets),
                Sign::Remove => self.live.leave(*id, delta, *watching, self.sets),
            }
        }
        if !delta.is_empty() {
            self.forward(end, outputs, delta);
        }
    }

    /// Tuples of a join go where the join's tuples go.
    pub(super) fn forward_from(&mut self, node: NodeId, delta: &Delta) {
        // A tuple never comes back to the node that it left, so the node can be taken out meanwhile.
        let Some(join) = self.joins[node.0 as usize].take() else { return };
        self.forward(TupleSource::Join(node), &join.spec.outputs, delta);
        self.joins[node.0 as usize] = Some(join);
    }

    /// Tuples of a node go where the node's tuples go.
    pub(crate) fn forward(&mut self, end: TupleSource, outputs: &Outputs, delta: &Delta) {
        for (salience, rules) in &outputs.levels {
            self.along(outputs, *rules, delta, |propagation, ending| {
                let Self { agenda, root, age, sets, .. } = propagation;
                match propagation.sign {
                    Sign::Add { .. } => agenda.add(*salience, (*root, end), *age, ending, sets),
                    Sign::Remove => agenda.cancel(*salience, (*root, end), ending, sets),
                }
            });
        }
        if !outputs.gathered.is_empty() {
            self.gather(outputs.gathered, delta);
        }
        for (child, users) in &outputs.children {
            self.along(outputs, *users, delta, |propagation, going_on| {
                propagation.left_activate(*child, going_on);
            });
        }
    }

    /// Calls `go` with the tuples that take one of the ways out of a node, if there are any.
    #[inline]
    fn along(&mut self, outputs: &Outputs, way: RuleSet, delta: &Delta, go: impl FnOnce(&mut Self, &Delta)) {
        if outputs.one_way {
            return go(self, delta);
        }
        if let Some(common) = delta.common_set() {
            let going = self.sets.meet(common, way);
            if going.is_empty() {
                return;
            }
            if going == common {
                return go(self, delta);
            }
        }
        let mut part = self.deltas.take(delta.width());
        part.extend_with(delta, way, self.sets);
        if !part.is_empty() {
            go(self, &part);
        }
        self.deltas.put_back(part);
    }

    /// Tuples are rows of views.
    fn gather(&mut self, gathered: RuleSet, delta: &Delta) {
        if let Some(common) = delta.common_set() {
            return self.gather_alike(gathered, common, delta);
        }
        let Self { sets, live, branches, deltas, sign, memory, .. } = self;
        let sets = &**sets;
        sets.for_each(gathered, |bit| {
            let Some(Terminal::View { view, branch }) = branches[bit as usize] else { return };
            let mut rows = deltas.take(delta.width());
            let carrying = delta.iter().filter(|tuple| sets.contains(tuple.set, bit));
            carrying.for_each(|TupleRef { number, slots, set }| rows.push(number, slots, set));
            if !rows.is_empty() {
                live.gather((view, branch), &rows, *sign != Sign::Remove, memory);
            }
            deltas.put_back(rows);
        });
    }

    /// Tuples that all carry the same rules are rows of views.
    pub(super) fn gather_alike(&mut self, gathered: RuleSet, common: RuleSet, rows: impl TupleBlock) {
        let Self { sets, live, branches, sign, memory, .. } = self;
        let sets = &**sets;
        sets.for_each(gathered, |bit| {
            if let Some(Terminal::View { view, branch }) = branches[bit as usize]
                && sets.contains(common, bit)
            {
                live.gather((view, branch), rows, *sign != Sign::Remove, memory);
            }
        });
    }
}

impl Matcher {
    /// A change that is about to go through a tree.
    #[inline]
    pub(super) fn propagation(&mut self, id: RootId, sign: Sign) -> Option<Propagation<'_>> {
        let Root { input, outputs, sets, branches } = self.roots[id.0 as usize].as_mut()?;
        let age = self.agenda.age();
        Some(Propagation {
            memory: &self.memory,
            input,
            outputs,
            joins: &mut self.joins,
            sets,
            branches,
            live: &mut self.live,
            agenda: &mut self.agenda,
            deltas: &mut self.deltas,
            root: id,
            sign,
            age,
            eviction_threshold: self.eviction_threshold,
        })
    }
}

//! One change on its way through a tree of joins, and where the tuples of a node go.
//!
//! The rules that a tuple carries are split between those that end at its node, the joins further down, and the views
//! whose rows the tuples are. Rules that wait for what figures say of the tuple are held back by their watch. Additions
//! and removals take the same way with opposite signs, so whatever an addition reached, the removal reaches too.

use smallvec::SmallVec;
use tsd_ir::{NodeId, RootId};

use super::input::Input;
use super::join::Join;
use super::rules::Owner;
use super::settle::Live;
use super::watch::WatchId;
use super::{Matcher, Root};
use crate::agenda::{Agenda, Arrival, End};
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
pub(crate) struct Outlet {
    /// The rules that end here, by salience, highest first.
    pub(crate) levels: Vec<(i32, RuleSet)>,
    /// The joins that have the node on their left, with the rules that go on there.
    pub(crate) children: Vec<(NodeId, RuleSet)>,
    /// The views whose rows the tuples are.
    pub(crate) gathered: RuleSet,
    /// Those who wait for what figures say of the tuples, before they take any of the other ways.
    pub(crate) watches: Vec<(WatchId, RuleSet)>,
    /// Whether there is but one way to go, which then all rules take.
    one_way: bool,
}

impl Outlet {
    pub(crate) fn new(
        levels: Vec<(i32, RuleSet)>,
        children: Vec<(NodeId, RuleSet)>,
        gathered: RuleSet,
        watches: Vec<(WatchId, RuleSet)>,
    ) -> Self {
        let one_way = levels.len() + children.len() + usize::from(!gathered.is_empty()) == 1;
        Self { levels, children, gathered, watches, one_way }
    }

    /// The rules of `set` that take one of the ways.
    #[inline]
    fn taking(&self, way: RuleSet, set: RuleSet, sets: &mut RuleSets) -> RuleSet {
        if self.one_way { set } else { sets.meet(set, way) }
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

/// One change on its way through a tree of joins.
#[derive(Debug)]
pub(crate) struct Propagation<'a> {
    pub(crate) memory: &'a WorkingMemory,
    /// Where the facts of the tree's first pattern come from, and where they go.
    pub(crate) input: &'a Input,
    pub(crate) outlet: &'a Outlet,
    pub(crate) joins: &'a mut [Option<Box<Join>>],
    pub(crate) sets: &'a mut RuleSets,
    /// For each bit of the tree, the rule or view that it stands for.
    pub(crate) branches: &'a [Option<Owner>],
    pub(crate) live: &'a mut Live,
    pub(crate) agenda: &'a mut Agenda,
    pub(crate) root: RootId,
    pub(crate) sign: Sign,
    /// How many changes a side of a join takes without a probe before it is given up.
    pub(super) patience: u32,
}

impl Propagation<'_> {
    /// A tuple comes out of a node, or does no longer, for the rules of `set`.
    #[inline]
    pub(crate) fn emit(&mut self, end: End, outlet: &Outlet, slots: &mut Slots, set: RuleSet) {
        if outlet.watches.is_empty() {
            return self.forward(end, outlet, slots, set);
        }
        let set = self.watch(outlet, slots, set);
        if !set.is_empty() {
            self.forward(end, outlet, slots, set);
        }
    }

    /// Lets the watches of a node know of a tuple. Returns the rules that do not wait for what figures say of it; when it
    /// leaves, those among them for which it held.
    fn watch(&mut self, outlet: &Outlet, slots: &[u32], set: RuleSet) -> RuleSet {
        let mut going_on = set;
        for (id, watching) in &outlet.watches {
            let waiting = self.sets.meet(set, *watching);
            if waiting.is_empty() {
                continue;
            }
            going_on = self.sets.difference(going_on, waiting);
            match self.sign {
                Sign::Add { .. } => self.live.arrive(*id, slots, waiting, self.sets),
                Sign::Remove => {
                    let held = self.live.leave(*id, slots, waiting, self.sets);
                    going_on = self.sets.union(going_on, held);
                }
            }
        }
        going_on
    }

    /// A tuple of a join goes where the join's tuples go, for the rules of `set`.
    pub(super) fn forward_from(&mut self, node: NodeId, slots: &mut Slots, set: RuleSet) {
        // A tuple never comes back to the node that it left, so the node can be taken out meanwhile.
        let Some(join) = self.joins[node.0 as usize].take() else { return };
        self.forward(End::Join(node), &join.wiring.outlet, slots, set);
        self.joins[node.0 as usize] = Some(join);
    }

    /// A tuple of a node goes where the node's tuples go, for the rules of `set`.
    #[inline]
    pub(crate) fn forward(&mut self, end: End, outlet: &Outlet, slots: &mut Slots, set: RuleSet) {
        for (salience, rules) in &outlet.levels {
            let ending = outlet.taking(*rules, set, self.sets);
            if !ending.is_empty() {
                let arrival = Arrival { root: self.root, end, slots, set: ending };
                match self.sign {
                    Sign::Add { .. } => self.agenda.add(*salience, arrival, self.sets),
                    Sign::Remove => self.agenda.cancel(*salience, arrival, self.sets),
                }
            }
        }
        if !outlet.gathered.is_empty() {
            let gathered = outlet.taking(outlet.gathered, set, self.sets);
            let Self { sets, live, branches, sign, memory, .. } = self;
            sets.for_each(gathered, |bit| {
                if let Some(Owner::View { view, branch }) = branches[bit as usize] {
                    live.gather(view, branch, slots, *sign != Sign::Remove, memory);
                }
            });
        }
        for (child, users) in &outlet.children {
            let going_on = outlet.taking(*users, set, self.sets);
            if !going_on.is_empty() {
                self.left_activate(*child, slots, going_on);
            }
        }
    }
}

impl Matcher {
    /// A change that is about to go through a tree.
    #[inline]
    pub(super) fn propagation(&mut self, id: RootId, sign: Sign) -> Option<Propagation<'_>> {
        let Root { input, outlet, sets, branches } = self.roots[id.0 as usize].as_mut()?;
        Some(Propagation {
            memory: &self.memory,
            input,
            outlet,
            joins: &mut self.joins,
            sets,
            branches,
            live: &mut self.live,
            agenda: &mut self.agenda,
            root: id,
            sign,
            patience: self.patience,
        })
    }
}

//! Joins: the two memories of a node, and what happens when a tuple or a fact arrives.
//!
//! A change arrives at one side with a set of rules, updates that side's memory and probes the other. Each pair goes on
//! with the rules that both sides carry, less those whose residual tests it fails, to wherever the node's tuples go
//! ([`Propagation::emit`]).

use smallvec::SmallVec;
use tsd_ir::{KeyPair, NodeId, Part, RootId, TypeId};

use super::Root;
use super::batch::BLOCK;
use super::counts::{Counts, Met};
use super::input::{Input, Member};
use super::keeping::Keeping;
use super::memory::{Key, LongKey};
use super::propagation::{Outlet, Propagation, Sign, Slots};
use super::residual::{PreparedTest, Residuals};
use super::rules::Owner;
use super::side::Side;
use crate::agenda::End;
use crate::memory::WorkingMemory;
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::tuple::Tuple;

/// The live half of a join node.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) wiring: Wiring,
    /// Beyond the keys: what a pair must pass, by rule.
    demands: Vec<(Bit, Vec<PreparedTest>)>,
    sides: Sides,
    /// There while the session counts.
    pub(crate) counts: Option<Box<Counts>>,
}

/// What a join node does with what its memories hold.
#[derive(Debug)]
pub(crate) struct Wiring {
    /// The facts that are joined.
    pub(crate) input: Input,
    /// Where the pairs go.
    pub(crate) outlet: Outlet,
    pub(crate) root: RootId,
    /// The join whose tuples arrive on the left; `None` when the root's do.
    pub(super) parent: Option<NodeId>,
    pub(super) types: Vec<TypeId>,
    keys: Vec<KeyPair>,
    pub(super) residuals: Residuals,
}

/// The memories, by the number of words in the key.
#[derive(Debug)]
enum Sides {
    Cross(Pair<[u64; 0]>),
    One(Pair<[u64; 1]>),
    Two(Pair<[u64; 2]>),
    Three(Pair<[u64; 3]>),
    Many(Pair<LongKey>),
}

/// The two sides of a join.
#[derive(Debug)]
pub(super) struct Pair<K> {
    pub(super) left: Side<K>,
    pub(super) right: Side<K>,
    pub(super) left_kept: Keeping,
    pub(super) right_kept: Keeping,
}

/// Nearly all joins have one key, so that is asked first: a predictable branch costs less than a jump through a table.
macro_rules! with_sides {
    ($sides:expr, $pair:ident => $body:expr) => {
        match $sides {
            Sides::One($pair) => $body,
            rest => with_sides!(rest, else $pair => $body),
        }
    };
    ($sides:expr, else $pair:ident => $body:expr) => {
        match $sides {
            Sides::One($pair) => $body,
            Sides::Cross($pair) => $body,
            Sides::Two($pair) => $body,
            Sides::Three($pair) => $body,
            Sides::Many($pair) => $body,
        }
    };
}

impl<K: Key> Pair<K> {
    fn new(types: &[TypeId], keys: &[KeyPair], memory: &WorkingMemory) -> Self {
        let (left, right) = types.split_at(types.len() - 1);
        let left_parts: Vec<Part> = keys.iter().map(|key| key.left).collect();
        let right_parts: Vec<Part> = keys.iter().map(|key| key.right).collect();
        Self {
            left: Side::new(left, &left_parts, memory),
            right: Side::new(right, &right_parts, memory),
            left_kept: Keeping::of_left(types),
            right_kept: Keeping::default(),
        }
    }
}

impl Sides {
    fn new(types: &[TypeId], keys: &[KeyPair], memory: &WorkingMemory) -> Self {
        match keys.len() {
            0 => Self::Cross(Pair::new(types, keys, memory)),
            1 => Self::One(Pair::new(types, keys, memory)),
            2 => Self::Two(Pair::new(types, keys, memory)),
            3 => Self::Three(Pair::new(types, keys, memory)),
            _ => Self::Many(Pair::new(types, keys, memory)),
        }
    }
}

/// How much a node holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// `None` while they are not kept.
    pub(crate) left: Option<usize>,
    pub(crate) right: Option<usize>,
    pub(crate) bytes: usize,
}

impl Join {
    /// A join in the tree of a root, behind its parent if that is not the root itself.
    pub(crate) fn new(
        (root, parent): (RootId, Option<NodeId>),
        types: &[TypeId],
        keys: &[KeyPair],
        memory: &WorkingMemory,
    ) -> Self {
        let width = types.len() - 1;
        let wiring = Wiring {
            input: Input::new(types[width]),
            outlet: Outlet::default(),
            root,
            parent,
            types: types.to_vec(),
            keys: keys.to_vec(),
            residuals: Residuals::default(),
        };
        Self { wiring, demands: Vec::new(), sides: Sides::new(types, keys, memory), counts: None }
    }

    /// Lets a rule through.
    pub(crate) fn add(&mut self, member: Member, tests: Vec<PreparedTest>) {
        if !tests.is_empty() {
            self.demands.push((member.bit, tests));
        }
        self.wiring.input.add(member);
    }

    /// Lets a rule through no longer, and takes it from every tuple held; `only` is the set of that rule.
    pub(crate) fn remove(&mut self, bit: Bit, only: RuleSet, memory: &WorkingMemory, sets: &mut RuleSets) {
        self.demands.retain(|(demanding, _)| *demanding != bit);
        self.wiring.input.remove(bit);
        let wiring = &self.wiring;
        with_sides!(&mut self.sides, pair => {
            pair.left.subtract_from_all(only, sets, |slots| wiring.left_key(memory, slots));
            pair.right.subtract_from_all(only, sets, |slots| wiring.right_key(memory, slots[0]));
        });
    }

    /// Puts the residual tests together anew, after rules came or went.
    pub(crate) fn rebuild(&mut self, sets: &mut RuleSets) {
        let demands = self.demands.iter();
        let demands = demands.flat_map(|(bit, tests)| tests.iter().map(|test| (*bit, test)));
        self.wiring.residuals = Residuals::build(demands, sets);
    }

    /// Takes a fact into the right memory without looking for partners, which the caller knows it cannot have yet.
    pub(crate) fn store_right(
        &mut self,
        slot: u32,
        set: RuleSet,
        fresh: bool,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let wiring = &self.wiring;
        with_sides!(&mut self.sides, pair => {
            if let Some(key) = wiring.right_key(memory, slot) {
                if pair.right_kept.is_kept() {
                    pair.right.add(&key, &[slot], set, fresh, sets);
                }
                if let Some(counts) = &mut self.counts {
                    counts.right_in += 1;
                }
            }
        });
    }

    /// Reads what these facts will look at on the left when they arrive on the right. Returns the first facts of tuples
    /// that they will most likely meet there.
    pub(crate) fn touch_all(&self, slots: &[u32], memory: &WorkingMemory) -> SmallVec<[u32; BLOCK]> {
        let wiring = &self.wiring;
        with_sides!(&self.sides, pair => {
            let mut keys: SmallVec<[_; BLOCK]> = SmallVec::new();
            for slot in slots {
                keys.extend(wiring.right_key(memory, *slot));
            }
            pair.left.touch_all(&keys, memory)
        })
    }

    /// The views, and which of their branches, whose rows are the node's tuples.
    pub(crate) fn gathered(&self, roots: &[Option<Root>]) -> SmallVec<[(u16, u32); 4]> {
        let Wiring { outlet, root, .. } = &self.wiring;
        let mut found = SmallVec::new();
        if let Some(root) = roots[root.0 as usize].as_ref().filter(|_| !outlet.gathered.is_empty()) {
            root.sets.for_each(outlet.gathered, |bit| {
                if let Some(Owner::View { view, branch }) = root.branches[bit as usize] {
                    found.push((view, branch));
                }
            });
        }
        found
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.wiring.input.map_sets(map);
        self.wiring.residuals.map_sets(map);
        self.wiring.outlet.map_sets(map);
        with_sides!(&mut self.sides, pair => {
            pair.left.map_sets(map);
            pair.right.map_sets(map);
        });
    }

    /// Visits the tuples that come out of the join; see [`Propagation::for_each_tuple`].
    pub(super) fn visit(
        &mut self,
        propagation: &mut Propagation<'_>,
        node: NodeId,
        visit: &mut dyn FnMut(&mut Propagation<'_>, &Outlet, &mut Slots, RuleSet),
    ) -> usize {
        let wiring = &self.wiring;
        with_sides!(&mut self.sides, pair => propagation.for_each_pair(wiring, pair, node, visit))
    }

    /// The types of the node's tuples.
    pub(crate) fn types(&self) -> &[TypeId] {
        &self.wiring.types
    }

    /// How much the node's memories hold.
    pub(crate) fn held(&self) -> Held {
        with_sides!(&self.sides, pair => Held {
            left: pair.left_kept.is_kept().then(|| pair.left.len()),
            right: pair.right_kept.is_kept().then(|| pair.right.len()),
            bytes: pair.left.bytes() + pair.right.bytes(),
        })
    }
}

impl Wiring {
    #[inline]
    pub(super) fn left_key<K: Key>(&self, memory: &WorkingMemory, slots: &[u32]) -> Option<K> {
        K::from_words(self.keys.iter().map(|key| {
            let at = key.at.index();
            part(memory, self.types[at], slots[at], key.left)
        }))
    }

    #[inline]
    pub(super) fn right_key<K: Key>(&self, memory: &WorkingMemory, slot: u32) -> Option<K> {
        let ty = self.input.ty;
        K::from_words(self.keys.iter().map(|key| part(memory, ty, slot, key.right)))
    }
}

/// A part of a fact as a word of a key.
#[inline(always)]
pub(super) fn part(memory: &WorkingMemory, ty: TypeId, slot: u32, part: Part) -> Option<u64> {
    match part {
        Part::Field(field) => memory.field(ty, slot, field),
        Part::Widened(field) => widened(memory.field(ty, slot, field)?),
        Part::Fact => Some(memory.store(ty).handle(slot).to_word()),
    }
}

/// An integer as the number that it equals.
#[inline(never)]
fn widened(int: u64) -> Option<u64> {
    Some((tsd_ir::ops::int_to_number(int as i64) + 0.0).to_bits())
}

impl Propagation<'_> {
    /// A tuple arrives on the left of a join.
    pub(crate) fn left_activate(&mut self, node: NodeId, slots: &mut Slots, set: RuleSet) {
        // A tuple never comes back to the node that it left, so the node can be taken out meanwhile.
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        let Join { sides, wiring, counts, .. } = &mut *join;
        with_sides!(sides, pair => self.left(wiring, pair, counts, node, slots, set));
        self.joins[node.0 as usize] = Some(join);
    }

    /// A fact arrives on the right of a join.
    pub(crate) fn right_activate(&mut self, node: NodeId, slot: u32, set: RuleSet) {
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        let Join { sides, wiring, counts, .. } = &mut *join;
        with_sides!(sides, pair => self.right(wiring, pair, counts, node, slot, set));
        self.joins[node.0 as usize] = Some(join);
    }

    fn left<K: Key>(
        &mut self,
        join: &Wiring,
        pair: &mut Pair<K>,
        counts: &mut Option<Box<Counts>>,
        node: NodeId,
        slots: &mut Slots,
        set: RuleSet,
    ) {
        let memory = self.memory;
        let Some(key) = join.left_key::<K>(memory, slots) else { return };
        if pair.left_kept.is_kept() {
            match self.sign {
                Sign::Add { fresh } => pair.left.add(&key, slots, set, fresh, self.sets),
                Sign::Remove => pair.left.subtract(&key, slots, set, self.sets),
            }
            if pair.left_kept.changes(self.patience, || join.facts_on_left(memory)) {
                pair.left.give_up();
            }
        }
        join.ask_right(pair, memory, self.sets);
        let mut met = Met::default();
        for right in pair.right.group(&key, memory) {
            met.hits += 1;
            let both = self.sets.meet(set, right.set);
            if !both.is_empty() {
                slots.push(right.slot);
                met.passed += u64::from(self.pass(join, node, slots, both));
                slots.pop();
            }
        }
        if let Some(counts) = counts {
            counts.left_in += 1;
            counts.probed(pair.right.len(), met);
        }
    }

    fn right<K: Key>(
        &mut self,
        join: &Wiring,
        pair: &mut Pair<K>,
        counts: &mut Option<Box<Counts>>,
        node: NodeId,
        slot: u32,
        set: RuleSet,
    ) {
        let memory = self.memory;
        let Some(key) = join.right_key::<K>(memory, slot) else { return };
        if pair.right_kept.is_kept() {
            match self.sign {
                Sign::Add { fresh } => pair.right.add(&key, &[slot], set, fresh, self.sets),
                Sign::Remove => pair.right.subtract(&key, &[slot], set, self.sets),
            }
            if pair.right_kept.changes(self.patience, || memory.store(join.input.ty).len()) {
                pair.right.give_up();
            }
        }
        self.ask_left(join, pair, node);
        let mut slots = Slots::new();
        let mut met = Met::default();
        for left in pair.left.group(&key, memory) {
            met.hits += 1;
            let both = self.sets.meet(left.set, set);
            if !both.is_empty() {
                slots.clear();
                slots.push(left.slot);
                slots.extend_from_slice(left.more);
                slots.push(slot);
                met.passed += u64::from(self.pass(join, node, &mut slots, both));
            }
        }
        if let Some(counts) = counts {
            counts.right_in += 1;
            counts.probed(pair.left.len(), met);
        }
    }

    /// A pair with one key goes on, for the rules whose residual tests it passes. Returns whether there are any.
    #[inline]
    fn pass(&mut self, join: &Wiring, node: NodeId, slots: &mut Slots, mut set: RuleSet) -> bool {
        if !join.residuals.is_empty() {
            set = join.residuals.clear(set, Tuple::new(self.memory, &join.types, slots), self.sets);
            if set.is_empty() {
                return false;
            }
        }
        self.emit(End::Join(node), &join.outlet, slots, set);
        true
    }
}

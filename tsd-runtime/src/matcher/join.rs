//! Joins: the two memories of a node, and what happens when a tuple or a fact arrives.
//!
//! Changes arrive at one side with a set of rules each, update that side's memory and probe the other. Each pair goes on
//! with the rules that both inputs carry, less those whose residual tests it fails, to wherever the node's tuples go
//! ([`Propagation::emit`]).

use tsd_ir::{KeyPair, NodeId, RootId, TypeId};

use super::counts::{Counts, ProbeCounts};
use super::delta::{Delta, Pairs, TupleBlock, TupleRef};
use super::input::{AlphaNode, Member};
use super::keeping::Materialization;
use super::keys::{KeyParts, Keys};
use super::memory::{Key, LongKey};
use super::propagation::{Outputs, Propagation, Sign, Slots};
use super::residual::{PreparedTest, Residuals};
use super::side::{JoinInput, Keyed};
use super::stored::Matches;
use crate::agenda::TupleSource;
use crate::memory::WorkingMemory;
use crate::program::NativeKey;
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::tuple::Tuple;

/// The live half of a join node.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) spec: JoinSpec,
    /// Beyond the keys: what a pair must pass, by rule.
    demands: Vec<(Bit, Vec<PreparedTest>)>,
    inputs: InputsByKey,
    /// There while the session counts.
    pub(crate) counts: Option<Box<Counts>>,
}

/// What a join node does with what its memories hold.
#[derive(Debug)]
pub(crate) struct JoinSpec {
    /// The facts that are joined.
    pub(crate) input: AlphaNode,
    /// Where the pairs go.
    pub(crate) outputs: Outputs,
    pub(crate) root: RootId,
    /// The join whose tuples arrive on the left; `None` when the root's do.
    pub(super) parent: Option<NodeId>,
    pub(super) types: Vec<TypeId>,
    /// What is compared of the tuples on either side.
    left: KeyParts,
    right: KeyParts,
    pub(super) residuals: Residuals,
}

/// The memories, by the number of words in the key.
#[derive(Debug)]
enum InputsByKey {
    Cross(Inputs<[u64; 0]>),
    One(Inputs<[u64; 1]>),
    Two(Inputs<[u64; 2]>),
    Three(Inputs<[u64; 3]>),
    Many(Inputs<LongKey>),
}

/// The two inputs of a join.
#[derive(Debug)]
pub(super) struct Inputs<K> {
    pub(super) left: JoinInput<K>,
    pub(super) right: JoinInput<K>,
    pub(super) left_state: Materialization,
    pub(super) right_state: Materialization,
}

/// Nearly all joins have one key, so that is asked first: a predictable branch costs less than a jump through a table.
macro_rules! with_inputs {
    ($inputs:expr, $pair:ident => $body:expr) => {
        match $inputs {
            InputsByKey::One($pair) => $body,
            rest => with_inputs!(rest, else $pair => $body),
        }
    };
    ($inputs:expr, else $pair:ident => $body:expr) => {
        match $inputs {
            InputsByKey::One($pair) => $body,
            InputsByKey::Cross($pair) => $body,
            InputsByKey::Two($pair) => $body,
            InputsByKey::Three($pair) => $body,
            InputsByKey::Many($pair) => $body,
        }
    };
}

impl<K: Key> Inputs<K> {
    fn new(types: &[TypeId], parts: [&KeyParts; 2], memory: &WorkingMemory) -> Self {
        let (left, right) = types.split_at(types.len() - 1);
        Self {
            left: JoinInput::new(left, parts[0], memory),
            right: JoinInput::new(right, parts[1], memory),
            left_state: Materialization::of_left(types),
            right_state: Materialization::default(),
        }
    }
}

impl InputsByKey {
    fn new(types: &[TypeId], parts: [&KeyParts; 2], memory: &WorkingMemory) -> Self {
        match parts[0].len() {
            0 => Self::Cross(Inputs::new(types, parts, memory)),
            1 => Self::One(Inputs::new(types, parts, memory)),
            2 => Self::Two(Inputs::new(types, parts, memory)),
            3 => Self::Three(Inputs::new(types, parts, memory)),
            _ => Self::Many(Inputs::new(types, parts, memory)),
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
        natives: &[NativeKey],
        memory: &WorkingMemory,
    ) -> Self {
        let width = types.len() - 1;
        let left = KeyParts::of_left(keys, &types[..width], natives);
        let right = KeyParts::of_right(keys, types[width], natives);
        let inputs = InputsByKey::new(types, [&left, &right], memory);
        let spec = JoinSpec {
            input: AlphaNode::new(types[width]),
            outputs: Outputs::default(),
            root,
            parent,
            types: types.to_vec(),
            left,
            right,
            residuals: Residuals::default(),
        };
        Self { spec, demands: Vec::new(), inputs, counts: None }
    }

    /// Lets a rule through.
    pub(crate) fn add(&mut self, member: Member, tests: Vec<PreparedTest>) {
        if !tests.is_empty() {
            self.demands.push((member.bit, tests));
        }
        self.spec.input.add(member);
    }

    /// Lets a rule through no longer, and takes it from every tuple held; `only` is the set of that rule.
    pub(crate) fn remove(&mut self, bit: Bit, only: RuleSet, memory: &WorkingMemory, sets: &mut RuleSets) {
        self.demands.retain(|(demanding, _)| *demanding != bit);
        self.spec.input.remove(bit);
        let spec = &self.spec;
        with_inputs!(&mut self.inputs, pair => {
            pair.left.subtract_from_all(only, sets, |slots| spec.left_keys(memory).of(slots));
            pair.right.subtract_from_all(only, sets, |slots| spec.right_keys(memory).of(slots));
        });
    }

    /// Puts the residual tests together anew, after rules came or went.
    pub(crate) fn rebuild(&mut self, sets: &mut RuleSets) {
        let demands = self.demands.iter();
        let demands = demands.flat_map(|(bit, tests)| tests.iter().map(|test| (*bit, test)));
        self.spec.residuals = Residuals::build(demands, sets);
    }

    /// Whether anybody notices what comes into the right memory.
    pub(crate) fn wants_right(&self) -> bool {
        self.counts.is_some() || with_inputs!(&self.inputs, pair => pair.right_state.is_materialized())
    }

    /// Takes facts into the right memory without looking for partners, which the caller knows they cannot
    /// have yet.
    pub(crate) fn store_right(
        &mut self,
        facts: &Delta,
        fresh: bool,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let spec = &self.spec;
        with_inputs!(&mut self.inputs, pair => {
            let keyed = spec.right_keys(memory).find(facts);
            if pair.right_state.is_materialized() {
                pair.right.change(&keyed, facts, Sign::Add { fresh }, memory, sets);
            }
            if let Some(counts) = &mut self.counts {
                counts.right_in += keyed.len() as u64;
            }
        });
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.spec.input.map_sets(map);
        self.spec.residuals.map_sets(map);
        self.spec.outputs.map_sets(map);
        with_inputs!(&mut self.inputs, pair => {
            pair.left.map_sets(map);
            pair.right.map_sets(map);
        });
    }

    /// Visits the tuples that come out of the join; see [`Propagation::for_each_tuple`].
    pub(super) fn visit(
        &mut self,
        propagation: &mut Propagation<'_>,
        node: NodeId,
        visit: &mut dyn FnMut(&mut Propagation<'_>, &Outputs, &mut Slots, RuleSet),
    ) -> usize {
        let spec = &self.spec;
        with_inputs!(&mut self.inputs, pair => propagation.for_each_pair(spec, pair, node, visit))
    }

    /// The types of the node's tuples.
    pub(crate) fn types(&self) -> &[TypeId] {
        &self.spec.types
    }

    /// How much the node's memories hold.
    pub(crate) fn held(&self) -> Held {
        with_inputs!(&self.inputs, pair => Held {
            left: pair.left_state.is_materialized().then(|| pair.left.len()),
            right: pair.right_state.is_materialized().then(|| pair.right.len()),
            bytes: pair.left.bytes() + pair.right.bytes(),
        })
    }
}

impl JoinSpec {
    /// Tells the keys of tuples on the left.
    #[inline]
    pub(super) fn left_keys<'a>(&'a self, memory: &'a WorkingMemory) -> Keys<'a> {
        self.left.keys(memory)
    }

    /// Tells the keys of facts on the right.
    #[inline]
    pub(super) fn right_keys<'a>(&'a self, memory: &'a WorkingMemory) -> Keys<'a> {
        self.right.keys(memory)
    }
}

impl Propagation<'_> {
    /// Tuples arrive on the left of a join, or leave it.
    pub(crate) fn left_activate(&mut self, node: NodeId, tuples: &Delta) {
        // A tuple never comes back to the node that it left, so the node can be taken out meanwhile.
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        let Join { inputs, spec, counts, .. } = &mut *join;
        with_inputs!(inputs, pair => self.left(spec, pair, counts, node, tuples));
        self.joins[node.0 as usize] = Some(join);
    }

    /// Facts arrive on the right of a join, or leave it.
    pub(crate) fn right_activate(&mut self, node: NodeId, facts: &Delta) {
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        let Join { inputs, spec, counts, .. } = &mut *join;
        with_inputs!(inputs, pair => self.right(spec, pair, counts, node, facts));
        self.joins[node.0 as usize] = Some(join);
    }

    fn left<K: Key>(
        &mut self,
        join: &JoinSpec,
        pair: &mut Inputs<K>,
        counts: &mut Option<Box<Counts>>,
        node: NodeId,
        tuples: &Delta,
    ) {
        let memory = self.memory;
        join.ask_right(pair, memory, self.sets);
        // With nothing to be found, facts that the store finds need not even be asked for their keys.
        let is_alone = pair.right.len() == 0 && counts.is_none() && pair.left.is_stored();
        let keyed = if is_alone { Keyed::new() } else { join.left_keys(memory).find(tuples) };
        if keyed.is_empty() && !is_alone {
            return;
        }
        if pair.left_state.is_materialized() {
            pair.left.change(&keyed, tuples, self.sign, memory, self.sets);
            if pair.left_state.changes(tuples.len(), self.eviction_threshold, || join.facts_on_left(memory)) {
                pair.left.evict();
            }
        }
        if is_alone {
            return;
        }
        let mut pairs = self.deltas.take(join.types.len());
        let mut met = ProbeCounts::default();
        match &pair.right {
            JoinInput::Memory(own) => own.for_each_found(&keyed, |at, right| {
                met.hits += 1;
                let TupleRef { number, slots, set } = tuples.get(at);
                let both = self.sets.meet(set, right.set);
                if !both.is_empty() {
                    pairs.push_pair(number, slots, &[], right.slot, both);
                    if pairs.is_full() {
                        met.passed += self.pass(join, node, &mut pairs);
                    }
                }
            }),
            JoinInput::KeyIndex(stored) => {
                let hits = stored.find_all(&keyed, memory);
                met.hits = hits.all.len() as u64;
                if let Some(passed) = self.gather_found(join, tuples, &hits, 1) {
                    met.passed += passed;
                } else {
                    pairs.pair_with_right(tuples, &hits, self.sets);
                }
            }
        }
        met.passed += self.pass(join, node, &mut pairs);
        self.deltas.put_back(pairs);
        if let Some(counts) = counts {
            counts.left_in += keyed.len() as u64;
            counts.probed(keyed.len(), pair.right.len(), met);
        }
    }

    fn right<K: Key>(
        &mut self,
        join: &JoinSpec,
        pair: &mut Inputs<K>,
        counts: &mut Option<Box<Counts>>,
        node: NodeId,
        facts: &Delta,
    ) {
        let memory = self.memory;
        self.ask_left(join, pair, node);
        let is_alone = pair.left.len() == 0 && counts.is_none() && pair.right.is_stored();
        let keyed = if is_alone { Keyed::new() } else { join.right_keys(memory).find(facts) };
        if keyed.is_empty() && !is_alone {
            return;
        }
        if pair.right_state.is_materialized() {
            pair.right.change(&keyed, facts, self.sign, memory, self.sets);
            if pair
                .right_state
                .changes(facts.len(), self.eviction_threshold, || memory.store(join.input.ty).len())
            {
                pair.right.evict();
            }
        }
        if is_alone {
            return;
        }
        let mut pairs = self.deltas.take(join.types.len());
        let mut met = ProbeCounts::default();
        match &pair.left {
            JoinInput::Memory(own) => own.for_each_found(&keyed, |at, left| {
                met.hits += 1;
                let TupleRef { number, slots, set } = facts.get(at);
                let both = self.sets.meet(left.set, set);
                if !both.is_empty() {
                    pairs.push_pair(number, &[left.slot], left.more, slots[0], both);
                    if pairs.is_full() {
                        met.passed += self.pass(join, node, &mut pairs);
                    }
                }
            }),
            JoinInput::KeyIndex(stored) => {
                let hits = stored.find_all(&keyed, memory);
                met.hits = hits.all.len() as u64;
                if let Some(passed) = self.gather_found(join, facts, &hits, 0) {
                    met.passed += passed;
                } else {
                    pairs.pair_with_left(&hits, facts, self.sets);
                }
            }
        }
        met.passed += self.pass(join, node, &mut pairs);
        self.deltas.put_back(pairs);
        if let Some(counts) = counts {
            counts.right_in += keyed.len() as u64;
            counts.probed(keyed.len(), pair.left.len(), met);
        }
    }

    /// Facts were found for others, on one side of a pair or the other. Where nothing is done with the pairs but to gather them,
    /// they are, without being made; returns how many there were.
    #[inline]
    fn gather_found(
        &mut self,
        join: &JoinSpec,
        facts: &Delta,
        hits: &Matches,
        found_at: usize,
    ) -> Option<u64> {
        if !join.outputs.is_gathered_only() || !join.residuals.is_empty() {
            return None;
        }
        let pairs = Pairs::new(facts, hits, found_at, self.sets)?;
        let passed = if pairs.common.is_empty() { 0 } else { pairs.count() };
        if passed > 0 {
            self.gather_alike(join.outputs.gathered, pairs.common, pairs);
        }
        Some(passed as u64)
    }

    /// Pairs with one key go on, for the rules whose residual tests they pass, and are cleared. Returns how many did.
    fn pass(&mut self, join: &JoinSpec, node: NodeId, pairs: &mut Delta) -> u64 {
        if !join.residuals.is_empty() {
            let (memory, sets) = (self.memory, &mut *self.sets);
            pairs
                .retain(|slots, set| join.residuals.clear(set, Tuple::new(memory, &join.types, slots), sets));
        }
        let passed = pairs.len() as u64;
        if passed > 0 {
            self.emit(TupleSource::Join(node), &join.outputs, pairs);
            pairs.clear();
        }
        passed
    }
}

//! When a tuple or a fact arrives at a join, its partners must be found and paired.
//!
//! A delta arrives at one input, updates it and probes the other. A pair carries the rules that
//! both sides have in common, without those whose residual tests fail. The join emits the pairs
//! ([`Emit`]) and does not know where they go.

use super::counts::{Counts, ProbeCounts};
use super::inputs::{Inputs, JoinInput};
use super::join_spec::JoinSpec;
use super::memory::{Key, LongKey};
use super::outputs::Outputs;
use crate::base::TupleSlots;
use crate::eval::Tuple;
use crate::flow::{Delta, Keyed, Matches, OperatorContext, Pairs, Sign, TupleBlock, TupleRef};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// The state of a join in one session.
#[derive(Clone, Debug)]
pub(crate) struct Join {
    inputs: InputsByKey,
    /// Present while the session counts.
    pub(crate) counts: Option<Box<Counts>>,
}

/// The inputs, by the number of words in the key.
#[derive(Clone, Debug)]
enum InputsByKey {
    Cross(Inputs<[u64; 0]>),
    One(Inputs<[u64; 1]>),
    Two(Inputs<[u64; 2]>),
    Three(Inputs<[u64; 3]>),
    Many(Inputs<LongKey>),
}

/// Nearly all joins have one key, so that case is tested first: a predictable branch costs less
/// than a jump table.
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

impl InputsByKey {
    fn new(spec: &JoinSpec) -> Self {
        match spec.left.len() {
            0 => Self::Cross(Inputs::new(spec)),
            1 => Self::One(Inputs::new(spec)),
            2 => Self::Two(Inputs::new(spec)),
            3 => Self::Three(Inputs::new(spec)),
            _ => Self::Many(Inputs::new(spec)),
        }
    }
}

/// The sizes of a join's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// `None` while it is not materialised.
    pub(crate) left: Option<usize>,
    pub(crate) right: Option<usize>,
    pub(crate) bytes: usize,
}

/// A join at which nothing has arrived yet.
impl Default for Held {
    fn default() -> Self {
        Self { left: Some(0), right: None, bytes: 0 }
    }
}

/// Receives what a join emits, block by block.
pub(crate) trait Emit {
    /// Receives pairs that start or stop matching. The join does not use the delta afterwards.
    fn tuples(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, tuples: &mut Delta);

    /// Receives pairs that go only to views and have equal rule sets, and that were not built.
    fn pairs(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, pairs: Pairs<'_>);
}

/// Receives tuples one by one, with the outputs of their node and their rules.
pub(crate) type Visit<'v> = dyn FnMut(&mut OperatorContext<'_>, &Outputs, &mut TupleSlots, RuleSet) + 'v;

/// Visits the tuples at the left input of a join, with the rules that continue there. Returns how
/// many facts and tuples were read.
pub(crate) type LeftTuples<'t> = dyn FnMut(&mut OperatorContext<'_>, &mut Visit<'_>) -> usize + 't;

impl Join {
    /// A join at which nothing has arrived yet.
    pub(crate) fn new(spec: &JoinSpec, counting: bool) -> Self {
        Self { inputs: InputsByKey::new(spec), counts: counting.then(Box::default) }
    }

    /// Adds tuples at the left input, or removes them.
    pub(crate) fn left(
        &mut self,
        spec: &JoinSpec,
        cx: &mut OperatorContext<'_>,
        tuples: &Delta,
        emit: &mut dyn Emit,
    ) {
        let Self { inputs, counts } = self;
        with_inputs!(inputs, pair => {
            pair.prepare_right(spec, cx);
            spec.probe::<true, _>(pair, counts, cx, tuples, emit);
        });
    }

    /// Adds facts at the right input, or removes them. The left input must be materialised
    /// ([`lacks_left`](Self::lacks_left)).
    pub(crate) fn right(
        &mut self,
        spec: &JoinSpec,
        cx: &mut OperatorContext<'_>,
        facts: &Delta,
        emit: &mut dyn Emit,
    ) {
        let Self { inputs, counts } = self;
        with_inputs!(inputs, pair => {
            pair.prepare_left(spec, cx);
            spec.probe::<false, _>(pair, counts, cx, facts, emit);
        });
    }

    /// Whether the left input was evicted, so that it must be rebuilt before it is probed.
    #[inline]
    pub(crate) fn lacks_left(&self) -> bool {
        !with_inputs!(&self.inputs, pair => pair.left_state.is_materialized())
    }

    /// Rebuilds the left input from the tuples that `left` visits.
    #[cold]
    pub(crate) fn rebuild_left(
        &mut self,
        spec: &JoinSpec,
        cx: &mut OperatorContext<'_>,
        left: &mut LeftTuples<'_>,
    ) {
        with_inputs!(&mut self.inputs, pair => {
            let work = left(cx, &mut |cx, _, slots, set| {
                if let Some(key) = spec.left_keys(cx.memory).of(slots) {
                    pair.left.add(&key, slots, set, true, cx.sets);
                }
            });
            pair.left_state.materialize(work);
        });
    }

    /// Visits the pairs of the join without changing it; `left` visits the tuples at its left
    /// input. Returns how many facts and tuples were read.
    pub(crate) fn for_each_pair(
        &self,
        spec: &JoinSpec,
        cx: &mut OperatorContext<'_>,
        left: &mut LeftTuples<'_>,
        visit: &mut Visit<'_>,
    ) -> usize {
        with_inputs!(&self.inputs, pair => pair.for_each_pair(spec, cx, left, visit))
    }

    /// Removes a rule from every tuple; `only` is the set of that rule.
    pub(crate) fn remove(
        &mut self,
        spec: &JoinSpec,
        only: RuleSet,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        with_inputs!(&mut self.inputs, pair => {
            pair.left.subtract_from_all(only, sets, |slots| spec.left_keys(memory).of(slots));
            pair.right.subtract_from_all(only, sets, |slots| spec.right_keys(memory).of(slots));
        });
    }

    /// Whether facts at the right input have to be stored or counted.
    pub(crate) fn wants_right(&self) -> bool {
        self.counts.is_some() || with_inputs!(&self.inputs, pair => pair.right_state.is_materialized())
    }

    /// Stores facts at the right input without probing. The caller knows that they have no partners
    /// yet.
    pub(crate) fn store_right(
        &mut self,
        spec: &JoinSpec,
        facts: &Delta,
        fresh: bool,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
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

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        with_inputs!(&mut self.inputs, pair => {
            pair.left.map_sets(map);
            pair.right.map_sets(map);
        });
    }

    /// The sizes of the inputs.
    pub(crate) fn held(&self) -> Held {
        with_inputs!(&self.inputs, pair => Held {
            left: pair.left_state.is_materialized().then(|| pair.left.len()),
            right: pair.right_state.is_materialized().then(|| pair.right.len()),
            bytes: pair.left.bytes() + pair.right.bytes(),
        })
    }
}

impl JoinSpec {
    /// Updates one input (`LEFT`: the left one) with a delta, then probes the other.
    fn probe<const LEFT: bool, K: Key>(
        &self,
        inputs: &mut Inputs<K>,
        counts: &mut Option<Box<Counts>>,
        cx: &mut OperatorContext<'_>,
        arrivals: &Delta,
        emit: &mut dyn Emit,
    ) {
        let Inputs { left, right, left_state, right_state } = inputs;
        let (own, own_state, other) =
            if LEFT { (left, left_state, right) } else { (right, right_state, left) };
        let memory = cx.memory;
        // If there are no partners and no counts, facts of a key-index input need no keys.
        let is_alone = other.len() == 0 && counts.is_none() && own.is_key_index();
        let parts = if LEFT { &self.left } else { &self.right };
        let keyed = if is_alone { Keyed::new() } else { parts.keys(memory).find(arrivals) };
        if keyed.is_empty() && !is_alone {
            return;
        }
        if own_state.is_materialized() {
            own.change(&keyed, arrivals, cx.sign, memory, cx.sets);
            let work = || if LEFT { self.facts_on_left(memory) } else { memory.store(self.input.ty).len() };
            if own_state.changes(arrivals.len(), cx.eviction_threshold, work) {
                own.evict();
            }
        }
        if is_alone {
            return;
        }
        let mut pairs = cx.pool.take(self.types.len());
        let mut met = ProbeCounts::default();
        match &*other {
            JoinInput::Memory(other) => other.for_each_found(&keyed, |at, found| {
                met.hits += 1;
                let TupleRef { number, slots, set } = arrivals.get(at);
                let both = if LEFT { cx.sets.meet(set, found.set) } else { cx.sets.meet(found.set, set) };
                if !both.is_empty() {
                    if LEFT {
                        pairs.push_pair(number, slots, &[], found.slot, both);
                    } else {
                        pairs.push_pair(number, &[found.slot], found.more, slots[0], both);
                    }
                    if pairs.is_full() {
                        met.passed += self.pass(cx, &mut pairs, emit);
                    }
                }
            }),
            JoinInput::KeyIndex(index) => {
                let found = index.find_all(&keyed, memory);
                met.hits = found.all.len() as u64;
                let found_at = usize::from(LEFT);
                if let Some(passed) = self.pass_unbuilt(cx, arrivals, &found, found_at, emit) {
                    met.passed += passed;
                } else if LEFT {
                    pairs.pair_with_right(arrivals, &found, cx.sets);
                } else {
                    pairs.pair_with_left(&found, arrivals, cx.sets);
                }
            }
        }
        met.passed += self.pass(cx, &mut pairs, emit);
        cx.pool.put_back(pairs);
        if let Some(counts) = counts {
            *(if LEFT { &mut counts.left_in } else { &mut counts.right_in }) += keyed.len() as u64;
            counts.probed(keyed.len(), other.len(), met);
        }
    }

    /// Passes pairs on without building them, if they only go to views. `found_at` is the place of
    /// the found facts in a pair. Returns how many there were, or `None` if the pairs must be
    /// built.
    #[inline]
    fn pass_unbuilt(
        &self,
        cx: &mut OperatorContext<'_>,
        facts: &Delta,
        found: &Matches,
        found_at: usize,
        emit: &mut dyn Emit,
    ) -> Option<u64> {
        if !self.outputs.is_accumulated_only() || !self.residuals.is_empty() {
            return None;
        }
        let pairs = Pairs::new(facts, found, found_at, cx.sets)?;
        let passed = if pairs.common.is_empty() { 0 } else { pairs.count() };
        if passed > 0 {
            emit.pairs(cx, &self.outputs, pairs);
        }
        Some(passed as u64)
    }

    /// Passes pairs on for the rules whose residual tests hold, and empties the delta. Returns how
    /// many passed.
    fn pass(&self, cx: &mut OperatorContext<'_>, pairs: &mut Delta, emit: &mut dyn Emit) -> u64 {
        if !self.residuals.is_empty() {
            let (memory, sets) = (cx.memory, &mut *cx.sets);
            pairs
                .retain(|slots, set| self.residuals.clear(set, Tuple::new(memory, &self.types, slots), sets));
        }
        let passed = pairs.len() as u64;
        if passed > 0 {
            emit.tuples(cx, &self.outputs, pairs);
            pairs.clear();
        }
        passed
    }
}

//! A join input is a memory of its own, or the store's primary-key index.
//!
//! Most joins lead from a reference to the primary key that it names. The store finds facts by
//! primary key anyway. So an input whose join key is the whole primary key of its one type needs no
//! second index: it stores the rule set of each fact, by slot.

use std::borrow::Cow;

use super::join::{LeftTuples, Visit};
use super::join_spec::JoinSpec;
use super::key::Keys;
use super::key_index_input::{KeyIndexInput, KeyWords, RulesBySlot};
use super::materialization::Materialization;
use super::memory::{BetaMemory, Found, Key, RowIter};
use crate::base::TupleSlots;
use crate::eval::Tuple;
use crate::flow::{Delta, OperatorContext, Sign};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// One input of a join.
#[derive(Clone, Debug)]
pub(crate) enum JoinInput<K> {
    /// A memory of the join.
    Memory(BetaMemory<K>),
    /// The primary-key index of the store.
    KeyIndex(KeyIndexInput),
}

impl<K: Key> JoinInput<K> {
    /// An empty input for tuples of `width` facts; `by_key` if the store finds them.
    fn new(width: usize, by_key: Option<&KeyWords>) -> Self {
        match by_key {
            Some(words) => Self::KeyIndex(KeyIndexInput::new(words.clone())),
            None => Self::Memory(BetaMemory::new(width)),
        }
    }

    /// Whether the store finds the facts.
    #[inline]
    pub(crate) fn is_key_index(&self) -> bool {
        matches!(self, Self::KeyIndex(_))
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.len(),
            Self::KeyIndex(stored) => stored.held.len(),
        }
    }

    /// Adds rules to a tuple; see [`BetaMemory::add`].
    #[inline]
    pub(crate) fn add(&mut self, key: &K, slots: &[u32], set: RuleSet, fresh: bool, sets: &mut RuleSets) {
        match self {
            Self::Memory(memory) => memory.add(key, slots, set, fresh, sets),
            Self::KeyIndex(stored) => stored.held.add(slots[0], set, sets),
        }
    }

    /// Adds the rules of tuples with these keys, or removes them.
    pub(crate) fn change(
        &mut self,
        keyed: &[(K, u32)],
        tuples: &Delta,
        sign: Sign,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let own = match self {
            Self::KeyIndex(stored) => return stored.change(tuples, sign, memory, sets),
            Self::Memory(own) => own,
        };
        let tuples = keyed.iter().map(|(key, at)| (key, tuples.get(*at as usize)));
        match sign {
            Sign::Add { fresh } => {
                tuples.for_each(|(key, tuple)| own.add(key, tuple.slots, tuple.set, fresh, sets));
            }
            Sign::Remove => tuples.for_each(|(key, tuple)| own.subtract(key, tuple.slots, tuple.set, sets)),
        }
    }

    /// Removes rules from every tuple; see [`BetaMemory::subtract_from_all`].
    pub(crate) fn subtract_from_all(
        &mut self,
        set: RuleSet,
        sets: &mut RuleSets,
        key_of: impl Fn(&[u32]) -> Option<K>,
    ) {
        match self {
            Self::Memory(memory) => memory.subtract_from_all(set, sets, key_of),
            Self::KeyIndex(stored) => {
                stored.held.subtract_from_all(set, sets);
            }
        }
    }

    /// Drops all tuples.
    #[cold]
    pub(crate) fn evict(&mut self) {
        match self {
            Self::Memory(memory) => *memory = BetaMemory::new(memory.width()),
            Self::KeyIndex(stored) => stored.held = RulesBySlot::default(),
        }
    }

    /// Whether it can be probed without preparation.
    fn is_ready(&self) -> bool {
        match self {
            Self::Memory(memory) => memory.is_ready(),
            Self::KeyIndex(_) => true,
        }
    }

    /// Visits every tuple.
    fn for_each(&self, mut visit: impl FnMut(&mut TupleSlots, RuleSet)) {
        match self {
            Self::Memory(memory) => memory.for_each(visit),
            Self::KeyIndex(stored) => {
                stored.held.for_each(|slot, set| visit(&mut smallvec::smallvec![slot], set));
            }
        }
    }

    /// Prepares for probes; see [`BetaMemory::prepare`].
    #[inline]
    pub(crate) fn prepare<'k>(&mut self, keys: impl FnOnce() -> Keys<'k>) {
        if let Self::Memory(memory) = self {
            memory.prepare(keys);
        }
    }

    /// The tuples with this key, after [`prepare`](Self::prepare).
    #[inline]
    pub(crate) fn group<'a>(&'a self, key: &K, memory: &WorkingMemory) -> Group<'a, K> {
        match self {
            Self::Memory(own) => Group::Memory(own.group(key)),
            Self::KeyIndex(stored) => Group::KeyIndex(stored.find(key.words(), memory)),
        }
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        match self {
            Self::Memory(memory) => memory.map_sets(map),
            Self::KeyIndex(stored) => stored.held.map_sets(map),
        }
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.bytes(),
            Self::KeyIndex(stored) => stored.held.bytes(),
        }
    }
}

/// The two inputs of a join.
#[derive(Clone, Debug)]
pub(crate) struct Inputs<K> {
    pub(crate) left: JoinInput<K>,
    pub(crate) right: JoinInput<K>,
    pub(crate) left_state: Materialization,
    pub(crate) right_state: Materialization,
}

impl<K: Key> Inputs<K> {
    pub(crate) fn new(spec: &JoinSpec) -> Self {
        Self {
            left: JoinInput::new(spec.types.len() - 1, spec.left_by_key.as_ref()),
            right: Self::empty_right(spec),
            left_state: Materialization::of_left(&spec.types),
            right_state: Materialization::default(),
        }
    }

    fn empty_right(spec: &JoinSpec) -> JoinInput<K> {
        JoinInput::new(1, spec.right_by_key.as_ref())
    }

    /// Prepares the right input for probes: rebuilds it if it was evicted and there are facts.
    #[inline]
    pub(crate) fn prepare_right(&mut self, spec: &JoinSpec, cx: &mut OperatorContext<'_>) {
        if !self.right_state.is_materialized() && cx.memory.store(spec.input.ty).len() > 0 {
            fill_right(&mut self.right, spec, cx);
            self.right_state.materialize(cx.memory.store(spec.input.ty).len());
        }
        self.right.prepare(|| spec.right_keys(cx.memory));
        self.right_state.probed();
    }

    /// Prepares the left input for probes.
    #[inline]
    pub(crate) fn prepare_left(&mut self, spec: &JoinSpec, cx: &OperatorContext<'_>) {
        self.left.prepare(|| spec.left_keys(cx.memory));
        self.left_state.probed();
    }

    /// Visits the pairs without changing the join. An evicted input is rebuilt for this call only.
    pub(crate) fn for_each_pair(
        &self,
        spec: &JoinSpec,
        cx: &mut OperatorContext<'_>,
        left: &mut LeftTuples<'_>,
        visit: &mut Visit<'_>,
    ) -> usize {
        let mut work = 0;
        let right = if self.right_state.is_materialized() && self.right.is_ready() {
            Cow::Borrowed(&self.right)
        } else {
            let mut right = Self::empty_right(spec);
            fill_right(&mut right, spec, cx);
            right.prepare(|| spec.right_keys(cx.memory));
            work += cx.memory.store(spec.input.ty).len();
            Cow::Owned(right)
        };
        let mut pairs = 0;
        let mut visit_left = |cx: &mut OperatorContext<'_>, slots: &mut TupleSlots, set: RuleSet| {
            let Some(key) = spec.left_keys(cx.memory).of::<K>(slots) else { return };
            for found in right.group(&key, cx.memory) {
                slots.push(found.slot);
                pairs += 1;
                let set = cx.sets.meet(set, found.set);
                let tuple = Tuple::new(cx.memory, &spec.types, slots);
                let set = spec.residuals.clear(set, tuple, cx.sets);
                if !set.is_empty() {
                    visit(cx, &spec.outputs, slots, set);
                }
                slots.pop();
            }
        };
        if self.left_state.is_materialized() {
            self.left.for_each(|slots, set| visit_left(cx, slots, set));
            work += self.left.len();
        } else {
            work += left(cx, &mut |cx, _, slots, set| visit_left(cx, slots, set));
        }
        work + pairs
    }
}

/// Adds the existing facts to an empty right input.
#[cold]
fn fill_right<K: Key>(right: &mut JoinInput<K>, spec: &JoinSpec, cx: &mut OperatorContext<'_>) {
    let keys = spec.right_keys(cx.memory);
    for slot in cx.memory.store(spec.input.ty).live_slots() {
        let set = spec.input.admit(slot, None, cx.memory, cx.sets);
        if !set.is_empty()
            && let Some(key) = keys.of(&[slot])
        {
            right.add(&key, &[slot], set, true, cx.sets);
        }
    }
}

/// The tuples with one key.
pub(crate) enum Group<'a, K> {
    /// Those of a memory.
    Memory(RowIter<'a, K>),
    /// The fact with that primary key.
    KeyIndex(Option<Found<'static>>),
}

impl<'a, K> Iterator for Group<'a, K> {
    type Item = Found<'a>;

    #[inline]
    fn next(&mut self) -> Option<Found<'a>> {
        match self {
            Self::Memory(rows) => rows.next(),
            Self::KeyIndex(found) => found.take(),
        }
    }
}

//! Facts that are joined by their primary key need no memory beside the store's index.

use smallvec::SmallVec;
use tsd_ir::{FieldId, TypeId};

use super::key::KeyParts;
use super::memory::{Found, Key};
use crate::base::{Index, hash_words};
use crate::flow::{Delta, Match, Matches, Sign, collected, move_up};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::{Capacity, Store, WorkingMemory};

/// A join input whose facts the store finds by key.
#[derive(Clone, Debug)]
pub(crate) struct KeyIndexInput {
    key: KeyWords,
    pub(crate) held: RulesBySlot,
}

/// How the primary key of a type is read from a join key.
#[derive(Clone, Debug)]
pub(crate) struct KeyWords {
    ty: TypeId,
    /// For each field of the primary key, the word of the join key that equals it.
    words: SmallVec<[usize; 2]>,
}

impl KeyWords {
    /// `None` unless the parts are exactly the fields of the primary key.
    pub(crate) fn new(ty: TypeId, key: &[FieldId], parts: &KeyParts) -> Option<Self> {
        if key.is_empty() || key.len() != parts.len() {
            return None;
        }
        let words = key.iter().map(|field| parts.position(field.index())).collect::<Option<_>>()?;
        Some(Self { ty, words })
    }
}

/// The rule sets of facts, by slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct RulesBySlot {
    /// The number of facts with rules.
    len: u32,
    /// The rule set of each fact; empty for a fact that is not in the input. As long as facts come
    /// in the order of slots with equal rule sets, there is no list: the first `len` slots have the
    /// rules `same`, and no others have any.
    each: Option<Vec<RuleSet>>,
    same: RuleSet,
}

impl RulesBySlot {
    /// The number of facts with rules.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    /// The rule set of the fact at a slot.
    #[inline]
    fn of(&self, slot: u32) -> RuleSet {
        self.each.as_ref().map_or_else(|| self.of_first(slot), |each| rules_at(each, slot))
    }

    /// The rule set of the fact at a slot while there is no list.
    #[inline]
    fn of_first(&self, slot: u32) -> RuleSet {
        if slot < self.len { self.same } else { RuleSet::EMPTY }
    }

    /// Adds rules to a fact.
    #[inline]
    pub(crate) fn add(&mut self, slot: u32, rules: RuleSet, sets: &mut RuleSets) {
        if self.each.is_none() && slot == self.len && (self.same == rules || slot == 0) {
            (self.same, self.len) = (rules, slot + 1);
            return;
        }
        let each = self.make_each();
        if each.len() <= slot as usize {
            each.resize(slot as usize + 1, RuleSet::EMPTY);
        }
        let held = &mut each[slot as usize];
        let is_new = held.is_empty();
        *held = if is_new { rules } else { sets.union(*held, rules) };
        self.len += u32::from(is_new);
    }

    /// Adds the rule sets of facts. `capacity` is that of their store.
    fn add_all(&mut self, facts: &Delta, capacity: Capacity, sets: &mut RuleSets) {
        match &mut self.each {
            Some(each) => capacity.grow(each, RuleSet::EMPTY),
            None => {
                let come_in_order =
                    facts.all_slots().iter().zip(self.len..).all(|(slot, next)| *slot == next);
                if let Some(common) = facts.common_set().filter(|_| come_in_order)
                    && (self.same == common || self.len == 0)
                {
                    (self.same, self.len) = (common, self.len + facts.len() as u32);
                    return;
                }
            }
        }
        facts.iter().for_each(|fact| self.add(fact.slots[0], fact.set, sets));
    }

    /// Removes rules from a fact.
    fn subtract(&mut self, slot: u32, rules: RuleSet, sets: &mut RuleSets) {
        if self.of(slot).is_empty() {
            return;
        }
        let held = &mut self.make_each()[slot as usize];
        *held = sets.difference(*held, rules);
        let is_gone = held.is_empty();
        self.len -= u32::from(is_gone);
    }

    /// Removes rules from every fact.
    pub(crate) fn subtract_from_all(&mut self, rules: RuleSet, sets: &mut RuleSets) {
        let Some(each) = &self.each else {
            self.same = sets.difference(self.same, rules);
            if self.same.is_empty() {
                self.len = 0;
            }
            return;
        };
        (0..each.len() as u32).for_each(|slot| self.subtract(slot, rules, sets));
    }

    /// Visits the facts that have rules.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u32, RuleSet)) {
        match &self.each {
            Some(each) => {
                let facts = (0..).zip(each).filter(|(_, set)| !set.is_empty());
                facts.for_each(|(slot, set)| visit(slot, *set));
            }
            None => (0..self.len).for_each(|slot| visit(slot, self.same)),
        }
    }

    /// The list, created if necessary.
    fn make_each(&mut self) -> &mut Vec<RuleSet> {
        let Self { len, each, same } = self;
        each.get_or_insert_with(|| vec![*same; *len as usize])
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        let Self { len, each, same } = self;
        match each {
            Some(each) => each.iter_mut().filter(|set| !set.is_empty()).for_each(|set| *set = map(*set)),
            None if *len > 0 => *same = map(*same),
            None => *same = RuleSet::EMPTY,
        }
    }

    /// The bytes allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.each.as_ref().map_or(0, |each| each.capacity() * size_of::<RuleSet>())
    }
}

/// The rule set of the fact at a slot.
#[inline]
fn rules_at(sets: &[RuleSet], slot: u32) -> RuleSet {
    sets.get(slot as usize).copied().unwrap_or(RuleSet::EMPTY)
}

impl KeyIndexInput {
    pub(crate) fn new(key: KeyWords) -> Self {
        Self { key, held: RulesBySlot::default() }
    }

    /// Adds the rule sets of facts, or removes them. All facts have a primary key, so it need not
    /// be read.
    pub(crate) fn change(&mut self, facts: &Delta, sign: Sign, memory: &WorkingMemory, sets: &mut RuleSets) {
        match sign {
            Sign::Add { .. } => self.held.add_all(facts, memory.store(self.key.ty).capacity(), sets),
            Sign::Remove => facts.iter().for_each(|fact| self.held.subtract(fact.slots[0], fact.set, sets)),
        }
    }

    /// Finds the facts with these keys.
    pub(crate) fn find_all<K: Key>(&self, keyed: &[(K, u32)], memory: &WorkingMemory) -> Matches {
        let store = memory.store(self.key.ty);
        let Some((fields, index)) = store.key_index().filter(|_| self.held.len() > 0) else {
            return Matches::default();
        };
        match (fields, &*self.key.words) {
            ([field], [0]) => {
                let hash = |key: &K| hash_words([key.words()[0]]);
                let has = |slot: u32, key: &K| store.word(slot, *field) == key.words()[0];
                match &self.held.each {
                    None => {
                        let common = Some(self.held.same);
                        find_by(keyed, (store, index), hash, has, (|slot| self.held.of_first(slot), common))
                    }
                    Some(each) => {
                        find_by(keyed, (store, index), hash, has, (|slot| rules_at(each, slot), None))
                    }
                }
            }
            _ => {
                let hash = |key: &K| hash_words(self.key.words.iter().map(|at| key.words()[*at]));
                let has = |slot: u32, key: &K| {
                    let same = |(field, at): (&usize, &usize)| store.word(slot, *field) == key.words()[*at];
                    fields.iter().zip(&self.key.words).all(same)
                };
                find_by(keyed, (store, index), hash, has, (|slot| self.held.of(slot), None))
            }
        }
    }

    /// The fact with a key.
    #[inline]
    pub(crate) fn find(&self, words: &[u64], memory: &WorkingMemory) -> Option<Found<'static>> {
        let store: &Store = memory.store(self.key.ty);
        let slot = store.find_key(self.key.words.iter().map(|word| words[*word]))?;
        let set = self.held.of(slot);
        (!set.is_empty()).then_some(Found { slot, more: &[], set })
    }
}

/// Finds facts by their keys. The first candidate that the index returns is most likely right. Rule
/// sets (unless they are `common`) and facts are read in separate loops, so that cache misses
/// overlap.
#[inline(always)]
fn find_by<K: Key>(
    keyed: &[(K, u32)],
    (store, index): (&Store, &Index),
    hash: impl Fn(&K) -> u64,
    has: impl Fn(u32, &K) -> bool,
    (rules_of, common): (impl Fn(u32) -> RuleSet, Option<RuleSet>),
) -> Matches {
    let are_listed = common.is_none();
    let takes_part = |slot: u32| !rules_of(slot).is_empty();
    let mut all: SmallVec<[Match; 4]> = collected((0..).zip(keyed).map(|(at, (key, _))| {
        let slot = index.find(hash(key), |_| true).unwrap_or(NONE);
        Match { at, slot, set: common.unwrap_or(RuleSet::EMPTY) }
    }));
    if are_listed && all.len() > 1 {
        read_all(&all, |hit| rules_of(hit.slot).read());
    }
    // A fact that is not in the input need not be compared.
    if are_listed || !all.iter().all(|hit| takes_part(hit.slot)) {
        keep(&mut all, |hit| {
            hit.set = rules_of(hit.slot);
            if hit.set.is_empty() && hit.slot != NONE {
                hit.slot = index.find(hash(&keyed[hit.at as usize].0), takes_part).unwrap_or(NONE);
                hit.set = rules_of(hit.slot);
            }
            !hit.set.is_empty()
        });
    }
    if all.len() > 1 {
        let field = store.key_fields()[0];
        read_all(&all, |hit| store.touch(hit.slot, field));
    }
    let is_it = |hit: &Match| has(hit.slot, &keyed[hit.at as usize].0);
    if !all.iter().fold(true, |all, hit| all & is_it(hit)) {
        keep(&mut all, |hit| {
            if !is_it(hit) {
                let key = &keyed[hit.at as usize].0;
                let found = index.find(hash(key), |slot| takes_part(slot) && has(slot, key));
                hit.slot = found.unwrap_or(NONE);
                hit.set = rules_of(hit.slot);
            }
            !hit.set.is_empty()
        });
    }
    if keyed.last().is_some_and(|(_, place)| *place as usize >= keyed.len()) {
        // Some tuples have no key, so the places of keys differ from those of tuples.
        all.iter_mut().for_each(|hit| hit.at = keyed[hit.at as usize].1);
    }
    Matches { all, common }
}

/// Keeps the matches that are good.
#[inline(always)]
fn keep(hits: &mut SmallVec<[Match; 4]>, is_good: impl FnMut(&mut Match) -> bool) {
    let kept = move_up(hits, is_good);
    hits.truncate(kept);
}

/// No slot.
const NONE: u32 = u32::MAX;

/// Reads something for each element of a block in a separate loop, so that cache misses overlap.
#[inline]
fn read_all<T>(block: &[T], read: impl Fn(&T) -> u32) {
    std::hint::black_box(block.iter().fold(0, |all, one| all ^ read(one)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Compares with a map from slot to rules. Some slots come in order, as in most stores.
        #[test]
        fn rules_by_slot_are_a_map(
            in_order in 0..6_u32,
            steps in proptest::collection::vec((0..8_u32, 1..8_u64, 0..8_u8), 0..20),
        ) {
            let mut sets = RuleSets::new();
            let mut held = RulesBySlot::default();
            let mut model: BTreeMap<u32, u64> = BTreeMap::new();
            let first = (0..in_order).map(|slot| (slot, 5, 0));
            for (slot, bits, step) in first.chain(steps) {
                let rules = sets.intern(&[bits]);
                match step {
                    0..4 => {
                        held.add(slot, rules, &mut sets);
                        *model.entry(slot).or_default() |= bits;
                    }
                    4..7 => {
                        held.subtract(slot, rules, &mut sets);
                        model.entry(slot).and_modify(|known| *known &= !bits);
                    }
                    _ => {
                        held.subtract_from_all(rules, &mut sets);
                        model.values_mut().for_each(|known| *known &= !bits);
                    }
                }
                model.retain(|_, known| *known != 0);
                prop_assert_eq!(held.len(), model.len());
                for slot in 0..9 {
                    let mut bits = 0;
                    sets.for_each(held.of(slot), |bit| bits |= 1 << bit);
                    prop_assert_eq!(bits, model.get(&slot).copied().unwrap_or(0));
                }
            }
        }
    }
}

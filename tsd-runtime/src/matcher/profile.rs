//! The planner estimates better with what is known of the facts of a session.
//!
//! Counting while joins run would cost something all the time, and would only tell of the joins
//! that run. So a profile is computed from the facts on demand. Each fact is tested against all
//! filters. For each pair of types that some rule joins, in any order, the facts of both are
//! counted by key.

use std::collections::{BTreeMap, HashMap};

use tsd_ir::{Branch, Filter, NodeId, Part, Profile, RootId, Subject, TypeId};

use super::Matcher;
use crate::beta::KeyPart;
use crate::eval::NativeKey;
use crate::ruleset::Bit;

/// Parts of two facts that must be equal.
type Keys = Vec<(Part, Part)>;

/// For each entry point, the filter of each of its members.
type FiltersByInput = BTreeMap<(RootId, Option<NodeId>), Vec<(Bit, Filter)>>;

impl Matcher {
    /// Computes a profile of the facts.
    pub(crate) fn profile(&self, natives: &[NativeKey]) -> Profile {
        let mut profile = Profile::default();
        let types = || (0..self.base.schema.types.len()).map(|index| TypeId(index as u16));
        for ty in types() {
            match self.state.memory.store(ty).len() {
                0 => {}
                facts => profile.note_facts(&self.base.schema, ty, facts),
            }
        }
        for (types, keys) in self.joined_pairs() {
            self.observe_join(types, &keys, natives, &mut profile);
        }
        let filters = self.filters();
        for ty in (0..self.base.schema.types.len()).map(|index| TypeId(index as u16)) {
            self.observe_filters(ty, &filters, &mut profile);
        }
        profile
    }

    /// The pairs of types that rules and views join on keys, each once, whatever the order of the
    /// join.
    fn joined_pairs(&self) -> Vec<((TypeId, TypeId), Keys)> {
        let mut pairs: BTreeMap<Subject, ((TypeId, TypeId), Keys)> = BTreeMap::new();
        for live in self.base.rules.iter() {
            let views = live.rule.views.iter().flat_map(|view| view.branches.iter());
            for branch in live.rule.branches.iter().chain(views) {
                for (types, keys) in pairs_of(branch) {
                    pairs.insert(Subject::join(&self.base.schema, types, &keys), (types, keys));
                }
            }
        }
        pairs.into_values().collect()
    }

    fn observe_join(
        &self,
        types: (TypeId, TypeId),
        keys: &Keys,
        natives: &[NativeKey],
        profile: &mut Profile,
    ) {
        let memory = &self.state.memory;
        let (left, right) = (memory.store(types.0), memory.store(types.1));
        if left.len() == 0 || right.len() == 0 {
            return;
        }
        let parts = |ty, side: fn(&(Part, Part)) -> &Part| -> Vec<KeyPart> {
            keys.iter().map(|key| KeyPart::new(side(key), 0, &[ty], natives)).collect()
        };
        let words = |parts: &[KeyPart], slot| -> Option<Vec<u64>> {
            parts.iter().map(|part| part.word(&[slot], memory)).collect()
        };
        let [own, others] = [parts(types.0, |key| &key.0), parts(types.1, |key| &key.1)];
        let mut counts: HashMap<Vec<u64>, u64, ahash::RandomState> =
            HashMap::with_hasher(crate::base::hasher());
        for slot in left.live_slots() {
            if let Some(words) = words(&own, slot) {
                *counts.entry(words).or_default() += 1;
            }
        }
        let partners = right.live_slots().filter_map(|slot| words(&others, slot));
        let matches = partners.filter_map(|words| counts.get(&words)).sum();
        let pairs = left.len() as f64 * right.len() as f64;
        profile.note_join(&self.base.schema, types, keys, matches, pairs);
    }

    /// The filters of the rules, by entry point.
    fn filters(&self) -> FiltersByInput {
        let mut filters: BTreeMap<_, Vec<(Bit, Filter)>> = BTreeMap::new();
        for live in self.base.rules.iter() {
            for (place, branch) in live.places.iter().zip(live.rule.branches.iter()) {
                let joins = place.path.joins.iter().map(|join| Some(*join));
                let own = std::iter::once(&branch.filter).chain(branch.joins.iter().map(|join| &join.filter));
                for (join, filter) in std::iter::once(None).chain(joins).zip(own) {
                    if !filter.fields.is_empty() || !filter.tests.is_empty() {
                        let entry_point = filters.entry((place.path.root, join)).or_default();
                        entry_point.push((place.bit, filter.clone()));
                    }
                }
            }
        }
        filters
    }

    /// Tests each fact of a type against all filters.
    fn observe_filters(&self, ty: TypeId, filters: &FiltersByInput, profile: &mut Profile) {
        let facts = self.state.memory.store(ty).len() as u64;
        for index in 0..self.base.entry_points.of(ty).len() {
            let entry_point = self.base.entry_points.of(ty)[index];
            let Some(filters) = filters.get(&(entry_point.root, entry_point.join)).filter(|_| facts > 0)
            else {
                continue;
            };
            let input = self.base.alpha_node(entry_point);
            // A copy, because observing must not change the session.
            let sets = &mut self.state.sets[entry_point.root.0 as usize].clone();
            let mut passed: BTreeMap<Bit, u64> = BTreeMap::new();
            for slot in self.state.memory.store(ty).live_slots() {
                let set = input.admit(slot, None, &self.state.memory, sets);
                sets.for_each(set, |bit| *passed.entry(bit).or_default() += 1);
            }
            for (bit, filter) in filters {
                let passed = passed.get(bit).copied().unwrap_or(0);
                profile.note_filter(&self.base.schema, ty, filter, passed, facts);
            }
        }
    }
}

/// The pairs of types that a chain joins on keys, without parameters of views, which are not facts.
fn pairs_of(branch: &Branch) -> Vec<((TypeId, TypeId), Keys)> {
    let types = branch.types();
    let mut pairs: BTreeMap<(usize, usize), Keys> = BTreeMap::new();
    for (index, join) in branch.joins.iter().enumerate() {
        for key in join.keys.iter().filter(|key| is_of_one(&key.left)) {
            let keys = pairs.entry((key.at.index(), index + 1)).or_default();
            keys.push((key.left.clone(), key.right.clone()));
        }
    }
    let pairs = pairs.into_iter().map(|((one, other), keys)| ((types[one], types[other]), keys));
    pairs.filter(|((one, other), _)| *one != TypeId::PARAMETERS && *other != TypeId::PARAMETERS).collect()
}

/// Whether a part is of a single fact.
fn is_of_one(part: &Part) -> bool {
    !matches!(part, Part::Computed(computed) if !computed.others.is_empty())
}

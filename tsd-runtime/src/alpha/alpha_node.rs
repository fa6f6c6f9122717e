//! Rules that share a join differ in their filters on its input.
//!
//! Filters on fields are data, not code. Each constrained field has a [`FilterIndex`], from a value
//! to the rules that accept it. Tests that no index can answer (`LIKE`, arithmetic) are evaluated
//! one by one, as long as a rule that needs them is still in the set.

use tsd_ir::{Domain, FieldId, List, Type, TypeId};

use super::filter_index::FilterIndex;
use super::residual::{PreparedTest, Residuals};
use crate::eval::Tuple;
use crate::flow::Delta;
use crate::ruleset::{Bit, Bits, RuleSet, RuleSets};
use crate::store::{Strings, Symbol, WorkingMemory};

/// The filters of one rule at an alpha node.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) bit: Bit,
    /// The values that it accepts in fields.
    pub(crate) fields: List<(FieldId, Domain)>,
    /// Its other tests of the fact.
    pub(crate) tests: Vec<PreparedTest>,
    /// The fields of the fact that the rule reads.
    pub(crate) reads: List<FieldId>,
}

/// Filters the facts of one type for all rules that enter here: at a root, or at the right input of
/// a join.
#[derive(Clone, Debug)]
pub(crate) struct AlphaNode {
    pub(crate) ty: TypeId,
    members: Vec<Member>,
    everyone: RuleSet,
    /// The filter index of each constrained field.
    tables: Vec<(FieldId, FilterIndex)>,
    tests: Residuals,
    /// For each field, the rules that read it.
    readers: Vec<RuleSet>,
    /// The strings that the indexes mention.
    symbols: Vec<Symbol>,
}

impl AlphaNode {
    pub(crate) fn new(ty: TypeId) -> Self {
        Self {
            ty,
            members: Vec::new(),
            everyone: RuleSet::EMPTY,
            tables: Vec::new(),
            tests: Residuals::default(),
            readers: Vec::new(),
            symbols: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    pub(crate) fn remove(&mut self, bit: Bit) {
        self.members.retain(|member| member.bit != bit);
    }

    /// The rules that enter here.
    pub(crate) fn everyone(&self) -> RuleSet {
        self.everyone
    }

    /// The rules that read a field.
    pub(crate) fn readers(&self, field: FieldId) -> RuleSet {
        self.readers[field.index()]
    }

    /// Rebuilds the indexes after rules were added or removed. Costs the number of rows of all
    /// indexes times the words of a rule set.
    pub(crate) fn rebuild(&mut self, declared: &Type, sets: &mut RuleSets, strings: &mut Strings) {
        let mut symbols = Vec::new();
        let mut bits = Bits::default();
        self.members.iter().for_each(|member| bits.set(member.bit));
        self.everyone = sets.intern(&bits.0);
        self.readers = (0..declared.fields.len())
            .map(|field| {
                let mut bits = Bits::default();
                let readers =
                    self.members.iter().filter(|member| member.reads.contains(&FieldId(field as u16)));
                readers.for_each(|member| bits.set(member.bit));
                sets.intern(&bits.0)
            })
            .collect();
        let mut fields: Vec<FieldId> =
            self.members.iter().flat_map(|member| member.fields.iter().map(|(field, _)| *field)).collect();
        fields.sort_unstable();
        fields.dedup();
        self.tables = (fields.into_iter())
            .map(|field| {
                let demands = self.members.iter().map(|member| {
                    let mut constrained =
                        member.fields.iter().filter(|(constrained, _)| *constrained == field);
                    (member.bit, constrained.next().map(|(_, domain)| domain))
                });
                let kind = declared.field(field).kind;
                (field, FilterIndex::build(kind, demands, sets, strings, &mut symbols))
            })
            .collect();
        let tests = self.members.iter().flat_map(|member| member.tests.iter().map(|test| (member.bit, test)));
        self.tests = Residuals::build(tests, sets);
        std::mem::replace(&mut self.symbols, symbols).into_iter().for_each(|symbol| strings.release(symbol));
    }

    /// Clears the list of strings, which belong to another session's interner.
    pub(crate) fn disown(&mut self) {
        self.symbols.clear();
    }

    /// Releases the strings that the indexes mention.
    pub(crate) fn release(&self, strings: &mut Strings) {
        self.symbols.iter().for_each(|symbol| strings.release(*symbol));
    }

    /// The rules whose filters the fact at `slot` passes, out of `candidates` or of all.
    #[inline]
    pub(crate) fn admit(
        &self,
        slot: u32,
        candidates: Option<RuleSet>,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) -> RuleSet {
        let store = memory.store(self.ty);
        let mut passed = candidates;
        for (field, table) in &self.tables {
            let accepted = table.accepting(store.field(slot, *field), &memory.strings);
            let both = passed.map_or(accepted, |passed| sets.meet(passed, accepted));
            if both.is_empty() {
                return both;
            }
            passed = Some(both);
        }
        self.test(slot, passed.unwrap_or(self.everyone), memory, sets)
    }

    /// Fills `admitted` with the facts that pass the filters of some rule of `candidates`, numbered
    /// by their places.
    pub(crate) fn admit_all(
        &self,
        slots: &[u32],
        candidates: RuleSet,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
        admitted: &mut Delta,
    ) {
        let store = memory.store(self.ty);
        admitted.fill(slots, candidates);
        for (field, table) in &self.tables {
            if store.has_missing() {
                let values = admitted.held(|slot| store.field(slot, *field));
                table.meet_all(values, &memory.strings, sets);
            } else {
                let values = admitted.held(|slot| Some(store.word(slot, field.index())));
                table.meet_all(values, &memory.strings, sets);
            }
        }
        if !self.tables.is_empty() {
            admitted.drop_empty();
        }
        if !self.tests.is_empty() {
            admitted.retain(|slots, set| self.test(slots[0], set, memory, sets));
        }
    }

    /// The rules of `passed` whose other tests hold for the fact at `slot`.
    #[inline]
    pub(crate) fn test(
        &self,
        slot: u32,
        passed: RuleSet,
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) -> RuleSet {
        if self.tests.is_empty() || passed.is_empty() {
            return passed;
        }
        self.tests.clear(passed, Tuple::new(memory, &[self.ty], &[slot]), sets)
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.everyone = map(self.everyone);
        self.readers.iter_mut().for_each(|set| *set = map(*set));
        self.tests.map_sets(map);
        self.tables.iter_mut().for_each(|(_, table)| table.map_sets(map));
    }
}

//! Where facts of one type enter the network, and which rules they pass there.
//!
//! Rules that share a join differ in what they demand of the facts on its inputs. Those demands are tables, not code: a
//! table for each field that some rule constrains, from a value to the set of rules that accept it. A thousand rules
//! with a threshold each cost one binary search; a rule added is some more rows. What no table can say (`LIKE`,
//! arithmetic) is tested one by one, while a rule that needs the test is still in the set.

use std::hint::select_unpredictable;

use hashbrown::HashTable;
use tsd_ir::{Const, Cut, Domain, FieldId, Kind, List, Type, TypeId};

use super::delta::Delta;
use super::residual::{PreparedTest, Residuals};
use crate::memory::{Store, Symbol, Texts, WorkingMemory, hash_words};
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::tuple::Tuple;

/// One rule's demands on the facts of an input.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) bit: Bit,
    /// The values that fields may have.
    pub(crate) fields: List<(FieldId, Domain)>,
    /// Further tests on the fact.
    pub(crate) tests: Vec<PreparedTest>,
    /// The fields of the fact that the rule reads.
    pub(crate) reads: List<FieldId>,
}

/// An input of the network: the facts of one type, as one root or one right side of a join takes them.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) ty: TypeId,
    members: Vec<Member>,
    everyone: RuleSet,
    tables: Vec<Table>,
    tests: Residuals,
    /// For each field, the rules that read it.
    readers: Vec<RuleSet>,
    /// The strings that the tables mention.
    symbols: Vec<Symbol>,
}

/// The rules that accept a field's value.
#[derive(Debug)]
struct Table {
    field: FieldId,
    rows: Rows,
    missing: RuleSet,
}

#[derive(Debug)]
enum Rows {
    /// A few single values by their words, and everything else.
    Few { points: Vec<(u64, RuleSet)>, other: RuleSet },
    /// Many of them.
    Points { points: HashTable<(u64, RuleSet)>, other: RuleSet },
    /// Stretches between numbers: a stretch begins at its cut; the first has none.
    Numbers { cuts: Vec<f64>, sets: Vec<RuleSet> },
    /// The same for integers.
    Ints { cuts: Vec<i64>, sets: Vec<RuleSet> },
    /// The same for strings, whose cuts may lie before or after a string.
    Texts { cuts: Vec<Cut>, sets: Vec<RuleSet> },
}

impl Input {
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

    /// Makes the tables anew, after rules came or went. Costs the rows of all tables together times the words of a
    /// set.
    pub(crate) fn rebuild(&mut self, declared: &Type, sets: &mut RuleSets, texts: &mut Texts) {
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
                let kind = declared.field(field).kind;
                Table::build(field, kind, &self.members, sets, texts, &mut symbols)
            })
            .collect();
        let tests = self.members.iter().flat_map(|member| member.tests.iter().map(|test| (member.bit, test)));
        self.tests = Residuals::build(tests, sets);
        std::mem::replace(&mut self.symbols, symbols).into_iter().for_each(|symbol| texts.release(symbol));
    }

    /// Gives back the strings that the tables mention.
    pub(crate) fn release(self, texts: &mut Texts) {
        self.symbols.into_iter().for_each(|symbol| texts.release(symbol));
    }

    /// The rules whose filters the fact at `slot` passes, of those in `candidates` or of all.
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
        for table in &self.tables {
            let accepted = table.accepting(store.field(slot, table.field), &memory.texts);
            let both = passed.map_or(accepted, |passed| sets.meet(passed, accepted));
            if both.is_empty() {
                return both;
            }
            passed = Some(both);
        }
        self.test(slot, passed.unwrap_or(self.everyone), memory, sets)
    }

    /// Adds those of some new facts that some rule wants to a delta, numbered by their places.
    pub(crate) fn admit_all(
        &self,
        slots: &[u32],
        memory: &WorkingMemory,
        sets: &mut RuleSets,
        admitted: &mut Delta,
    ) {
        let store = memory.store(self.ty);
        admitted.fill(slots, self.everyone);
        self.tables.iter().for_each(|table| table.admit_all(store, &memory.texts, sets, admitted));
        if !self.tables.is_empty() {
            admitted.drop_empty();
        }
        if !self.tests.is_empty() {
            admitted.retain(|slots, set| self.test(slots[0], set, memory, sets));
        }
    }

    /// The rules of `passed` whose further tests hold on the fact at `slot`.
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

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.everyone = map(self.everyone);
        self.readers.iter_mut().for_each(|set| *set = map(*set));
        self.tests.map_sets(map);
        for table in &mut self.tables {
            table.missing = map(table.missing);
            match &mut table.rows {
                Rows::Few { points, other } => {
                    *other = map(*other);
                    points.iter_mut().for_each(|(_, set)| *set = map(*set));
                }
                Rows::Points { points, other } => {
                    *other = map(*other);
                    points.iter_mut().for_each(|(_, set)| *set = map(*set));
                }
                Rows::Numbers { sets, .. } | Rows::Ints { sets, .. } | Rows::Texts { sets, .. } => {
                    sets.iter_mut().for_each(|set| *set = map(*set));
                }
            }
        }
    }
}

/// So few values are compared with one after another, which costs no jump that could go wrong.
const FEW: usize = 8;

/// How many of the cuts lie before a value, in ascending order.
#[inline]
fn cuts_before<T>(cuts: &[T], is_before: impl Fn(&T) -> bool) -> usize {
    if cuts.len() <= FEW {
        return cuts.iter().filter(|cut| is_before(cut)).count();
    }
    cuts.partition_point(is_before)
}

impl Rows {
    #[inline]
    fn accepting(&self, word: u64, texts: &Texts) -> RuleSet {
        match self {
            Self::Few { points, other } => {
                points.iter().fold(*other, |found, (point, set)| if *point == word { *set } else { found })
            }
            Self::Points { points, other } => {
                let found = points.find(hash_words([word]), |(point, _)| *point == word);
                found.map_or(*other, |(_, set)| *set)
            }
            Self::Numbers { cuts, sets } => {
                let value = f64::from_bits(word);
                sets[cuts_before(cuts, |cut| *cut <= value)]
            }
            Self::Ints { cuts, sets } => {
                let value = word as i64;
                sets[cuts_before(cuts, |cut| *cut <= value)]
            }
            Self::Texts { cuts, sets } => {
                let value = texts.text(word as Symbol);
                let is_below = |cut: &Cut| match &cut.value {
                    Const::Text(text) if cut.after => &**text < value,
                    Const::Text(text) => &**text <= value,
                    _ => false,
                };
                sets[cuts.partition_point(is_below)]
            }
        }
    }
}

impl Table {
    /// The rules that accept what a fact has in the field.
    #[inline]
    fn accepting(&self, word: Option<u64>, texts: &Texts) -> RuleSet {
        word.map_or(self.missing, |word| self.rows.accepting(word, texts))
    }

    /// Leaves each of some facts the rules that accept what it has in the field. Most tables tell but two stretches, or one
    /// point from all others, and of most types nothing is ever missing: then there is next to nothing to do for a fact,
    /// and a jump that goes wrong half of the time would cost more than all of it.
    fn admit_all(&self, store: &Store, texts: &Texts, rules: &mut RuleSets, facts: &mut Delta) {
        let field = self.field.index();
        match &self.rows {
            _ if store.has_missing() => {
                facts.meet_each(|slot| self.accepting(store.field(slot, self.field), texts), rules);
            }
            Rows::Few { points, other } if points.len() == 1 => {
                let ((point, set), other) = (points[0], *other);
                facts.meet_each(
                    |slot| select_unpredictable(store.word(slot, field) == point, set, other),
                    rules,
                );
            }
            Rows::Numbers { cuts, sets } if cuts.len() == 1 => {
                let (cut, below, above) = (cuts[0], sets[0], sets[1]);
                let number = |slot| f64::from_bits(store.word(slot, field));
                facts.meet_each(|slot| select_unpredictable(number(slot) < cut, below, above), rules);
            }
            Rows::Ints { cuts, sets } if cuts.len() == 1 => {
                let (cut, below, above) = (cuts[0], sets[0], sets[1]);
                let int = |slot| store.word(slot, field) as i64;
                facts.meet_each(|slot| select_unpredictable(int(slot) < cut, below, above), rules);
            }
            rows => facts.meet_each(|slot| rows.accepting(store.word(slot, field), texts), rules),
        }
    }

    /// Merges the domains of all rules on one field. A rule that says nothing of the field accepts every value.
    fn build(
        field: FieldId,
        kind: Kind,
        members: &[Member],
        sets: &mut RuleSets,
        texts: &mut Texts,
        symbols: &mut Vec<Symbol>,
    ) -> Self {
        let (mut missing, mut everywhere) = (Bits::default(), Bits::default());
        let mut domains: Vec<(Bit, &Domain)> = Vec::new();
        for member in members {
            match member.fields.iter().find(|(constrained, _)| *constrained == field) {
                Some((_, domain)) => {
                    if domain.missing {
                        missing.set(member.bit);
                    }
                    domains.push((member.bit, domain));
                }
                None => {
                    missing.set(member.bit);
                    everywhere.set(member.bit);
                }
            }
        }
        let missing = sets.intern(&missing.0);
        let points: Option<Vec<(Bit, Vec<&Const>, bool)>> = (domains.iter())
            .map(|(bit, domain)| domain.points(kind).map(|(points, accepted)| (*bit, points, accepted)))
            .collect();
        let rows = match points {
            Some(points) => Self::points(&points, everywhere, sets, texts, symbols),
            None => Self::stretches(&domains, kind, everywhere, sets),
        };
        Self { field, rows, missing }
    }

    fn points(
        domains: &[(Bit, Vec<&Const>, bool)],
        everywhere: Bits,
        sets: &mut RuleSets,
        texts: &mut Texts,
        symbols: &mut Vec<Symbol>,
    ) -> Rows {
        let mut other = everywhere;
        domains.iter().filter(|(_, _, accepted)| !accepted).for_each(|(bit, ..)| other.set(*bit));
        let mut pairs: Vec<(&Const, Bit)> = Vec::new();
        for (bit, points, _) in domains {
            pairs.extend(points.iter().map(|point| (*point, *bit)));
        }
        pairs.sort_unstable();
        let mut points: Vec<(u64, RuleSet)> = Vec::new();
        for same in pairs.chunk_by(|(left, _), (right, _)| left == right) {
            let mut bits = other.clone();
            same.iter().for_each(|(_, bit)| bits.flip(*bit));
            let word = match same[0].0 {
                Const::Text(text) => {
                    let symbol = texts.intern(text);
                    symbols.push(symbol);
                    u64::from(symbol)
                }
                Const::Number(number) => number.to_bits(),
                Const::Int(int) => *int as u64,
                Const::Bool(bool) => u64::from(*bool),
                Const::Missing => continue,
            };
            points.push((word, sets.intern(&bits.0)));
        }
        let other = sets.intern(&other.0);
        if points.len() <= FEW {
            return Rows::Few { points, other };
        }
        let mut table = HashTable::with_capacity(points.len());
        for point in points {
            table.insert_unique(hash_words([point.0]), point, |(word, _)| hash_words([*word]));
        }
        Rows::Points { points: table, other }
    }

    fn stretches(domains: &[(Bit, &Domain)], kind: Kind, everywhere: Bits, sets: &mut RuleSets) -> Rows {
        let mut bits = everywhere;
        let mut turns: Vec<(&Cut, Bit)> = Vec::new();
        for (bit, domain) in domains {
            if domain.from_start {
                bits.set(*bit);
            }
            turns.extend(domain.cuts.iter().map(|cut| (cut, *bit)));
        }
        turns.sort_unstable();
        let mut rows = vec![sets.intern(&bits.0)];
        let mut cuts: Vec<&Cut> = Vec::new();
        for same in turns.chunk_by(|(left, _), (right, _)| left == right) {
            same.iter().for_each(|(_, bit)| bits.flip(*bit));
            cuts.push(same[0].0);
            rows.push(sets.intern(&bits.0));
        }
        match kind {
            Kind::Number => {
                // Just after a number is just before the next one.
                let number = |cut: &&Cut| match &cut.value {
                    Const::Number(value) if cut.after => value.next_up(),
                    Const::Number(value) => *value,
                    _ => f64::INFINITY,
                };
                Rows::Numbers { cuts: cuts.iter().map(number).collect(), sets: rows }
            }
            Kind::Text => Rows::Texts { cuts: cuts.into_iter().cloned().collect(), sets: rows },
            // Booleans are points, or stretches from the start that the words 0 and 1 fit as well.
            Kind::Int | Kind::Bool | Kind::Fact(_) => {
                let int = |cut: &&Cut| match &cut.value {
                    Const::Int(value) => *value,
                    Const::Bool(value) => i64::from(*value),
                    _ => i64::MAX,
                };
                Rows::Ints { cuts: cuts.iter().map(int).collect(), sets: rows }
            }
        }
    }
}

/// A bitmap under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(pub(crate) Vec<u64>);

impl Bits {
    fn word(&mut self, bit: Bit) -> &mut u64 {
        let index = bit as usize / 64;
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        &mut self.0[index]
    }

    pub(crate) fn set(&mut self, bit: Bit) {
        *self.word(bit) |= 1 << (bit % 64);
    }

    fn flip(&mut self, bit: Bit) {
        *self.word(bit) ^= 1 << (bit % 64);
    }
}

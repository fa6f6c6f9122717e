//! The result of a test that reads a derived value can change while the facts of its tuple stay the
//! same.
//!
//! Such a tuple is held at its node, with the rules that it satisfies so far, and re-tested when a
//! group that it reads changes. What starts or stops matching propagates from the node like any
//! other delta. A tuple is not tested on arrival, but at the end of the change, when all derived
//! values are final: see `matcher/stabilize.rs`.
//!
//! A node has pending tests for each layer of derived values. So a test is evaluated after the
//! derived values on which its own depend.

mod rows;
mod subscriptions;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use smallvec::SmallVec;
use tsd_ir::{Bound, DerivedValue, Domain, Kind, NodeId, RootId, TypeId, ViewArgument};

use super::lookup::Source;
use super::views::Views;
use crate::alpha::{FilterIndex, PreparedTest};
use crate::eval::{Bindings, DerivedWord, DerivedWords, Predicate, Tuple};
use crate::ruleset::{Bit, Bits, RuleSet, RuleSets};
use crate::store::{Strings, WorkingMemory};

pub(crate) use self::rows::{Recheck, Rows};

/// The pending tests of one rule or view at a node.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) bit: Bit,
    /// The derived values of its branch, with the numbers of views in use.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// Those that the tests here or the rule's effects read, and those that these depend on,
    /// ascending.
    pub(crate) wanted: Vec<u16>,
    /// Those whose change renews the activation, whatever the tests say.
    pub(crate) results: Vec<u16>,
    /// The tests that are not bounds.
    pub(crate) tests: Vec<PreparedTest>,
    /// Tests of one derived value against constants.
    pub(crate) bounds: Vec<Bound>,
}

/// The pending tests of one layer at a node of the network.
#[derive(Clone, Debug)]
pub(crate) struct PendingTests {
    pub(crate) root: RootId,
    /// The join that emits the tuples; `None` at the root.
    pub(crate) join: Option<NodeId>,
    pub(crate) depth: u32,
    pub(crate) types: Vec<TypeId>,
    members: Vec<Member>,
    pub(crate) everyone: RuleSet,
    /// The derived values of all members, each after those that it depends on.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// For each derived value, the members whose activations its change renews.
    pub(crate) results: Vec<RuleSet>,
    /// Whether there is such a member.
    pub(crate) has_results: bool,
    /// For each derived value with bounds, an index from its value to the members that accept it.
    tables: Vec<(usize, Kind, FilterIndex)>,
    tests: Vec<LiveTest>,
    /// For each derived value, whether the tuple is one fact that is its own group, so that no
    /// index of the tuples by group is needed.
    pub(crate) direct: Vec<bool>,
}

#[derive(Clone, Debug)]
struct LiveTest {
    predicate: Predicate,
    /// For each derived value of the test, its place among those of the node.
    places: Arc<[u16]>,
    demanded_by: RuleSet,
}

impl PendingTests {
    pub(crate) fn new(root: RootId, join: Option<NodeId>, depth: u32, types: Vec<TypeId>) -> Self {
        Self {
            root,
            join,
            depth,
            types,
            members: Vec::new(),
            everyone: RuleSet::EMPTY,
            derived_values: Vec::new(),
            results: Vec::new(),
            has_results: false,
            tables: Vec::new(),
            tests: Vec::new(),
            direct: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Removes a member, but not its tuples.
    pub(crate) fn remove(&mut self, bit: Bit) {
        self.members.retain(|member| member.bit != bit);
    }

    /// For each derived value, whether its change renews activations of some rule.
    pub(crate) fn shows_each(&self) -> Vec<bool> {
        self.results.iter().map(|set| !set.is_empty()).collect()
    }

    pub(crate) fn is_unused(&self) -> bool {
        self.members.is_empty()
    }

    /// Rebuilds the derived values and tests from those of all members. Returns, for each derived
    /// value, its place before.
    pub(crate) fn rebuild(
        &mut self,
        is_of_fact: impl Fn(u16) -> bool,
        sets: &mut RuleSets,
        strings: &mut Strings,
    ) -> Vec<Option<usize>> {
        // Hundreds of rules may each have derived values of their own here, so equal ones are found
        // by hash.
        let mut derived_values: IndexSet<DerivedValue> = IndexSet::new();
        let mut results: Vec<Bits> = Vec::new();
        let mut everyone = Bits::default();
        let mut tests: IndexMap<&str, (&PreparedTest, Arc<[u16]>, Bits)> = IndexMap::new();
        let mut bounds: BTreeMap<usize, (Kind, Vec<(Bit, Domain)>)> = BTreeMap::new();
        for member in &self.members {
            everyone.set(member.bit);
            let mut places = vec![u16::MAX; member.derived_values.len()];
            for wanted in &member.wanted {
                let (place, _) =
                    derived_values.insert_full(at_places(&member.derived_values[*wanted as usize], &places));
                places[*wanted as usize] = place as u16;
            }
            results.resize_with(derived_values.len(), Bits::default);
            for derived_value in &member.results {
                results[places[*derived_value as usize] as usize].set(member.bit);
            }
            for Bound { derived_value, kind, values, .. } in &member.bounds {
                let place = usize::from(places[usize::from(*derived_value)]);
                let (_, known) = bounds.entry(place).or_insert_with(|| (*kind, Vec::new()));
                match known.last_mut().filter(|(bit, _)| *bit == member.bit) {
                    Some((_, domain)) => *domain = domain.intersection(values),
                    None => known.push((member.bit, values.clone())),
                }
            }
            let places: Arc<[u16]> = places.into();
            for test in &member.tests {
                let wanting = || (test, Arc::clone(&places), Bits::default());
                let (.., bits) = tests.entry(test.canonical()).or_insert_with(wanting);
                bits.set(member.bit);
            }
        }
        let members = &self.members;
        self.tables = (bounds.into_iter())
            .map(|(derived_value, (kind, known))| {
                // The members with bounds are in the order of all members.
                let mut known = known.iter().peekable();
                let demands = members.iter().map(|member| {
                    let bounded = known.next_if(|(bit, _)| *bit == member.bit);
                    (member.bit, bounded.map(|(_, domain)| domain))
                });
                // Derived values with bounds are not strings, so no symbol is used.
                (derived_value, kind, FilterIndex::build(kind, demands, sets, strings, &mut Vec::new()))
            })
            .collect();
        self.tests = (tests.into_values())
            .map(|(test, places, bits)| LiveTest {
                predicate: test.predicate().clone(),
                places,
                demanded_by: sets.intern(&bits.0),
            })
            .collect();
        self.results = results.iter().map(|bits| sets.intern(&bits.0)).collect();
        self.has_results = self.results.iter().any(|set| !set.is_empty());
        self.everyone = sets.intern(&everyone.0);
        let old = std::mem::replace(&mut self.derived_values, derived_values.into_iter().collect());
        let direct = self.derived_values.iter().map(|derived_value| match derived_value {
            DerivedValue::Found { view, .. } => self.is_direct(derived_value, is_of_fact(*view)),
            DerivedValue::Followed { .. } => false,
        });
        self.direct = direct.collect();
        let before: IndexSet<DerivedValue> = old.into_iter().collect();
        self.derived_values.iter().map(|derived_value| before.get_index_of(derived_value)).collect()
    }

    /// Removes from tuples the rules whose bounds a derived value violates. Unless the values have
    /// been read for tests or effects anyway, they are read column by column.
    pub(crate) fn meet_bounds(
        &self,
        rows: &Rows,
        due: &mut [Recheck],
        derived_words: &[DerivedWord<'_>],
        (views, memory): (Views<'_>, &WorkingMemory),
        sets: &mut RuleSets,
    ) {
        let mut words: SmallVec<[Option<u64>; 4]> = SmallVec::with_capacity(due.len());
        for (derived_value, kind, table) in &self.tables {
            words.clear();
            let mut put = |derived_word| {
                words.push(match derived_word {
                    // A computed value may be a negative zero, which the index does not contain.
                    DerivedWord::Word(word) if *kind == Kind::Number => {
                        Some((f64::from_bits(word) + 0.0).to_bits())
                    }
                    DerivedWord::Word(word) => Some(word),
                    DerivedWord::Missing | DerivedWord::Text(_) => None,
                });
            };
            if derived_words.is_empty() {
                self.look_up(rows, *derived_value, due, (views, memory), put);
            } else {
                derived_words
                    .iter()
                    .skip(*derived_value)
                    .step_by(self.derived_values.len())
                    .copied()
                    .for_each(&mut put);
            }
            let held = due.iter_mut().map(|look| &mut look.holds);
            table.meet_all(held.zip(words.iter().copied()), &memory.strings, sets);
        }
    }

    /// The derived values of tuples, tuple by tuple. Empty if no test and no effect reads them.
    pub(crate) fn derived_words<'a>(
        &self,
        rows: &Rows,
        due: &[Recheck],
        views: Views<'a>,
        memory: &'a WorkingMemory,
    ) -> DerivedWords<'a> {
        if self.tests.is_empty() && !self.has_results {
            return DerivedWords::new();
        }
        let step = self.derived_values.len();
        let mut derived_words: DerivedWords<'a> = SmallVec::from_elem(DerivedWord::Missing, due.len() * step);
        for derived_value in 0..step {
            let mut places = derived_words[derived_value..].iter_mut().step_by(step);
            self.look_up(rows, derived_value, due, (views, memory), |derived_word| {
                if let Some(place) = places.next() {
                    *place = derived_word;
                }
            });
        }
        derived_words
    }

    /// Reads a derived value of tuples.
    #[inline]
    fn look_up<'a>(
        &self,
        rows: &Rows,
        derived_value: usize,
        due: &[Recheck],
        (views, memory): (Views<'a>, &'a WorkingMemory),
        put: impl FnMut(DerivedWord<'a>),
    ) {
        let source = Source::new(&self.derived_values[derived_value], views, memory);
        match rows.groups(derived_value) {
            None => source.read_all(due.iter().map(|look| look.row), memory, put),
            Some(groups) => {
                source.read_all(due.iter().map(|look| groups.group_of(look.row)), memory, put);
            }
        }
    }

    /// Removes from tuples the rules with a test that fails.
    pub(crate) fn test(
        &self,
        rows: &Rows,
        due: &mut [Recheck],
        derived_words: &[DerivedWord<'_>],
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let step = self.derived_values.len();
        for test in &self.tests {
            for (at, look) in due.iter_mut().enumerate() {
                if sets.meet(look.holds, test.demanded_by).is_empty() {
                    continue;
                }
                let mut own = [0];
                let slots = rows.slots(look.row, &mut own);
                let known = Bindings::new(&derived_words[at * step..][..step], &test.places);
                if !test.predicate.holds(Tuple::new(memory, &self.types, slots).with_bindings(known)) {
                    look.holds = sets.difference(look.holds, test.demanded_by);
                }
            }
        }
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.everyone = map(self.everyone);
        self.results.iter_mut().for_each(|set| *set = map(*set));
        self.tables.iter_mut().for_each(|(_, _, table)| table.map_sets(map));
        self.tests.iter_mut().for_each(|test| test.demanded_by = map(test.demanded_by));
    }

    /// Whether the tuple is one fact that is its own group for a derived value.
    fn is_direct(&self, derived_value: &DerivedValue, of_fact: bool) -> bool {
        let own = [ViewArgument::Fact { at: tsd_ir::Position(0) }];
        self.types.len() == 1
            && of_fact
            && matches!(derived_value, DerivedValue::Found { .. })
            && derived_value.arguments() == own
    }
}

/// A derived value whose dependencies are replaced by their places.
fn at_places(derived_value: &DerivedValue, places: &[u16]) -> DerivedValue {
    let moved = |argument: &ViewArgument| match argument {
        ViewArgument::Derived(other) => ViewArgument::Derived(places[*other as usize]),
        argument => *argument,
    };
    match derived_value {
        DerivedValue::Found { view, parameters } => {
            DerivedValue::Found { view: *view, parameters: parameters.iter().map(moved).collect() }
        }
        DerivedValue::Followed { reference, ty, field } => {
            DerivedValue::Followed { reference: moved(reference), ty: *ty, field: *field }
        }
    }
}

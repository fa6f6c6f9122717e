//! Watches: the tuples at a place of the network whose tests read derived values.
//!
//! A derived value can change while the facts of a tuple stay the same. So the tuple waits here,
//! with the rules that want it, and is looked at anew whenever a group that it asks is not what it
//! was. What then begins or stops to hold goes on from the place like any other change. Tuples are
//! never looked at on arrival, but when the change that brought them is through the network and
//! every derived value has settled: see [`settle`](super::settle).
//!
//! A place has one watch for each layer of derived values, so that a derived value that depends on
//! other derived values is looked at after them.

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

/// What one rule or view watches at a place.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) bit: Bit,
    /// The derived values of its branch; those of views name live ones.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// Those that matter at the place, ascending.
    pub(crate) wanted: Vec<u16>,
    /// Those whose change is a change of the tuple.
    pub(crate) shown: Vec<u16>,
    /// The tests that are no bounds.
    pub(crate) tests: Vec<PreparedTest>,
    /// The values that derived values may have.
    pub(crate) bounds: Vec<Bound>,
}

/// A watch at a place of the network.
#[derive(Clone, Debug)]
pub(crate) struct PendingTests {
    pub(crate) root: RootId,
    /// The join behind which it stands; `None` at the root.
    pub(crate) join: Option<NodeId>,
    pub(crate) depth: u32,
    pub(crate) types: Vec<TypeId>,
    members: Vec<Member>,
    pub(crate) everyone: RuleSet,
    /// The derived values of all members, each behind those that it depends on.
    pub(crate) derived_values: Vec<DerivedValue>,
    /// For each derived value, the members for which its change is a change of the tuple.
    pub(crate) shown: Vec<RuleSet>,
    /// Whether there is any.
    pub(crate) shows: bool,
    /// For each derived value that some member bounds, the members that accept what it may be.
    tables: Vec<(usize, Kind, FilterIndex)>,
    tests: Vec<LiveTest>,
    /// For each derived value, whether a tuple is found by the slot of a fact that is its own
    /// group, so that no index is needed.
    pub(crate) direct: Vec<bool>,
}

#[derive(Clone, Debug)]
struct LiveTest {
    predicate: Predicate,
    /// For each derived value that the test may read, its place among those of the watch.
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
            shown: Vec::new(),
            shows: false,
            tables: Vec::new(),
            tests: Vec::new(),
            direct: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Forgets a member, but not its tuples.
    pub(crate) fn remove(&mut self, bit: Bit) {
        self.members.retain(|member| member.bit != bit);
    }

    /// For each derived value, whether its change is a change of the tuple for some rule.
    pub(crate) fn shows_each(&self) -> Vec<bool> {
        self.shown.iter().map(|set| !set.is_empty()).collect()
    }

    pub(crate) fn is_unused(&self) -> bool {
        self.members.is_empty()
    }

    /// Puts the derived values and tests of all members together anew. Returns, for each derived
    /// value, the place that it had before.
    pub(crate) fn rebuild(
        &mut self,
        is_of_fact: impl Fn(u16) -> bool,
        sets: &mut RuleSets,
        strings: &mut Strings,
    ) -> Vec<Option<usize>> {
        // Hundreds of rules may each ask something of their own here, so that equal ones are not
        // looked for one by one.
        let mut derived_values: IndexSet<DerivedValue> = IndexSet::new();
        let mut shown: Vec<Bits> = Vec::new();
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
            shown.resize_with(derived_values.len(), Bits::default);
            for derived_value in &member.shown {
                shown[places[*derived_value as usize] as usize].set(member.bit);
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
                // Those who have bounds stand in the order of all.
                let mut known = known.iter().peekable();
                let demands = members.iter().map(|member| {
                    let bounded = known.next_if(|(bit, _)| *bit == member.bit);
                    (member.bit, bounded.map(|(_, domain)| domain))
                });
                // Derived values with bounds are no strings, so no symbol is mentioned.
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
        self.shown = shown.iter().map(|bits| sets.intern(&bits.0)).collect();
        self.shows = self.shown.iter().any(|set| !set.is_empty());
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

    /// Leaves tuples that are looked at the rules whose bounds all derived values keep. Where the
    /// answers are not known for tests or effects anyway, derived values are asked one after
    /// another, so that the way to one is gone once for all tuples.
    pub(crate) fn meet_bounds(
        &self,
        rows: &Rows,
        due: &mut [Recheck],
        answers: &[DerivedWord<'_>],
        (views, memory): (Views<'_>, &WorkingMemory),
        sets: &mut RuleSets,
    ) {
        let mut words: SmallVec<[Option<u64>; 4]> = SmallVec::with_capacity(due.len());
        for (derived_value, kind, table) in &self.tables {
            words.clear();
            let mut put = |answer| {
                words.push(match answer {
                    // What is computed may be a negative zero, which no table knows.
                    DerivedWord::Word(word) if *kind == Kind::Number => {
                        Some((f64::from_bits(word) + 0.0).to_bits())
                    }
                    DerivedWord::Word(word) => Some(word),
                    DerivedWord::Missing | DerivedWord::Text(_) => None,
                });
            };
            if answers.is_empty() {
                self.ask(rows, *derived_value, due, (views, memory), put);
            } else {
                answers
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

    /// The answers to the derived values about tuples that are looked at, tuple by tuple; none
    /// where nobody reads them.
    pub(crate) fn answers<'a>(
        &self,
        rows: &Rows,
        due: &[Recheck],
        views: Views<'a>,
        memory: &'a WorkingMemory,
    ) -> DerivedWords<'a> {
        if self.tests.is_empty() && !self.shows {
            return DerivedWords::new();
        }
        let step = self.derived_values.len();
        let mut answers: DerivedWords<'a> = SmallVec::from_elem(DerivedWord::Missing, due.len() * step);
        for derived_value in 0..step {
            let mut places = answers[derived_value..].iter_mut().step_by(step);
            self.ask(rows, derived_value, due, (views, memory), |answer| {
                if let Some(place) = places.next() {
                    *place = answer;
                }
            });
        }
        answers
    }

    /// Asks a derived value about tuples that are looked at.
    #[inline]
    fn ask<'a>(
        &self,
        rows: &Rows,
        derived_value: usize,
        due: &[Recheck],
        (views, memory): (Views<'a>, &'a WorkingMemory),
        put: impl FnMut(DerivedWord<'a>),
    ) {
        let source = Source::new(&self.derived_values[derived_value], views, memory);
        match rows.groups(derived_value) {
            None => source.answer_all(due.iter().map(|look| look.row), memory, put),
            Some(groups) => {
                source.answer_all(due.iter().map(|look| groups.group_of(look.row)), memory, put);
            }
        }
    }

    /// Leaves tuples that are looked at the rules none of whose tests fails on them.
    pub(crate) fn test(
        &self,
        rows: &Rows,
        due: &mut [Recheck],
        answers: &[DerivedWord<'_>],
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
                let known = Bindings::new(&answers[at * step..][..step], &test.places);
                if !test.predicate.holds(Tuple::new(memory, &self.types, slots).knowing(known)) {
                    look.holds = sets.difference(look.holds, test.demanded_by);
                }
            }
        }
    }

    /// Passes every set held through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.everyone = map(self.everyone);
        self.shown.iter_mut().for_each(|set| *set = map(*set));
        self.tables.iter_mut().for_each(|(_, _, table)| table.map_sets(map));
        self.tests.iter_mut().for_each(|test| test.demanded_by = map(test.demanded_by));
    }

    /// Whether a tuple is found by the slot of a fact that is its own group for a derived value, so
    /// that no index is needed.
    fn is_direct(&self, derived_value: &DerivedValue, of_fact: bool) -> bool {
        let own = [ViewArgument::Fact { at: tsd_ir::Position(0) }];
        self.types.len() == 1
            && of_fact
            && matches!(derived_value, DerivedValue::Found { .. })
            && derived_value.leaves() == own
    }
}

/// A derived value with the derived values that it depends on named by their places.
fn at_places(derived_value: &DerivedValue, places: &[u16]) -> DerivedValue {
    let moved = |leaf: &ViewArgument| match leaf {
        ViewArgument::Derived(other) => ViewArgument::Derived(places[*other as usize]),
        leaf => *leaf,
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

//! Watches: the tuples at a place of the network whose tests read figures.
//!
//! A figure can change while the facts of a tuple stay the same. So the tuple waits here, with the rules that want it,
//! and is looked at anew whenever a group that it asks is not what it was. What then begins or stops to hold goes on from
//! the place like any other change. Tuples are never looked at on arrival, but when the change that brought them is
//! through the network and every figure has settled: see [`settle`](super::settle).
//!
//! A place has one watch for each layer of figures, so that a figure that depends on other figures is looked at after
//! them.

mod asked;
mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use smallvec::SmallVec;
use tsd_ir::{Bound, Domain, Figure, Kind, Leaf, NodeId, RootId, TypeId};

pub(super) use self::rows::{Look, Rows};

use super::figure::{Answer, Answers, Known, Source};
use super::residual::PreparedTest;
use super::table::{Bits, Table};
use super::view::Views;
use crate::memory::{Texts, WorkingMemory};
use crate::predicate::Predicate;
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::tuple::Tuple;

/// The number of a watch.
pub(crate) type WatchId = u32;

/// What one rule or view watches at a place.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) bit: Bit,
    /// The figures of its branch; those of views name live ones.
    pub(super) figures: Vec<Figure>,
    /// Those that matter at the place, ascending.
    pub(super) wanted: Vec<u16>,
    /// Those whose change is a change of the tuple.
    pub(super) shown: Vec<u16>,
    /// The tests that are no bounds.
    pub(super) tests: Vec<PreparedTest>,
    /// The values that figures may have.
    pub(super) bounds: Vec<Bound>,
}

/// A watch at a place of the network.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) root: RootId,
    /// The join behind which it stands; `None` at the root.
    pub(super) join: Option<NodeId>,
    pub(super) depth: u32,
    pub(super) types: Vec<TypeId>,
    members: Vec<Member>,
    pub(super) everyone: RuleSet,
    /// The figures of all members, each behind those that it depends on.
    pub(super) figures: Vec<Figure>,
    /// For each figure, the members for which its change is a change of the tuple.
    pub(super) shown: Vec<RuleSet>,
    /// Whether there is any.
    pub(super) shows: bool,
    /// For each figure that some member bounds, the members that accept what it may be.
    tables: Vec<(usize, Kind, Table)>,
    tests: Vec<LiveTest>,
    pub(super) rows: Rows,
}

#[derive(Debug)]
struct LiveTest {
    predicate: Predicate,
    /// For each figure that the test may read, its place among those of the watch.
    places: Arc<[u16]>,
    demanded_by: RuleSet,
}

impl Watch {
    pub(super) fn new(root: RootId, join: Option<NodeId>, depth: u32, types: Vec<TypeId>) -> Self {
        let rows = Rows::new(types.len());
        Self {
            root,
            join,
            depth,
            types,
            members: Vec::new(),
            everyone: RuleSet::EMPTY,
            figures: Vec::new(),
            shown: Vec::new(),
            shows: false,
            tables: Vec::new(),
            tests: Vec::new(),
            rows,
        }
    }

    pub(super) fn add(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Forgets a member, but not its tuples.
    pub(super) fn remove(&mut self, bit: Bit) {
        self.members.retain(|member| member.bit != bit);
    }

    pub(super) fn is_unused(&self) -> bool {
        self.members.is_empty()
    }

    /// Puts the figures and tests of all members together anew. Returns, for each figure, the place that it had before.
    pub(super) fn rebuild(&mut self, sets: &mut RuleSets, texts: &mut Texts) -> Vec<Option<usize>> {
        // Hundreds of rules may each ask something of their own here, so that equal ones are not looked for one by one.
        let mut figures: IndexSet<Figure> = IndexSet::new();
        let mut shown: Vec<Bits> = Vec::new();
        let mut everyone = Bits::default();
        let mut tests: IndexMap<&str, (&PreparedTest, Arc<[u16]>, Bits)> = IndexMap::new();
        let mut bounds: BTreeMap<usize, (Kind, Vec<(Bit, Domain)>)> = BTreeMap::new();
        for member in &self.members {
            everyone.set(member.bit);
            let mut places = vec![u16::MAX; member.figures.len()];
            for wanted in &member.wanted {
                let (place, _) = figures.insert_full(at_places(&member.figures[*wanted as usize], &places));
                places[*wanted as usize] = place as u16;
            }
            shown.resize_with(figures.len(), Bits::default);
            for figure in &member.shown {
                shown[places[*figure as usize] as usize].set(member.bit);
            }
            for Bound { figure, kind, values, .. } in &member.bounds {
                let place = usize::from(places[usize::from(*figure)]);
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
            .map(|(figure, (kind, known))| {
                // Those who have bounds stand in the order of all.
                let mut known = known.iter().peekable();
                let demands = members.iter().map(|member| {
                    let bounded = known.next_if(|(bit, _)| *bit == member.bit);
                    (member.bit, bounded.map(|(_, domain)| domain))
                });
                // Figures with bounds are no strings, so no symbol is mentioned.
                (figure, kind, Table::build(kind, demands, sets, texts, &mut Vec::new()))
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
        let old = std::mem::replace(&mut self.figures, figures.into_iter().collect());
        let before: IndexSet<Figure> = old.into_iter().collect();
        self.figures.iter().map(|figure| before.get_index_of(figure)).collect()
    }

    /// Leaves tuples that are looked at the rules whose bounds all figures keep. Where the answers are not known for tests or
    /// effects anyway, figures are asked one after another, so that the way to one is gone once for all tuples.
    pub(super) fn meet_bounds(
        &self,
        due: &mut [Look],
        answers: &[Answer<'_>],
        (views, memory): (&Views, &WorkingMemory),
        sets: &mut RuleSets,
    ) {
        let mut words: SmallVec<[Option<u64>; 4]> = SmallVec::with_capacity(due.len());
        for (figure, kind, table) in &self.tables {
            words.clear();
            let mut put = |answer| {
                words.push(match answer {
                    // What is computed may be a negative zero, which no table knows.
                    Answer::Word(word) if *kind == Kind::Number => {
                        Some((f64::from_bits(word) + 0.0).to_bits())
                    }
                    Answer::Word(word) => Some(word),
                    Answer::Missing | Answer::Text(_) => None,
                });
            };
            if answers.is_empty() {
                self.ask(*figure, due, (views, memory), put);
            } else {
                answers.iter().skip(*figure).step_by(self.figures.len()).copied().for_each(&mut put);
            }
            let held = due.iter_mut().map(|look| &mut look.holds);
            table.meet_all(held.zip(words.iter().copied()), &memory.texts, sets);
        }
    }

    /// The answers to the figures about tuples that are looked at, tuple by tuple; none where nobody reads them.
    pub(super) fn answers<'a>(
        &self,
        due: &[Look],
        views: &'a Views,
        memory: &'a WorkingMemory,
    ) -> Answers<'a> {
        if self.tests.is_empty() && !self.shows {
            return Answers::new();
        }
        let step = self.figures.len();
        let mut answers: Answers<'a> = SmallVec::from_elem(Answer::Missing, due.len() * step);
        for figure in 0..step {
            let mut places = answers[figure..].iter_mut().step_by(step);
            self.ask(figure, due, (views, memory), |answer| {
                if let Some(place) = places.next() {
                    *place = answer;
                }
            });
        }
        answers
    }

    /// Asks a figure about tuples that are looked at.
    #[inline]
    fn ask<'a>(
        &self,
        figure: usize,
        due: &[Look],
        (views, memory): (&'a Views, &'a WorkingMemory),
        put: impl FnMut(Answer<'a>),
    ) {
        let source = Source::new(&self.figures[figure], views, memory);
        match self.rows.groups(figure) {
            None => source.answer_all(due.iter().map(|look| look.row), memory, put),
            Some(groups) => {
                source.answer_all(due.iter().map(|look| groups.group_of(look.row)), memory, put);
            }
        }
    }

    /// Leaves tuples that are looked at the rules none of whose tests fails on them.
    pub(super) fn test(
        &self,
        due: &mut [Look],
        answers: &[Answer<'_>],
        memory: &WorkingMemory,
        sets: &mut RuleSets,
    ) {
        let step = self.figures.len();
        for test in &self.tests {
            for (at, look) in due.iter_mut().enumerate() {
                if sets.meet(look.holds, test.demanded_by).is_empty() {
                    continue;
                }
                let mut own = [0];
                let slots = self.rows.slots(look.row, &mut own);
                let known = Known::new(&answers[at * step..][..step], &test.places);
                if !test.predicate.holds(Tuple::new(memory, &self.types, slots).knowing(known)) {
                    look.holds = sets.difference(look.holds, test.demanded_by);
                }
            }
        }
    }

    /// Passes every set held through `map`.
    pub(super) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.everyone = map(self.everyone);
        self.shown.iter_mut().for_each(|set| *set = map(*set));
        self.tables.iter_mut().for_each(|(_, _, table)| table.map_sets(map));
        self.tests.iter_mut().for_each(|test| test.demanded_by = map(test.demanded_by));
        self.rows.map_sets(map);
    }

    /// Whether a tuple is found by the slot of a fact that is its own group for a figure, so that no index is needed.
    pub(super) fn is_direct(&self, figure: &Figure, of_fact: bool) -> bool {
        let own = [Leaf::Fact { at: tsd_ir::Position(0) }];
        self.types.len() == 1 && of_fact && matches!(figure, Figure::Found { .. }) && figure.leaves() == own
    }
}

/// A figure with the figures that it depends on named by their places.
fn at_places(figure: &Figure, places: &[u16]) -> Figure {
    let moved = |leaf: &Leaf| match leaf {
        Leaf::Figure(other) => Leaf::Figure(places[*other as usize]),
        leaf => *leaf,
    };
    match figure {
        Figure::Found { view, parameters } => {
            Figure::Found { view: *view, parameters: parameters.iter().map(moved).collect() }
        }
        Figure::Followed { reference, ty, field } => {
            Figure::Followed { reference: moved(reference), ty: *ty, field: *field }
        }
    }
}

/// The watches of a session, by number.
#[derive(Debug, Default)]
pub(super) struct Watches {
    slots: Vec<Option<Box<Watch>>>,
}

impl Watches {
    /// The watch at a place for a layer of figures, if there is one.
    pub(super) fn find(&self, root: RootId, join: Option<NodeId>, depth: u32) -> Option<WatchId> {
        let here = |watch: &Watch| watch.root == root && watch.join == join && watch.depth == depth;
        self.iter().find(|(_, watch)| here(watch)).map(|(id, _)| id)
    }

    pub(super) fn add(&mut self, watch: Watch) -> WatchId {
        let place = self.slots.iter().position(Option::is_none).unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[place] = Some(Box::new(watch));
        place as WatchId
    }

    pub(super) fn get(&self, id: WatchId) -> Option<&Watch> {
        self.slots.get(id as usize)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, id: WatchId) -> Option<&mut Watch> {
        self.slots.get_mut(id as usize)?.as_deref_mut()
    }

    pub(super) fn take(&mut self, id: WatchId) -> Option<Box<Watch>> {
        self.slots.get_mut(id as usize)?.take()
    }

    pub(super) fn put_back(&mut self, id: WatchId, watch: Box<Watch>) {
        self.slots[id as usize] = Some(watch);
    }

    /// All watches with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (WatchId, &Watch)> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(id, watch)| Some((id as WatchId, watch.as_deref()?)))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Watch> {
        self.slots.iter_mut().filter_map(|watch| watch.as_deref_mut())
    }

    pub(super) fn bytes(&self) -> usize {
        self.iter().map(|(_, watch)| watch.rows.bytes()).sum()
    }
}

/// A tuple's slots, out of a watch.
pub(super) type TupleSlots = SmallVec<[u32; 8]>;

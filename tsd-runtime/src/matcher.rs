//! The match: which rules hold for which facts, kept up to date change by change.
//!
//! A [`Matcher`] holds the facts, the live half of the network (its shape is [`tsd_ir::Network`])
//! and the agenda. What a change to a fact goes through is told in `change`; what follows from
//! derived values, in `stabilize`.

mod base;
mod batch;
mod change;
mod conflict_order;
mod effect;
mod no_loop;
mod profile;
mod propagate;
mod rebuild_input;
mod rules;
mod sets;
mod stabilize;
mod statistics;

use std::sync::Arc;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FactRef, RootId, Schema, TypeId};

pub(crate) use self::base::Base;
pub(crate) use self::batch::Batch;
use self::conflict_order::Order;
pub(crate) use self::effect::{Effects, Prepared};
use crate::agenda::{Agenda, TruthMaintenance};
use crate::base::{RuleId, TupleSlots};
use crate::beta::{EVICTION_THRESHOLD, Join, Terminal};
use crate::flow::{BranchRank, DeltaPool};
use crate::ruleset::RuleSets;
use crate::store::{Store, Strings, WorkingMemory};
use crate::strategy::Strategy;
use crate::view::DerivedState;

/// The facts of a session and all that follows from them.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) base: Arc<Base>,
    pub(crate) state: State,
}

/// What a session has for itself.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) memory: WorkingMemory,
    /// The rule sets of each tree.
    sets: Vec<RuleSets>,
    /// By number. There is none of a node where nothing has arrived yet.
    joins: Vec<Option<Box<Join>>>,
    derived: DerivedState,
    pub(crate) agenda: Agenda,
    pub(crate) support: TruthMaintenance,
    /// How many activations of each rule have fired, by its number.
    fired: Vec<u64>,
    /// A tree whose sets want a collection.
    crowded: Option<RootId>,
    /// Whether joins count what passes through them.
    counting: bool,
    /// How many changes a join input absorbs without a probe before it may be evicted.
    eviction_threshold: u32,
    /// Room for tuples on their way.
    pool: DeltaPool,
}

impl State {
    fn new(base: &Base) -> Self {
        Self {
            memory: WorkingMemory::new(&base.schema, base.open_strings()),
            sets: base.open_sets(),
            joins: Vec::new(),
            derived: DerivedState::default(),
            agenda: Agenda::default(),
            support: TruthMaintenance::default(),
            fired: Vec::new(),
            crowded: None,
            counting: false,
            eviction_threshold: EVICTION_THRESHOLD,
            pool: DeltaPool::default(),
        }
    }

    /// The order of activations.
    #[inline]
    fn order<'a>(&'a self, base: &'a Base) -> Order<'a> {
        let strategy = self.agenda.strategy();
        Order { base, sets: &self.sets, memory: &self.memory, strategy }
    }
}

impl Matcher {
    /// A session without facts.
    pub(crate) fn new(base: Arc<Base>) -> Self {
        Self { state: State::new(&base), base }
    }

    /// The rules, for other sessions.
    pub(crate) fn share(&self) -> Arc<Base> {
        if self.base.is_shared() { Arc::clone(&self.base) } else { Arc::new(self.base.sealed()) }
    }

    /// The base, to change it: a copy of it where other sessions have it, too.
    fn own_base(&mut self) -> &mut Base {
        let base = Arc::make_mut(&mut self.base);
        base.shared = None;
        base
    }

    /// Takes over a schema that begins with the present one.
    #[cfg(feature = "dynamic")]
    pub(crate) fn declare(&mut self, schema: Schema) {
        self.state.memory.declare(&schema);
        let base = self.own_base();
        base.entry_points.declare(schema.types.len());
        base.schema = schema;
    }

    /// Forgets the facts and begins anew with other rules, or the same. Facts that come have
    /// handles of another origin, so those from before never name one of them.
    pub(crate) fn restart(&mut self, base: Arc<Base>) {
        let State { memory, agenda, eviction_threshold, counting, .. } = &mut self.state;
        let (strategy, threshold, counting) = (agenda.strategy(), *eviction_threshold, *counting);
        let mut state = State::new(&base);
        state.memory.reuse(memory);
        *self = Self { base, state };
        self.set_eviction_threshold(threshold);
        self.set_strategy(strategy);
        if counting {
            self.collect_counts(true);
        }
    }

    /// The facts that lost their last support by the changes so far, in the order in which they go:
    /// by type, then by insertion number.
    pub(crate) fn take_unsupported(&mut self) -> Vec<FactRef> {
        for stopped in self.state.agenda.deactivations.take() {
            let Some(tree) = self.base.find_tree(stopped.root) else { continue };
            let mut rules: SmallVec<[BranchRank; 4]> = SmallVec::new();
            self.state.sets[stopped.root.0 as usize].for_each(stopped.set, |bit| {
                rules.extend(tree.branches[bit as usize].and_then(Terminal::rule));
            });
            let State { sets, memory, support, agenda, .. } = &mut self.state;
            let order = Order { base: &self.base, sets, memory, strategy: agenda.strategy() };
            for branch in rules {
                let mut slots = stopped.slots.clone();
                if !branch.as_declared {
                    order.put_in_declared_order(branch, &mut slots);
                }
                support.stop(branch.rule, &slots);
            }
        }
        let mut unsupported = std::mem::take(&mut self.state.support.unsupported);
        unsupported
            .sort_unstable_by_key(|fact| (fact.ty(), self.state.memory.store(fact.ty()).number(fact.slot())));
        unsupported
    }

    /// The rule that fires next, whose activation leaves the agenda; its facts are written to
    /// `slots`, in the order of the rule's patterns.
    #[inline]
    pub(crate) fn next_due(&mut self, slots: &mut TupleSlots) -> Option<BranchRank> {
        let State { agenda, sets, memory, .. } = &mut self.state;
        let order = Order { base: &self.base, sets, memory, strategy: agenda.strategy() };
        let due = agenda.next(&order, slots)?;
        if !due.as_declared {
            order.put_in_declared_order(due, slots);
        }
        Some(due)
    }

    /// How many activations wait.
    pub(crate) fn count_waiting(&self) -> u64 {
        let order = self.state.order(&self.base);
        let mut count = 0;
        self.state.agenda.for_each_waiting(&order, &mut |_| count += 1);
        count
    }

    /// Sets how many changes a side of a join takes without a probe, and how many activations that
    /// are done with are kept.
    pub(crate) fn set_eviction_threshold(&mut self, changes: u32) {
        self.state.eviction_threshold = changes;
        self.state.agenda.set_room(changes);
    }

    /// Puts what waits, and from now on what comes, in the order of a strategy.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        let State { agenda, sets, memory, .. } = &mut self.state;
        let order = Order { base: &self.base, sets, memory, strategy };
        for pending in agenda.restart(strategy, &order) {
            let set = sets[pending.root.0 as usize].single(pending.bit);
            agenda.take_back(pending, set);
        }
        self.state.put_in_order(&self.base);
    }

    /// From now on, until the agenda is told that this ends, changes do not count for a rule.
    pub(crate) fn hold_back(&mut self, rule: RuleId) {
        self.state.hold_back(&self.base, rule);
    }

    /// Adds to how often a rule has fired.
    pub(crate) fn count_fired(&mut self, rule: RuleId, times: u64) {
        let fired = &mut self.state.fired;
        if fired.len() <= rule as usize {
            fired.resize(rule as usize + 1, 0);
        }
        fired[rule as usize] += times;
    }

    /// A copy that goes its own way.
    pub(crate) fn forked(&self) -> Self {
        let State { sets, joins, derived, agenda, support, fired, counting, eviction_threshold, .. } =
            &self.state;
        let state = State {
            memory: self.state.memory.forked(),
            sets: sets.clone(),
            joins: joins.clone(),
            derived: derived.clone(),
            agenda: agenda.clone(),
            support: support.clone(),
            fired: fired.clone(),
            crowded: None,
            counting: *counting,
            eviction_threshold: *eviction_threshold,
            pool: DeltaPool::default(),
        };
        Self { base: Arc::clone(&self.base), state }
    }

    /// Puts the activation that was taken last back to the front of the agenda.
    pub(crate) fn put_back(&mut self) {
        self.state.agenda.put_back();
    }

    /// The slot of a handle whose fact is still there.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        self.state.memory.find(handle)
    }

    /// The store of a type, and the strings.
    pub(crate) fn store_and_texts(&mut self, ty: TypeId) -> (&Store, &mut Strings, &Schema) {
        (&self.state.memory.stores[ty.index()], &mut self.state.memory.strings, &self.base.schema)
    }

    /// The bytes that facts, strings, node memories and the agenda hold.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes_by_kind().total()
    }
}

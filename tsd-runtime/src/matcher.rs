//! The match between rules and facts must be kept up to date, one change at a time.
//!
//! A [`Matcher`] holds the facts, the state of the network (its shape is [`tsd_ir::Network`]) and
//! the agenda. `change` says how a change to a fact passes through the network, and `stabilize`
//! what follows when derived values change.

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

/// A rule base, and the state of one session that matches its rules.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) base: Arc<Base>,
    pub(crate) state: State,
}

/// The state of one session.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) memory: WorkingMemory,
    /// The rule sets of each tree.
    sets: Vec<RuleSets>,
    /// By number; `None` for a join at which nothing has arrived yet.
    joins: Vec<Option<Box<Join>>>,
    derived: DerivedState,
    pub(crate) agenda: Agenda,
    pub(crate) support: TruthMaintenance,
    /// How many activations of each rule have fired, by its number.
    fired: Vec<u64>,
    /// A tree with many unused rule sets, which should be collected.
    crowded: Option<RootId>,
    /// Whether joins count probes and matches.
    counting: bool,
    /// How many updates a join input absorbs without a probe before it may be evicted.
    eviction_threshold: u32,
    /// Deltas for reuse.
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
    /// A matcher without facts.
    pub(crate) fn new(base: Arc<Base>) -> Self {
        Self { state: State::new(&base), base }
    }

    /// The rules, for other sessions. Renumbers rule sets and strings if the session has changed
    /// its rules.
    pub(crate) fn share(&self) -> Arc<Base> {
        if self.base.is_shared() { Arc::clone(&self.base) } else { Arc::new(self.base.sealed()) }
    }

    /// The base, for changing it. Copies it if other sessions use it, too.
    fn own_base(&mut self) -> &mut Base {
        let base = Arc::make_mut(&mut self.base);
        base.shared = None;
        base
    }

    /// Replaces the schema by one that begins with the present one.
    #[cfg(feature = "dynamic")]
    pub(crate) fn declare(&mut self, schema: Schema) {
        self.state.memory.declare(&schema);
        let base = self.own_base();
        base.entry_points.declare(schema.types.len());
        base.schema = schema;
    }

    /// Removes all facts and continues with the rules of a base. New handles have another origin,
    /// so no old handle names a new fact.
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

    /// The facts that have lost their last support, in the order in which they are withdrawn: by
    /// type, then by insertion number.
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

    /// Takes the next activation off the agenda. Returns its rule, and writes its facts to `slots`
    /// in the order of the rule's patterns.
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

    /// The number of activations on the agenda.
    pub(crate) fn count_waiting(&self) -> u64 {
        let order = self.state.order(&self.base);
        let mut count = 0;
        self.state.agenda.for_each_waiting(&order, &mut |_| count += 1);
        count
    }

    /// Sets how many updates a join input absorbs without a probe, and how many obsolete
    /// activations the agenda keeps.
    pub(crate) fn set_eviction_threshold(&mut self, changes: u32) {
        self.state.eviction_threshold = changes;
        self.state.agenda.set_room(changes);
    }

    /// Sorts the activations on the agenda by a strategy, and those to come.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        let State { agenda, sets, memory, .. } = &mut self.state;
        let order = Order { base: &self.base, sets, memory, strategy };
        for pending in agenda.restart(strategy, &order) {
            let set = sets[pending.root.0 as usize].single(pending.bit);
            agenda.take_back(pending, set);
        }
        self.state.put_in_order(&self.base);
    }

    /// Holds changes back from a `no-loop` rule until its effects have taken place.
    pub(crate) fn hold_back(&mut self, rule: RuleId) {
        self.state.hold_back(&self.base, rule);
    }

    /// Adds to the number of fired activations of a rule.
    pub(crate) fn count_fired(&mut self, rule: RuleId, times: u64) {
        let fired = &mut self.state.fired;
        if fired.len() <= rule as usize {
            fired.resize(rule as usize + 1, 0);
        }
        fired[rule as usize] += times;
    }

    /// An independent copy.
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

    /// The slot of the fact that a handle names, if it still exists.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        self.state.memory.find(handle)
    }

    /// The store of a type, the strings and the schema.
    pub(crate) fn store_and_texts(&mut self, ty: TypeId) -> (&Store, &mut Strings, &Schema) {
        (&self.state.memory.stores[ty.index()], &mut self.state.memory.strings, &self.base.schema)
    }

    /// The bytes of all parts of the session.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes_by_kind().total()
    }
}

//! The match: which rules hold for which facts, kept up to date change by change.
//!
//! A [`Matcher`] holds the facts, the live half of the network (its shape is [`tsd_ir::Network`]) and the agenda. What a
//! change to a fact goes through is told in `change`; what follows from derived values, in `stabilize`.

mod batch;
mod change;
mod conflict_order;
mod no_loop;
mod nodes;
mod profile;
mod propagate;
mod rebuild_input;
mod root;
mod rules;
mod sets;
mod stabilize;
mod statistics;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FactRef, Network, RootId, Schema, Sharing, TypeId};

use self::nodes::Nodes;
use self::root::Root;
use crate::agenda::{Agenda, TruthMaintenance};
use crate::base::TupleSlots;
use crate::beta::{EVICTION_THRESHOLD, Terminal};
use crate::flow::{BranchRank, DeltaPool};
use crate::store::{Store, Strings, WorkingMemory};
use crate::strategy::Strategy;
use crate::view::DerivedState;

pub(crate) use self::rules::are_calls;

pub(crate) use self::batch::Batch;

/// A live network with its facts and its agenda.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) schema: Schema,
    pub(crate) memory: WorkingMemory,
    pub(crate) network: Network,
    pub(crate) nodes: Nodes,
    derived: DerivedState,
    pub(crate) agenda: Agenda,
    pub(crate) support: TruthMaintenance,
    /// A tree whose sets want a collection.
    crowded: Option<RootId>,
    /// Whether joins count what passes through them. Views know for themselves.
    counting: bool,
    /// How many changes a side of a join takes without a probe before it is given up.
    eviction_threshold: u32,
    /// Room for tuples on their way.
    pool: DeltaPool,
}

impl Matcher {
    pub(crate) fn new(schema: Schema, sharing: Sharing) -> Self {
        let nodes = Nodes::new(schema.types.len());
        Self {
            memory: WorkingMemory::new(&schema),
            schema,
            network: Network::new(sharing),
            nodes,
            derived: DerivedState::default(),
            agenda: Agenda::default(),
            support: TruthMaintenance::default(),
            crowded: None,
            counting: false,
            eviction_threshold: EVICTION_THRESHOLD,
            pool: DeltaPool::default(),
        }
    }

    /// Takes over a schema that begins with the present one.
    #[cfg(feature = "dynamic")]
    pub(crate) fn declare(&mut self, schema: Schema) {
        self.memory.declare(&schema);
        self.nodes.entry_points.declare(schema.types.len());
        self.schema = schema;
    }

    /// Forgets everything. Facts that come have handles of another origin, so those from before never name
    /// one of them.
    #[cfg(feature = "dynamic")]
    pub(crate) fn reset(&mut self) {
        let (strategy, eviction_threshold) = (self.agenda.strategy(), self.eviction_threshold);
        *self = Self::new(Schema::default(), self.network.sharing());
        self.set_eviction_threshold(eviction_threshold);
        self.set_strategy(strategy);
    }

    /// The facts that lost their last support by the changes so far, in the order in which they go: by type, then by
    /// insertion number.
    pub(crate) fn take_unsupported(&mut self) -> Vec<FactRef> {
        for stopped in self.agenda.deactivations.take() {
            let Some(root) = &self.nodes.roots[stopped.root.0 as usize] else { continue };
            let mut rules: SmallVec<[BranchRank; 4]> = SmallVec::new();
            root.sets.for_each(stopped.set, |bit| {
                rules.extend(root.branches[bit as usize].and_then(Terminal::rule))
            });
            let strategy = self.agenda.strategy();
            let order = self.nodes.order(&self.memory, strategy);
            for branch in rules {
                let mut slots = stopped.slots.clone();
                if !branch.as_declared {
                    order.put_in_declared_order(branch, &mut slots);
                }
                self.support.stop(branch.rule, &slots);
            }
        }
        let mut unsupported = std::mem::take(&mut self.support.unsupported);
        unsupported
            .sort_unstable_by_key(|fact| (fact.ty(), self.memory.store(fact.ty()).number(fact.slot())));
        unsupported
    }

    /// The rule that fires next, whose activation leaves the agenda; its facts are written to `slots`, in the order of
    /// the rule's patterns.
    #[inline]
    pub(crate) fn next_due(&mut self, slots: &mut TupleSlots) -> Option<BranchRank> {
        let strategy = self.agenda.strategy();
        let order = self.nodes.order(&self.memory, strategy);
        let due = self.agenda.next(&order, slots)?;
        if !due.as_declared {
            order.put_in_declared_order(due, slots);
        }
        Some(due)
    }

    /// How many activations wait.
    pub(crate) fn count_waiting(&self) -> u64 {
        let strategy = self.agenda.strategy();
        let order = self.nodes.order(&self.memory, strategy);
        let mut count = 0;
        self.agenda.for_each_waiting(&order, &mut |_| count += 1);
        count
    }

    /// Sets how many changes a side of a join takes without a probe, and how many activations that are done
    /// with are kept.
    pub(crate) fn set_eviction_threshold(&mut self, changes: u32) {
        self.eviction_threshold = changes;
        self.agenda.set_room(changes);
    }

    /// Puts what waits, and from now on what comes, in the order of a strategy.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        let order = self.nodes.order(&self.memory, strategy);
        for pending in self.agenda.restart(strategy, &order) {
            if let Some(root) = &mut self.nodes.roots[pending.root.0 as usize] {
                let set = root.sets.single(pending.bit);
                self.agenda.take_back(pending, set);
            }
        }
        self.put_in_order();
    }

    /// Puts the activation that was taken last back to the front of the agenda.
    pub(crate) fn put_back(&mut self) {
        self.agenda.put_back();
    }

    /// The slot of a handle whose fact is still there.
    pub(crate) fn find(&self, handle: FactHandle) -> Option<u32> {
        self.memory.find(handle)
    }

    /// The store of a type, and the strings.
    pub(crate) fn store_and_texts(&mut self, ty: TypeId) -> (&Store, &mut Strings, &Schema) {
        (&self.memory.stores[ty.index()], &mut self.memory.strings, &self.schema)
    }

    /// The bytes that facts, strings, node memories and the agenda hold.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes_by_kind().total()
    }
}

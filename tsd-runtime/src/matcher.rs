//! The match: which rules hold for which facts, kept up to date change by change.
//!
//! A [`Matcher`] holds the facts, the live half of the network (its shape is [`tsd_ir::Network`]) and the agenda. A change
//! to a fact enters the network wherever the fact's type does. Additions enter at the far ends of chains first and at
//! their roots last, removals the other way round, so that a fact that fills two places of one tuple is met exactly
//! once. While removals run, the fact still has its old row.

mod batch;
mod conflict_order;
mod no_loop;
mod nodes;
mod profile;
mod propagate;
mod rebuild_input;
mod root;
mod rules;
mod settle;
mod statistics;

use smallvec::SmallVec;
use tsd_ir::{FactHandle, FactRef, Network, RootId, Schema, Sharing, TypeId};

use self::nodes::Nodes;
use self::root::Root;
use crate::agenda::{Agenda, TruthMaintenance};
use crate::alpha::EntryPoint;
use crate::base::TupleSlots;
use crate::beta::{EVICTION_THRESHOLD, Terminal};
use crate::flow::{BranchRank, Delta, DeltaPool, Sign};
use crate::ruleset::{RuleSet, RuleSets};
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

    /// Takes in a fact; if there is one with its primary key, nothing changes and the error is that fact's slot.
    pub(crate) fn insert(&mut self, ty: TypeId, row: &[u64]) -> Result<u32, u32> {
        let slot = self.memory.stores[ty.index()].insert(row)?;
        self.agenda.begin_change();
        self.memory.renew(ty, slot);
        for index in (0..self.nodes.entry_points.of(ty).len()).rev() {
            let entry_point = self.nodes.entry_points.of(ty)[index];
            let set = self.admit(entry_point, slot, None);
            self.enter(entry_point, slot, set, Sign::Add { fresh: true });
        }
        self.settle();
        self.heed_own();
        self.put_in_order();
        self.collect_sets();
        Ok(slot)
    }

    /// Lets a fact go.
    pub(crate) fn retract(&mut self, ty: TypeId, slot: u32) {
        self.agenda.begin_change();
        for index in 0..self.nodes.entry_points.of(ty).len() {
            let entry_point = self.nodes.entry_points.of(ty)[index];
            let set = self.admit(entry_point, slot, None);
            self.enter(entry_point, slot, set, Sign::Remove);
        }
        let WorkingMemory { stores, strings, .. } = &mut self.memory;
        stores[ty.index()].remove(slot, strings);
        self.derived.tell_followers(ty, slot, None);
        self.settle();
        self.heed_own();
        self.put_in_order();
        self.collect_sets();
    }

    /// Gives a fact a new row, whose primary key must be its own or new. Rules that read no changed field notice
    /// nothing; for the others the fact leaves and comes again.
    pub(crate) fn update(&mut self, ty: TypeId, slot: u32, row: &[u64]) {
        let store = self.memory.store(ty);
        let changed: SmallVec<[_; 8]> = store.changed_fields(store.row(slot), row).collect();
        let mut affected: SmallVec<[RuleSet; 8]> = SmallVec::new();
        self.agenda.begin_change();
        for index in 0..self.nodes.entry_points.of(ty).len() {
            let entry_point = self.nodes.entry_points.of(ty)[index];
            let (input, sets) = self.nodes.alpha_node(entry_point);
            let readers =
                changed.iter().fold(RuleSet::EMPTY, |set, field| sets.union(set, input.readers(*field)));
            affected.push(readers);
            let set = self.admit(entry_point, slot, Some(readers));
            self.enter(entry_point, slot, set, Sign::Remove);
        }
        let WorkingMemory { stores, strings, .. } = &mut self.memory;
        stores[ty.index()].replace(slot, row, strings);
        self.memory.renew(ty, slot);
        for index in (0..affected.len()).rev() {
            let entry_point = self.nodes.entry_points.of(ty)[index];
            let set = self.admit(entry_point, slot, Some(affected[index]));
            self.enter(entry_point, slot, set, Sign::Add { fresh: false });
        }
        self.derived.tell_followers(ty, slot, Some(&changed));
        self.settle();
        self.heed_own();
        self.put_in_order();
        self.collect_sets();
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

    /// The rules whose filters a fact passes at an entrance, out of `candidates` or of all.
    #[inline]
    fn admit(&mut self, entry_point: EntryPoint, slot: u32, candidates: Option<RuleSet>) -> RuleSet {
        let (input, sets) = self.nodes.alpha_node(entry_point);
        if candidates.is_some_and(RuleSet::is_empty) {
            return RuleSet::EMPTY;
        }
        input.admit(slot, candidates, &self.memory, sets)
    }

    /// Sends a fact into the network at an entrance.
    #[inline]
    fn enter(&mut self, entry_point: EntryPoint, slot: u32, set: RuleSet, sign: Sign) {
        if set.is_empty() {
            return;
        }
        let mut facts = self.pool.take(1);
        facts.push_fact(0, slot, set);
        self.enter_all(entry_point, &mut facts, self.agenda.age(), sign);
        self.pool.put_back(facts);
    }

    /// Sends facts into the network at an entrance; what they bring about is so old, each by its number older.
    #[inline]
    fn enter_all(&mut self, entry_point: EntryPoint, facts: &mut Delta, age: u64, sign: Sign) {
        let Some(mut propagation) = self.propagation(entry_point.root, sign) else { return };
        propagation.tree.age = age;
        propagation.enter(entry_point.join, facts);
        if propagation.cx.sets.wants_collection() {
            self.crowded = Some(entry_point.root);
        }
    }

    /// Forgets the rule sets of a tree that nothing carries any more, once there are many.
    fn collect_sets(&mut self) {
        let Some(id) = self.crowded.take() else { return };
        let Some(root) = &mut self.nodes.roots[id.0 as usize] else { return };
        let mut keep = root.sets.collect();
        self.map_sets(id, &mut keep);
        if let Some(root) = &mut self.nodes.roots[id.0 as usize] {
            root.sets.collected();
        }
    }

    /// Passes every set of a tree through `map`.
    fn map_sets(&mut self, id: RootId, map: &mut dyn FnMut(&mut RuleSets, RuleSet) -> RuleSet) {
        let Some(root) = &mut self.nodes.roots[id.0 as usize] else { return };
        let Root { input, outputs, sets, .. } = root;
        let mut map = |set| map(sets, set);
        input.map_sets(&mut map);
        outputs.map_sets(&mut map);
        let joins = self.nodes.joins.iter_mut().flatten().filter(|join| join.spec.root == id);
        joins.for_each(|join| join.map_sets(&mut map));
        let watches = self.derived.watches.iter_mut().filter(|watch| watch.root == id);
        watches.for_each(|watch| watch.map_sets(&mut map));
        self.agenda.map_sets(id, &mut map);
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

    /// At the end of a change: puts what it activates in order, where the agenda's strategy asks for it, and
    /// gives back what is done with.
    #[inline]
    fn put_in_order(&mut self) {
        let (wants_order, is_crowded) = (self.agenda.wants_order(), self.agenda.is_crowded());
        if wants_order || is_crowded {
            let strategy = self.agenda.strategy();
            let order = self.nodes.order(&self.memory, strategy);
            if wants_order {
                self.agenda.put_in_order(&order);
            }
            if is_crowded {
                self.agenda.tidy(&order);
            }
        }
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

//! A delta of a node must reach the rules that end there, the views whose rows its tuples are, and
//! the joins below it.
//!
//! The rule set of a tuple is split between these outputs. For rules with pending tests, the tuple
//! is held at the node until it is tested. Additions and removals take the same path with opposite
//! signs, so a removal reaches whatever the addition reached.
//!
//! Joins know nothing of this: they take a delta and [emit](Emit) others.

use tsd_ir::{NodeId, RootId};

use super::State;
use super::base::{Base, Tree};
use super::rebuild_input::Chain;
use crate::agenda::Agenda;
use crate::beta::{Emit, Join, JoinSpec, Outputs, Terminal};
use crate::flow::{Delta, OperatorContext, Pairs, Sign, TupleBlock, TupleRef, TupleSource};
use crate::ruleset::RuleSet;
use crate::view::DerivedState;

/// A delta on its way through a tree.
#[derive(Debug)]
pub(crate) struct Propagation<'a> {
    pub(crate) cx: OperatorContext<'a>,
    pub(crate) down: Downstream<'a>,
}

/// The tree through which a delta passes, with everything that its tuples may reach.
#[derive(Debug)]
pub(crate) struct Downstream<'a> {
    root: RootId,
    tree: &'a Tree,
    base: &'a Base,
    joins: &'a mut Vec<Option<Box<Join>>>,
    /// Whether joins count probes and matches.
    counting: bool,
    derived: &'a mut DerivedState,
    agenda: &'a mut Agenda,
    /// The age of the first tuple of a delta.
    pub(crate) age: u64,
}

impl Propagation<'_> {
    /// Adds facts at an entry point of the tree, or removes them: at the root, or at the right
    /// input of a join.
    pub(crate) fn enter(&mut self, join: Option<NodeId>, facts: &mut Delta) {
        let Self { cx, down } = self;
        match join {
            None => down.emit(cx, TupleSource::Root, &down.tree.outputs, facts),
            Some(node) => down.right_activate(cx, node, facts),
        }
    }

    /// Passes tuples of a node (`None`: the root) on to its outputs.
    pub(super) fn forward_from(&mut self, node: Option<NodeId>, delta: &Delta) {
        let Self { cx, down } = self;
        match node {
            None => down.forward(cx, TupleSource::Root, &down.tree.outputs, delta),
            Some(node) => {
                let Some(spec) = down.base.join(node) else { return };
                down.forward(cx, TupleSource::Join(node), &spec.outputs, delta);
            }
        }
    }
}

impl Downstream<'_> {
    /// Takes the state of a join out, creating it if necessary. A tuple never returns to the node
    /// that it left.
    #[inline]
    fn take_join(&mut self, node: NodeId, spec: &JoinSpec) -> Box<Join> {
        let join = self.joins.get_mut(node.0 as usize).and_then(Option::take);
        join.unwrap_or_else(|| self.new_join(node, spec))
    }

    #[cold]
    fn new_join(&mut self, node: NodeId, spec: &JoinSpec) -> Box<Join> {
        let index = node.0 as usize;
        if self.joins.len() <= index {
            self.joins.resize_with(self.base.joins.len().max(index + 1), || None);
        }
        Box::new(Join::new(spec, self.counting))
    }

    /// Adds tuples at the left input of a join, or removes them.
    fn left_activate(&mut self, cx: &mut OperatorContext<'_>, node: NodeId, tuples: &Delta) {
        let Some(spec) = self.base.join(node) else { return };
        let mut join = self.take_join(node, spec);
        join.left(spec, cx, tuples, &mut Onward { down: self, node });
        self.joins[node.0 as usize] = Some(join);
    }

    /// Adds facts at the right input of a join, or removes them.
    fn right_activate(&mut self, cx: &mut OperatorContext<'_>, node: NodeId, facts: &Delta) {
        let Some(spec) = self.base.join(node) else { return };
        let mut join = self.take_join(node, spec);
        if join.lacks_left() && cx.memory.store(self.tree.input.ty).len() > 0 {
            let chain = Chain { base: self.base, tree: self.tree, joins: self.joins, derived: self.derived };
            join.rebuild_left(spec, cx, &mut |cx, visit| {
                chain.for_each_left_tuple(cx, spec.parent, node, visit)
            });
        }
        join.right(spec, cx, facts, &mut Onward { down: self, node });
        self.joins[node.0 as usize] = Some(join);
    }

    /// Passes a delta of a node on to its pending tests and its outputs.
    #[inline]
    fn emit(&mut self, cx: &mut OperatorContext<'_>, end: TupleSource, outputs: &Outputs, delta: &mut Delta) {
        for (id, pending) in &outputs.pending_nodes {
            match cx.sign {
                Sign::Add { .. } => {
                    self.derived.arrive(&self.base.derived, *id, delta, *pending, cx.memory, cx.sets)
                }
                Sign::Remove => self.derived.leave(&self.base.derived, *id, delta, *pending, cx.sets),
            }
        }
        if !delta.is_empty() {
            self.forward(cx, end, outputs, delta);
        }
    }

    /// Passes a delta of a node on to rules, views and joins.
    fn forward(&mut self, cx: &mut OperatorContext<'_>, end: TupleSource, outputs: &Outputs, delta: &Delta) {
        for (salience, rules) in &outputs.levels {
            self.along(cx, outputs, *rules, delta, |down, cx, ending| {
                let place = (down.root, end);
                match cx.sign {
                    Sign::Add { .. } => down.agenda.add(*salience, place, down.age, ending, cx.sets),
                    Sign::Remove => {
                        down.agenda.cancel(*salience, place, ending, outputs.supporting, cx.sets);
                    }
                }
            });
        }
        if !outputs.accumulated.is_empty() {
            self.accumulate(cx, outputs.accumulated, delta);
        }
        for (child, users) in &outputs.children {
            self.along(cx, outputs, *users, delta, |down, cx, going_on| {
                down.left_activate(cx, *child, going_on);
            });
        }
    }

    /// Calls `go` with the tuples that carry a rule of one output, if there are any.
    #[inline]
    fn along<'c>(
        &mut self,
        cx: &mut OperatorContext<'c>,
        outputs: &Outputs,
        way: RuleSet,
        delta: &Delta,
        go: impl FnOnce(&mut Self, &mut OperatorContext<'c>, &Delta),
    ) {
        if outputs.has_one_way() {
            return go(self, cx, delta);
        }
        if let Some(common) = delta.common_set() {
            let going = cx.sets.meet(common, way);
            if going.is_empty() {
                return;
            }
            if going == common {
                return go(self, cx, delta);
            }
        }
        let mut part = cx.pool.take(delta.width());
        part.extend_with(delta, way, cx.sets);
        if !part.is_empty() {
            go(self, cx, &part);
        }
        cx.pool.put_back(part);
    }

    /// Aggregates tuples in the views whose rows they are.
    fn accumulate(&mut self, cx: &mut OperatorContext<'_>, accumulated: RuleSet, delta: &Delta) {
        if let Some(common) = delta.common_set() {
            return self.accumulate_alike(cx, accumulated, common, delta);
        }
        let OperatorContext { sets, pool, sign, memory, .. } = cx;
        let sets = &**sets;
        sets.for_each(accumulated, |bit| {
            let Some(Terminal::View { view, branch }) = self.tree.branches[bit as usize] else { return };
            let mut rows = pool.take(delta.width());
            let carrying = delta.iter().filter(|tuple| sets.contains(tuple.set, bit));
            carrying.for_each(|TupleRef { number, slots, set }| rows.push(number, slots, set));
            if !rows.is_empty() {
                self.derived.accumulate(
                    &self.base.derived,
                    (view, branch),
                    &rows,
                    *sign != Sign::Remove,
                    memory,
                );
            }
            pool.put_back(rows);
        });
    }

    /// Aggregates tuples with equal rule sets in the views whose rows they are.
    fn accumulate_alike(
        &mut self,
        cx: &OperatorContext<'_>,
        accumulated: RuleSet,
        common: RuleSet,
        rows: impl TupleBlock,
    ) {
        cx.sets.for_each(accumulated, |bit| {
            if let Some(Terminal::View { view, branch }) = self.tree.branches[bit as usize]
                && cx.sets.contains(common, bit)
            {
                self.derived.accumulate(
                    &self.base.derived,
                    (view, branch),
                    rows,
                    cx.sign != Sign::Remove,
                    cx.memory,
                );
            }
        });
    }
}

/// Receives what a join emits.
struct Onward<'t, 'a> {
    down: &'t mut Downstream<'a>,
    node: NodeId,
}

impl Emit for Onward<'_, '_> {
    fn tuples(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, tuples: &mut Delta) {
        self.down.emit(cx, TupleSource::Join(self.node), outputs, tuples);
    }

    fn pairs(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, pairs: Pairs<'_>) {
        self.down.accumulate_alike(cx, outputs.accumulated, pairs.common, pairs);
    }
}

impl State {
    /// Prepares a delta's way through a tree, which must be in use.
    #[inline]
    pub(super) fn propagation<'a>(&'a mut self, base: &'a Base, id: RootId, sign: Sign) -> Propagation<'a> {
        let age = self.agenda.age();
        Propagation {
            cx: OperatorContext {
                memory: &self.memory,
                sets: &mut self.sets[id.0 as usize],
                pool: &mut self.pool,
                sign,
                eviction_threshold: self.eviction_threshold,
            },
            down: Downstream {
                root: id,
                tree: base.tree(id),
                base,
                joins: &mut self.joins,
                counting: self.counting,
                derived: &mut self.derived,
                agenda: &mut self.agenda,
                age,
            },
        }
    }
}

//! Changes on their way through a tree of joins: from each node to the rules that end there, the
//! views whose rows its tuples are, and the joins behind it.
//!
//! The rules that a tuple carries are split between these ways. Rules that wait for a derived value
//! hold the tuple back until it is tested. Additions and removals take the same way with opposite
//! signs, so whatever an addition reached, the removal reaches too.
//!
//! Joins know nothing of all this: they take a delta and [emit](Emit) others.

use tsd_ir::{NodeId, RootId};

use super::State;
use super::base::{Base, Tree};
use super::rebuild_input::Chain;
use crate::agenda::Agenda;
use crate::beta::{Emit, Join, JoinSpec, Outputs, Terminal};
use crate::flow::{Delta, OperatorContext, Pairs, Sign, TupleBlock, TupleRef, TupleSource};
use crate::ruleset::RuleSet;
use crate::view::DerivedState;

/// A change that is about to go through a tree.
#[derive(Debug)]
pub(crate) struct Propagation<'a> {
    pub(crate) cx: OperatorContext<'a>,
    pub(crate) down: Downstream<'a>,
}

/// The tree of joins that a change goes through, with all that its tuples may reach.
#[derive(Debug)]
pub(crate) struct Downstream<'a> {
    root: RootId,
    tree: &'a Tree,
    base: &'a Base,
    joins: &'a mut Vec<Option<Box<Join>>>,
    /// Whether joins count what passes through them.
    counting: bool,
    derived: &'a mut DerivedState,
    agenda: &'a mut Agenda,
    /// How old what comes now is.
    pub(crate) age: u64,
}

impl Propagation<'_> {
    /// Facts arrive at an entry point of the tree, or leave it: at the root, or on the right of a
    /// join.
    pub(crate) fn enter(&mut self, join: Option<NodeId>, facts: &mut Delta) {
        let Self { cx, down } = self;
        match join {
            None => down.emit(cx, TupleSource::Root, &down.tree.outputs, facts),
            Some(node) => down.right_activate(cx, node, facts),
        }
    }

    /// Tuples of a node (`None`: the root) go where the node's tuples go.
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
    /// What is kept at a join, which is taken out: a tuple never comes back to the node that it
    /// left.
    #[inline]
    fn take_join(&mut self, node: NodeId, spec: &JoinSpec) -> Box<Join> {
        let index = node.0 as usize;
        if self.joins.len() <= index {
            self.joins.resize_with(self.base.joins.len().max(index + 1), || None);
        }
        self.joins[index].take().unwrap_or_else(|| Box::new(Join::new(spec, self.counting)))
    }

    /// Tuples arrive on the left of a join, or leave it.
    fn left_activate(&mut self, cx: &mut OperatorContext<'_>, node: NodeId, tuples: &Delta) {
        let Some(spec) = self.base.join(node) else { return };
        let mut join = self.take_join(node, spec);
        join.left(spec, cx, tuples, &mut Onward { down: self, node });
        self.joins[node.0 as usize] = Some(join);
    }

    /// Facts arrive on the right of a join, or leave it.
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

    /// Tuples come out of a node, or do no longer.
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

    /// Tuples of a node go where the node's tuples go.
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
        if !outputs.gathered.is_empty() {
            self.gather(cx, outputs.gathered, delta);
        }
        for (child, users) in &outputs.children {
            self.along(cx, outputs, *users, delta, |down, cx, going_on| {
                down.left_activate(cx, *child, going_on);
            });
        }
    }

    /// Calls `go` with the tuples that take one of the ways out of a node, if there are any.
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

    /// Tuples are rows of views.
    fn gather(&mut self, cx: &mut OperatorContext<'_>, gathered: RuleSet, delta: &Delta) {
        if let Some(common) = delta.common_set() {
            return self.gather_alike(cx, gathered, common, delta);
        }
        let OperatorContext { sets, pool, sign, memory, .. } = cx;
        let sets = &**sets;
        sets.for_each(gathered, |bit| {
            let Some(Terminal::View { view, branch }) = self.tree.branches[bit as usize] else { return };
            let mut rows = pool.take(delta.width());
            let carrying = delta.iter().filter(|tuple| sets.contains(tuple.set, bit));
            carrying.for_each(|TupleRef { number, slots, set }| rows.push(number, slots, set));
            if !rows.is_empty() {
                self.derived.gather(&self.base.derived, (view, branch), &rows, *sign != Sign::Remove, memory);
            }
            pool.put_back(rows);
        });
    }

    /// Tuples that all carry the same rules are rows of views.
    fn gather_alike(
        &mut self,
        cx: &OperatorContext<'_>,
        gathered: RuleSet,
        common: RuleSet,
        rows: impl TupleBlock,
    ) {
        cx.sets.for_each(gathered, |bit| {
            if let Some(Terminal::View { view, branch }) = self.tree.branches[bit as usize]
                && cx.sets.contains(common, bit)
            {
                self.derived.gather(
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

/// Where what comes out of a join goes on.
struct Onward<'t, 'a> {
    down: &'t mut Downstream<'a>,
    node: NodeId,
}

impl Emit for Onward<'_, '_> {
    fn tuples(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, tuples: &mut Delta) {
        self.down.emit(cx, TupleSource::Join(self.node), outputs, tuples);
    }

    fn pairs(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, pairs: Pairs<'_>) {
        self.down.gather_alike(cx, outputs.gathered, pairs.common, pairs);
    }
}

impl State {
    /// A change that is about to go through a tree, which is in use.
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

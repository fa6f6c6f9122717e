//! Changes on their way through a tree of joins: from each node to the rules that end there, the views whose rows
//! its tuples are, and the joins behind it.
//!
//! The rules that a tuple carries are split between these ways. Rules that wait for a derived value hold the tuple back
//! until it is tested. Additions and removals take the same way with opposite signs, so whatever an addition reached,
//! the removal reaches too.
//!
//! Joins know nothing of all this: they take a delta and [emit](Emit) others.

use tsd_ir::{NodeId, RootId};

use super::rebuild_input::Chain;
use super::{Matcher, Root};
use crate::agenda::Agenda;
use crate::alpha::AlphaNode;
use crate::beta::{Emit, Join, Outputs, Terminal};
use crate::flow::{Delta, OperatorContext, Pairs, Sign, TupleBlock, TupleRef, TupleSource};
use crate::ruleset::RuleSet;
use crate::view::DerivedState;

/// A change that is about to go through a tree.
#[derive(Debug)]
pub(crate) struct Propagation<'a> {
    pub(crate) cx: OperatorContext<'a>,
    pub(crate) tree: Tree<'a>,
}

/// The tree of joins that a change goes through, with all that its tuples may reach.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    root: RootId,
    /// Where the facts of the first pattern come from, and where they go.
    input: &'a AlphaNode,
    outputs: &'a Outputs,
    joins: &'a mut [Option<Box<Join>>],
    /// For each bit, the rule or view that it stands for.
    branches: &'a [Option<Terminal>],
    derived: &'a mut DerivedState,
    agenda: &'a mut Agenda,
    /// How old what comes now is.
    pub(crate) age: u64,
}

impl Propagation<'_> {
    /// Facts arrive at an entry point of the tree, or leave it: at the root, or on the right of a join.
    pub(crate) fn enter(&mut self, join: Option<NodeId>, facts: &mut Delta) {
        let Self { cx, tree } = self;
        match join {
            None => tree.emit(cx, TupleSource::Root, tree.outputs, facts),
            Some(node) => tree.right_activate(cx, node, facts),
        }
    }

    /// Tuples of a node (`None`: the root) go where the node's tuples go.
    pub(super) fn forward_from(&mut self, node: Option<NodeId>, delta: &Delta) {
        let Self { cx, tree } = self;
        let Some(node) = node else { return tree.forward(cx, TupleSource::Root, tree.outputs, delta) };
        let Some(join) = tree.joins[node.0 as usize].take() else { return };
        tree.forward(cx, TupleSource::Join(node), &join.spec.outputs, delta);
        tree.joins[node.0 as usize] = Some(join);
    }

    /// Calls `visit` with every tuple that comes out of a node (`None`: of the root).
    pub(super) fn for_each_tuple(
        &mut self,
        node: Option<NodeId>,
        visit: &mut dyn FnMut(&OperatorContext<'_>, &[u32], RuleSet),
    ) {
        let Self { cx, tree } = self;
        tree.chain().for_each_tuple(cx, node, &mut |cx, _, slots, set| visit(cx, slots, set));
    }
}

impl Tree<'_> {
    fn chain(&mut self) -> Chain<'_> {
        Chain { input: self.input, outputs: self.outputs, joins: self.joins, derived: self.derived }
    }

    /// Tuples arrive on the left of a join, or leave it.
    fn left_activate(&mut self, cx: &mut OperatorContext<'_>, node: NodeId, tuples: &Delta) {
        // A tuple never comes back to the node that it left, so the node can be taken out meanwhile.
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        join.left(cx, tuples, &mut Onward { tree: self, node });
        self.joins[node.0 as usize] = Some(join);
    }

    /// Facts arrive on the right of a join, or leave it.
    fn right_activate(&mut self, cx: &mut OperatorContext<'_>, node: NodeId, facts: &Delta) {
        let Some(mut join) = self.joins[node.0 as usize].take() else { return };
        if join.lacks_left() && cx.memory.store(self.input.ty).len() > 0 {
            let parent = join.spec.parent;
            join.rebuild_left(cx, &mut |cx, visit| self.chain().for_each_left_tuple(cx, parent, node, visit));
        }
        join.right(cx, facts, &mut Onward { tree: self, node });
        self.joins[node.0 as usize] = Some(join);
    }

    /// Tuples come out of a node, or do no longer.
    #[inline]
    fn emit(&mut self, cx: &mut OperatorContext<'_>, end: TupleSource, outputs: &Outputs, delta: &mut Delta) {
        for (id, pending) in &outputs.pending_nodes {
            match cx.sign {
                Sign::Add { .. } => self.derived.arrive(*id, delta, *pending, cx.memory, cx.sets),
                Sign::Remove => self.derived.leave(*id, delta, *pending, cx.sets),
            }
        }
        if !delta.is_empty() {
            self.forward(cx, end, outputs, delta);
        }
    }

    /// Tuples of a node go where the node's tuples go.
    fn forward(&mut self, cx: &mut OperatorContext<'_>, end: TupleSource, outputs: &Outputs, delta: &Delta) {
        for (salience, rules) in &outputs.levels {
            self.along(cx, outputs, *rules, delta, |tree, cx, ending| {
                let place = (tree.root, end);
                match cx.sign {
                    Sign::Add { .. } => tree.agenda.add(*salience, place, tree.age, ending, cx.sets),
                    Sign::Remove => tree.agenda.cancel(*salience, place, ending, cx.sets),
                }
            });
        }
        if !outputs.gathered.is_empty() {
            self.gather(cx, outputs.gathered, delta);
        }
        for (child, users) in &outputs.children {
            self.along(cx, outputs, *users, delta, |tree, cx, going_on| {
                tree.left_activate(cx, *child, going_on);
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
            let Some(Terminal::View { view, branch }) = self.branches[bit as usize] else { return };
            let mut rows = pool.take(delta.width());
            let carrying = delta.iter().filter(|tuple| sets.contains(tuple.set, bit));
            carrying.for_each(|TupleRef { number, slots, set }| rows.push(number, slots, set));
            if !rows.is_empty() {
                self.derived.gather((view, branch), &rows, *sign != Sign::Remove, memory);
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
            if let Some(Terminal::View { view, branch }) = self.branches[bit as usize]
                && cx.sets.contains(common, bit)
            {
                self.derived.gather((view, branch), rows, cx.sign != Sign::Remove, cx.memory);
            }
        });
    }
}

/// Where what comes out of a join goes on.
struct Onward<'t, 'a> {
    tree: &'t mut Tree<'a>,
    node: NodeId,
}

impl Emit for Onward<'_, '_> {
    fn tuples(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, tuples: &mut Delta) {
        self.tree.emit(cx, TupleSource::Join(self.node), outputs, tuples);
    }

    fn pairs(&mut self, cx: &mut OperatorContext<'_>, outputs: &Outputs, pairs: Pairs<'_>) {
        self.tree.gather_alike(cx, outputs.gathered, pairs.common, pairs);
    }
}

impl Matcher {
    /// A change that is about to go through a tree.
    #[inline]
    pub(super) fn propagation(&mut self, id: RootId, sign: Sign) -> Option<Propagation<'_>> {
        let Root { input, outputs, sets, branches } = self.nodes.roots[id.0 as usize].as_mut()?;
        let age = self.agenda.age();
        Some(Propagation {
            cx: OperatorContext {
                memory: &self.memory,
                sets,
                pool: &mut self.pool,
                sign,
                eviction_threshold: self.eviction_threshold,
            },
            tree: Tree {
                root: id,
                input,
                outputs,
                joins: &mut self.nodes.joins,
                branches,
                derived: &mut self.derived,
                agenda: &mut self.agenda,
                age,
            },
        })
    }
}

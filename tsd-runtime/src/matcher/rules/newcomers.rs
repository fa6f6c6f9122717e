//! Rules that are added while facts are there must see these facts.
//!
//! A text may add a thousand rules, and a pass over the facts for each would cost a thousand
//! passes. But a rule is only one more bit in the rule sets that facts carry, and the cost is in
//! propagating facts. So the facts of each tree are propagated once, with the new bits of all rules
//! that are added together.

use std::collections::BTreeMap;

use tsd_ir::network::Path;
use tsd_ir::{NodeId, RootId};

use crate::beta::Join;
use crate::flow::{BLOCK, Sign};
use crate::matcher::State;
use crate::matcher::base::Base;
use crate::ruleset::{Bit, Bits};

/// Branches that have not seen the existing facts yet.
#[derive(Debug, Default)]
pub(super) struct Newcomers {
    trees: BTreeMap<RootId, Tree>,
}

/// The new branches of one tree.
#[derive(Debug, Default)]
struct Tree {
    bits: Bits,
    joins: BTreeMap<NodeId, NewAt>,
}

/// The new branches that pass through a join.
#[derive(Debug, Default)]
struct NewAt {
    bits: Bits,
    /// Whether the join is new, so that no tuple has arrived there.
    is_new: bool,
}

impl Newcomers {
    pub(super) fn add(&mut self, path: &Path, bit: Bit) {
        let tree = self.trees.entry(path.root).or_default();
        tree.bits.set(bit);
        for (index, node) in path.joins.iter().enumerate() {
            let join = tree.joins.entry(*node).or_default();
            join.bits.set(bit);
            join.is_new |= index >= path.shared;
        }
    }
}

impl State {
    /// Shows the existing facts to new branches. In each tree, facts are first stored at the right
    /// inputs of joins, where they find no partners yet. Then facts are propagated from the root.
    pub(super) fn propagate_newcomers(&mut self, base: &Base, newcomers: &Newcomers) {
        for (id, tree) in &newcomers.trees {
            for (node, new) in &tree.joins {
                self.store_right(base, *id, *node, new);
            }
            self.propagate_newcomers_from_root(base, *id, tree);
        }
    }

    /// Stores the facts that new branches accept at the right input of a join.
    fn store_right(&mut self, base: &Base, id: RootId, node: NodeId, new: &NewAt) {
        let Some(spec) = base.join(node) else { return };
        let index = node.0 as usize;
        if self.joins.len() <= index {
            self.joins.resize_with(index + 1, || None);
        }
        if self.counting && self.joins[index].is_none() {
            self.joins[index] = Some(Box::new(Join::new(spec, true)));
        }
        let Some(join) = self.joins[index].as_mut().filter(|join| join.wants_right()) else { return };
        let sets = &mut self.sets[id.0 as usize];
        let only = sets.intern(&new.bits.0);
        let slots: Vec<u32> = self.memory.store(spec.input.ty).live_slots().collect();
        let mut facts = self.pool.take(1);
        for block in slots.chunks(BLOCK) {
            spec.input.admit_all(block, only, &self.memory, sets, &mut facts);
            if !facts.is_empty() {
                join.store_right(spec, &facts, new.is_new, &self.memory, sets);
            }
        }
        self.pool.put_back(facts);
    }

    fn propagate_newcomers_from_root(&mut self, base: &Base, id: RootId, new: &Tree) {
        let Some(tree) = base.find_tree(id) else { return };
        let slots: Vec<u32> = self.memory.store(tree.input.ty).live_slots().collect();
        let fresh = new.joins.values().all(|join| join.is_new);
        for block in slots.chunks(BLOCK) {
            let sets = &mut self.sets[id.0 as usize];
            let only = sets.intern(&new.bits.0);
            let mut facts = self.pool.take(1);
            tree.input.admit_all(block, only, &self.memory, sets, &mut facts);
            // All of them belong to one change.
            facts.number_alike();
            let mut propagation = self.propagation(base, id, Sign::Add { fresh });
            propagation.enter(None, &mut facts);
            if propagation.cx.sets.wants_collection() {
                self.crowded = Some(id);
            }
            self.pool.put_back(facts);
        }
    }
}

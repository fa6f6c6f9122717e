//! Rules that come while facts are there, and see them.
//!
//! A text may bring a thousand rules, and a pass over the facts for each of them costs a thousand
//! passes. But to the network a rule is one bit more in the sets that facts carry, and what costs
//! is the way of the facts. So the new branches of all rules that come together are seen in one
//! pass for each tree of the network: every fact takes the way once, with all new bits for which it
//! is wanted, and as long as it takes to load it.

use std::collections::BTreeMap;

use tsd_ir::network::Path;
use tsd_ir::{NodeId, RootId};

use crate::beta::Join;
use crate::flow::{BLOCK, Sign};
use crate::matcher::State;
use crate::matcher::base::Base;
use crate::ruleset::{Bit, Bits};

/// Branches that have not seen the facts yet.
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
    /// Whether the join came with one of them, so that no tuple has been there.
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
    /// Lets new branches see the facts that are there: in each tree first those on the right of
    /// joins, which find no partner yet, then those at the root.
    pub(super) fn let_see(&mut self, base: &Base, newcomers: &Newcomers) {
        for (id, tree) in &newcomers.trees {
            for (node, new) in &tree.joins {
                self.store_right(base, *id, *node, new);
            }
            self.let_see_from_root(base, *id, tree);
        }
    }

    /// Takes the facts that new branches want on the right of a join into its memory.
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

    fn let_see_from_root(&mut self, base: &Base, id: RootId, new: &Tree) {
        let Some(tree) = base.find_tree(id) else { return };
        let slots: Vec<u32> = self.memory.store(tree.input.ty).live_slots().collect();
        let fresh = new.joins.values().all(|join| join.is_new);
        for block in slots.chunks(BLOCK) {
            let sets = &mut self.sets[id.0 as usize];
            let only = sets.intern(&new.bits.0);
            let mut facts = self.pool.take(1);
            tree.input.admit_all(block, only, &self.memory, sets, &mut facts);
            // All of them are seen in one change.
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

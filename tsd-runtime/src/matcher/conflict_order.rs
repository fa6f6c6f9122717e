//! The agenda must sort activations by the declaration of rules and by facts, which it does not
//! know.

use std::cmp::Ordering;

use tsd_ir::RootId;

use super::base::Base;
use super::rules::LiveRule;
use crate::base::TupleSlots;
use crate::beta::{BranchPath, Terminal};
use crate::flow::{BranchRank, ConflictOrder, OrderKey};
use crate::ruleset::{Bit, RuleSets};
use crate::store::WorkingMemory;
use crate::strategy::Strategy;

/// What the agenda needs to sort activations.
pub(super) struct Order<'a> {
    pub(super) base: &'a Base,
    /// The rule sets of each tree.
    pub(super) sets: &'a [RuleSets],
    pub(super) memory: &'a WorkingMemory,
    pub(super) strategy: Strategy,
}

impl Order<'_> {
    /// The rule and path of a branch on the agenda. They exist: a rule that is removed is first
    /// taken out of every entry (`Agenda::cancel_rules`). Its tree is removed with its last rule,
    /// so entries of a removed tree activate nothing.
    fn place(&self, branch: BranchRank) -> (&LiveRule, &BranchPath) {
        let live = self.base.rules.get(branch.rule).expect("a branch names a rule in use");
        (live, &live.places[branch.branch as usize])
    }

    /// Rearranges a tuple from the order of its chain to that of the rule's patterns.
    pub(crate) fn put_in_declared_order(&self, branch: BranchRank, slots: &mut TupleSlots) {
        let (_, place) = self.place(branch);
        let chain = slots.clone();
        let declared = place.chain_places.iter().map(|at| chain[*at as usize]);
        slots.truncate(place.chain_places.len());
        slots.iter_mut().zip(declared).for_each(|(slot, declared)| *slot = declared);
    }
}

impl ConflictOrder for Order<'_> {
    #[inline]
    fn sets(&self, root: RootId) -> &RuleSets {
        &self.sets[root.0 as usize]
    }

    #[inline]
    fn ranked(&self, root: RootId, bit: Bit) -> BranchRank {
        let owner = self.base.tree(root).branches[bit as usize].and_then(Terminal::rule);
        // Bits of views are not in entries, and the bit of a removed rule is taken out of all
        // entries before it is reused.
        owner.expect("the entries of a rule are removed before the rule")
    }

    fn key(&self, branch: BranchRank, chain: &[u32], age: u64) -> OrderKey {
        let (live, place) = self.place(branch);
        let slots = place.chain_places.iter().map(|at| chain[*at as usize]);
        let facts = live.rule.patterns.iter().map(|pattern| self.memory.store(pattern.ty)).zip(slots);
        let tags = facts.clone().map(|(store, slot)| !store.recency(slot));
        let mut key = OrderKey::new();
        match self.strategy {
            Strategy::Breadth | Strategy::Depth => {}
            Strategy::Complexity => key.push(u64::from(u32::MAX - live.rule.complexity)),
            Strategy::Simplicity => key.push(u64::from(live.rule.complexity)),
            Strategy::Lex | Strategy::Mea => {
                if self.strategy == Strategy::Mea {
                    key.extend(tags.clone().next());
                }
                let start = key.len();
                key.extend(tags);
                key[start..].sort_unstable();
                // If the facts of one are a prefix of the other's, the longer one comes first.
                key.push(u64::MAX);
                key.push(u64::from(u32::MAX - live.rule.complexity));
            }
        }
        key.push(if self.strategy == Strategy::Breadth { age } else { !age });
        key.push(u64::from(branch.rank));
        key.extend(facts.map(|(store, slot)| store.number(slot)));
        key
    }

    fn compare(&self, left: (BranchRank, &[u32]), right: (BranchRank, &[u32])) -> Ordering {
        let (live, left_place) = self.place(left.0);
        let (_, right_place) = self.place(right.0);
        for (position, pattern) in live.rule.patterns.iter().enumerate() {
            let store = self.memory.store(pattern.ty);
            let left = left.1[left_place.chain_places[position] as usize];
            let right = right.1[right_place.chain_places[position] as usize];
            let order = store.number(left).cmp(&store.number(right));
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

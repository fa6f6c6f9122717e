//! The nodes of the live network, the entry points that lead to them, and the rules that own them.
//!
//! They are one field of the matcher, so that the order of activations, which follows from them and from the facts, can be
//! asked for beside an agenda that is being changed.

use tsd_ir::RootId;

use super::conflict_order::Order;
use super::root::Root;
use super::rules::Rules;
use crate::alpha::{AlphaNode, EntryPoint, EntryPoints};
use crate::beta::Join;
use crate::ruleset::RuleSets;
use crate::store::WorkingMemory;
use crate::strategy::Strategy;

/// The nodes in use, by number, and whose they are.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub(super) roots: Vec<Option<Root>>,
    pub(super) joins: Vec<Option<Box<Join>>>,
    pub(super) entry_points: EntryPoints,
    pub(crate) rules: Rules,
}

impl Nodes {
    pub(super) fn new(types: usize) -> Self {
        Self {
            roots: Vec::new(),
            joins: Vec::new(),
            entry_points: EntryPoints::new(types),
            rules: Rules::default(),
        }
    }

    /// The root of a tree, to change it.
    #[inline]
    pub(super) fn root_mut(&mut self, id: RootId) -> Option<&mut Root> {
        self.roots[id.0 as usize].as_mut()
    }

    /// The order of activations.
    #[inline]
    pub(super) fn order<'a>(&'a self, memory: &'a WorkingMemory, strategy: Strategy) -> Order<'a> {
        Order { roots: &self.roots, rules: &self.rules, memory, strategy }
    }

    /// The alpha node behind an entry point, with the rule sets of its tree. Both are there: an entry point is opened when its
    /// root or join is made, and closed in the same step that takes it (`Matcher::remove_rule`).
    #[inline]
    pub(super) fn alpha_node(&mut self, entry_point: EntryPoint) -> (&AlphaNode, &mut RuleSets) {
        let root = self.roots[entry_point.root.0 as usize].as_mut();
        let root = root.expect("an open entry point has a live root");
        let input = match entry_point.join {
            None => &root.input,
            Some(join) => {
                let join = self.joins[join.0 as usize].as_ref();
                &join.expect("an open entry point has a live join").spec.input
            }
        };
        (input, &mut root.sets)
    }
}

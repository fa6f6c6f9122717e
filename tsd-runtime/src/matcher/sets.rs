//! The rule sets of a tree, wherever they are kept.

use tsd_ir::RootId;

use super::Matcher;
use super::root::Root;
use crate::ruleset::{RuleSet, RuleSets};

impl Matcher {
    /// Forgets the rule sets of a tree that nothing carries any more, once there are many.
    pub(super) fn collect_sets(&mut self) {
        let Some(id) = self.crowded.take() else { return };
        let Some(root) = &mut self.nodes.roots[id.0 as usize] else { return };
        let mut keep = root.sets.collect();
        self.map_sets(id, &mut keep);
        if let Some(root) = &mut self.nodes.roots[id.0 as usize] {
            root.sets.collected();
        }
    }

    /// Passes every set of a tree through `map`.
    pub(super) fn map_sets(&mut self, id: RootId, map: &mut dyn FnMut(&mut RuleSets, RuleSet) -> RuleSet) {
        let Some(root) = &mut self.nodes.roots[id.0 as usize] else { return };
        let Root { input, outputs, sets, .. } = root;
        let mut map = |set| map(sets, set);
        input.map_sets(&mut map);
        outputs.map_sets(&mut map);
        let joins = self.nodes.joins.iter_mut().flatten().filter(|join| join.spec.root == id);
        joins.for_each(|join| join.map_sets(&mut map));
        let pending_nodes = self.derived.pending_nodes.iter_mut().filter(|pending| pending.root == id);
        pending_nodes.for_each(|pending| pending.map_sets(&mut map));
        self.agenda.map_sets(id, &mut map);
    }
}

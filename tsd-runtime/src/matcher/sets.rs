//! Rule sets of a tree are stored in many places, all of which must change when sets are
//! renumbered.

use std::sync::Arc;

use tsd_ir::RootId;

use super::{Matcher, State};
use crate::ruleset::{RuleSet, RuleSets};

impl Matcher {
    /// Drops the unused rule sets of a tree, once there are many.
    #[inline]
    pub(super) fn collect_sets(&mut self) {
        if let Some(id) = self.state.crowded.take() {
            self.collect_sets_of(id);
        }
    }

    #[cold]
    fn collect_sets_of(&mut self, id: RootId) {
        let mut keep = self.state.sets[id.0 as usize].collect();
        self.map_sets(id, &mut keep);
        self.state.sets[id.0 as usize].collected();
    }

    /// Passes every rule set of a tree through `map`, except those that other sessions share.
    pub(super) fn map_sets(&mut self, id: RootId, map: &mut dyn FnMut(&mut RuleSets, RuleSet) -> RuleSet) {
        let State { sets, joins, derived, agenda, .. } = &mut self.state;
        let sets = &mut sets[id.0 as usize];
        let mut map = |set| map(sets, set);
        if !self.base.is_shared() {
            let base = Arc::make_mut(&mut self.base);
            if let Some(tree) = base.tree_mut(id) {
                tree.input.map_sets(&mut map);
                tree.outputs.map_sets(&mut map);
            }
            let joins = base.joins.iter_mut().flatten().filter(|join| join.root == id);
            joins.for_each(|join| Arc::make_mut(join).map_sets(&mut map));
            let pending = base.derived.pending.iter_mut().flatten().filter(|pending| pending.root == id);
            pending.for_each(|pending| Arc::make_mut(pending).map_sets(&mut map));
        }
        for (spec, join) in self.base.joins.iter().zip(joins) {
            if let (Some(spec), Some(join)) = (spec, join)
                && spec.root == id
            {
                join.map_sets(&mut map);
            }
        }
        for (place, pending) in self.base.derived.all_pending() {
            if pending.root == id {
                derived.map_sets(place, &mut map);
            }
        }
        agenda.map_sets(id, &mut map);
    }
}

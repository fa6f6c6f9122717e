//! A removed rule must leave no activation, no bit and no unused node.

use tsd_ir::{Effect, Rule};

use super::Touched;
use crate::matcher::Matcher;

impl Matcher {
    /// Removes a rule: its activations from the agenda, its bits from tuples, and the nodes that
    /// only it used. Returns whether there was such a rule. Costs a pass over the memories on its
    /// path.
    pub(crate) fn remove_rule(&mut self, name: &str) -> bool {
        let base = self.own_base();
        let Some((id, live)) = base.rules.take(name) else { return false };
        let freed = base.network.remove_rule(name).unwrap_or_default();
        let mut places = live.places;
        for view in &freed.views {
            places.extend(self.forget_view(*view));
        }
        for place in &places {
            let root = place.path.root;
            let only = self.state.sets[root.0 as usize].single(place.bit);
            self.state.agenda.cancel_rules(root, only, &mut self.state.sets[root.0 as usize]);
            for node in place.path.joins.iter().filter(|node| !freed.joins.contains(node)) {
                let Some(spec) = self.base.join(*node) else { continue };
                if let Some(join) = self.state.joins.get_mut(node.0 as usize).and_then(Option::as_mut) {
                    join.remove(spec, only, &self.state.memory, &mut self.state.sets[root.0 as usize]);
                }
            }
            let base = self.own_base();
            if let Some(tree) = base.tree_mut(root) {
                tree.input.remove(place.bit);
                tree.branches[place.bit as usize] = None;
            }
            for node in &place.path.joins {
                if let Some(join) = base.join_mut(*node) {
                    join.remove(place.bit);
                }
            }
            self.leave_pending(place, only);
        }
        let mut touched = Touched::default();
        for pending in places.iter().flat_map(|place| &place.pending_nodes) {
            self.rebuild_pending(*pending);
        }
        self.free(&freed);
        self.state.support.stop_rule(id);
        self.forget_equal_facts(&live.rule);
        places.iter().for_each(|place| touched.path(&place.path));
        touched.nodes.retain(|(root, join)| {
            self.base.find_tree(*root).is_some() && join.is_none_or(|join| self.base.join(join).is_some())
        });
        self.rebuild(&touched);
        self.state.stabilize(&self.base);
        self.end_change();
        true
    }

    /// Frees unused nodes.
    fn free(&mut self, freed: &tsd_ir::network::Freed) {
        self.own_base();
        let Self { base, state } = self;
        let base = std::sync::Arc::make_mut(base);
        for node in &freed.joins {
            if let Some(spec) = base.joins[node.0 as usize].take() {
                base.entry_points.close(spec.input.ty, spec.root, Some(*node));
                spec.input.release(&mut state.memory.strings);
            }
            if let Some(join) = state.joins.get_mut(node.0 as usize) {
                *join = None;
            }
        }
        for root in &freed.roots {
            if let Some(tree) = base.trees[root.0 as usize].take() {
                base.entry_points.close(tree.input.ty, *root, None);
                tree.input.release(&mut state.memory.strings);
                state.sets[root.0 as usize] = crate::ruleset::RuleSets::new();
            }
        }
    }

    /// Drops the indexes of equal facts that only a removed rule needed.
    fn forget_equal_facts(&mut self, removed: &Rule) {
        for effect in removed.effects.iter() {
            let Effect::Insert { ty, logical: true, .. } = effect else { continue };
            let inserts = |effect: &Effect| match effect {
                Effect::Insert { ty: other, logical: true, .. } => other == ty,
                _ => false,
            };
            if !self.base.rules.iter().any(|live| live.rule.effects.iter().any(inserts)) {
                self.state.memory.stores[ty.index()].forget_equal_facts();
            }
        }
    }
}

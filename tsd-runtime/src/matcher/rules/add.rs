//! A new rule gets nodes, views and bits, shared with other rules where possible.

use std::sync::Arc;

use tsd_ir::network::Path;
use tsd_ir::{Branch, Pattern, Rule, ViewId};

use super::Touched;
use super::newcomers::Newcomers;
use super::registry::LiveRule;
use super::views::live_derived_values;
use crate::alpha::{AlphaNode, Member, PreparedTest};
use crate::beta::{BranchPath, JoinSpec, Outputs, Terminal};
use crate::flow::BranchRank;
use crate::matcher::base::Tree;
use crate::matcher::{Effects, Matcher};
use crate::ruleset::{Bit, RuleSets};

impl Matcher {
    /// Adds rules with new names after all others, and matches them against the existing facts.
    pub(crate) fn add_rules(&mut self, rules: impl IntoIterator<Item = Arc<Rule>>) {
        let first = self.base.rules.next_rank();
        self.add_ranked_rules((first..).zip(rules));
    }

    /// Adds rules with new names, each at a free place in the order of declaration.
    pub(crate) fn add_ranked_rules(&mut self, rules: impl IntoIterator<Item = (u32, Arc<Rule>)>) {
        self.own_base();
        let mut touched = Touched::default();
        let mut newcomers = Newcomers::default();
        for (rank, rule) in rules {
            self.wire(rule, rank, &mut touched, &mut newcomers);
        }
        self.rebuild(&touched);
        self.change(|base, state| state.propagate_newcomers(base, &newcomers));
    }

    /// Assigns nodes, views and bits to a rule, and adds the new branches to `newcomers`.
    fn wire(&mut self, rule: Arc<Rule>, rank: u32, touched: &mut Touched, newcomers: &mut Newcomers) {
        let base = self.own_base();
        let id = base.rules.reserve();
        let placed = base.network.add_rule(&rule);
        let views: Vec<ViewId> = placed.views.iter().map(|(view, _)| *view).collect();
        for (planned, (view, existed)) in rule.views.iter().zip(&placed.views) {
            if !existed {
                self.wire_view(*view, planned, &views, touched);
                let places = self.base.derived.view(view.0).places.iter();
                places.for_each(|place| newcomers.add(&place.path, place.bit));
            }
        }
        let derived_values = live_derived_values(&rule.derived_values, &views);
        let effects = Effects::new(&rule, derived_values, self.base.natives.values);
        let mut places = Vec::with_capacity(placed.paths.len());
        for (index, (path, branch)) in placed.paths.into_iter().zip(rule.branches.iter()).enumerate() {
            let as_declared = branch.order.is_sorted() && branch.followed.is_empty();
            let calls_only = effects.calls_only;
            let ranked = BranchRank { rank, rule: id, branch: index as u32, as_declared, calls_only };
            let place = self.occupy(path, branch, &rule.patterns, Terminal::Rule(ranked), &views, touched);
            newcomers.add(&place.path, place.bit);
            places.push(place);
        }
        if let Some(fired) = self.state.fired.get_mut(id as usize) {
            *fired = 0;
        }
        let live = LiveRule { rule, places, effects: Arc::new(effects), rank };
        self.own_base().rules.put(id, live);
    }

    /// Assigns a bit to a branch, and adds it to the nodes on its path.
    pub(super) fn occupy(
        &mut self,
        path: Path,
        branch: &Branch,
        patterns: &[Pattern],
        owner: Terminal,
        views: &[ViewId],
        touched: &mut Touched,
    ) -> BranchPath {
        let mut chain_places = vec![0; patterns.len()];
        for (place, position) in branch.order.iter().enumerate() {
            // A fact to which a reference leads is not part of the rule's tuple.
            if let Some(own) = chain_places.get_mut(position.index()) {
                *own = place as u16;
            }
        }
        let bit = self.occupy_root(&path, owner);
        self.enroll(patterns, branch, &path, bit);
        let pending_nodes = self.enroll_pending(branch, &path, bit, views, touched);
        touched.path(&path);
        BranchPath { path, bit, chain_places, pending_nodes }
    }

    /// Assigns a free bit of a tree, which is created if necessary.
    fn occupy_root(&mut self, path: &Path, owner: Terminal) -> Bit {
        let id = path.root;
        let base = self.own_base();
        let ty = base.network.root(id).ty;
        let entry_points = &mut base.entry_points;
        let tree = place_at(&mut base.trees, id.0).get_or_insert_with(|| {
            entry_points.open(ty, id, None, 0);
            Arc::new(Tree { input: AlphaNode::new(ty), outputs: Outputs::default(), branches: Vec::new() })
        });
        let branches = &mut Arc::make_mut(tree).branches;
        let bit = branches.iter().position(Option::is_none).unwrap_or_else(|| {
            branches.push(None);
            branches.len() - 1
        });
        branches[bit] = Some(owner);
        let all = &mut self.state.sets;
        if all.len() <= id.0 as usize {
            all.resize_with(id.0 as usize + 1, RuleSets::new);
        }
        if !all[id.0 as usize].has_room_for(bit + 1) {
            let mut widen = all[id.0 as usize].widen();
            self.map_sets(id, &mut widen);
        }
        bit as Bit
    }

    /// Adds a branch's filters and tests to the alpha nodes and joins on its path.
    fn enroll(&mut self, patterns: &[Pattern], branch: &Branch, path: &Path, bit: Bit) {
        let base = self.own_base();
        let natives = base.natives;
        let prepare = |tests: &[tsd_ir::TestRef]| -> Vec<PreparedTest> {
            tests.iter().map(|test| PreparedTest::new(test, natives.tests)).collect()
        };
        let member = |place: usize, filter: &tsd_ir::Filter| Member {
            bit,
            fields: filter.fields.clone(),
            tests: prepare(&filter.tests),
            reads: branch.pattern(patterns, branch.order[place]).reads.clone(),
        };
        if let Some(tree) = base.tree_mut(path.root) {
            tree.input.add(member(0, &branch.filter));
        }
        for (index, (id, planned)) in path.joins.iter().zip(branch.joins.iter()).enumerate() {
            if base.join(*id).is_none() {
                base.entry_points.open(planned.ty, path.root, Some(*id), index + 1);
                let parent = index.checked_sub(1).map(|before| path.joins[before]);
                let node = base.network.join(*id);
                let spec = JoinSpec::new((path.root, parent), &node.types, &node.keys, natives.keys, |ty| {
                    base.key_of(ty)
                });
                *place_at(&mut base.joins, id.0) = Some(Arc::new(spec));
            }
            if let Some(join) = base.join_mut(*id) {
                join.add(member(index + 1, &planned.filter), prepare(&planned.tests));
            }
        }
    }
}

/// The element at an index. The list is extended if necessary.
fn place_at<T>(places: &mut Vec<Option<T>>, number: u32) -> &mut Option<T> {
    let index = number as usize;
    if places.len() <= index {
        places.resize_with(index + 1, || None);
    }
    &mut places[index]
}

//! Rules that come and go, and what each of them occupies in the network.

mod newcomers;
mod retable;
mod views;

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use tsd_ir::network::Path;
use tsd_ir::{Body, Branch, Effect, Pattern, Rule, Text, ViewId};

use self::newcomers::Newcomers;
use self::views::{NodePlace, TouchedPending};
use super::Matcher;
use super::root::Root;
use crate::alpha::{AlphaNode, Member, PreparedTest};
use crate::base::RuleId;
use crate::beta::{BranchPath, Join, Outputs, Terminal};
use crate::eval::Natives;
use crate::flow::{BranchRank, Sign};
use crate::ruleset::{Bit, RuleSets};

/// The rules of a session.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    live: Vec<Option<LiveRule>>,
    free: Vec<RuleId>,
    /// In the order of declaration.
    by_name: IndexMap<Text, RuleId>,
    next_rank: u32,
}

/// A rule in use.
#[derive(Debug)]
pub(crate) struct LiveRule {
    pub(crate) rule: Arc<Rule>,
    /// The views that it asks, by their numbers in the rule.
    views: Vec<ViewId>,
    /// Where each branch lies.
    pub(crate) places: Vec<BranchPath>,
    /// How many of its activations have fired.
    pub(crate) fired: u64,
    /// Its place in the order of declaration.
    rank: u32,
}

impl Rules {
    pub(crate) fn get(&self, id: RuleId) -> Option<&LiveRule> {
        self.live.get(id as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: RuleId) -> Option<&mut LiveRule> {
        self.live.get_mut(id as usize)?.as_mut()
    }

    pub(crate) fn id(&self, name: &str) -> Option<RuleId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&LiveRule> {
        self.get(self.id(name)?)
    }

    /// A rule's place in the order of declaration.
    pub(crate) fn rank(&self, id: RuleId) -> u32 {
        self.get(id).map_or(u32::MAX, |live| live.rank)
    }

    /// The rule at a place of the order of declaration.
    pub(crate) fn at(&self, rank: u32) -> Option<&LiveRule> {
        let at = self.by_name.partition_point(|_, id| self.rank(*id) < rank);
        let (_, id) = self.by_name.get_index(at)?;
        self.get(*id).filter(|live| live.rank == rank)
    }

    /// The rules in the order of declaration.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &LiveRule> {
        self.iter_with_ids().map(|(_, live)| live)
    }

    /// The same, each with its number.
    pub(crate) fn iter_with_ids(&self) -> impl Iterator<Item = (RuleId, &LiveRule)> {
        self.by_name.values().filter_map(|id| Some((*id, self.get(*id)?)))
    }
}

/// What must be made anew.
#[derive(Debug, Default)]
struct Touched {
    /// Roots and joins.
    nodes: BTreeSet<NodePlace>,
    pending_nodes: TouchedPending,
}

impl Touched {
    fn path(&mut self, path: &Path) {
        self.nodes.insert((path.root, None));
        self.nodes.extend(path.joins.iter().map(|join| (path.root, Some(*join))));
    }
}

impl Matcher {
    /// Adds rules whose names are new, behind all others, and lets them see the facts that are there.
    pub(crate) fn add_rules(&mut self, rules: impl IntoIterator<Item = Arc<Rule>>, natives: Natives) {
        let first = self.nodes.rules.next_rank;
        self.add_ranked_rules((first..).zip(rules), natives);
    }

    /// Adds rules whose names are new, each at a free place of the order of declaration.
    pub(crate) fn add_ranked_rules(
        &mut self,
        rules: impl IntoIterator<Item = (u32, Arc<Rule>)>,
        natives: Natives,
    ) {
        self.change(|matcher| {
            let mut touched = Touched::default();
            let mut newcomers = Newcomers::default();
            for (rank, rule) in rules {
                matcher.wire(rule, rank, natives, &mut touched, &mut newcomers);
            }
            matcher.rebuild(&touched);
            matcher.let_see(&newcomers);
        });
    }

    /// Gives a rule its nodes, its views and its bits. What is new is added to `newcomers`.
    fn wire(
        &mut self,
        rule: Arc<Rule>,
        rank: u32,
        natives: Natives,
        touched: &mut Touched,
        newcomers: &mut Newcomers,
    ) {
        let id = self.nodes.rules.free.pop().unwrap_or_else(|| {
            self.nodes.rules.live.push(None);
            (self.nodes.rules.live.len() - 1) as RuleId
        });
        self.nodes.rules.next_rank = self.nodes.rules.next_rank.max(rank + 1);
        let calls_only = self::are_calls(&rule.effects);
        let placed = self.network.add_rule(&rule);
        let views: Vec<ViewId> = placed.views.iter().map(|(view, _)| *view).collect();
        for (planned, (view, _)) in rule.views.iter().zip(&placed.views).filter(|(_, (_, existed))| !existed)
        {
            self.wire_view(*view, planned, &views, natives, touched);
            let places = self.derived.views.get(view.0).places.iter();
            places.for_each(|place| newcomers.add(&place.path, place.bit));
        }
        let mut places = Vec::with_capacity(placed.paths.len());
        for (index, (path, branch)) in placed.paths.into_iter().zip(rule.branches.iter()).enumerate() {
            let as_declared = branch.order.is_sorted() && branch.followed.is_empty();
            let ranked = BranchRank { rank, rule: id, branch: index as u32, as_declared, calls_only };
            let owner = Terminal::Rule(ranked);
            let place = self.occupy(path, branch, &rule.patterns, owner, &views, natives, touched);
            newcomers.add(&place.path, place.bit);
            if rule.inserts_logically()
                && let Some(root) = &mut self.nodes.roots[place.path.root.0 as usize]
            {
                let only = root.sets.single(place.bit);
                self.agenda.deactivations.watch(place.path.root, place.end(), only, &mut root.sets);
            }
            places.push(place);
        }
        let Rules { live, by_name, .. } = &mut self.nodes.rules;
        let rank_of = |id: RuleId| live[id as usize].as_ref().map_or(u32::MAX, |live| live.rank);
        let at = by_name.partition_point(|_, id| rank_of(*id) < rank);
        by_name.shift_insert(at, rule.name.clone(), id);
        live[id as usize] = Some(LiveRule { rule, views, places, fired: 0, rank });
    }

    /// Gives a branch its bit, and tells the nodes along its path of it.
    #[allow(clippy::too_many_arguments)]
    fn occupy(
        &mut self,
        path: Path,
        branch: &Branch,
        patterns: &[Pattern],
        owner: Terminal,
        views: &[ViewId],
        natives: Natives,
        touched: &mut Touched,
    ) -> BranchPath {
        let mut chain_places = vec![0; patterns.len()];
        for (place, position) in branch.order.iter().enumerate() {
            // A fact that a reference leads to is no part of what is found.
            if let Some(own) = chain_places.get_mut(position.index()) {
                *own = place as u16;
            }
        }
        let bit = self.occupy_root(&path, owner);
        self.enroll(patterns, branch, &path, bit, natives);
        let pending_nodes = self.enroll_pending(branch, &path, bit, views, natives.tests, touched);
        touched.path(&path);
        BranchPath { path, bit, chain_places, pending_nodes }
    }

    /// Makes sure that the root is live, and takes a free bit of it.
    fn occupy_root(&mut self, path: &Path, owner: Terminal) -> Bit {
        let id = path.root;
        let ty = self.network.root(id).ty;
        let place = place_at(&mut self.nodes.roots, id.0);
        let root = place.get_or_insert_with(|| {
            self.nodes.entry_points.open(ty, id, None, 0);
            Root {
                input: AlphaNode::new(ty),
                outputs: Outputs::default(),
                sets: RuleSets::new(),
                branches: Vec::new(),
            }
        });
        let bit = root.branches.iter().position(Option::is_none).unwrap_or_else(|| {
            root.branches.push(None);
            root.branches.len() - 1
        });
        root.branches[bit] = Some(owner);
        if !root.sets.has_room_for(bit + 1) {
            let mut widen = root.sets.widen();
            self.map_sets(id, &mut widen);
        }
        bit as Bit
    }

    /// Tells the inputs and joins along a path what the rule demands there.
    fn enroll(&mut self, patterns: &[Pattern], branch: &Branch, path: &Path, bit: Bit, natives: Natives) {
        let prepare = |tests: &[tsd_ir::TestRef]| -> Vec<PreparedTest> {
            tests.iter().map(|test| PreparedTest::new(test, natives.tests)).collect()
        };
        let member = |place: usize, filter: &tsd_ir::Filter| Member {
            bit,
            fields: filter.fields.clone(),
            tests: prepare(&filter.tests),
            reads: branch.pattern(patterns, branch.order[place]).reads.clone(),
        };
        if let Some(root) = &mut self.nodes.roots[path.root.0 as usize] {
            root.input.add(member(0, &branch.filter));
        }
        for (index, (id, planned)) in path.joins.iter().zip(branch.joins.iter()).enumerate() {
            let node = self.network.join(*id);
            let join = place_at(&mut self.nodes.joins, id.0).get_or_insert_with(|| {
                self.nodes.entry_points.open(planned.ty, path.root, Some(*id), index + 1);
                let parent = index.checked_sub(1).map(|before| path.joins[before]);
                let at = (path.root, parent);
                let mut join = Join::new(at, &node.types, &node.keys, natives.keys, &self.memory);
                join.counts = self.counting.then(Box::default);
                Box::new(join)
            });
            join.add(member(index + 1, &planned.filter), prepare(&planned.tests));
        }
    }

    /// Removes a rule: its activations leave the agenda, its bits the tuples, and nodes that only it used are freed.
    /// Returns whether there was such a rule. Costs the rows of the memories along its chain.
    pub(crate) fn remove_rule(&mut self, name: &str) -> bool {
        let Some(id) = self.nodes.rules.by_name.shift_remove(name) else { return false };
        let Some(live) = self.nodes.rules.live[id as usize].take() else { return false };
        let freed = self.network.remove_rule(name).unwrap_or_default();
        let mut places = live.places;
        for view in &freed.views {
            places.extend(self.forget_view(*view));
        }
        for place in &places {
            let Some(root) = &mut self.nodes.roots[place.path.root.0 as usize] else { continue };
            let only = root.sets.single(place.bit);
            self.agenda.cancel_rules(place.path.root, only, &mut root.sets);
            self.agenda.deactivations.unwatch(place.path.root, place.end(), only, &mut root.sets);
            root.input.remove(place.bit);
            for node in place.path.joins.iter().filter(|node| !freed.joins.contains(node)) {
                if let Some(join) = &mut self.nodes.joins[node.0 as usize] {
                    join.remove(place.bit, only, &self.memory, &mut root.sets);
                }
            }
            root.branches[place.bit as usize] = None;
            self.unwatch(place, only);
        }
        let mut touched = Touched::default();
        touched.pending_nodes.extend(places.iter().flat_map(|place| &place.pending_nodes));
        touched.pending_nodes.iter().for_each(|pending| self.rebuild_pending(*pending));
        touched.pending_nodes.clear();
        for node in &freed.joins {
            if let Some(join) = self.nodes.joins[node.0 as usize].take() {
                self.nodes.entry_points.close(join.spec.input.ty, join.spec.root, Some(*node));
                join.spec.input.release(&mut self.memory.strings);
            }
        }
        for root in &freed.roots {
            if let Some(gone) = self.nodes.roots[root.0 as usize].take() {
                self.nodes.entry_points.close(gone.input.ty, *root, None);
                gone.input.release(&mut self.memory.strings);
            }
        }
        self.nodes.rules.free.push(id);
        self.support.stop_rule(id);
        self.forget_equal_facts(&live.rule);
        places.iter().for_each(|place| touched.path(&place.path));
        touched.nodes.retain(|(root, join)| {
            self.nodes.roots[root.0 as usize].is_some()
                && join.is_none_or(|join| self.nodes.joins[join.0 as usize].is_some())
        });
        self.rebuild(&touched);
        self.stabilize();
        self.end_change();
        true
    }

    /// The derived values that the effects of a rule read; those of views name live ones.
    pub(crate) fn derived_values_of(&self, id: RuleId) -> Vec<tsd_ir::DerivedValue> {
        let live = self.nodes.rules.get(id);
        live.map_or_else(Vec::new, |live| views::live_derived_values(&live.rule.derived_values, &live.views))
    }

    /// Gives up what only a removed rule needed to find facts equal to those that it inserted logically.
    fn forget_equal_facts(&mut self, removed: &Rule) {
        for effect in removed.effects.iter() {
            let Effect::Insert { ty, logical: true, .. } = effect else { continue };
            let inserts = |effect: &Effect| matches!(effect, Effect::Insert { ty: other, logical: true, .. } if other == ty);
            if !self.nodes.rules.iter().any(|live| live.rule.effects.iter().any(inserts)) {
                self.memory.stores[ty.index()].forget_equal_facts();
            }
        }
    }

    /// Calls `visit` with the facts of every tuple that satisfies a rule, in the order of its patterns.
    pub(crate) fn for_each_match(&mut self, name: &str, visit: &mut dyn FnMut(&[u32])) {
        let Some(live) = self.nodes.rules.find(name) else { return };
        for place in &live.places.clone() {
            if let Some(mut propagation) = self.propagation(place.path.root, Sign::Add { fresh: false }) {
                propagation.for_each_tuple(place.path.joins.last().copied(), &mut |cx, chain, set| {
                    if cx.sets.contains(set, place.bit) {
                        visit(&place.declared(chain));
                    }
                });
            }
        }
    }
}

/// The place with a number, made if the list is too short.
fn place_at<T>(places: &mut Vec<Option<T>>, number: u32) -> &mut Option<T> {
    let index = number as usize;
    if places.len() <= index {
        places.resize_with(index + 1, || None);
    }
    &mut places[index]
}

/// Whether effects are generated calls alone: nothing has to be computed before them, and they change no facts.
pub(crate) fn are_calls(effects: &[Effect]) -> bool {
    effects.iter().all(|effect| match effect {
        Effect::Call { arguments, .. } => matches!(arguments.body, Body::Native { .. }),
        _ => false,
    })
}

//! Filter indexes and outputs name the rules of a node, so they are rebuilt when rules are added or
//! removed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tsd_ir::network::Parent;
use tsd_ir::{DerivedValue, Parameters};

use super::{NodePlace, Touched};
use crate::base::PendingId;
use crate::beta::{Outputs, Terminal};
use crate::flow::TupleSource;
use crate::matcher::base::Base;
use crate::matcher::{Matcher, State};
use crate::ruleset::{Bit, Bits, RuleSet, RuleSets};
use crate::store::Strings;

/// Pending nodes, each with the rules for which it holds tuples.
type Waiting = Vec<(PendingId, RuleSet)>;

/// The derived values of a pending node before it was rebuilt.
struct Before {
    derived_values: Vec<DerivedValue>,
    /// For each present derived value, its place among them.
    places: Vec<Option<usize>>,
}

impl Matcher {
    /// Rebuilds the filter indexes and outputs of nodes.
    pub(super) fn rebuild(&mut self, touched: &Touched) {
        self.own_base();
        touched.pending.iter().for_each(|pending| self.rebuild_pending(*pending));
        let Self { base, state: State { sets, memory, .. } } = self;
        Arc::make_mut(base).reindex(&touched.nodes, sets, &mut memory.strings);
    }

    /// Rebuilds a pending node after its members changed, and queues all its tuples.
    pub(super) fn rebuild_pending(&mut self, id: PendingId) {
        self.own_base();
        let Self { base, state: State { sets, memory, derived, .. } } = self;
        let base = Arc::make_mut(base);
        let Some(before) = base.reindex_pending(id, sets, &mut memory.strings) else { return };
        let Some(pending) = base.derived.pending(id) else { return };
        if let Some(mut rows) = derived.take_rows(id) {
            rows.reindex(&pending.direct, &pending.shows_each(), &before.places, |index, group| {
                derived.unsubscribe(&before.derived_values[index], group);
            });
            if !pending.is_unused() {
                if rows.mark_all() {
                    derived.queue.push_pending(pending.depth, id);
                }
                derived.put_rows_back(id, rows);
            }
        }
        if pending.is_unused() {
            base.derived.pending[id as usize] = None;
        }
    }
}

impl Base {
    /// Rebuilds all nodes with new rule sets and strings.
    pub(in crate::matcher) fn reindex_all(&mut self, sets: &mut [RuleSets], strings: &mut Strings) {
        let mut nodes: BTreeSet<NodePlace> = BTreeSet::new();
        let roots: Vec<_> = self.network.roots().map(|(root, _)| root).collect();
        for root in roots {
            nodes.insert((root, None));
            if let Some(tree) = self.tree_mut(root) {
                tree.input.disown();
            }
        }
        let joins: Vec<_> = self.network.joins().map(|(join, _)| join).collect();
        for join in joins {
            if let Some(spec) = self.join_mut(join) {
                spec.input.disown();
                nodes.insert((spec.root, Some(join)));
            }
        }
        let pending: Vec<PendingId> = self.derived.all_pending().map(|(id, _)| id).collect();
        for id in pending {
            self.reindex_pending(id, sets, strings);
        }
        self.reindex(&nodes, sets, strings);
    }

    /// Rebuilds the filter indexes and outputs of nodes.
    fn reindex(&mut self, nodes: &BTreeSet<NodePlace>, sets: &mut [RuleSets], strings: &mut Strings) {
        for (root, join) in nodes {
            let sets = &mut sets[root.0 as usize];
            let ty = match join {
                None => self.find_tree(*root).map(|tree| tree.input.ty),
                Some(join) => self.join(*join).map(|join| join.input.ty),
            };
            let Some(declared) = ty.map(|ty| self.declared(ty).into_owned()) else { continue };
            match join {
                None => {
                    if let Some(tree) = self.tree_mut(*root) {
                        tree.input.rebuild(&declared, sets, strings);
                    }
                }
                Some(join) => {
                    if let Some(join) = self.join_mut(*join) {
                        join.input.rebuild(&declared, sets, strings);
                        join.rebuild(sets);
                    }
                }
            }
        }
        // The outputs of a node name the rules of the nodes below it, which are complete now.
        let mut waiting = self.pending_at(nodes);
        for place in nodes {
            let waiting = waiting.remove(place).unwrap_or_default();
            self.rebuild_outputs(*place, waiting, &mut sets[place.0.0 as usize]);
        }
    }

    fn rebuild_outputs(&mut self, (root, join): NodePlace, waiting: Waiting, sets: &mut RuleSets) {
        let Some(tree) = self.find_tree(root) else { return };
        let (end, parent) = match join {
            None => (TupleSource::Root, Parent::Root(root)),
            Some(id) => (TupleSource::Join(id), Parent::Join(id)),
        };
        let everyone = match join {
            None => tree.input.everyone(),
            Some(id) => self.join(id).map_or(RuleSet::EMPTY, |join| join.input.everyone()),
        };
        let mut levels: Vec<(i32, RuleSet)> = Vec::new();
        let mut ending: Vec<(i32, Bit)> = Vec::new();
        let (mut accumulated, mut supporting) = (Bits::default(), Bits::default());
        sets.for_each(everyone, |bit| match tree.branches[bit as usize] {
            Some(Terminal::Rule(branch)) => {
                if let Some(live) = self.rules.get(branch.rule)
                    && live.places[branch.branch as usize].end() == end
                {
                    ending.push((live.rule.salience, bit));
                    if live.rule.inserts_logically() {
                        supporting.set(bit);
                    }
                }
            }
            Some(Terminal::View { view, branch })
                if self.derived.view(view).places[branch as usize].end() == end =>
            {
                accumulated.set(bit);
            }
            Some(Terminal::View { .. }) | None => {}
        });
        let (accumulated, supporting) = (sets.intern(&accumulated.0), sets.intern(&supporting.0));
        ending.sort_unstable_by_key(|(salience, bit)| (std::cmp::Reverse(*salience), *bit));
        for level in ending.chunk_by(|left, right| left.0 == right.0) {
            let mut bits = Bits::default();
            level.iter().for_each(|(_, bit)| bits.set(*bit));
            levels.push((level[0].0, sets.intern(&bits.0)));
        }
        let children = match parent {
            Parent::Root(id) => &self.network.root(id).children,
            Parent::Join(id) => &self.network.join(id).children,
        };
        let children =
            children.iter().filter_map(|child| Some((*child, self.join(*child)?.input.everyone())));
        let outputs = Outputs::new(levels, children.collect(), (accumulated, supporting), waiting);
        match join {
            None => {
                if let Some(tree) = self.tree_mut(root) {
                    tree.outputs = outputs;
                }
            }
            Some(id) => {
                if let Some(join) = self.join_mut(id) {
                    join.outputs = outputs;
                }
            }
        }
    }

    /// Rebuilds a pending node. Returns its derived values before.
    fn reindex_pending(
        &mut self,
        id: PendingId,
        sets: &mut [RuleSets],
        strings: &mut Strings,
    ) -> Option<Before> {
        let derived_values = self.derived.pending(id)?.derived_values.clone();
        for derived_value in &derived_values {
            match derived_value {
                DerivedValue::Found { view, .. } => {
                    if let Some(view) = self.derived.find_view_mut(*view) {
                        view.subscribers.retain(|(subscriber, _)| *subscriber != id);
                    }
                }
                DerivedValue::Followed { ty, .. } => {
                    self.derived.followers[ty.index()].retain(|(_, follower, _)| *follower != id);
                }
            }
        }
        // Taken out while it is rebuilt, because that reads views.
        let mut pending = self.derived.pending[id as usize].take()?;
        let is_of_fact = |view: u16| matches!(self.derived.view(view).parameters, Parameters::Fact(_));
        let sets = &mut sets[pending.root.0 as usize];
        let places = Arc::make_mut(&mut pending).rebuild(is_of_fact, sets, strings);
        for (index, derived_value) in (0..).zip(&pending.derived_values) {
            match derived_value {
                DerivedValue::Found { view, .. } => {
                    self.derived.view_mut(*view).subscribers.push((id, index));
                }
                DerivedValue::Followed { ty, field, .. } => {
                    let followers = &mut self.derived.followers;
                    if followers.len() <= ty.index() {
                        followers.resize_with(ty.index() + 1, Vec::new);
                    }
                    followers[ty.index()].push((*field, id, index));
                }
            }
        }
        self.derived.pending[id as usize] = Some(pending);
        Some(Before { derived_values, places })
    }

    /// The pending nodes by node, each with the rules for which it holds tuples.
    fn pending_at(&self, nodes: &BTreeSet<NodePlace>) -> BTreeMap<NodePlace, Waiting> {
        let mut found: BTreeMap<NodePlace, Waiting> = BTreeMap::new();
        for (id, pending) in self.derived.all_pending() {
            let place = (pending.root, pending.join);
            if nodes.contains(&place) {
                found.entry(place).or_default().push((id, pending.everyone));
            }
        }
        found
    }
}

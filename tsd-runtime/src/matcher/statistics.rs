//! What there is to be told of a live network.

use tsd_ir::network::JoinNode;
use tsd_ir::{NodeId, Parameters, TypeId, ViewId};

use super::Matcher;
use crate::base::RuleId;
use crate::statistics::{
    Bytes, JoinStatistics, PendingStatistics, RuleStatistics, Statistics, TypeStatistics, ViewStatistics,
};
use crate::store::Store;

impl Matcher {
    /// Has joins and views count what passes through them, from nothing on, or stop counting.
    pub(crate) fn collect_counts(&mut self, on: bool) {
        self.counting = on;
        self.nodes.joins.iter_mut().flatten().for_each(|join| join.counts = on.then(Box::default));
        self.derived.views.collect_counts(on);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let types = self.schema.types.iter().zip(&self.memory.stores).enumerate();
        Statistics {
            types: types
                .map(|(index, (ty, store))| TypeStatistics {
                    ty: TypeId(index as u16),
                    name: ty.name.to_string(),
                    facts: store.len(),
                    bytes: store.bytes(),
                })
                .collect(),
            joins: self.network.joins().map(|(id, join)| self.join_statistics(id, join)).collect(),
            views: self.network.views().map(|(id, _)| self.view_statistics(id)).collect(),
            pending_nodes: self.pending_statistics(),
            rules: self.rule_statistics(),
            bytes: self.bytes_by_kind(),
        }
    }

    /// One join's statistics.
    pub(crate) fn join_statistics(&self, node: NodeId, shape: &JoinNode) -> JoinStatistics {
        let live = self.nodes.joins.get(node.0 as usize).and_then(Option::as_ref);
        let held = live.map(|join| join.held()).unwrap_or_default();
        JoinStatistics {
            node,
            signature: shape.signature,
            users: shape.users,
            left: held.left,
            right: held.right,
            bytes: held.bytes,
            counts: live.and_then(|join| join.counts.as_deref().copied()),
        }
    }

    /// One view's statistics. The view must be in use.
    pub(crate) fn view_statistics(&self, id: ViewId) -> ViewStatistics {
        let shape = self.network.view(id);
        let live = self.derived.views.get(id.0);
        let parameters = &self.memory.parameters[id.0 as usize];
        let groups = match live.parameters() {
            Parameters::None => 1,
            Parameters::Fact(ty) => self.memory.store(*ty).len(),
            Parameters::Values(_) => parameters.len(),
        };
        let bytes = live.bytes() + parameters.bytes();
        let counts = self.derived.views.counts(id);
        ViewStatistics { view: id, signature: shape.signature, users: shape.users, groups, bytes, counts }
    }

    /// The statistics of the places where tuples wait.
    pub(crate) fn pending_statistics(&self) -> Vec<PendingStatistics> {
        let pending_nodes = self.derived.pending_nodes.iter().map(|(_, pending)| PendingStatistics {
            root: pending.root,
            join: pending.join,
            tuples: pending.rows.live().count(),
            bytes: pending.rows.bytes(),
        });
        pending_nodes.collect()
    }

    /// The rules' statistics, in the order in which they were added.
    pub(crate) fn rule_statistics(&self) -> Vec<RuleStatistics> {
        let strategy = self.agenda.strategy();
        let order = self.nodes.order(&self.memory, strategy);
        let mut waiting: Vec<usize> = Vec::new();
        self.agenda.for_each_waiting(&order, &mut |ranked| {
            let rule: RuleId = ranked.rule;
            let index = rule as usize;
            if waiting.len() <= index {
                waiting.resize(index + 1, 0);
            }
            waiting[index] += 1;
        });
        let rules = self.nodes.rules.iter_with_ids().map(|(id, live)| RuleStatistics {
            name: live.rule.name.to_string(),
            fired: live.fired,
            waiting: waiting.get(id as usize).copied().unwrap_or(0),
        });
        rules.collect()
    }

    /// The bytes that facts, strings, node memories and the agenda hold.
    pub(crate) fn bytes_by_kind(&self) -> Bytes {
        Bytes {
            facts: self.memory.stores.iter().map(Store::bytes).sum(),
            strings: self.memory.strings.bytes(),
            memories: self.nodes.joins.iter().flatten().map(|join| join.held().bytes).sum(),
            views: self.derived.views.bytes()
                + self.memory.parameters.iter().map(Store::bytes).sum::<usize>(),
            pending_nodes: self.derived.pending_nodes.bytes(),
            rule_sets: self.nodes.roots.iter().flatten().map(|root| root.sets.bytes()).sum(),
            agenda: self.agenda.bytes() + self.support.bytes(),
        }
    }
}

//! Statistics are collected from the nodes and the agenda on demand.

use tsd_ir::network::JoinNode;
use tsd_ir::{NodeId, Parameters, TypeId, ViewId};

use super::Matcher;
use crate::base::RuleId;
use crate::ruleset::RuleSets;
use crate::statistics::{
    Bytes, JoinStatistics, PendingStatistics, RuleStatistics, Statistics, TypeStatistics, ViewStatistics,
};
use crate::store::Store;
use crate::view::Rows;

impl Matcher {
    /// Makes joins and views count, starting from zero, or stop counting.
    pub(crate) fn collect_counts(&mut self, on: bool) {
        self.state.counting = on;
        self.state.joins.iter_mut().flatten().for_each(|join| join.counts = on.then(Box::default));
        self.state.derived.collect_counts(
            on,
            self.base.network.views().map(|(id, _)| usize::from(id.0) + 1).max().unwrap_or(0),
        );
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let types = self.base.schema.types.iter().zip(&self.state.memory.stores).enumerate();
        Statistics {
            types: types
                .map(|(index, (ty, store))| TypeStatistics {
                    ty: TypeId(index as u16),
                    name: ty.name.to_string(),
                    facts: store.len(),
                    bytes: store.bytes(),
                })
                .collect(),
            joins: self.base.network.joins().map(|(id, join)| self.join_statistics(id, join)).collect(),
            views: self.base.network.views().map(|(id, _)| self.view_statistics(id)).collect(),
            pending_nodes: self.pending_statistics(),
            rules: self.rule_statistics(),
            bytes: self.bytes_by_kind(),
        }
    }

    /// The statistics of a join.
    pub(crate) fn join_statistics(&self, node: NodeId, shape: &JoinNode) -> JoinStatistics {
        let live = self.state.joins.get(node.0 as usize).and_then(Option::as_ref);
        let held = live.map(|join| join.held()).unwrap_or_default();
        JoinStatistics {
            node,
            signature: shape.signature,
            users: shape.users,
            left: held.left,
            right: held.right,
            bytes: held.bytes,
            counts: self
                .state
                .counting
                .then(|| live.and_then(|join| join.counts.as_deref().copied()).unwrap_or_default()),
        }
    }

    /// The statistics of a view, which must be in use.
    pub(crate) fn view_statistics(&self, id: ViewId) -> ViewStatistics {
        let shape = self.base.network.view(id);
        let parameters = self.state.memory.parameters(id.0);
        let groups = match &self.base.derived.view(id.0).parameters {
            Parameters::None => 1,
            Parameters::Fact(ty) => self.state.memory.store(*ty).len(),
            Parameters::Values(_) => parameters.len(),
        };
        let bytes = self.state.derived.view_bytes(id) + parameters.bytes();
        let counts = self.state.derived.counts(id);
        ViewStatistics { view: id, signature: shape.signature, users: shape.users, groups, bytes, counts }
    }

    /// The statistics of the nodes with pending tests.
    pub(crate) fn pending_statistics(&self) -> Vec<PendingStatistics> {
        let places = self.base.derived.all_pending().map(|(id, pending)| {
            let rows = self.state.derived.rows(id);
            PendingStatistics {
                root: pending.root,
                join: pending.join,
                tuples: rows.map_or(0, |rows| rows.live().count()),
                bytes: rows.map_or(0, Rows::bytes),
            }
        });
        places.collect()
    }

    /// The statistics of the rules, in order of declaration.
    pub(crate) fn rule_statistics(&self) -> Vec<RuleStatistics> {
        let order = self.state.order(&self.base);
        let mut waiting: Vec<usize> = Vec::new();
        self.state.agenda.for_each_waiting(&order, &mut |ranked| {
            let rule: RuleId = ranked.rule;
            let index = rule as usize;
            if waiting.len() <= index {
                waiting.resize(index + 1, 0);
            }
            waiting[index] += 1;
        });
        let rules = self.base.rules.iter_with_ids().map(|(id, live)| RuleStatistics {
            name: live.rule.name.to_string(),
            fired: self.state.fired.get(id as usize).copied().unwrap_or(0),
            waiting: waiting.get(id as usize).copied().unwrap_or(0),
        });
        rules.collect()
    }

    /// The bytes of all parts of the session.
    pub(crate) fn bytes_by_kind(&self) -> Bytes {
        Bytes {
            facts: self.state.memory.stores.iter().map(Store::bytes).sum(),
            strings: self.state.memory.strings.bytes(),
            memories: self.state.joins.iter().flatten().map(|join| join.held().bytes).sum(),
            views: self.state.derived.bytes() + self.state.memory.parameter_bytes(),
            pending_nodes: self.state.derived.row_bytes(),
            rule_sets: self.state.sets.iter().map(RuleSets::bytes).sum(),
            agenda: self.state.agenda.bytes() + self.state.support.bytes(),
        }
    }
}

//! Rules are added and removed while facts are there; each occupies bits and nodes of the network.

mod add;
mod newcomers;
mod registry;
mod reindex;
mod remove;
mod views;

use std::collections::BTreeSet;

use tsd_ir::network::Path;
use tsd_ir::{NodeId, RootId};

pub(crate) use self::registry::{LiveRule, Rules};
use super::rebuild_input::Chain;
use super::{Base, Matcher};
use crate::base::PendingId;
use crate::beta::Terminal;
use crate::flow::{DeltaPool, OperatorContext, Sign};

/// A root, or a join of its tree.
type NodePlace = (RootId, Option<NodeId>);

/// The nodes that must be rebuilt after rules were added or removed.
#[derive(Debug, Default)]
struct Touched {
    nodes: BTreeSet<NodePlace>,
    pending: BTreeSet<PendingId>,
}

impl Touched {
    fn path(&mut self, path: &Path) {
        self.nodes.insert((path.root, None));
        self.nodes.extend(path.joins.iter().map(|join| (path.root, Some(*join))));
    }
}

impl Matcher {
    /// Gives each rule the rank that it has in another base, which must have all of them.
    pub(crate) fn rerank(&mut self, other: &Base) {
        let base = self.own_base();
        base.rules.rerank(&other.rules);
        for tree in base.trees.iter_mut().flatten() {
            for terminal in std::sync::Arc::make_mut(tree).branches.iter_mut().flatten() {
                if let Terminal::Rule(branch) = terminal {
                    branch.rank = base.rules.rank(branch.rule);
                }
            }
        }
        // Strategies other than the default have sorted the activations by the old ranks.
        self.set_strategy(self.state.agenda.strategy());
    }

    /// Calls `visit` with every tuple that satisfies a rule, in the order of its patterns.
    pub(crate) fn for_each_match(&self, name: &str, visit: &mut dyn FnMut(&[u32])) {
        let Some(live) = self.base.rules.find(name) else { return };
        for place in &live.places {
            let root = place.path.root;
            let Some(tree) = self.base.find_tree(root) else { continue };
            // Copies, because reading must not change the session.
            let (mut sets, mut pool) = (self.state.sets[root.0 as usize].clone(), DeltaPool::default());
            let mut cx = OperatorContext {
                memory: &self.state.memory,
                sets: &mut sets,
                pool: &mut pool,
                sign: Sign::Add { fresh: false },
                eviction_threshold: u32::MAX,
            };
            let (joins, derived) = (&*self.state.joins, &self.state.derived);
            let chain = Chain { base: &self.base, tree, joins, derived };
            chain.for_each_tuple(&mut cx, place.path.joins.last().copied(), &mut |cx, _, slots, set| {
                if cx.sets.contains(set, place.bit) {
                    visit(&place.declared(slots));
                }
            });
        }
    }
}

//! Where a branch of a rule or of a view lies in the network, and whose it is.

use tsd_ir::network::Path;

use crate::base::{PendingId, TupleSlots};
use crate::flow::{BranchRank, TupleSource};
use crate::ruleset::Bit;

/// Whose branch a bit of a tree stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Terminal {
    /// A rule's.
    Rule(BranchRank),
    /// A view's.
    View {
        /// The view.
        view: u16,
        /// Which of its branches.
        branch: u32,
    },
}

impl Terminal {
    pub(crate) fn rule(self) -> Option<BranchRank> {
        match self {
            Self::Rule(ranked) => Some(ranked),
            Self::View { .. } => None,
        }
    }
}

/// What one branch occupies in the network.
#[derive(Clone, Debug)]
pub(crate) struct BranchPath {
    pub(crate) path: Path,
    /// The number of the branch in its tree.
    pub(crate) bit: Bit,
    /// For each pattern of the rule, the place in the chain where it stands.
    pub(crate) chain_places: Vec<u16>,
    /// The watches along the path.
    pub(crate) pending_nodes: Vec<PendingId>,
}

impl BranchPath {
    /// The node at whose end the branch's tuples activate the rule.
    pub(crate) fn end(&self) -> TupleSource {
        self.path.joins.last().map_or(TupleSource::Root, |join| TupleSource::Join(*join))
    }

    /// Where in the chain a pattern stands.
    pub(crate) fn at(&self, pattern: usize) -> usize {
        self.chain_places[pattern] as usize
    }

    /// A tuple of the chain in the order of the patterns.
    pub(crate) fn declared(&self, chain: &[u32]) -> TupleSlots {
        self.chain_places.iter().map(|at| chain[*at as usize]).collect()
    }
}

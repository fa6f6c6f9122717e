//! A bit of a tree stands for a branch of a rule or of a view, which has a path through the
//! network.

use tsd_ir::network::Path;

use crate::base::{PendingId, TupleSlots};
use crate::flow::{BranchRank, TupleSource};
use crate::ruleset::Bit;

/// The end of a branch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Terminal {
    /// A branch of a rule.
    Rule(BranchRank),
    /// A branch of a view.
    View {
        /// The view.
        view: u16,
        /// The number of its branch.
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

/// What a branch occupies in the network.
#[derive(Clone, Debug)]
pub(crate) struct BranchPath {
    pub(crate) path: Path,
    /// The number of the branch in its tree.
    pub(crate) bit: Bit,
    /// For each pattern, its place in the chain.
    pub(crate) chain_places: Vec<u16>,
    /// The pending nodes on the path.
    pub(crate) pending_nodes: Vec<PendingId>,
}

impl BranchPath {
    /// The node whose tuples are those of the branch.
    pub(crate) fn end(&self) -> TupleSource {
        self.path.joins.last().map_or(TupleSource::Root, |join| TupleSource::Join(*join))
    }

    /// The place of a pattern in the chain.
    pub(crate) fn at(&self, pattern: usize) -> usize {
        self.chain_places[pattern] as usize
    }

    /// A tuple of the chain in the order of the patterns.
    pub(crate) fn declared(&self, chain: &[u32]) -> TupleSlots {
        self.chain_places.iter().map(|at| chain[*at as usize]).collect()
    }
}

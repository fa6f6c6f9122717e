//! The network of a session can be read, with what each node holds at the moment.

use std::fmt::{self, Write as _};

use tsd_ir::{Network, NodeId, ViewId};

use crate::matcher::Matcher;
use crate::statistics::{JoinStatistics, RuleStatistics, ViewStatistics};

/// The network of a session: its [shape](Self::shape), and what its nodes hold.
///
/// `Display` writes the network as [`Network::to_text`] does, with what each node holds beside it.
#[derive(Clone, Copy)]
pub struct LiveNetwork<'a> {
    matcher: &'a Matcher,
}

impl<'a> LiveNetwork<'a> {
    pub(super) fn new(matcher: &'a Matcher) -> Self {
        Self { matcher }
    }

    /// The shape: nodes, what they join, and which rules use them.
    pub fn shape(&self) -> &'a Network {
        &self.matcher.base.network
    }

    /// What a join holds, and its counts if the session counts. The join must be in use.
    pub fn statistics(&self, join: NodeId) -> JoinStatistics {
        self.matcher.join_statistics(join, self.matcher.base.network.join(join))
    }

    /// What a view holds, and its counts if the session counts. The view must be in use.
    pub fn view_statistics(&self, view: ViewId) -> ViewStatistics {
        self.matcher.view_statistics(view)
    }

    /// How many activations of each rule have fired and how many are on the agenda, by rule in
    /// order of addition.
    pub fn activations(&self) -> Vec<RuleStatistics> {
        self.matcher.rule_statistics()
    }
}

impl fmt::Display for LiveNetwork<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape().to_text_with(
            &self.matcher.base.schema,
            |root| {
                let ty = self.shape().root(root).ty;
                let noun = if ty.view().is_some() { "groups" } else { "facts" };
                format!("{} {noun}", self.matcher.state.memory.store(ty).len())
            },
            |join| {
                let statistics = self.statistics(join);
                let JoinStatistics { bytes, counts, .. } = &statistics;
                let mut text = format!("{}, {bytes} bytes", statistics.input_sizes());
                if let Some(counts) = counts {
                    // Writing to a String cannot fail.
                    let _ = write!(
                        text,
                        ", probes {}, hits {}, passed {}",
                        counts.probes, counts.hits, counts.passed
                    );
                }
                text
            },
            |view| {
                let ViewStatistics { groups, bytes, counts, .. } = self.view_statistics(view);
                let mut text = format!("{groups} groups, {bytes} bytes");
                if let Some(counts) = counts {
                    // Writing to a String cannot fail.
                    let _ = write!(text, ", {} lookups, {} changes", counts.lookups, counts.changes);
                }
                text
            },
        ))
    }
}

impl fmt::Debug for LiveNetwork<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.shape(), f)
    }
}

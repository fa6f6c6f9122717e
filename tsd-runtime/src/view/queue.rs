//! After a change, tuples and views must be processed layer by layer until nothing is pending.

use crate::base::PendingId;

/// The work that is left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// Parameters that will enter the network.
    pub(crate) arrivals: Vec<(u16, u32)>,
    /// Parameters that perhaps no tuple reads any more.
    pub(crate) departures: Vec<(u16, u32)>,
    layers: Vec<Layer>,
    /// The number of pending nodes and views in all layers.
    waiting: usize,
}

/// The work in one layer: pending nodes with queued tuples, and views with touched groups.
#[derive(Clone, Debug, Default)]
struct Layer {
    pending_nodes: Vec<PendingId>,
    views: Vec<u16>,
}

pub(crate) enum Task {
    Recheck(PendingId),
    Notify(u16),
}

impl Queue {
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting == 0 && self.arrivals.is_empty() && self.departures.is_empty()
    }

    fn layer(&mut self, depth: u32) -> &mut Layer {
        let depth = depth as usize;
        if self.layers.len() <= depth {
            self.layers.resize_with(depth + 1, Layer::default);
        }
        self.waiting += 1;
        &mut self.layers[depth]
    }

    pub(crate) fn push_pending(&mut self, depth: u32, pending: PendingId) {
        self.layer(depth).pending_nodes.push(pending);
    }

    pub(crate) fn push_view(&mut self, depth: u32, view: u16) {
        self.layer(depth).views.push(view);
    }

    pub(crate) fn push_departure(&mut self, view: u16, group: u32) {
        self.departures.push((view, group));
    }

    /// The next task of the lowest layer. Tuples come before views, whose groups they may touch.
    pub(crate) fn next(&mut self) -> Option<Task> {
        if self.waiting == 0 {
            return None;
        }
        self.waiting -= 1;
        self.layers.iter_mut().find_map(|layer| {
            let pending = layer.pending_nodes.pop().map(Task::Recheck);
            pending.or_else(|| layer.views.pop().map(Task::Notify))
        })
    }
}

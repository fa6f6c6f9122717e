//! What is left to do before the derived state is up to date.

use crate::base::PendingId;

/// What is to be settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// Parameters that are to enter the network.
    pub(crate) arrivals: Vec<(u16, u32)>,
    /// Parameters that nobody may ask any more.
    pub(crate) departures: Vec<(u16, u32)>,
    layers: Vec<Layer>,
    /// How many watches and views wait in the layers.
    waiting: usize,
}

/// What waits in one layer: watches with tuples to be looked at, and views with groups that were
/// touched.
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

    /// The next task of the lowest layer: tuples before views, whose groups they may touch.
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

//! A fact enters the network at all alpha nodes of its type, in a fixed order.

use tsd_ir::{NodeId, RootId, TypeId};

/// Where facts of a type enter: a root, or the right input of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntryPoint {
    pub(crate) root: RootId,
    pub(crate) join: Option<NodeId>,
    /// How many joins lie between the root and the entry point.
    depth: u32,
}

/// The entry points of every type, roots first and then by depth.
#[derive(Clone, Debug)]
pub(crate) struct EntryPoints {
    by_type: Vec<Vec<EntryPoint>>,
    /// Those of the parameters of views.
    by_view: Vec<Vec<EntryPoint>>,
}

impl EntryPoints {
    pub(crate) fn new(types: usize) -> Self {
        Self { by_type: vec![Vec::new(); types], by_view: Vec::new() }
    }

    /// Makes room for `types` types.
    #[cfg(feature = "dynamic")]
    pub(crate) fn declare(&mut self, types: usize) {
        self.by_type.resize_with(types, Vec::new);
    }

    /// Adds an entry point behind `depth` joins.
    pub(crate) fn open(&mut self, ty: TypeId, root: RootId, join: Option<NodeId>, depth: usize) {
        let entry_points = self.of_mut(ty);
        let depth = depth as u32;
        let place = entry_points.partition_point(|entry_point| entry_point.depth <= depth);
        entry_points.insert(place, EntryPoint { root, join, depth });
    }

    /// Removes an entry point.
    pub(crate) fn close(&mut self, ty: TypeId, root: RootId, join: Option<NodeId>) {
        self.of_mut(ty).retain(|entry_point| entry_point.root != root || entry_point.join != join);
    }

    #[inline]
    pub(crate) fn of(&self, ty: TypeId) -> &[EntryPoint] {
        match ty.view() {
            None => &self.by_type[ty.index()],
            Some(view) => self.by_view.get(view as usize).map_or(&[], Vec::as_slice),
        }
    }

    fn of_mut(&mut self, ty: TypeId) -> &mut Vec<EntryPoint> {
        let Some(view) = ty.view() else { return &mut self.by_type[ty.index()] };
        let index = view as usize;
        if self.by_view.len() <= index {
            self.by_view.resize_with(index + 1, Vec::new);
        }
        &mut self.by_view[index]
    }
}

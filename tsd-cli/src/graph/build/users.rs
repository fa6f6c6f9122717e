//! Which rules use which nodes.

use std::collections::BTreeMap;

use tsd_runtime::ir::network::Path;
use tsd_runtime::ir::{Network, NodeId, RootId, TypeId, ViewId};

/// The rules that use each node, by themselves or through views that they ask, in their order.
#[derive(Default)]
pub(super) struct Users {
    types: BTreeMap<TypeId, Vec<String>>,
    roots: BTreeMap<RootId, Vec<String>>,
    joins: BTreeMap<NodeId, Vec<String>>,
    views: BTreeMap<ViewId, Vec<String>>,
}

impl Users {
    pub(super) fn of(network: &Network) -> Self {
        let mut users = Self::default();
        for (name, _) in network.rules() {
            let Some(placed) = network.placed(name) else { continue };
            placed.paths.iter().for_each(|path| users.along(network, path, name));
            for (view, _) in &placed.views {
                note(users.views.entry(*view).or_default(), name);
                network.view(*view).paths.iter().for_each(|path| users.along(network, path, name));
            }
        }
        users
    }

    fn along(&mut self, network: &Network, path: &Path, name: &str) {
        note(self.roots.entry(path.root).or_default(), name);
        note(self.types.entry(network.root(path.root).ty).or_default(), name);
        for id in &path.joins {
            note(self.joins.entry(*id).or_default(), name);
            let joined = network.join(*id).types.last();
            joined.into_iter().for_each(|ty| note(self.types.entry(*ty).or_default(), name));
        }
    }

    pub(super) fn ty(&self, ty: TypeId) -> Vec<String> {
        self.types.get(&ty).cloned().unwrap_or_default()
    }

    pub(super) fn root(&self, root: RootId) -> Vec<String> {
        self.roots.get(&root).cloned().unwrap_or_default()
    }

    pub(super) fn join(&self, join: NodeId) -> Vec<String> {
        self.joins.get(&join).cloned().unwrap_or_default()
    }

    pub(super) fn view(&self, view: ViewId) -> Vec<String> {
        self.views.get(&view).cloned().unwrap_or_default()
    }
}

/// Adds a name to a list that it does not end with.
fn note(names: &mut Vec<String>, name: &str) {
    if names.last().is_none_or(|last| last != name) {
        names.push(name.to_owned());
    }
}

//! The views of a network: questions that rules, and other views, share.
//!
//! A view is identified by what it computes. It has its own chains of joins, which share nodes as
//! those of rules do.

use std::collections::HashMap;

use super::{Freed, Network, Owner, Path, Sharing, Slots};
use crate::{Branch, DerivedValue, Signature, Text, TypeId, View};

/// The number of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub u16);

/// A view in use.
#[derive(Clone, Debug)]
pub struct ViewNode {
    /// The view's signature.
    pub signature: Signature,
    /// What it computes.
    pub form: Text,
    /// How many rules and other views read it.
    pub users: u32,
    /// The nodes of its branches.
    pub paths: Vec<Path>,
    /// The views that it reads itself, by their numbers in the rule that added it.
    pub reads: Vec<(u16, ViewId)>,
    owner: Owner,
}

/// The views by number and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Views {
    slots: Slots<ViewNode>,
    index: HashMap<Signature, Vec<ViewId>>,
}

impl Network {
    /// The live view for each view of a rule, in order, and whether it existed before.
    pub(super) fn share_or_create_views(&mut self, rule: &Text, views: &[View]) -> Vec<(ViewId, bool)> {
        let mut placed: Vec<(ViewId, bool)> = Vec::with_capacity(views.len());
        for (index, view) in views.iter().enumerate() {
            let owner = (self.sharing == Sharing::Off).then(|| (rule.clone(), views.len() + index));
            let candidates = self.views.index.entry(view.signature).or_default();
            let slots = &self.views.slots;
            let found = candidates.iter().copied().find(|id| {
                let node = slots.at(u32::from(id.0));
                node.form == view.form && node.owner == owner
            });
            placed.push(match found {
                Some(id) => (id, true),
                None => (self.create_view(view, owner, &placed), false),
            });
        }
        placed
    }

    fn create_view(&mut self, view: &View, owner: Owner, before: &[(ViewId, bool)]) -> ViewId {
        let mut reads: Vec<(u16, ViewId)> =
            view.reads().into_iter().map(|one| (one, before[one as usize].0)).collect();
        reads.dedup();
        for (_, read) in &reads {
            self.views.slots.at_mut(u32::from(read.0)).users += 1;
        }
        let (signature, form) = (view.signature, view.form.clone());
        let node = ViewNode { signature, form, users: 0, paths: Vec::new(), reads, owner: owner.clone() };
        let id = ViewId(self.views.slots.insert(node) as u16);
        self.views.index.entry(signature).or_default().push(id);
        let paths = view
            .branches
            .iter()
            .enumerate()
            .map(|(index, branch)| {
                let owner = owner.as_ref().map(|(rule, place)| (rule.clone(), (place + 1) * 1000 + index));
                self.add_branch(owner, &branch.of_view(id))
            })
            .collect();
        self.views.slots.at_mut(u32::from(id.0)).paths = paths;
        id
    }

    /// Releases one use of a view, which is freed with its last one.
    pub(super) fn release_view(&mut self, id: ViewId, freed: &mut Freed) {
        let node = self.views.slots.at_mut(u32::from(id.0));
        node.users -= 1;
        if node.users > 0 {
            return;
        }
        let node = self.views.slots.remove(u32::from(id.0));
        if let Some(candidates) = self.views.index.get_mut(&node.signature) {
            candidates.retain(|candidate| *candidate != id);
            if candidates.is_empty() {
                self.views.index.remove(&node.signature);
            }
        }
        node.paths.iter().for_each(|path| self.release_path(path, freed));
        freed.views.push(id);
        node.reads.iter().for_each(|(_, read)| self.release_view(*read, freed));
    }

    pub(super) fn use_view(&mut self, id: ViewId) {
        self.views.slots.at_mut(u32::from(id.0)).users += 1;
    }

    /// The most views that a network can have: the types of their parameters are numbered with the
    /// others.
    pub const VIEWS: usize = 1 << 15;

    /// Whether rules with so many views can be added.
    pub fn has_room_for(&self, views: usize) -> bool {
        self.views.slots.in_use() + views <= Self::VIEWS
    }

    /// The view with the number `id`, which must be in use.
    pub fn view(&self, id: ViewId) -> &ViewNode {
        self.views.slots.at(u32::from(id.0))
    }

    /// The views in use, in ascending order of their numbers.
    pub fn views(&self) -> impl Iterator<Item = (ViewId, &ViewNode)> {
        self.views.slots.iter().map(|(index, view)| (ViewId(index as u16), view))
    }
}

impl View {
    /// The views that it reads itself, by their numbers in its rule; ascending.
    pub fn reads(&self) -> Vec<u16> {
        let of_branches = self.branches.iter().flat_map(|branch| branch.derived_values.iter());
        let mut read: Vec<u16> = of_branches
            .chain(self.derived_values.iter())
            .filter_map(|derived_value| match derived_value {
                DerivedValue::Found { view, .. } => Some(*view),
                DerivedValue::Followed { .. } => None,
            })
            .collect();
        read.sort_unstable();
        read.dedup();
        read
    }
}

impl Branch {
    /// The branch of a view with the type of its parameters replaced by the view's own.
    pub fn of_view(&self, id: ViewId) -> Self {
        let own = |ty| if ty == TypeId::PARAMETERS { TypeId::parameters_of(id.0) } else { ty };
        let mut branch = self.clone();
        branch.ty = own(branch.ty);
        if branch.joins.iter().any(|join| join.ty == TypeId::PARAMETERS) {
            branch.joins.to_mut().iter_mut().for_each(|join| join.ty = own(join.ty));
        }
        branch
    }
}

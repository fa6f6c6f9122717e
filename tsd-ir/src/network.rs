//! The shape of the network: which nodes there are, what each joins, and which rules use it.
//!
//! The compiler builds a network from a module's rules to print it and to count what sharing saves.
//! The runtime builds the same network when a session starts, and changes it when rules are added
//! or removed. A chain shares every join that exists already and creates the rest. Each node counts
//! the branches that use it, and is freed with the last of them.
//!
//! A join is identified by what it joins: the node on its left, the type on its right and the
//! equality keys. The filters on its inputs belong to the rules, not to the node.

mod text;
mod view;

use std::collections::HashMap;

use indexmap::IndexMap;

pub use self::view::{ViewId, ViewNode};

use self::view::Views;
use crate::{Branch, KeyPair, List, Rule, Schema, Signature, Text, TypeId};

/// The number of a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootId(pub u32);

/// The number of a join node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// Whether rules share nodes. Results never depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Nodes of the same form are one node.
    #[default]
    On,
    /// Every branch of every rule has nodes of its own.
    Off,
}

/// The left input of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    /// The facts of one type.
    Root(RootId),
    /// The tuples of another join.
    Join(NodeId),
}

/// Where chains start: the facts of one type.
#[derive(Clone, Debug)]
pub struct Root {
    /// The type.
    pub ty: TypeId,
    /// How many branches start here.
    pub users: u32,
    /// The joins with this root as their left input.
    pub children: Vec<NodeId>,
    /// With sharing off, the one branch that the root belongs to.
    owner: Owner,
}

/// With sharing off, the one branch or view that owns a node.
type Owner = Option<(Text, usize)>;

/// A join node.
#[derive(Clone, Debug)]
pub struct JoinNode {
    /// The node's name.
    pub signature: Signature,
    /// Its left input.
    pub parent: Parent,
    /// The root at the start of its chain.
    pub root: RootId,
    /// The types of its tuples, the joined type last.
    pub types: Vec<TypeId>,
    /// What must be equal.
    pub keys: List<KeyPair>,
    /// How many branches pass through it or end in it.
    pub users: u32,
    /// The joins with this one as their left input.
    pub children: Vec<NodeId>,
}

/// The nodes of one branch, from its root to its last join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where the chain starts.
    pub root: RootId,
    /// Its joins in order.
    pub joins: Vec<NodeId>,
    /// How many of the joins existed before the branch was added.
    pub shared: usize,
}

impl Path {
    /// The last node of the path, where its branch ends.
    pub fn end(&self) -> Parent {
        self.joins.last().map_or(Parent::Root(self.root), |join| Parent::Join(*join))
    }
}

/// What a rule occupies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The nodes of its branches.
    pub paths: Vec<Path>,
    /// The views that it reads, by their numbers in the rule, and whether each existed before the
    /// rule.
    pub views: Vec<(ViewId, bool)>,
}

/// What was freed with a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    /// Views without users, each before those that it read.
    pub views: Vec<ViewId>,
    /// Joins without users, children before parents.
    pub joins: Vec<NodeId>,
    /// Roots without users.
    pub roots: Vec<RootId>,
}

/// The nodes of a set of rules.
#[derive(Clone, Debug, Default)]
pub struct Network {
    sharing: Sharing,
    roots: Slots<Root>,
    joins: Slots<JoinNode>,
    root_index: HashMap<(TypeId, Owner), RootId>,
    /// By signature and left input: without sharing, many joins have one signature.
    join_index: HashMap<(Signature, Parent), Vec<NodeId>>,
    /// How many joins have a signature: with sharing off, several.
    named: HashMap<Signature, u32>,
    views: Views,
    rules: IndexMap<Text, Placed>,
}

impl Network {
    /// An empty network.
    pub fn new(sharing: Sharing) -> Self {
        Self { sharing, ..Self::default() }
    }

    /// Whether rules share nodes.
    pub fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// Adds a rule with its views, and returns what it occupies. A rule of the same name must not
    /// be there.
    pub fn add_rule(&mut self, rule: &Rule) -> Placed {
        debug_assert!(!self.rules.contains_key(&rule.name), "the caller checks for duplicate names");
        let views = self.share_or_create_views(&rule.name, &rule.views);
        views.iter().for_each(|(view, _)| self.use_view(*view));
        let paths = (rule.branches.iter().enumerate())
            .map(|(index, branch)| {
                let owner = (self.sharing == Sharing::Off).then(|| (rule.name.clone(), index));
                self.add_branch(owner, branch)
            })
            .collect();
        let placed = Placed { paths, views };
        self.rules.insert(rule.name.clone(), placed.clone());
        placed
    }

    fn add_branch(&mut self, owner: Owner, branch: &Branch) -> Path {
        let root = self.share_or_create_root(branch.ty, owner);
        let mut path = Path { root, joins: Vec::with_capacity(branch.joins.len()), shared: 0 };
        let mut types = vec![branch.ty];
        for join in branch.joins.iter() {
            types.push(join.ty);
            let parent = path.end();
            let (node, existed) = self.share_or_create_join(join.signature, parent, root, &types, &join.keys);
            path.shared += usize::from(existed);
            path.joins.push(node);
        }
        path
    }

    fn share_or_create_root(&mut self, ty: TypeId, owner: Owner) -> RootId {
        let roots = &mut self.roots;
        let id = *self
            .root_index
            .entry((ty, owner.clone()))
            .or_insert_with(|| RootId(roots.insert(Root { ty, users: 0, children: Vec::new(), owner })));
        self.roots.at_mut(id.0).users += 1;
        id
    }

    fn share_or_create_join(
        &mut self,
        signature: Signature,
        parent: Parent,
        root: RootId,
        types: &[TypeId],
        keys: &List<KeyPair>,
    ) -> (NodeId, bool) {
        let candidates = self.join_index.entry((signature, parent)).or_default();
        let joins = &self.joins;
        // The hash only finds candidates; a node is the same if it joins the same.
        let found = candidates.iter().copied().find(|id| {
            let node = joins.at(id.0);
            node.types.last() == types.last() && node.keys == *keys
        });
        let id = found.unwrap_or_else(|| {
            let (types, keys) = (types.to_vec(), keys.clone());
            let node = JoinNode { signature, parent, root, types, keys, users: 0, children: Vec::new() };
            let id = NodeId(self.joins.insert(node));
            candidates.push(id);
            *self.named.entry(signature).or_default() += 1;
            match parent {
                Parent::Root(root) => self.roots.at_mut(root.0).children.push(id),
                Parent::Join(left) => self.joins.at_mut(left.0).children.push(id),
            }
            id
        });
        self.joins.at_mut(id.0).users += 1;
        (id, found.is_some())
    }

    /// Whether there is a join with this signature.
    pub fn has_join(&self, signature: &Signature) -> bool {
        self.named.contains_key(signature)
    }

    /// Removes a rule and frees the nodes that only it used. `None` when there is no such rule.
    pub fn remove_rule(&mut self, name: &str) -> Option<Freed> {
        let placed = self.rules.shift_remove(name)?;
        let mut freed = Freed::default();
        placed.paths.iter().for_each(|path| self.release_path(path, &mut freed));
        placed.views.iter().rev().for_each(|(view, _)| self.release_view(*view, &mut freed));
        Some(freed)
    }

    fn release_path(&mut self, path: &Path, freed: &mut Freed) {
        for id in path.joins.iter().rev() {
            self.release_join(*id, freed);
        }
        let root = self.roots.at_mut(path.root.0);
        root.users -= 1;
        if root.users == 0 {
            let root = self.roots.remove(path.root.0);
            self.root_index.remove(&(root.ty, root.owner));
            freed.roots.push(path.root);
        }
    }

    fn release_join(&mut self, id: NodeId, freed: &mut Freed) {
        let node = self.joins.at_mut(id.0);
        node.users -= 1;
        if node.users > 0 {
            return;
        }
        let node = self.joins.remove(id.0);
        let siblings = match node.parent {
            Parent::Root(root) => &mut self.roots.at_mut(root.0).children,
            Parent::Join(left) => &mut self.joins.at_mut(left.0).children,
        };
        siblings.retain(|sibling| *sibling != id);
        let name = (node.signature, node.parent);
        if let Some(joins) = self.named.get_mut(&node.signature) {
            *joins -= 1;
            if *joins == 0 {
                self.named.remove(&node.signature);
            }
        }
        if let Some(candidates) = self.join_index.get_mut(&name) {
            candidates.retain(|candidate| *candidate != id);
            if candidates.is_empty() {
                self.join_index.remove(&name);
            }
        }
        freed.joins.push(id);
    }

    /// The root with the number `id`, which must be in use.
    pub fn root(&self, id: RootId) -> &Root {
        self.roots.at(id.0)
    }

    /// The join with the number `id`, which must be in use.
    pub fn join(&self, id: NodeId) -> &JoinNode {
        self.joins.at(id.0)
    }

    /// The roots in use, in ascending order of their numbers.
    pub fn roots(&self) -> impl Iterator<Item = (RootId, &Root)> {
        self.roots.iter().map(|(index, root)| (RootId(index), root))
    }

    /// The joins in use, in ascending order of their numbers.
    pub fn joins(&self) -> impl Iterator<Item = (NodeId, &JoinNode)> {
        self.joins.iter().map(|(index, join)| (NodeId(index), join))
    }

    /// The rules in the order in which they were added, with the paths of their branches.
    pub fn rules(&self) -> impl Iterator<Item = (&Text, &[Path])> {
        self.rules.iter().map(|(name, placed)| (name, placed.paths.as_slice()))
    }

    /// The paths of a rule's branches.
    pub fn paths(&self, rule: &str) -> Option<&[Path]> {
        self.rules.get(rule).map(|placed| placed.paths.as_slice())
    }

    /// What a rule occupies.
    pub fn placed(&self, rule: &str) -> Option<&Placed> {
        self.rules.get(rule)
    }

    /// The name of a type, or of the parameters of a view.
    pub fn type_name(&self, schema: &Schema, ty: TypeId) -> String {
        match ty.view() {
            Some(view) => format!("parameters of #{}", self.view(ViewId(view)).signature.short()),
            None => schema.ty(ty).name.to_string(),
        }
    }

    /// Whether the network has no node left.
    pub fn is_empty(&self) -> bool {
        self.roots().next().is_none() && self.joins().next().is_none()
    }

    /// The network as text, for people and for tests.
    pub fn to_text(&self, schema: &Schema) -> String {
        text::write(self, schema, None)
    }

    /// The same with one more column: what the caller adds to each root, join and view.
    pub fn to_text_with(
        &self,
        schema: &Schema,
        of_root: impl Fn(RootId) -> String,
        of_join: impl Fn(NodeId) -> String,
        of_view: impl Fn(ViewId) -> String,
    ) -> String {
        text::write(self, schema, Some(text::Remarks { root: &of_root, join: &of_join, view: &of_view }))
    }
}

/// A list whose places are reused, the last freed first.
#[derive(Clone, Debug)]
struct Slots<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    fn insert(&mut self, value: T) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            (self.places.len() - 1) as u32
        });
        self.places[index as usize] = Some(value);
        index
    }

    /// Removes the element with a number. Numbers come from `insert` and are held only by users
    /// that the network counts. An element is removed with its last user, so no number refers to an
    /// empty place.
    fn remove(&mut self, index: u32) -> T {
        self.free.push(index);
        self.places[index as usize].take().expect("only a place in use is removed")
    }

    fn in_use(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// The element with a number; see [`remove`](Self::remove).
    fn at(&self, index: u32) -> &T {
        self.places[index as usize].as_ref().expect("an id names a place in use")
    }

    fn at_mut(&mut self, index: u32) -> &mut T {
        self.places[index as usize].as_mut().expect("an id names a place in use")
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let places = self.places.iter().enumerate();
        places.filter_map(|(index, place)| Some((index as u32, place.as_ref()?)))
    }
}

//! Everything about rules that does not change while facts do is shared by all sessions of the same
//! rules.
//!
//! A base is built once for any number of sessions. A session that adds or removes rules changes a
//! copy of its own. Rule sets and strings that are new in the copy have numbers of that session
//! alone; [`Matcher::share`](super::Matcher::share) renumbers such a copy for others.

use std::borrow::Cow;
use std::sync::Arc;

use tsd_ir::{FieldId, Network, RootId, Schema, Sharing, Type, TypeId};

use super::rules::Rules;
use crate::alpha::{AlphaNode, EntryPoint, EntryPoints};
use crate::beta::{JoinSpec, Outputs, Terminal};
use crate::eval::Natives;
use crate::flow::TupleSource;
use crate::ruleset::{RuleSets, SharedSets};
use crate::store::{SharedStrings, Strings};
use crate::view::DerivedSpecs;

/// The network of a set of rules.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) schema: Schema,
    pub(crate) natives: Natives,
    pub(crate) network: Network,
    pub(crate) rules: Rules,
    /// By root.
    pub(super) trees: Vec<Option<Arc<Tree>>>,
    pub(super) joins: Vec<Option<Arc<JoinSpec>>>,
    pub(super) entry_points: EntryPoints,
    pub(super) derived: DerivedSpecs,
    /// The rule sets and strings of new sessions; `None` while the base belongs to one session.
    pub(super) shared: Option<Shared>,
}

/// The root of one tree, and the branches in it.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(super) input: AlphaNode,
    pub(super) outputs: Outputs,
    /// For each bit, the branch that it stands for.
    pub(super) branches: Vec<Option<Terminal>>,
}

/// The rule sets and strings that the nodes mention. Sessions start with them and keep their
/// numbers.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    sets: Vec<SharedSets>,
    strings: Arc<SharedStrings>,
}

impl Base {
    /// A base without rules.
    pub(crate) fn new(schema: Schema, sharing: Sharing, natives: Natives) -> Self {
        Self {
            entry_points: EntryPoints::new(schema.types.len()),
            schema,
            natives,
            network: Network::new(sharing),
            rules: Rules::default(),
            trees: Vec::new(),
            joins: Vec::new(),
            derived: DerivedSpecs::default(),
            shared: Some(Shared { sets: Vec::new(), strings: Arc::default() }),
        }
    }

    /// Whether sessions may share it as it is.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// The rule sets of a new session, by tree.
    pub(super) fn open_sets(&self) -> Vec<RuleSets> {
        self.shared.iter().flat_map(|shared| shared.sets.iter().map(SharedSets::open)).collect()
    }

    /// The strings of a new session.
    pub(super) fn open_strings(&self) -> Strings {
        self.shared
            .as_ref()
            .map_or_else(Strings::default, |shared| Strings::behind(Arc::clone(&shared.strings)))
    }

    /// A copy whose rule sets and strings are renumbered, so that sessions may share it.
    pub(super) fn sealed(&self) -> Self {
        let mut base = self.clone();
        let mut strings = Strings::default();
        let mut sets: Vec<RuleSets> = base
            .trees
            .iter()
            .map(|tree| {
                let mut sets = RuleSets::new();
                if !sets.has_room_for(tree.as_ref().map_or(0, |tree| tree.branches.len())) {
                    let _ = sets.widen();
                }
                sets
            })
            .collect();
        base.reindex_all(&mut sets, &mut strings);
        base.shared =
            Some(Shared { sets: sets.into_iter().map(RuleSets::share).collect(), strings: strings.share() });
        base
    }

    /// The tree of a root. It exists: whatever names a root is removed before it.
    #[inline]
    pub(super) fn tree(&self, id: RootId) -> &Tree {
        self.trees[id.0 as usize].as_deref().expect("what refers to a tree is removed before the tree")
    }

    #[inline]
    pub(super) fn find_tree(&self, id: RootId) -> Option<&Tree> {
        self.trees.get(id.0 as usize)?.as_deref()
    }

    pub(super) fn tree_mut(&mut self, id: RootId) -> Option<&mut Tree> {
        self.trees.get_mut(id.0 as usize)?.as_mut().map(Arc::make_mut)
    }

    #[inline]
    pub(super) fn join(&self, id: tsd_ir::NodeId) -> Option<&JoinSpec> {
        self.joins.get(id.0 as usize)?.as_deref()
    }

    pub(super) fn join_mut(&mut self, id: tsd_ir::NodeId) -> Option<&mut JoinSpec> {
        self.joins.get_mut(id.0 as usize)?.as_mut().map(Arc::make_mut)
    }

    /// The alpha node of an entry point. It exists: an entry point is opened with its root or join,
    /// and closed in the step that removes it (`Matcher::remove_rule`).
    #[inline]
    pub(super) fn alpha_node(&self, entry_point: EntryPoint) -> &AlphaNode {
        match entry_point.join {
            None => &self.tree(entry_point.root).input,
            Some(join) => &self.join(join).expect("an open entry point has a live join").input,
        }
    }

    /// The outputs of a node.
    pub(super) fn outputs(&self, (root, source): (RootId, TupleSource)) -> Option<&Outputs> {
        match source {
            TupleSource::Root => self.find_tree(root).map(|tree| &tree.outputs),
            TupleSource::Join(join) => self.join(join).map(|join| &join.outputs),
        }
    }

    /// The types of the tuples of a node.
    pub(super) fn types_at(&self, (root, source): (RootId, TupleSource)) -> &[TypeId] {
        match source {
            TupleSource::Root => {
                self.find_tree(root).map_or(&[], |tree| std::slice::from_ref(&tree.input.ty))
            }
            TupleSource::Join(join) => self.join(join).map_or(&[], |join| &join.types),
        }
    }

    /// The declaration of a type, or of the parameters of a view.
    pub(super) fn declared(&self, ty: TypeId) -> Cow<'_, Type> {
        match ty.view() {
            None => Cow::Borrowed(self.schema.ty(ty)),
            Some(view) => Cow::Owned(self.derived.view(view).parameters.declared()),
        }
    }

    /// The primary key of a type.
    pub(super) fn key_of(&self, ty: TypeId) -> Vec<FieldId> {
        self.declared(ty).key.to_vec()
    }
}

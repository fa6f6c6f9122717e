//! Rules wired into a network: all that sessions of the same rules have in common.
//!
//! A session is facts and what follows from them; everything else is here, and never changes while
//! facts do. A base is wired once and shared by any number of sessions. One that adds or removes
//! rules makes changes to a copy of its own, whose rule sets and strings may then have numbers of
//! that session alone; [`Matcher::share`](super::Matcher::share) renumbers such a copy for others.

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

/// Rules, wired.
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
    /// What sessions begin with; `None` while the base is one session's own.
    pub(super) shared: Option<Shared>,
}

/// Where the chains of one tree start, and whose they are.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(super) input: AlphaNode,
    pub(super) outputs: Outputs,
    /// For each bit, whose branch it stands for.
    pub(super) branches: Vec<Option<Terminal>>,
}

/// The rule sets and strings that the nodes mention.
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

    /// Whether it is the same for all sessions that have it.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// The rule sets that a session begins with, by tree.
    pub(super) fn open_sets(&self) -> Vec<RuleSets> {
        self.shared.iter().flat_map(|shared| shared.sets.iter().map(SharedSets::open)).collect()
    }

    /// The strings that a session begins with.
    pub(super) fn open_strings(&self) -> Strings {
        self.shared
            .as_ref()
            .map_or_else(Strings::default, |shared| Strings::behind(Arc::clone(&shared.strings)))
    }

    /// The same rules, with rule sets and strings that other sessions may begin with.
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
        base.retable_all(&mut sets, &mut strings);
        base.shared =
            Some(Shared { sets: sets.into_iter().map(RuleSets::share).collect(), strings: strings.share() });
        base
    }

    /// The tree of a root. It is there: what names a root goes before it does.
    #[inline]
    pub(super) fn tree(&self, id: RootId) -> &Tree {
        self.trees[id.0 as usize].as_deref().expect("who names a tree goes before the tree")
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

    /// The alpha node behind an entry point. It is there: an entry point is opened when its root or
    /// join is made, and closed in the same step that takes it (`Matcher::remove_rule`).
    #[inline]
    pub(super) fn alpha_node(&self, entry_point: EntryPoint) -> &AlphaNode {
        match entry_point.join {
            None => &self.tree(entry_point.root).input,
            Some(join) => &self.join(join).expect("an open entry point has a live join").input,
        }
    }

    /// Where the tuples of a node go.
    pub(super) fn outputs(&self, (root, source): (RootId, TupleSource)) -> Option<&Outputs> {
        match source {
            TupleSource::Root => self.find_tree(root).map(|tree| &tree.outputs),
            TupleSource::Join(join) => self.join(join).map(|join| &join.outputs),
        }
    }

    /// The types of the tuples that come out of a node.
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

//! What a join compares, for which rules and with which outputs, is the same for all sessions of a
//! rule base.

use tsd_ir::{FieldId, KeyPair, NodeId, RootId, TypeId};

use super::key::{KeyParts, Keys};
use super::key_index_input::KeyWords;
use super::outputs::Outputs;
use crate::alpha::{AlphaNode, Member, PreparedTest, Residuals};
use crate::eval::NativeKey;
use crate::ruleset::{Bit, RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// The specification of a join node.
#[derive(Clone, Debug)]
pub(crate) struct JoinSpec {
    /// Filters the facts of the right input.
    pub(crate) input: AlphaNode,
    /// The outputs of the pairs.
    pub(crate) outputs: Outputs,
    pub(crate) root: RootId,
    /// The join whose tuples arrive at the left input; `None` for the root.
    pub(crate) parent: Option<NodeId>,
    pub(crate) types: Vec<TypeId>,
    /// The key parts of the tuples of each input.
    pub(super) left: KeyParts,
    pub(super) right: KeyParts,
    /// For an input that the primary-key index serves, how its key is read from the join key.
    pub(super) left_by_key: Option<KeyWords>,
    pub(super) right_by_key: Option<KeyWords>,
    /// The residual tests of pairs, by rule.
    demands: Vec<(Bit, Vec<PreparedTest>)>,
    pub(super) residuals: Residuals,
}

impl JoinSpec {
    /// A join in the tree of a root, below `parent` or the root itself. `key_of` returns the
    /// primary key of a type.
    pub(crate) fn new(
        (root, parent): (RootId, Option<NodeId>),
        types: &[TypeId],
        keys: &[KeyPair],
        natives: &[NativeKey],
        key_of: impl Fn(TypeId) -> Vec<FieldId>,
    ) -> Self {
        let width = types.len() - 1;
        let left = KeyParts::of_left(keys, &types[..width], natives);
        let right = KeyParts::of_right(keys, types[width], natives);
        let by_key = |types: &[TypeId], parts: &KeyParts| match types {
            [ty] => KeyWords::new(*ty, &key_of(*ty), parts),
            _ => None,
        };
        Self {
            input: AlphaNode::new(types[width]),
            outputs: Outputs::default(),
            root,
            parent,
            types: types.to_vec(),
            left_by_key: by_key(&types[..width], &left),
            right_by_key: by_key(&types[width..], &right),
            left,
            right,
            demands: Vec::new(),
            residuals: Residuals::default(),
        }
    }

    /// Adds a rule with its filters and residual tests.
    pub(crate) fn add(&mut self, member: Member, tests: Vec<PreparedTest>) {
        if !tests.is_empty() {
            self.demands.push((member.bit, tests));
        }
        self.input.add(member);
    }

    /// Removes a rule.
    pub(crate) fn remove(&mut self, bit: Bit) {
        self.demands.retain(|(demanding, _)| *demanding != bit);
        self.input.remove(bit);
    }

    /// Rebuilds the residual tests after rules were added or removed.
    pub(crate) fn rebuild(&mut self, sets: &mut RuleSets) {
        let demands = self.demands.iter();
        let demands = demands.flat_map(|(bit, tests)| tests.iter().map(|test| (*bit, test)));
        self.residuals = Residuals::build(demands, sets);
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.input.map_sets(map);
        self.residuals.map_sets(map);
        self.outputs.map_sets(map);
    }

    /// Reads the keys of tuples on the left.
    #[inline]
    pub(super) fn left_keys<'a>(&'a self, memory: &'a WorkingMemory) -> Keys<'a> {
        self.left.keys(memory)
    }

    /// Reads the keys of facts on the right.
    #[inline]
    pub(super) fn right_keys<'a>(&'a self, memory: &'a WorkingMemory) -> Keys<'a> {
        self.right.keys(memory)
    }

    /// How many facts a rebuild of the left input would visit at least.
    pub(super) fn facts_on_left(&self, memory: &WorkingMemory) -> usize {
        self.types.iter().rev().skip(1).map(|ty| memory.store(*ty).len()).sum()
    }
}

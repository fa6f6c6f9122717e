//! Rules are found by number, by name, and in the order of their declaration.

use std::sync::Arc;

use indexmap::IndexMap;
use tsd_ir::{Rule, Text};

use crate::base::RuleId;
use crate::beta::BranchPath;
use crate::matcher::Effects;

/// The rules of a base.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    live: Vec<Option<LiveRule>>,
    free: Vec<RuleId>,
    /// In the order of declaration.
    by_name: IndexMap<Text, RuleId>,
    next_rank: u32,
}

/// A rule in use.
#[derive(Clone, Debug)]
pub(crate) struct LiveRule {
    pub(crate) rule: Arc<Rule>,
    /// The path of each branch.
    pub(crate) places: Vec<BranchPath>,
    /// Its prepared effects.
    pub(crate) effects: Arc<Effects>,
    /// Its place in the order of declaration.
    pub(super) rank: u32,
}

impl Rules {
    pub(crate) fn get(&self, id: RuleId) -> Option<&LiveRule> {
        self.live.get(id as usize)?.as_ref()
    }

    pub(crate) fn id(&self, name: &str) -> Option<RuleId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&LiveRule> {
        self.get(self.id(name)?)
    }

    /// The rank after all others in the order of declaration.
    pub(super) fn next_rank(&self) -> u32 {
        self.next_rank
    }

    /// A free number for a new rule.
    pub(super) fn reserve(&mut self) -> RuleId {
        self.free.pop().unwrap_or_else(|| {
            self.live.push(None);
            (self.live.len() - 1) as RuleId
        })
    }

    /// Adds a rule under a reserved number.
    pub(super) fn put(&mut self, id: RuleId, live: LiveRule) {
        self.next_rank = self.next_rank.max(live.rank + 1);
        let at = self.by_name.partition_point(|_, other| self.rank(*other) < live.rank);
        self.by_name.shift_insert(at, live.rule.name.clone(), id);
        self.live[id as usize] = Some(live);
    }

    /// Removes a rule and frees its number.
    pub(super) fn take(&mut self, name: &str) -> Option<(RuleId, LiveRule)> {
        let id = self.by_name.shift_remove(name)?;
        let live = self.live[id as usize].take()?;
        self.free.push(id);
        Some((id, live))
    }

    /// A rule's place in the order of declaration.
    pub(crate) fn rank(&self, id: RuleId) -> u32 {
        self.get(id).map_or(u32::MAX, |live| live.rank)
    }

    /// The rule at a place of the order of declaration.
    pub(crate) fn at(&self, rank: u32) -> Option<&LiveRule> {
        let at = self.by_name.partition_point(|_, id| self.rank(*id) < rank);
        let (_, id) = self.by_name.get_index(at)?;
        self.get(*id).filter(|live| live.rank == rank)
    }

    /// The rules in the order of declaration.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &LiveRule> {
        self.iter_with_ids().map(|(_, live)| live)
    }

    /// The same, each with its number.
    pub(crate) fn iter_with_ids(&self) -> impl Iterator<Item = (RuleId, &LiveRule)> {
        self.by_name.values().filter_map(|id| Some((*id, self.get(*id)?)))
    }

    /// Gives each rule the rank that it has in another base.
    pub(super) fn rerank(&mut self, other: &Self) {
        for (name, id) in &self.by_name {
            let rank = other.id(name).map(|id| other.rank(id));
            if let (Some(live), Some(rank)) = (&mut self.live[*id as usize], rank) {
                live.rank = rank;
            }
        }
        let live = &self.live;
        let rank = |id: &RuleId| live[*id as usize].as_ref().map_or(u32::MAX, |live| live.rank);
        self.by_name.sort_by(|_, left, _, right| rank(left).cmp(&rank(right)));
        self.next_rank = other.next_rank;
    }
}

//! Facts that come in large numbers often activate one rule again and again.
//!
//! If the rule's effects cannot change the session, nothing can come between these activations, and
//! the agenda need not be sorted again.

use tsd_ir::RootId;

use super::level::Level;
use crate::ruleset::RuleSet;

/// The activations of one level that follow the last one and are of the same branches. Each of them
/// is alone in its change; activations that share a change are sorted first.
pub(crate) struct SameRuleRun<'a> {
    level: &'a mut Level,
    root: RootId,
    set: RuleSet,
    /// The number of facts of a tuple.
    width: usize,
}

impl<'a> SameRuleRun<'a> {
    #[inline]
    pub(super) fn new(level: &'a mut Level) -> Option<Self> {
        let [last] = level.batch.as_slice() else { return None };
        if level.disturbed {
            return None;
        }
        let before = level.entries[last.entry as usize];
        let width = level.range(last.entry).len();
        Some(Self { level, root: before.root, set: before.set, width })
    }

    /// Takes the next activation and returns its tuple.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<&[u32]> {
        let Level { entries, slots, batch, next, first, .. } = &mut *self.level;
        let entry = entries.get(*next)?;
        let is_alone = entries.get(*next + 1).is_none_or(|other| other.age != entry.age);
        if !is_alone || (entry.root, entry.set) != (self.root, self.set) {
            return None;
        }
        let last = batch.first_mut()?;
        (last.entry, *first) = (*next as u32, *next);
        *next += 1;
        slots.get(entry.start as usize..)?.get(..self.width)
    }
}

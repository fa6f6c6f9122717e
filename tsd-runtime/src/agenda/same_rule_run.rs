//! Activations that fire right after each other and differ in nothing but their facts.
//!
//! When facts come in numbers, one after the other activates the same rule. Where its effects
//! cannot change the session, nothing can come between these activations, and the agenda need not
//! be asked for an order that it has.

use tsd_ir::RootId;

use super::level::Level;
use crate::ruleset::RuleSet;

/// The activations of one level that come right behind the one which fired last, and are of the
/// same branches of rules. It is so where one change after the other has brought one activation;
/// those that share a change are put in order first.
pub(crate) struct SameRuleRun<'a> {
    level: &'a mut Level,
    root: RootId,
    set: RuleSet,
    /// How many facts a tuple has.
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

    /// The tuple of the next one, which leaves the agenda.
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

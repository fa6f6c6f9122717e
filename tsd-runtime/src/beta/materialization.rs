//! Which inputs of joins are kept, and how those that are not are computed.
//!
//! What stands on a side of a join follows from the facts: on the right those that pass the input's
//! filters, on the left the tuples of the chain before it. Keeping it saves computing it for each
//! probe, and costs memory and work for each change. So a side is given up when more changes have
//! gone into it since the last probe than facts would have to be looked at to compute it anew, and
//! kept again from the next probe on. Counted in facts and tuples that are looked at, that is about
//! twice the best choice at the worst (the ski rental rule; Karlin et al., Algorithmica 3, 1988). A
//! chain that changes all the time and whose last facts hardly ever come stores no tuples for them.
//! It is a bound on many changes together: the probe that finds nothing kept pays for all that did
//! not have to.
//!
//! At first the left side is kept, which costs less than to join once more, and the right side is
//! not: to look through the facts costs no more than to write them down.
//!
//! A left side whose tuples hold facts of the type on the right is always kept: while such a fact
//! is on its way, what follows from the facts is not what the network has been told of.

use tsd_ir::TypeId;

/// Whether a side is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Materialization {
    is_materialized: bool,
    /// Whether it may never be given up.
    always: bool,
    /// What computing it takes, in facts and tuples looked at, as far as is known.
    work: u32,
    /// How many changes have gone into it since the last probe.
    changes: u32,
}

/// How many changes a side takes without a probe before it is given up, unless the session sets
/// another number.
pub(crate) const EVICTION_THRESHOLD: u32 = 4096;

impl Materialization {
    /// The left side of a join whose types these are, the last one that of the right side.
    pub(crate) fn of_left(types: &[TypeId]) -> Self {
        let always = types.split_last().is_some_and(|(right, left)| left.contains(right));
        Self { is_materialized: true, always, ..Self::default() }
    }

    #[inline]
    pub(crate) fn is_materialized(self) -> bool {
        self.is_materialized
    }

    /// A probe comes to a side that is kept.
    #[inline]
    pub(crate) fn probed(&mut self) {
        self.changes = 0;
    }

    /// The side is kept from now on; `work` is what it took to compute it.
    pub(crate) fn materialize(&mut self, work: usize) {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        *self = Self { is_materialized: true, work, changes: 0, ..*self };
    }

    /// So many changes come. Returns whether the side is to be given up, which it is not before
    /// `patience` changes; `work` tells how many facts there are to be looked at now.
    #[inline]
    pub(crate) fn changes(
        &mut self,
        count: usize,
        eviction_threshold: u32,
        work: impl FnOnce() -> usize,
    ) -> bool {
        self.changes = self.changes.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        if self.always || self.changes <= self.work.max(eviction_threshold) {
            return false;
        }
        self.work = u32::try_from(work()).unwrap_or(u32::MAX);
        self.is_materialized = self.changes <= self.work;
        !self.is_materialized
    }
}

//! A join input can be rebuilt from the facts, so it is worth storing only while it is probed.
//!
//! The right input contains the facts that pass its filters, the left input the tuples of the chain
//! before it. Storing an input saves rebuilding it for each probe, but costs memory and an update
//! for each change. So an input is evicted once it has absorbed more updates since its last probe
//! than a rebuild would visit facts, and rebuilt by the next probe. Counted in facts and tuples,
//! that costs at most about twice the optimum (ski rental; Karlin et al., Algorithmica 3, 1988).
//! The bound is amortised: one probe after a long pause pays for the rebuild.
//!
//! At first the left input is materialised, because storing its tuples costs less than joining
//! again. The right input is not, because storing facts costs as much as a scan of them.
//!
//! A left input with facts of the right input's type is never evicted. While such a fact
//! propagates, the facts are ahead of what the network has processed.

use tsd_ir::TypeId;

/// Whether an input is materialised, and what its eviction depends on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Materialization {
    is_materialized: bool,
    /// Whether it may never be evicted.
    always: bool,
    /// The cost of a rebuild in facts and tuples, as far as known.
    work: u32,
    /// The number of updates since the last probe.
    changes: u32,
}

/// How many updates an input absorbs without a probe before it may be evicted, unless the session
/// sets another number.
pub(crate) const EVICTION_THRESHOLD: u32 = 4096;

impl Materialization {
    /// The left input of a join with these types, of which the last is that of the right input.
    pub(crate) fn of_left(types: &[TypeId]) -> Self {
        let always = types.split_last().is_some_and(|(right, left)| left.contains(right));
        Self { is_materialized: true, always, ..Self::default() }
    }

    #[inline]
    pub(crate) fn is_materialized(self) -> bool {
        self.is_materialized
    }

    /// Counts a probe.
    #[inline]
    pub(crate) fn probed(&mut self) {
        self.changes = 0;
    }

    /// The input was rebuilt, which has cost `work`.
    pub(crate) fn materialize(&mut self, work: usize) {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        *self = Self { is_materialized: true, work, changes: 0, ..*self };
    }

    /// Counts updates. Returns whether to evict the input, never before `eviction_threshold`
    /// updates. `work` returns how many facts a rebuild would visit now.
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

//! A change needs a delta for each node that it passes, so deltas are reused.

use super::delta::Delta;

/// Deltas that are not in use.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeltaPool(Vec<Delta>);

impl DeltaPool {
    /// An empty delta for tuples of `width` facts.
    #[inline]
    pub(crate) fn take(&mut self, width: usize) -> Delta {
        let mut delta = self.0.pop().unwrap_or_default();
        delta.width = width;
        delta
    }

    /// Takes a delta back.
    #[inline]
    pub(crate) fn put_back(&mut self, mut delta: Delta) {
        delta.clear();
        self.0.push(delta);
    }
}

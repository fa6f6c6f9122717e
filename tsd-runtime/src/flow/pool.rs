//! DeltaPool that are not in use.

use super::delta::Delta;

/// DeltaPool that are not in use: a change needs one for each node that it goes through, and they
/// come and go all the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeltaPool(Vec<Delta>);

impl DeltaPool {
    /// An empty delta for tuples of so many facts.
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

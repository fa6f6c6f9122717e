//! A view is worth its cost if it is looked up more often than it changes, so both are counted.

/// How often a view was looked up and changed while the session counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewCounts {
    /// How often a derived value of the view was read: by a tuple that was re-tested, by an effect
    /// that fired or by another view.
    pub lookups: u64,
    /// How many changed groups were notified, summed over all changes.
    pub changes: u64,
}

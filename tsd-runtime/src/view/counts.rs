//! How often views are looked up, and how often they change.

/// What was asked of a view and told by it while the session counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewCounts {
    /// How often somebody asked for an answer: a tuple that was tested anew, an effect that fired,
    /// another view.
    pub lookups: u64,
    /// How many groups changed in the end, so that those who wait for them were told: one for each
    /// group and change.
    pub changes: u64,
}

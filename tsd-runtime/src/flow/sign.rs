//! Additions and removals take the same path through the network, with opposite signs.

/// Whether tuples are added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They start to match.
    Add {
        /// Whether the changed fact has just been inserted, so that no memory contains a tuple with
        /// it.
        fresh: bool,
    },
    /// They stop matching.
    Remove,
}

//! Whether tuples come or go.

/// Whether activations come or go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They begin to hold. With `fresh`, the changed fact is new, so no memory knows its tuples
    /// yet.
    Add {
        /// Whether the fact was just inserted.
        fresh: bool,
    },
    /// They stop holding.
    Remove,
}

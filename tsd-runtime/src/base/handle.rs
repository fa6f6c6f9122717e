//! Handles of facts that carry the Rust type of the fact.

use tsd_ir::FactHandle;

/// Names one fact of type `T` in one session. Handles are ordered as the [`FactHandle`]s in them, an
/// order that says nothing about the facts.
pub struct Handle<T> {
    raw: FactHandle,
    ty: std::marker::PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// The handle of a fact that is known to be a `T`.
    pub fn from_raw(raw: FactHandle) -> Self {
        Self { raw, ty: std::marker::PhantomData }
    }

    /// The handle without its type.
    pub fn raw(self) -> FactHandle {
        self.raw
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T> Eq for Handle<T> {}

impl<T> PartialOrd for Handle<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Handle<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}

impl<T> std::hash::Hash for Handle<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<T> std::fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.raw.fmt(f)
    }
}

//! A session accepts its own handles, and those of the sessions that it was forked from if they
//! name facts that existed at the fork.

use std::sync::Arc;

use tsd_ir::{FactHandle, FactRef, Origin};

use super::facts::Store;

/// The origin of the handles of a session, and those of its ancestors.
#[derive(Clone, Debug)]
pub(crate) struct Lineage {
    origin: Origin,
    ancestors: Vec<Ancestor>,
}

#[derive(Clone, Debug)]
struct Ancestor {
    origin: Origin,
    /// By type: the first insertion number that the two sessions do not share.
    ends: Arc<[u64]>,
}

impl Lineage {
    pub(crate) fn new() -> Self {
        Self { origin: Origin::new(), ancestors: Vec::new() }
    }

    /// The origin of the session's own handles.
    #[inline]
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// The lineage of a fork of a session with these facts.
    pub(super) fn forked(&self, stores: &[Store]) -> Self {
        let ends = stores.iter().map(Store::next_number).collect();
        let parent = Ancestor { origin: self.origin, ends };
        let ancestors = self.ancestors.iter().cloned().chain([parent]).collect();
        Self { origin: Origin::new(), ancestors }
    }

    /// The fact that a handle names, if the session may have had it.
    #[inline]
    pub(crate) fn known(&self, handle: FactHandle, stores: &[Store]) -> Option<FactRef> {
        if handle.origin() == self.origin { Some(handle.fact()) } else { self.inherited(handle, stores) }
    }

    #[cold]
    fn inherited(&self, handle: FactHandle, stores: &[Store]) -> Option<FactRef> {
        let ancestor = self.ancestors.iter().find(|ancestor| ancestor.origin == handle.origin())?;
        let (fact, ty) = (handle.fact(), handle.fact().ty().index());
        let (store, end) = (stores.get(ty)?, ancestor.ends.get(ty)?);
        match store.find(fact) {
            Some(slot) => (store.number(slot) < *end).then_some(fact),
            // A retracted fact has no number. Its handle names nothing in either session.
            None => store.is_past(fact).then_some(fact),
        }
    }
}

//! Numbers that every layer uses for the parts of a session.

use smallvec::SmallVec;

/// The number of a rule in its session.
pub(crate) type RuleId = u32;

/// The number of a node with pending tests.
pub(crate) type PendingId = u32;

/// The slots of a tuple.
pub(crate) type TupleSlots = SmallVec<[u32; 8]>;

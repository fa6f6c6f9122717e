//! Names that every layer uses for the things of a session.

use smallvec::SmallVec;

/// The number of a rule in its session.
pub(crate) type RuleId = u32;

/// The number of a watch.
pub(crate) type PendingId = u32;

/// The slots of a tuple.
pub(crate) type TupleSlots = SmallVec<[u32; 8]>;

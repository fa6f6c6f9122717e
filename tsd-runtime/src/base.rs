//! Hashes, indices, numbers and handles that every layer needs.

mod exclusive;
mod handle;
mod hash;
mod ids;
mod index;
mod trace;

pub(crate) use self::exclusive::Exclusive;
pub use self::handle::Handle;
pub(crate) use self::hash::{hash_words, hasher};
pub(crate) use self::ids::{PendingId, RuleId, TupleSlots};
pub(crate) use self::index::Index;
pub(crate) use self::trace::no_value;

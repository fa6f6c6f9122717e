//! What is found out about groups of facts, and the tuples whose tests read it.

mod counts;
mod derived;
mod groups;
mod last_seen;
mod lookup;
mod pending;
mod queue;
mod reading;
mod view;
mod views;

pub use self::counts::ViewCounts;
pub(crate) use self::derived::{DerivedState, ask_no_more};
pub(crate) use self::last_seen::LastSeen;
pub(crate) use self::lookup::{NOWHERE, Source, ViewLookup, Wanted};
pub(crate) use self::pending::Recheck;
pub(crate) use self::pending::{Member, PendingTests};
pub(crate) use self::queue::Task;
pub(crate) use self::reading::Reading;
pub(crate) use self::view::View;

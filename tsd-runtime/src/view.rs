//! What is found out about groups of facts, and the tuples whose tests read it.

mod accumulate;
mod counts;
mod derived;

mod last_seen;
mod lookup;
mod pending;
mod queue;
mod reading;
mod recheck;
mod spec;
mod subscribe;
mod view;
mod views;

pub use self::counts::ViewCounts;
pub(crate) use self::derived::DerivedState;
pub(crate) use self::pending::{Member, PendingTests, Rows};
pub(crate) use self::queue::Task;
pub(crate) use self::reading::Reading;
pub(crate) use self::recheck::Tested;
pub(crate) use self::spec::{DerivedSpecs, ViewSpec};

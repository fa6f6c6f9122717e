//! Rules read aggregates and references, whose values change while a tuple stays the same. This
//! layer keeps views up to date, and holds the tuples whose tests read them.

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
mod state;
mod subscribe;
mod views;

pub use self::counts::ViewCounts;
pub(crate) use self::derived::DerivedState;
pub(crate) use self::pending::{Member, PendingTests, Rows};
pub(crate) use self::queue::Task;
pub(crate) use self::reading::Reading;
pub(crate) use self::recheck::Tested;
pub(crate) use self::spec::{DerivedSpecs, ViewSpec};

//! What compiled TSD rules run on: working memory, node memories, joins, the agenda, and rules that come and go.
//!
//! A [`Session`] is what a program talks to. Behind it, a change to a fact goes through the `matcher`, the same code for
//! compiled and for interpreted rules, which leaves activations on the `agenda`; a run takes them off and lets their
//! effects take place. Generated modules meet this crate in [`program`] and [`mod@column`].

mod agenda;
pub mod column;
mod effect;
#[cfg(feature = "dynamic")]
mod engine;
mod error;
mod interpret;
mod matcher;
mod memory;
#[cfg(feature = "regex")]
mod pattern;
mod predicate;
pub mod program;
mod report;
#[doc(hidden)]
pub mod rt;
mod ruleset;
mod session;
pub mod statistics;
mod strategy;
mod support;
mod telemetry;
mod tuple;

#[cfg(feature = "dynamic")]
pub use engine::{Engine, Host, Interpreted, RuleErrors};
pub use error::Error;
pub use memory::{InvalidValue, RowFitter, RowReader, RowWriter};
#[cfg(feature = "regex")]
pub use pattern::{Pattern, StaticPattern};
pub use program::Handle;
pub use report::{Problem, Report};
pub use session::{Activation, Batch, Change, ChangeKind, Context, LiveNetwork, Session};
pub use statistics::Statistics;
pub use strategy::{Strategy, UnknownStrategy};
pub use tsd_ir as ir;
pub use tuple::Tuple;

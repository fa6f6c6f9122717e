//! What compiled TSD rules run on: working memory, node memories, joins, the agenda, and rules that come and go.
//!
//! A [`Session`] is what a program talks to. Behind it, a change to a fact goes through the `matcher`, the same code for
//! compiled and for interpreted rules, which leaves activations on the `agenda`; a run takes them off and lets their
//! effects take place. Generated modules meet this crate in the hidden module `rt`.
//!
//! The folders are layers. Each names only those before it in this list, which a test holds.

mod agenda;
mod alpha;
mod base;
mod beta;
#[cfg(feature = "dynamic")]
mod engine;
mod error;
mod eval;
mod flow;
mod matcher;
mod report;
#[doc(hidden)]
pub mod rt;
mod ruleset;
mod session;
pub mod statistics;
mod store;
mod strategy;
mod telemetry;
mod view;

pub use base::Handle;
#[cfg(feature = "dynamic")]
pub use engine::{Engine, Host, Interpreted};
pub use error::Error;
#[cfg(feature = "dynamic")]
pub use error::RuleErrors;
pub use eval::Tuple;
#[cfg(feature = "regex")]
pub use eval::{Pattern, StaticPattern};
pub use report::{Problem, Report};
pub use session::{
    Activation, Batch, Change, ChangeKind, Compiled, Context, FactOf, LiveNetwork, Program, Session,
};
pub use statistics::Statistics;
pub use store::{InvalidValue, RowFitter, RowReader, RowWriter};
pub use strategy::{Strategy, UnknownStrategy};
pub use tsd_ir as ir;

//! The runtime of TSD rules: working memory, a Rete-like network, the agenda, and rules added while it runs.
//!
//! A program talks to a [`Session`]. A change to a fact goes through the `matcher`, which is the same code for
//! compiled and interpreted rules, and leaves activations on the `agenda`. A run takes them off and performs their
//! effects. Generated modules use this crate through [`program`] and [`mod@column`].
//!
//! The [glossary](https://github.com/tsd-rules/tsd/blob/main/docs/glossary.md) has one line for each term:
//! alpha node, beta memory, delta, view, refraction and the rest.

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

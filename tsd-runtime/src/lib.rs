//! Business rules must be matched against changing facts without matching everything again. This is
//! the runtime of TSD rules: facts, a Rete-like network, the agenda, and sessions.
//!
//! A program uses a [`Session`]. A change to a fact passes through the `matcher`, which is the same
//! code for compiled and interpreted rules, and puts activations on the `agenda`. A run takes them
//! off and performs their effects. Generated modules use this crate through the hidden module `rt`.
//!
//! The [glossary](https://github.com/tsd-rules/tsd/blob/main/docs/glossary.md) has one line for
//! each term, such as alpha node, beta memory or refraction.
//!
//! # Features
//! - `dynamic` (default): rules as text at run time. It turns `regex` on, because such rules may
//!   contain `MATCHES`.
//! - `regex` (default): `MATCHES` in compiled rules.
//! - `metrics`: metrics of runs and sessions through the `metrics` facade.
//! - `tracing`: spans and events through `tracing`.
//!
//! The modules are layers. Each names only those below it, in the order that `tests/layers` checks.

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
    Activation, Batch, Change, ChangeKind, Compiled, Context, FactOf, LiveNetwork, Program, RuleBase,
    Session, SessionBuilder,
};
pub use statistics::Statistics;
pub use store::{InvalidValue, RowFitter, RowReader, RowWriter};
pub use strategy::{Strategy, UnknownStrategy};
#[cfg(feature = "dynamic")]
pub use tsd_compiler::{JoinOrder, Module, Planning};
pub use tsd_ir as ir;

/// What the compiler has to say about rules in text: errors, warnings, and how to show them.
#[cfg(feature = "dynamic")]
pub mod diagnostics {
    pub use tsd_compiler::diagnostics::{Code, Diagnostic, Edit, Label, Severity, render};
}

/// The texts that rules come from, and places in them.
#[cfg(feature = "dynamic")]
pub mod source {
    pub use tsd_compiler::source::{FileId, Position, SourceMap, Span};
}

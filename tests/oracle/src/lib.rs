//! What the engine is held against: a brute-force evaluator of rule programs, and random programs to try both on.
//!
//! The [`Oracle`] shares no code with the engine but the parser. It has its own values and operators, no indexes, no
//! sharing and no rearrangement: after every change it asks every rule about every tuple of facts. [`generate`] makes
//! programs, as text, and steps to take with them, from lists of numbers that shrink well.

mod derived_value;
mod evaluate;
mod exact;
mod facts;
mod fire;
pub mod generate;
mod kinds;
mod loops;
pub mod operators;
mod oracle;
mod rule;
mod schema;
mod script;
mod step;
mod strategy;
mod support;
mod told;
mod value;
mod walk;

pub use evaluate::Scope;
pub use facts::{Fact, Facts, Fields};
pub use oracle::Oracle;
pub use rule::{DerivedValues, Rule, Tuple};
pub use schema::{Action, Field, Schema, Type};
pub use step::{Event, Outcome, Problem, Ran, Reason, Refusal, Step};
pub use strategy::Strategy;
pub use value::{FactId, Kind, Operand, Shown, Value};

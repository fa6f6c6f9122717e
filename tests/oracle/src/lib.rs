//! The judge of the engine: a brute-force evaluator of rule programs, and random programs for both.
//!
//! The [`Oracle`] shares the parser, the syntax tree and the checker with the compiler, and no
//! matching, planning or evaluation; the conformance programs cover what is shared. It has its own
//! values and operators, and neither indexes nor sharing. After every change it evaluates every
//! rule for every tuple of facts. [`generate`] creates programs, as text, and steps with them, from
//! lists of numbers that shrink well.

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

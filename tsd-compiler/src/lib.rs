//! The TSD rule compiler.
//!
//! Rules arrive as text: files of a build script, the tokens of a macro, a string at run time. All
//! three pass through the same stages, and each stage is a module:
//!
//! - [`source`] holds the texts and converts byte ranges to lines and columns;
//! - [`syntax`] turns one text into a tree, and a tree into canonical text;
//! - [`check`] resolves names and types and returns checked rules, [`hir`];
//! - [`normalize`] brings conditions with the same meaning into the same form;
//! - [`plan`] decides in which order facts are joined, so that rules share what they can;
//! - [`module`] is the result, or [`script`] if rules may be removed, and [`compile()`] runs all
//!   stages;
//! - `codegen` (a feature) turns a module into Rust source;
//! - [`diagnostics`] collects what every stage reports to the author of the rules;
//! - [`escape`] keeps names that others chose on one line.

pub mod check;
#[cfg(feature = "codegen")]
pub mod codegen;
pub mod compile;
pub mod diagnostics;
pub mod escape;
mod fold;
pub mod hir;
pub mod join_order;
pub mod module;
pub mod normalize;
pub mod plan;
pub mod script;
pub mod source;
pub mod syntax;
mod views;

pub use compile::{
    Compilation, RuleCompilation, ScriptCompilation, compile, compile_rules, compile_rules_with,
    compile_script, compile_script_with, compile_with,
};
pub use hir::{Places, TypePlace};
pub use join_order::{JoinOrder, UnknownJoinOrder};
pub use module::{Module, PlannedRule};
pub use plan::Planning;
pub use tsd_ir::{InitialFact, InitialValue};

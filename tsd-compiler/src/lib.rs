//! The TSD rule compiler.
//!
//! Rules arrive as text: files of a build script, the tokens of a macro, a string at run time. All three go through
//! the same stages, and each stage is one module here:
//!
//! - [`source`] holds the texts and answers where a byte range stands;
//! - [`syntax`] turns one text into a tree, and a tree into canonical text;
//! - [`check`] resolves names and types and gives checked rules, [`hir`];
//! - [`normalize`] brings conditions that mean the same into the same form;
//! - [`plan`] decides in which order facts are joined, so that rules share what they can;
//! - [`module`] is what comes out, or [`script`] where rules may be taken back, and [`compile()`] leads through all of it;
//! - `codegen` (a feature) makes Rust source of a module;
//! - [`diagnostics`] collects what every stage has to say to the author of the rules.
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

//! The result of compiling a text.
//!
//! All three entries return the diagnostics of every stage beside the requested result, which
//! exists if no diagnostic is an error.

use crate::diagnostics::Diagnostic;
use crate::module::{Module, PlannedRule};
use crate::script::Script;

/// The result of compiling a set of rule files.
#[derive(Debug)]
#[non_exhaustive]
pub struct Compilation {
    /// The module; absent when there are errors.
    pub module: Option<Module>,
    /// Errors and warnings, in the order of the files' names and of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The result of compiling rules that were given at run time.
#[derive(Debug)]
#[non_exhaustive]
pub struct RuleCompilation {
    /// The rules; absent when there are errors.
    pub rules: Option<Vec<PlannedRule>>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a script.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScriptCompilation {
    /// The script; absent when there are errors.
    pub script: Option<Script>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

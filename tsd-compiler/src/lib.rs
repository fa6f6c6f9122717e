//! The TSD rule compiler.
//!
//! Rules arrive as text: files of a build script, the tokens of a macro, a string at run time. All three go through
//! the same stages, and each stage is one module here:
//!
//! - [`source`] holds the texts and answers where a byte range stands;
//! - [`syntax`] turns one text into a tree, and a tree into canonical text;
//! - [`diagnostics`] collects what every stage has to say to the author of the rules.

pub mod diagnostics;
pub mod source;
pub mod syntax;

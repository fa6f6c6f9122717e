//! Which modules of a crate name which others, and whether they keep to an order.
//!
//! A module can be read by itself if it names only modules that lie below it. Nothing in Rust asks for that, and one
//! `use` in the wrong direction ties two of them together. So the order of each crate stands in a table, and this
//! reads the sources and finds what goes against it. Only names count, not what they are names of: a path through a
//! re-export names the module that it goes through.

mod check;
mod paths;

pub use check::{Layers, violations};
pub use paths::{Named, Reexport, named, reexports};

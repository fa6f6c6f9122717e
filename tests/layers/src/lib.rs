//! Which modules of a crate name which others, and whether they keep to an order.
//!
//! A module can be read by itself if it names only modules below it. Rust does not require that,
//! and one `use` in the wrong direction makes two modules depend on each other. So a table contains
//! the order of each crate, and this crate reads the sources and finds violations. Only the names
//! count, not what they are names of: a path through a re-export names the module that it passes
//! through.

mod check;
mod paths;

pub use check::{Layers, violations};
pub use paths::{Named, Reexport, named, reexports};

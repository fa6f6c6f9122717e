//! The `tsd` command as a library.
//!
//! [`run`] is the whole command: arguments in, an exit code out. Its caller supplies the output
//! streams, so that tests and other programs can call it. [`load`] reads facts from files into any
//! session.

mod arguments;
mod check;
mod commands;
mod described;
mod execute;
mod expand;
mod explain;
mod files;
mod graph;
pub mod load;
mod loaded;
mod outcome;
mod progress;
mod record;
mod rules;
mod shown;
mod stats;
mod summary;

pub use commands::run;
pub use outcome::{EXIT_ERRORS, EXIT_OK, EXIT_USAGE, Streams};

//! How a command ends, and where it writes.
//!
//! Every subcommand reports errors by itself, in its own words. So from here on an error carries no
//! text, only its exit code.

use std::fmt;
use std::io::{self, Write};

/// All is well. Warnings are no errors unless they are denied.
pub const EXIT_OK: u8 = 0;
/// Errors in rules or data, or a run that exceeded its limit or had effects that could not take
/// place.
pub const EXIT_ERRORS: u8 = 1;
/// Wrong usage, or files that cannot be read or written.
pub const EXIT_USAGE: u8 = 2;

/// What the command writes to.
pub struct Streams {
    /// Standard output: results.
    pub out: Box<dyn Write + Send>,
    /// Standard error: diagnostics, and the lines of `Log`.
    pub err: Box<dyn Write + Send>,
    /// Whether diagnostics are coloured.
    pub colour: bool,
    /// Whether a bar shows the progress of a long load, on the terminal behind standard error.
    pub progress: bool,
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}

/// Why a command ends early.
pub(crate) enum Stop {
    /// With this exit code; the message has been written.
    Exit(u8),
    /// Output cannot be written.
    Unwritable(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error)
    }
}

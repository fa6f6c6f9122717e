//! The command from its arguments to its exit code.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command, Completions};
use crate::{check, execute, expand, explain, graph, stats};

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

/// Runs the command with `arguments`, of which the first is its name, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut streams: Streams) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // If help cannot be written, there is nobody to report that to.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(EXIT_USAGE);
        }
    };
    let ended = match arguments.command {
        Command::Check(rules) => check::check(&rules, &mut streams),
        Command::Run(run) => return finish(execute::execute(&run, streams), &mut io::stderr()),
        Command::Expand(rules) => expand::expand(&rules, &mut streams),
        Command::Graph(graph) => graph::graph(&graph, &mut streams),
        Command::Explain(explain) => explain::explain(&explain, &mut streams),
        Command::Stats(stats) => stats::stats(&stats, &mut streams),
        Command::Completions(Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "tsd", &mut script);
            streams.out.write_all(&script).map_err(Stop::from)
        }
    };
    finish(ended, &mut streams.err)
}

fn finish(ended: Result<(), Stop>, err: &mut dyn Write) -> u8 {
    match ended {
        Ok(()) => EXIT_OK,
        Err(Stop::Exit(code)) => code,
        Err(Stop::Unwritable(error)) => {
            let _ = writeln!(err, "error: cannot write the output: {error}");
            EXIT_USAGE
        }
    }
}

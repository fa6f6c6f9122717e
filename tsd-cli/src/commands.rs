//! The command from its arguments to its exit code.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command, Completions};
use crate::outcome::{EXIT_OK, EXIT_USAGE, Stop, Streams};
use crate::{check, execute, expand, explain, graph, stats};

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

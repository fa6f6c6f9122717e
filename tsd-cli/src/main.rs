//! The `tsd` command.

use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use tsd_cli::Streams;

fn main() -> ExitCode {
    let terminal = io::stderr().is_terminal();
    let streams = Streams {
        out: Box::new(Pipe(io::stdout())),
        err: Box::new(io::stderr()),
        colour: terminal && !is_set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        progress: terminal,
    };
    ExitCode::from(tsd_cli::run(env::args_os(), streams))
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Standard output, written line by line. When the program that reads it stops reading, as `head`
/// does, this one exits silently.
struct Pipe(io::Stdout);

impl Write for Pipe {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.write(buffer).inspect_err(end_quietly)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(end_quietly)
    }
}

fn end_quietly(error: &io::Error) {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(i32::from(tsd_cli::EXIT_OK));
    }
}

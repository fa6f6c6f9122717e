//! Why a build script cannot continue.

use std::fmt;
use std::io;
use std::path::Path;

/// Why the rules could not be compiled. Both `Display` and `Debug` are for people, so a `main` that
/// returns the error shows every error of the rules with its excerpt.
///
/// When a file could not be read or written, [`source`](std::error::Error::source) is the
/// [`io::Error`].
pub struct Error {
    message: String,
    cause: Option<io::Error>,
}

impl Error {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None }
    }

    pub(crate) fn in_rules(rendered: String) -> Self {
        Self::new(format!("the rules have errors\n\n{}", rendered.trim_end()))
    }

    pub(crate) fn at(path: &Path, what: &str, error: io::Error) -> Self {
        Self { message: format!("cannot {what} {}: {error}", path.display()), cause: Some(error) }
    }

    pub(crate) fn two_profiles(module: &str, one: &str, other: &str) -> Self {
        Self::new(format!("the module {module} has two profiles, {one} and {other}: keep one of them"))
    }

    pub(crate) fn no_out_dir() -> Self {
        Self::new("OUT_DIR is not set: call this in a build script, or say where to write with `out_dir`")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

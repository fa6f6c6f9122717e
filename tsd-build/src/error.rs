//! Why a build script cannot continue.

use std::fmt;
use std::io;
use std::path::Path;

/// Why the rules could not be compiled. Both `Display` and `Debug` are for people, so a `main` that
/// returns the error shows every error of the rules with its excerpt.
pub struct Error(String);

impl Error {
    pub(crate) fn in_rules(rendered: String) -> Self {
        Self(format!("the rules have errors\n\n{}", rendered.trim_end()))
    }

    pub(crate) fn at(path: &Path, what: &str, error: &io::Error) -> Self {
        Self(format!("cannot {what} {}: {error}", path.display()))
    }

    pub(crate) fn two_profiles(module: &str, one: &str, other: &str) -> Self {
        Self(format!("the module {module} has two profiles, {one} and {other}: keep one of them"))
    }

    pub(crate) fn no_out_dir() -> Self {
        Self(
            "OUT_DIR is not set: call this in a build script, or say where to write with `out_dir`"
                .to_owned(),
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

//! Facts from files: CSV tables and JSON lines, plain or compressed with zstd.
//!
//! [`load`] inserts the facts of files into any session, interpreted or compiled. Faults of rows
//! are returned as [`Problem`]s with file, line and column. Reading continues after a problem, so
//! that the author of the data sees up to [`PROBLEMS_KEPT`] at once.
//!
//! A cell is read strictly: an `int` is digits with a sign, a `number` a decimal number, a `bool`
//! `true` or `false` in any case. In CSV, `NA` and an empty cell are missing, unless they are in
//! quotes; in JSON `null` and an absent key are. A field that refers to a fact contains the primary
//! key of that fact, the parts of a composite key joined by `_`. A possible mistake that can be
//! read (a column that is not a field, but almost the name of an optional one) is returned as a
//! warning.

mod cell;
mod csv;
mod file;
mod jsonl;
mod lines;
mod problem;
mod references;
mod rows;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use tsd_runtime::Program;
use tsd_runtime::Session;
use tsd_runtime::ir::{Schema, TypeId};

pub(crate) use self::file::is_standard_input;
pub use self::file::{FactFile, Format, STANDARD_INPUT};
pub use self::problem::Problem;
use self::rows::Rows;

/// How many problems are reported before loading stops.
pub const PROBLEMS_KEPT: usize = 20;

/// How far loading has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file that is being read.
    pub path: &'a Path,
    /// The bytes read, of all files together, as stored on disk.
    pub bytes: u64,
    /// The bytes to read, of all files together.
    pub total_bytes: u64,
    /// The facts inserted.
    pub facts: u64,
}

/// What was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// How many facts there were.
    pub facts: u64,
    /// Possible mistakes, at most [`PROBLEMS_KEPT`] of them.
    pub warnings: Vec<Problem>,
}

/// Why facts could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// There is no type of this name in the rules.
    UnknownType {
        /// The name.
        name: String,
        /// A type that may be meant.
        meant: Option<String>,
    },
    /// A file could not be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// Rows are at fault.
    Rows {
        /// What is wrong, at most [`PROBLEMS_KEPT`] of it.
        problems: Vec<Problem>,
        /// Possible mistakes, at most as many.
        warnings: Vec<Problem>,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType { name, meant } => {
                write!(f, "the rules declare no type `{name}`")?;
                meant.as_ref().map_or(Ok(()), |meant| write!(f, "; did you mean `{meant}`?"))
            }
            Self::Unreadable { path, cause } => write!(f, "cannot read {}: {cause}", path.display()),
            Self::Rows { problems, .. } => {
                let mut separator = "";
                for problem in problems {
                    write!(f, "{separator}{problem}")?;
                    separator = "\n";
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// Inserts the facts of the files.
///
/// The files are read in the order given, except that a file is read after those of the types that
/// its own type refers to. `on_progress` is called now and then with the progress.
///
/// # Errors
/// [`LoadError`]. The facts that were read before stay in the session.
pub fn load<P: Program>(
    session: &mut Session<P>,
    files: &[FactFile],
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Loaded, LoadError> {
    let mut sized = Vec::with_capacity(files.len());
    for file in files {
        let ty = find_type(session.schema(), &file.ty)?;
        let unreadable = |cause| LoadError::Unreadable { path: file.path.clone(), cause };
        // The size of standard input is unknown.
        let size = if file.is_standard_input() {
            0
        } else {
            std::fs::metadata(&file.path).map_err(unreadable)?.len()
        };
        sized.push((ty, file, size));
    }
    let total_bytes = sized.iter().map(|(_, _, size)| size).sum();
    let mut rows = Rows::new(session, total_bytes, on_progress);
    for (ty, file, size) in referenced_first(rows.schema(), sized) {
        rows.read(ty, file, size)
            .map_err(|cause| LoadError::Unreadable { path: file.shown().to_owned(), cause })?;
    }
    rows.finish()
}

fn find_type(schema: &Schema, name: &str) -> Result<TypeId, LoadError> {
    schema.find_type(name).ok_or_else(|| {
        let names = schema.types.iter().map(|ty| &*ty.name);
        let meant = tsd_compiler::diagnostics::closest(name, names).map(str::to_owned);
        LoadError::UnknownType { name: name.to_owned(), meant }
    })
}

/// The files in an order in which each comes after those whose facts it may refer to, and otherwise
/// as given. Types never refer to each other in a cycle, so there is one.
fn referenced_first<'a>(
    schema: &Schema,
    mut files: Vec<(TypeId, &'a FactFile, u64)>,
) -> Vec<(TypeId, &'a FactFile, u64)> {
    let mut ordered = Vec::with_capacity(files.len());
    while !files.is_empty() {
        let ready = |(ty, ..): &(TypeId, &FactFile, u64)| {
            let waits_for = references::referred(schema, *ty);
            !files.iter().any(|(other, ..)| waits_for.contains(other))
        };
        let next = files.iter().position(ready).unwrap_or(0);
        ordered.push(files.remove(next));
    }
    ordered
}

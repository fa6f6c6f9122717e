//! What is wrong with a row.

use std::fmt;
use std::path::PathBuf;

/// Something wrong with a file of facts, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, from one.
    pub line: u64,
    /// In a table the number of the column, in JSON the character of the line; both count from one.
    /// None if the whole line is meant.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// `flights.csv:17:5: expected a number for Flight.dep_delay, found "abc"`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.path.display(), self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}

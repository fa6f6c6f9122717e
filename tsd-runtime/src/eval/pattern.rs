//! A regular expression takes long to compile, so it is compiled once, when it is first used.

use std::fmt;
use std::sync::LazyLock;

/// A regular expression in the syntax of the `regex` crate, compiled when it is first used.
///
/// The compiler has already compiled every pattern, so one that does not compile here matches
/// nothing.
pub struct Pattern {
    text: String,
    compiled: std::sync::OnceLock<Option<regex::Regex>>,
}

impl Pattern {
    /// A pattern that is not compiled yet.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: std::sync::OnceLock::new() }
    }

    /// Whether the pattern matches anywhere in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| regex::Regex::new(&self.text).ok());
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// A pattern in a static variable of generated code.
pub type StaticPattern = LazyLock<Pattern>;

//! From text to tree and back.
//!
//! [`parse()`] reads one text of a [`SourceMap`](crate::source::SourceMap) into an
//! [`ast::Program`]. It reports every syntax error and continues at the next statement, so its
//! result is always usable. [`print()`] writes a tree in canonical form: the arrow notation, one
//! statement to a line. Parsing that text gives the same tree again, except for spans.

pub mod ast;
pub(crate) mod habits;
mod name;
mod parse;
mod print;
mod scan;
mod scan_tokens;
mod token;
mod unparsed;

pub use name::{is_name_part, is_name_start, normal_name};
pub use parse::{MAX_NESTING, parse};
pub(crate) use print::expression;
pub use print::print;
pub(crate) use unparsed::unparsed_names;

/// Whether a word cannot be the name of a variable because it is an operator or a Boolean.
pub(crate) fn is_reserved(word: &str) -> bool {
    scan::is_word_operator(word) || word == "true" || word == "false"
}

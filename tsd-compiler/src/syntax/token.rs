//! The tokens of a text, as far as finding statements needs them.
//!
//! A fault inside a token is a separate token before it: a string may have many.

use std::ops::Range;

/// The kind of a token, as far as finding statements needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A name, a keyword, or a number.
    Word,
    /// A string, quotes included.
    Text,
    /// One character of anything else.
    Sign(char),
    /// Something that no statement can contain.
    Fault(Fault),
}

/// What can be wrong inside a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// A string without its closing quote on the line.
    UnclosedText,
    /// A `/*` without `*/`.
    UnclosedComment,
    /// A backslash in a string before a character that is not an escape.
    UnknownEscape,
    /// `\u{…}` that names no character.
    NoSuchCharacter,
}

/// A piece of the text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
    /// Whether it is the first on its line.
    pub(super) leads_line: bool,
}

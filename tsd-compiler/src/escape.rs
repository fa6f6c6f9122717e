//! Names that others chose, on one line.
//!
//! A rule may have any name, and a file nearly any. Such names become part of texts that are read
//! line by line: comments in generated code, messages, instructions of a build script to Cargo. A
//! line break in a name would turn the rest of it into a line of ours.

use std::borrow::Cow;

/// The text with every character escaped that begins a line, controls a terminal, changes the
/// direction of writing, or is invisible. Quotes and backslashes stay.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| !character.is_ascii_control() && character.is_ascii()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '\\']) {
        out.extend(rest[..at].escape_debug());
        out.push_str(&rest[at..=at]);
        rest = &rest[at + 1..];
    }
    out.extend(rest.escape_debug());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn only_what_can_be_seen_stays() {
        assert_eq!(one_line("Größe \"x\" \\ 'y'"), "Größe \"x\" \\ 'y'");
        assert_eq!(one_line("a\r\nb\u{85}c\u{2028}d\u{1b}[1m"), r"a\r\nb\u{85}c\u{2028}d\u{1b}[1m");
        assert_eq!(one_line("\u{202e}"), r"\u{202e}");
    }
}

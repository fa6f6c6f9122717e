//! Cutting a text into tokens.
//!
//! The rules for strings, comments and words are those of grammar.pest. A string that breaks them
//! becomes a fault here, so that the message is about the missing quote and not about the statement
//! around it.

use pest::unicode::{XID_CONTINUE, XID_START};

use super::token::{Fault, Token, TokenKind};

/// The tokens of a text, without white space and comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut leads_line = true;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() || (first == '\u{feff}' && at == 0) {
            leads_line |= first == '\n';
            at += first.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (kind, length) = if let Some(comment) = rest.strip_prefix("/*") {
            if let Some(length) = comment.find("*/") {
                leads_line |= comment[..length].contains('\n');
                at += length + 4;
                continue;
            }
            (TokenKind::Fault(Fault::UnclosedComment), rest.len())
        } else if first == '"' || first == '\'' {
            let (end, faults) = string(rest, first);
            for (fault, range) in faults {
                let range = at + range.start..at + range.end;
                tokens.push(Token { kind: TokenKind::Fault(fault), range, leads_line: false });
            }
            (TokenKind::Text, end)
        } else if first == '_' || first.is_ascii_digit() || XID_START(first) {
            (TokenKind::Word, rest.find(|c: char| !XID_CONTINUE(c)).unwrap_or(rest.len()))
        } else {
            (TokenKind::Sign(first), first.len_utf8())
        };
        tokens.push(Token { kind, range: at..at + length, leads_line });
        leads_line = false;
        at += length;
    }
    tokens
}

/// The length of the string at the beginning of `text`, and what is wrong with it.
fn string(text: &str, quote: char) -> (usize, Vec<(Fault, std::ops::Range<usize>)>) {
    let mut faults = Vec::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => {
                faults.push((Fault::UnclosedText, 0..at));
                return (at, faults);
            }
            '\\' => match chars.next() {
                Some((_, 'n' | 't' | 'r' | '\\' | '"' | '\'')) => {}
                Some((_, 'u')) => match braced(&text[at + 2..]) {
                    Some((_, length)) => {
                        for _ in 0..length {
                            chars.next();
                        }
                    }
                    None => faults.push((Fault::NoSuchCharacter, at..at + 2)),
                },
                Some((_, '\n')) | None => {
                    faults.push((Fault::UnclosedText, 0..at + 1));
                    return (at + 1, faults);
                }
                Some((next, other)) => faults.push((Fault::UnknownEscape, at..next + other.len_utf8())),
            },
            _ if c == quote => return (at + c.len_utf8(), faults),
            _ => {}
        }
    }
    faults.push((Fault::UnclosedText, 0..text.len()));
    (text.len(), faults)
}

/// The character that `{1F600}` at the beginning of `text` names, and how long that is.
pub(super) fn braced(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix('{')?;
    // This limits the search: a string may have many opening braces and none that closes.
    let end = digits.bytes().take(7).position(|byte| byte == b'}')?;
    let digits = &digits[..end];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, digits.len() + 2))
}

/// A string literal without its quotes, its escapes resolved.
pub(super) fn unescape(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or("");
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some((_, 'n')) => out.push('\n'),
            Some((_, 't')) => out.push('\t'),
            Some((_, 'r')) => out.push('\r'),
            Some((_, 'u')) => {
                if let Some((character, length)) = braced(&inner[at + 2..]) {
                    out.push(character);
                    for _ in 0..length {
                        chars.next();
                    }
                }
            }
            Some((_, other)) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[TokenKind]) {
        assert_eq!(tokens(text).into_iter().map(|token| token.kind).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn strings_comments_and_words() {
        use TokenKind::{Sign, Text, Word};
        check("é_1 // l'été\n/* \" */ \"a\\\"b\" 'c' 12", &[Word, Text, Text, Word]);
        check("a.b", &[Word, Sign('.'), Word]);
    }

    #[test]
    fn faults() {
        use TokenKind::{Fault as F, Text, Word};
        check("\"abc\nx", &[F(Fault::UnclosedText), Text, Word]);
        check(r#""a\d""#, &[F(Fault::UnknownEscape), Text]);
        check(r#""\u{110000}""#, &[F(Fault::NoSuchCharacter), Text]);
        check("\"\\", &[F(Fault::UnclosedText), Text]);
        check("a /* b", &[Word, F(Fault::UnclosedComment)]);
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r#""a\n\t\\\"\'\u{e9}z""#), "a\n\t\\\"'éz");
    }
}

//! Tokens as text.
//!
//! Every token is placed at its original line and column. So the text looks like what the author
//! wrote, except for comments, and lines in messages are lines of the author's file. Tokens from
//! another macro may have no place or a wrong one; these are separated by a blank. Adjacent signs
//! stay adjacent in either case.

use std::ops::Range;

use proc_macro2::{Delimiter, Group, LineColumn, Spacing, Span, TokenStream, TokenTree};

use crate::literal;

/// A text, and for each of its pieces the token that it comes from.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) text: String,
    pieces: Vec<(Range<usize>, Span)>,
    line: usize,
    column: usize,
    /// Whether the last piece is a sign that the next one belongs to.
    glued: bool,
    /// Where the last piece ended in its file, if it is a sign.
    sign_ended: Option<LineColumn>,
}

/// No file has more lines than this between two tokens; a token further away is from another file.
const FARTHEST: usize = 100_000;

impl Layout {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut layout = Self { line: 1, ..Self::default() };
        layout.stream(tokens);
        layout
    }

    fn stream(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    self.piece(name.strip_prefix("r#").unwrap_or(&name), ident.span());
                }
                TokenTree::Punct(sign) => {
                    // A `macro_rules!` forgets that signs were adjacent, but not where they were.
                    self.glued |= self.sign_ended == Some(sign.span().start());
                    self.piece(sign.as_char().encode_utf8(&mut [0; 4]), sign.span());
                    self.glued = sign.spacing() == Spacing::Joint;
                    self.sign_ended = Some(sign.span().end());
                }
                TokenTree::Literal(literal) => self.piece(&literal::text(&literal), literal.span()),
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => return self.stream(group.stream()),
        };
        self.piece(open, group.span_open());
        self.stream(group.stream());
        self.piece(close, group.span_close());
    }

    fn piece(&mut self, text: &str, span: Span) {
        self.advance(span);
        let start = self.text.len();
        self.text += text;
        self.column += text.chars().count();
        self.pieces.push((start..self.text.len(), span));
        self.glued = false;
        self.sign_ended = None;
    }

    /// Moves to the place of a token.
    fn advance(&mut self, span: Span) {
        let start = span.start();
        if start.line > self.line && start.line - self.line < FARTHEST {
            self.text.extend(std::iter::repeat_n('\n', start.line - self.line));
            (self.line, self.column) = (start.line, 0);
            self.pad(start.column);
        } else if start.line == self.line && start.column >= self.column {
            self.pad(start.column);
        } else if !self.glued {
            self.text.push(' ');
            self.column += 1;
        }
    }

    fn pad(&mut self, column: usize) {
        let blanks = column.saturating_sub(self.column).min(FARTHEST);
        self.text.extend(std::iter::repeat_n(' ', blanks));
        self.column += blanks;
    }

    /// The first and the last token that a range of the text touches; for an empty range, the one
    /// before it.
    pub(crate) fn tokens(&self, range: Range<usize>) -> (Span, Span) {
        let after = self.pieces.partition_point(|(piece, _)| piece.start < range.end.max(range.start + 1));
        let first =
            self.pieces.partition_point(|(piece, _)| piece.end <= range.start).min(after.saturating_sub(1));
        let span = |index: usize| self.pieces.get(index).map_or_else(Span::call_site, |(_, span)| *span);
        (span(first), span(after.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Punct;

    use super::*;

    fn layout(text: &str) -> Layout {
        Layout::new(text.parse().unwrap_or_default())
    }

    #[test]
    fn tokens_stay_where_they_were() {
        let rules = "rule r :\n  {o: Order} / o.type == \"x\" // why\n    ==> f($x, #id, o.a<=-1)";
        assert_eq!(layout(rules).text, rules.replace(" // why", ""));
    }

    #[test]
    fn raw_names_and_long_strings_do_not_run_into_their_neighbours() {
        assert_eq!(layout("o.r#type==r#match").text, "o.type  ==match");
        assert_eq!(layout("a==\"\\x41\" and b").text, "a==\"A\"    and b");
        assert_eq!(layout("a==r\"\\\\\"==b").text, "a==\"\\\\\\\\\" == b");
    }

    #[test]
    fn signs_without_places_stay_together() {
        let tokens: TokenStream = "a==>b<= c::d".parse().unwrap_or_default();
        // All these tokens have one place, as those of another macro do.
        let tokens = tokens.into_iter().map(|mut token| {
            token.set_span(Span::call_site());
            token
        });
        assert_eq!(Layout::new(tokens.collect()).text, "a ==> b <= c :: d");
    }

    #[test]
    fn adjacent_signs_stay_together_after_a_token_from_further_on() {
        let tokens: TokenStream = "a==>b = = c\n\nlast".parse().unwrap_or_default();
        // As `macro_rules!` passes them.
        let mut tokens: Vec<TokenTree> = tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Punct(sign) => {
                    let mut alone = Punct::new(sign.as_char(), Spacing::Alone);
                    alone.set_span(sign.span());
                    alone.into()
                }
                token => token,
            })
            .collect();
        tokens.rotate_right(1);
        assert_eq!(Layout::new(tokens.into_iter().collect()).text.trim_start(), "last a ==> b = = c");
    }

    #[test]
    fn ranges_find_their_tokens() {
        let layout = layout("aa.bb == cc");
        let columns = |range| {
            let (first, last) = layout.tokens(range);
            (first.start().column, last.end().column)
        };
        assert_eq!(columns(0..5), (0, 5));
        assert_eq!(columns(3..5), (3, 5));
        assert_eq!(columns(6..8), (6, 8));
        assert_eq!(columns(11..11), (9, 11));
        assert_eq!(columns(5..5), (3, 5));
    }
}

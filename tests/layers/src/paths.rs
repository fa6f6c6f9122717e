//! The paths in a source text that begin with `crate`, `super` or `self`.
//!
//! Comments and strings may contain anything that looks like a path. So the text is cut into tokens
//! as rustc does it, and what follows `crate ::` is read from them, including the groups of a
//! `use`.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// The path from the root of the crate, without `crate`; `*` is a segment.
    pub path: Vec<String>,
}

/// A name that a module gives to something from elsewhere in the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reexport {
    /// The name.
    pub name: String,
    /// The path as written; relative to the module unless it begins with `crate`.
    pub path: Vec<String>,
}

/// The paths within the crate that the text of a module names.
///
/// # Errors
/// Why the text cannot be cut into tokens.
pub fn named(text: &str, module: &[String]) -> Result<Vec<Named>, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut found = Vec::new();
    walk(tokens, module, &mut found);
    Ok(found)
}

/// What the text of a module gives further names to: `pub use parse::{Tree, parse as read};`.
///
/// # Errors
/// Why the text cannot be cut into tokens.
pub fn reexports(text: &str) -> Result<Vec<Reexport>, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut tokens = tokens.into_iter().peekable();
    let mut found = Vec::new();
    while let Some(token) = tokens.next() {
        if is_word(&token, "use") {
            let mut leaves = Vec::new();
            tree(&mut tokens, &mut Vec::new(), &mut leaves);
            found.extend(leaves.into_iter().filter_map(|(path, alias, _)| {
                let name = alias.or_else(|| path.last().cloned())?;
                Some(Reexport { name, path })
            }));
        }
    }
    Ok(found)
}

fn walk(tokens: TokenStream, module: &[String], found: &mut Vec<Named>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut before: Option<TokenTree> = None;
    while let Some(token) = tokens.next() {
        let starts_path = ["crate", "super", "self"].iter().any(|word| is_word(&token, word));
        match &token {
            TokenTree::Ident(word) if starts_path && is_separator(&tokens) => {
                let mut leaves = Vec::new();
                let mut path = vec![word.to_string()];
                skip_separator(&mut tokens);
                tree(&mut tokens, &mut path, &mut leaves);
                let line = word.span().start().line;
                found.extend(leaves.into_iter().filter_map(|(path, _, at)| {
                    Some(Named { line: at.unwrap_or(line), path: absolute(&path, module)? })
                }));
            }
            // `mod tests { … }` is a separate module.
            TokenTree::Ident(name) if before.as_ref().is_some_and(|before| is_word(before, "mod")) => {
                if let Some(TokenTree::Group(body)) =
                    tokens.next_if(|next| matches!(next, TokenTree::Group(_)))
                {
                    let inner: Vec<String> = module.iter().cloned().chain([name.to_string()]).collect();
                    walk(body.stream(), &inner, found);
                }
            }
            TokenTree::Group(group) => walk(group.stream(), module, found),
            _ => {}
        }
        before = Some(token);
    }
}

/// A path, its alias and the line of its last segment.
type Leaf = (Vec<String>, Option<String>, Option<usize>);

/// The leaves of a tree of paths behind a `::`, as a `use` has it; elsewhere there is one.
fn tree(tokens: &mut Peekable<IntoIter>, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    let mut line = None;
    loop {
        match tokens.peek() {
            Some(TokenTree::Ident(word)) => {
                line = Some(word.span().start().line);
                path.push(word.to_string());
                tokens.next();
            }
            Some(TokenTree::Punct(sign)) if sign.as_char() == '*' => {
                line = Some(sign.span().start().line);
                path.push("*".to_owned());
                tokens.next();
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let mut inner = group.stream().into_iter().peekable();
                while inner.peek().is_some() {
                    tree(&mut inner, &mut path.clone(), leaves);
                    // Up to the next comma.
                    while inner.next().is_some_and(|token| !is_sign(&token, ',')) {}
                }
                tokens.next();
                return;
            }
            _ => break,
        }
        if !is_separator(tokens) {
            break;
        }
        skip_separator(tokens);
    }
    let alias = tokens.next_if(|token| is_word(token, "as")).and_then(|_| tokens.next());
    leaves.push((path.clone(), alias.map(|alias| alias.to_string()), line));
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether `::` comes next.
fn is_separator(tokens: &Peekable<IntoIter>) -> bool {
    let mut ahead = tokens.clone();
    ahead.next().is_some_and(|token| is_sign(&token, ':'))
        && ahead.next().is_some_and(|token| is_sign(&token, ':'))
}

fn skip_separator(tokens: &mut Peekable<IntoIter>) {
    tokens.next();
    tokens.next();
}

/// A path from the root of the crate, named inside a module; `None` when it leaves the crate.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        _ => {}
    }
    while rest.first().is_some_and(|segment| segment == "super") {
        base.pop()?;
        rest = &rest[1..];
    }
    let rest = rest.iter().filter(|segment| *segment != "self").cloned();
    Some(base.into_iter().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let module = ["a".to_owned(), "b".to_owned()];
        let found: Vec<String> = named(text, &module)
            .unwrap()
            .iter()
            .map(|named| format!("{}:{}", named.line, named.path.join("::")))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn paths_are_found_in_uses_and_elsewhere() {
        check("use crate::c::D;\nfn f() { crate::e::f(1 * 2) }", &["1:c::D", "2:e::f"]);
        check("fn f(x: crate::c::D, y: &crate::e) -> u8 { x * *y }", &["1:c::D", "1:e"]);
        check("use super::{c::D, self as x,\n E};", &["1:a::c::D", "1:a", "2:a::E"]);
        check("use super::super::c;", &["1:c"]);
        check("pub(in crate::a) fn f() {}", &["1:a"]);
        check("macro_rules! m { () => { $crate::c::D }; }", &["1:c::D"]);
    }

    #[test]
    fn an_inline_module_is_one_deeper() {
        check("mod tests { use super::*; use super::super::c; }", &["1:a::b::*", "1:a::c"]);
    }

    #[test]
    fn comments_strings_and_other_crates_name_nothing() {
        check("//! [`x`](crate::c)\nuse std::fmt;\n// crate::d\nconst C: &str = \"crate::e\";", &[]);
        check("fn f(&self) { self.x() }\npub(crate) fn g() {}", &[]);
    }

    #[test]
    fn names_are_given_to_what_is_elsewhere() {
        let found = reexports("mod a; pub use a::{B, c as d}; pub use self::e::F;").unwrap();
        let found: Vec<String> =
            found.iter().map(|one| format!("{}={}", one.name, one.path.join("::"))).collect();
        assert_eq!(found, ["B=a::B", "d=a::c", "F=self::e::F"]);
    }
}

//! The part before the rules: `#![deny(warnings)] #[doc = "…"] pub mod shop`.
//!
//! Rust syntax has attributes and visibility of the module, and the rules begin with the `mod`.
//! Inner attributes apply to the module, too, and can be given without a `mod`. `@allow(…);`, which
//! is first in a file of rules, follows them.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

/// The beginning of a macro's input.
#[derive(Default)]
pub(crate) struct Head {
    /// Attributes of the module, as outer ones.
    pub(crate) attributes: Vec<TokenStream>,
    pub(crate) visibility: TokenStream,
    /// The name behind `mod`.
    pub(crate) name: Option<Ident>,
    /// Everything else.
    pub(crate) rules: TokenStream,
}

impl Head {
    pub(crate) fn read(input: TokenStream) -> Self {
        let input: Vec<TokenTree> = input.into_iter().collect();
        let mut head = Self::default();
        let mut at = 0;
        while let [TokenTree::Punct(hash), TokenTree::Punct(mark), TokenTree::Group(group), ..] = &input[at..]
            && hash.as_char() == '#'
            && mark.as_char() == '!'
            && group.delimiter() == Delimiter::Bracket
        {
            head.attributes.push(quote!(#hash #group));
            at += 3;
        }
        let annotations = annotations(&input[at..]);
        head.rules.extend(input[at..at + annotations].iter().cloned());
        at += annotations;
        at += head.module(&input[at..]);
        head.rules.extend(input[at..].iter().cloned());
        head
    }

    /// Parses what precedes `mod name`; returns the number of these tokens, or none without a
    /// `mod`.
    fn module(&mut self, input: &[TokenTree]) -> usize {
        let mut at = 0;
        let mut attributes = Vec::new();
        while let Some([TokenTree::Punct(hash), TokenTree::Group(group)]) = input.get(at..at + 2)
            && hash.as_char() == '#'
            && group.delimiter() == Delimiter::Bracket
        {
            attributes.push(quote!(#hash #group));
            at += 2;
        }
        let before = at;
        if matches!(input.get(at), Some(TokenTree::Ident(ident)) if ident == "pub") {
            at += 1;
            let restriction = |group: &Group| group.delimiter() == Delimiter::Parenthesis;
            at += usize::from(matches!(input.get(at), Some(TokenTree::Group(group)) if restriction(group)));
        }
        let (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(name))) = (input.get(at), input.get(at + 1))
        else {
            return 0;
        };
        if word != "mod" {
            return 0;
        }
        self.attributes.append(&mut attributes);
        self.visibility = input[before..at].iter().cloned().collect();
        self.name = Some(name.clone());
        at
    }

    /// Whether an attribute of the module has a name, such as `doc`.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        self.named().any(|(name, _)| name == wanted)
    }

    /// Whether the module has `#[deny(warnings)]`.
    pub(crate) fn denies_warnings(&self) -> bool {
        let all = |group: &Group| {
            group
                .stream()
                .into_iter()
                .any(|token| matches!(token, TokenTree::Ident(lint) if lint == "warnings"))
        };
        self.named().any(|(name, arguments)| {
            (name == "deny" || name == "forbid") && arguments.as_ref().is_some_and(all)
        })
    }

    /// The attributes that begin with a name, with the group behind it.
    fn named(&self) -> impl Iterator<Item = (Ident, Option<Group>)> {
        self.attributes.iter().filter_map(|attribute| {
            let TokenTree::Group(group) = attribute.clone().into_iter().nth(1)? else { return None };
            let mut tokens = group.stream().into_iter();
            let TokenTree::Ident(name) = tokens.next()? else { return None };
            let arguments = match tokens.next() {
                Some(TokenTree::Group(arguments)) => Some(arguments),
                _ => None,
            };
            Some((name, arguments))
        })
    }
}

/// How many tokens are annotations and the `;` behind them.
fn annotations(input: &[TokenTree]) -> usize {
    let is = |at: usize, sign: char| match input.get(at) {
        Some(TokenTree::Punct(punct)) => punct.as_char() == sign,
        _ => false,
    };
    let mut at = 0;
    loop {
        if is(at, '@') && matches!(input.get(at + 1), Some(TokenTree::Ident(_))) {
            at += 2;
            let arguments = match input.get(at) {
                Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                _ => false,
            };
            at += usize::from(arguments);
        } else if at > 0 && is(at, ';') {
            at += 1;
        } else {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Head {
        Head::read(text.parse().unwrap_or_default())
    }

    #[test]
    fn a_module_has_its_attributes_and_visibility() {
        let head = read("#![deny(warnings)] #[doc = \"x\"] pub(crate) mod shop @plan(greedy); type A()");
        assert_eq!(head.name.as_ref().map(ToString::to_string).as_deref(), Some("shop"));
        assert_eq!(head.visibility.to_string(), "pub (crate)");
        assert_eq!(head.attributes.len(), 2);
        assert!(head.has("doc") && !head.has("cfg") && head.denies_warnings());
        assert!(head.rules.to_string().starts_with("mod shop @"));
    }

    #[test]
    fn there_need_be_no_module() {
        let head = read("#![forbid(unused, warnings)] type A()");
        assert!(head.name.is_none() && head.denies_warnings());
        assert_eq!(head.rules.to_string(), "type A ()");
        let head = read("#[deny(warnings)] type A()");
        assert!(head.attributes.is_empty() && head.rules.to_string().starts_with("# ["));
        assert!(!read("#[deny(deprecated)] mod a;").denies_warnings());
        assert!(!read("#[allow(warnings)] mod a;").denies_warnings());
        assert!(read("").rules.is_empty() && read("#").name.is_none() && read("pub").name.is_none());
    }

    #[test]
    fn annotations_of_the_file_precede_the_module() {
        let head = read("@allow(bare-word) @allow(x); pub mod shop; type A()");
        assert_eq!(head.name.as_ref().map(ToString::to_string).as_deref(), Some("shop"));
        assert_eq!(head.visibility.to_string(), "pub");
        assert!(
            head.rules.to_string().replace(' ', "").starts_with("@allow(bare-word)@allow(x);modshop;type")
        );
    }
}

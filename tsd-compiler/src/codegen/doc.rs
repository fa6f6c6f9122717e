//! Comments on generated items.
//!
//! Comments contain names of rules and files that others chose, and a comment ends with its line: a
//! line break in a rule's name would let the rest of the name be compiled as code. So every text in
//! a comment goes through a [`Doc`], which is always a single line.

use std::fmt;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::escape::one_line;

/// A comment of one line: `#[doc = "…"]` among tokens, `/// …` in text.
pub(super) struct Doc(String);

impl Doc {
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self(one_line(text.as_ref()).into_owned())
    }
}

impl ToTokens for Doc {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let text = format!(" {}", self.0);
        tokens.extend(quote!(#[doc = #text]));
    }
}

impl fmt::Display for Doc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/// {}", self.0)
    }
}

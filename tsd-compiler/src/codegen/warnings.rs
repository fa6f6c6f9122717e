//! The compiler's warnings as warnings of rustc.
//!
//! In stable Rust a macro can only report errors. But rustc warns about the use of deprecated
//! items, with the note of the deprecation, and underlines the whole path. So each warning becomes
//! a deprecated macro whose note is the message, and a call of it by a path from the first token at
//! fault to the last. (The crate `proc-macro-warning` uses a deprecated constant, of which rustc
//! underlines one token.) Whoever changes the lint `deprecated` for the module or the program
//! changes these warnings, too.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::places::Places;
use crate::diagnostics::{Diagnostic, place, plain};

/// Items that make rustc warn. If a place has no tokens, the message names it.
pub(super) fn items(places: &Places<'_>) -> TokenStream {
    let warnings = places.options.warnings.iter().filter(|diagnostic| !diagnostic.is_error());
    warnings.map(|diagnostic| item(diagnostic, places)).collect()
}

fn item(diagnostic: &Diagnostic, places: &Places<'_>) -> TokenStream {
    let span = diagnostic.primary.span;
    let mark = places.mark(Some(span));
    let mut words = plain(places.sources, diagnostic);
    let tokens = places.options.spans.and_then(|spans| spans(span));
    let (first, last) = tokens.unwrap_or_else(|| {
        words = format!("{}: {words}", place(places.sources, span));
        (Span::call_site(), Span::call_site())
    });
    // rustc shows these names: "use of deprecated macro `rules::warning`".
    let (module, name) = (Ident::new("rules", first), Ident::new("warning", last));
    quote! {
        const _: () = {
            mod rules {
                #[deprecated(note = #words)]
                macro_rules! warning { () => {}; }
                #[allow(deprecated)]
                pub(super) use warning;
            }
            #mark
            #module::#name!();
        };
    }
}

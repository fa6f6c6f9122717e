//! The compiler's warnings as warnings of rustc.
//!
//! Stable Rust lets a macro report errors and nothing else. But rustc warns of whatever is used though it is deprecated,
//! with the words that the deprecation gives, and underlines the whole path. So a warning is a macro that is deprecated
//! for the reason of which is to be warned, and a call of it by a path from the first token at fault to the last.
//! (The crate `proc-macro-warning` uses a deprecated constant, of which rustc underlines one token.) Whoever turns the
//! lint `deprecated` off or into an error, for the module or for all of the program, has done so with these warnings.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::places::Places;
use crate::diagnostics::{Diagnostic, place, plain};

/// Items that make rustc warn. Where a place has no tokens, the message says where it is.
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
    // In these words rustc says so: "use of deprecated macro `rules::warning`".
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

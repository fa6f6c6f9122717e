//! The compiler's diagnostics as errors of rustc. `codegen` creates its warnings, for build scripts
//! too.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use tsd_compiler::diagnostics::{Diagnostic, Shown, place, plain};
use tsd_compiler::source::{FileId, SourceMap};

use crate::layout::Layout;

/// The first and last token of a place in the rules; `None` if it is in another file, such as the
/// profile.
pub(crate) fn tokens(
    layout: &Layout,
    rules: FileId,
    span: tsd_compiler::source::Span,
) -> Option<(Span, Span)> {
    (span.file == rules).then(|| layout.tokens(span.start as usize..span.end as usize))
}

/// A `compile_error!` for each error that is shown.
pub(crate) fn compile_errors(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    layout: &Layout,
    rules: FileId,
) -> TokenStream {
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).cloned().collect();
    let shown = Shown::of(&errors);
    let rest = shown.rest().map(|rest| at(Span::call_site(), Span::call_site(), &rest));
    shown.iter().map(|error| compile_error(error, sources, layout, rules)).chain(rest).collect()
}

/// A `compile_error!` at the tokens that a diagnostic is about.
fn compile_error(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    layout: &Layout,
    rules: FileId,
) -> TokenStream {
    let words = plain(sources, diagnostic);
    match tokens(layout, rules, diagnostic.primary.span) {
        Some((first, last)) => at(first, last, &words),
        None => {
            let call = Span::call_site();
            at(call, call, &format!("{}: {words}", place(sources, diagnostic.primary.span)))
        }
    }
}

/// A `compile_error!` from one token to another.
pub(crate) fn at(first: proc_macro2::Span, last: proc_macro2::Span, message: &str) -> TokenStream {
    // rustc underlines from the first token of the macro call to the last.
    let path = quote_spanned!(first=> ::core::compile_error!);
    let argument = quote_spanned!(last=> { #message });
    quote::quote!(#path #argument)
}

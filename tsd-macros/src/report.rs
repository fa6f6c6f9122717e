//! The compiler's diagnostics as errors of rustc.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use tsd_compiler::diagnostics::{Diagnostic, Label, Shown, shortened};
use tsd_compiler::source::SourceMap;

use crate::layout::Layout;

/// A `compile_error!` for each error that is shown.
pub(crate) fn compile_errors(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    layout: &Layout,
) -> TokenStream {
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).cloned().collect();
    let shown = Shown::of(&errors);
    let rest = shown.rest().map(|rest| at(Span::call_site(), Span::call_site(), &rest));
    shown.iter().map(|error| compile_error(error, sources, layout)).chain(rest).collect()
}

/// A `compile_error!` at the tokens that a diagnostic is about.
fn compile_error(diagnostic: &Diagnostic, sources: &SourceMap, layout: &Layout) -> TokenStream {
    let span = diagnostic.primary.span;
    let (first, last) = layout.tokens(span.start as usize..span.end as usize);
    at(first, last, &message(diagnostic, sources))
}

/// A `compile_error!` from one token to another.
pub(crate) fn at(first: proc_macro2::Span, last: proc_macro2::Span, message: &str) -> TokenStream {
    // rustc underlines from the first token of the macro call to the last.
    let path = quote_spanned!(first=> ::core::compile_error!);
    let argument = quote_spanned!(last=> { #message });
    quote::quote!(#path #argument)
}

fn message(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let Diagnostic { code, message, primary, secondary, hint, .. } = diagnostic;
    let mut text = format!("[{code}] {}", shortened(message));
    if !primary.text.is_empty() {
        text += &format!(": {}", shortened(&primary.text));
    }
    for Label { span, text: label } in secondary {
        let position = sources.position(*span);
        let name = sources.name(span.file);
        text += &format!("\nnote: {label}: {name}:{}:{}", position.line, position.column);
    }
    if let Some(hint) = hint {
        text += &format!("\nhelp: {}", shortened(hint));
    }
    text
}

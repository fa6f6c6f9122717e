//! The compiler's diagnostics as errors of rustc.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use tsd_compiler::diagnostics::{Diagnostic, Label};
use tsd_compiler::source::SourceMap;

use crate::layout::Layout;

/// A `compile_error!` at the tokens that a diagnostic is about.
pub(crate) fn compile_error(diagnostic: &Diagnostic, sources: &SourceMap, layout: &Layout) -> TokenStream {
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
    let mut text = format!("[{code}] {message}");
    if !primary.text.is_empty() {
        text += &format!(": {}", primary.text);
    }
    for Label { span, text: label } in secondary {
        let position = sources.position(*span);
        let name = sources.name(span.file);
        text += &format!("\nnote: {label}: {name}:{}:{}", position.line, position.column);
    }
    if let Some(hint) = hint {
        text += &format!("\nhelp: {hint}");
    }
    text
}

//! `rules!`: tokens to text, text to module, module to tokens.

use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use tsd_compiler::codegen::{self, Options};
use tsd_compiler::diagnostics::Diagnostic;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Planning, compile_with};

use crate::head::Head;
use crate::layout::Layout;
use crate::report;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let head = Head::read(input);
    if let Some(lifetime) = lifetime(head.rules.clone()) {
        return report::at(lifetime, lifetime, "[syntax] strings in `rules!` are written with double quotes");
    }
    let layout = Layout::new(head.rules.clone());

    let mut sources = SourceMap::new();
    let file = sources.add(file_name(Span::call_site()), layout.text.as_str());
    let name = head.name.clone().unwrap_or_else(|| Ident::new("rules", Span::call_site()));
    let text = name.to_string();
    let written = text.strip_prefix("r#").unwrap_or(&text);
    let profile = profile(written);
    let planned_with = profile.as_ref().map(|(shown, text)| sources.add(shown.as_str(), text.as_str()));
    let planning = Planning { profile: planned_with.map(|file| (&sources, file)), ..Planning::default() };
    let mut compilation = compile_with(&sources, &[file], &planning);
    if head.denies_warnings() {
        compilation.diagnostics.iter_mut().for_each(Diagnostic::deny);
    }
    let errors = report::compile_errors(&compilation.diagnostics, &sources, &layout, file);
    let Some(mut module) = compilation.module else { return errors };

    let spans = |span| report::tokens(&layout, file, span);
    let options = Options { spans: Some(&spans), warnings: &compilation.diagnostics, ..Options::default() };
    module.name.get_or_insert_with(|| written.to_owned());
    let items = codegen::module_tokens(&module, &sources, &options);
    let lints = codegen::allowed_lints();
    // A name that is a keyword needs no `r#` here, as other names of the rules.
    let name =
        if codegen::is_never_a_name(written) { name } else { codegen::identifier(written, name.span()) };
    let doc = (!head.has("doc")).then(|| {
        let doc = format!(" The rules `{written}`.");
        quote!(#[doc = #doc])
    });
    // The other file that the rules were compiled from, so that Cargo compiles them again when it
    // changes.
    let watched = profile.map(|(shown, _)| {
        let path = format!("/{shown}");
        quote!(
            const _: &[u8] =
                ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path));
        )
    });
    let Head { attributes, visibility, .. } = &head;
    quote! {
        #errors
        #watched
        #doc
        #[allow(#lints)]
        #(#attributes)*
        #visibility mod #name { #items }
    }
}

/// The profile of a module, from `rules/<module>.profile` in the package, if it exists; with the
/// path from the package.
fn profile(module: &str) -> Option<(String, String)> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let shown = format!("rules/{module}.profile");
    let text = std::fs::read_to_string(Path::new(&package).join(&shown)).ok()?;
    Some((shown, text))
}

/// The place of a lifetime, which is how Rust lexes a string in single quotes.
fn lifetime(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Punct(quote) if quote.as_char() == '\'' => Some(quote.span()),
        TokenTree::Group(group) => lifetime(group.stream()),
        _ => None,
    })
}

/// The file that contains the macro, never by an absolute path: output must not depend on the
/// directory.
fn file_name(span: Span) -> String {
    let file = span.file();
    let path = Path::new(&file);
    let name =
        if path.is_absolute() { path.file_name().and_then(|name| name.to_str()) } else { path.to_str() };
    name.filter(|name| !name.is_empty()).unwrap_or("rules!").to_owned()
}

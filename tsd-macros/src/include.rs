//! `include_rules!`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Visibility};
use tsd_compiler::codegen;
use tsd_compiler::syntax::{is_name_part, is_name_start, normal_name};

/// `#[doc = "…"] pub "shop"`
struct Include {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: LitStr,
}

impl Parse for Include {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        Ok(Self { attributes, visibility: input.parse()?, name: input.parse()? })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let parsed = syn::parse2(input).and_then(|include: Include| {
        let written = include.name.value();
        let name = written.strip_prefix("r#").unwrap_or(&written);
        let is_name = name.starts_with(is_name_start) && name.chars().all(is_name_part);
        if !is_name || codegen::is_never_a_name(name) {
            let message = "the name of a module is expected, such as \"shop\" for the rules in `shop.rs`";
            return Err(syn::Error::new(include.name.span(), message));
        }
        let (name, span) = (normal_name(name).into_owned(), include.name.span());
        Ok((include, codegen::identifier(&name, span), name))
    });
    let (Include { attributes, visibility, .. }, module, name) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return error.into_compile_error(),
    };
    let doc = (!attributes.iter().any(|attribute| attribute.path().is_ident("doc"))).then(|| {
        let doc = format!(" The rules `{name}`.");
        quote!(#[doc = #doc])
    });
    let path = format!("/tsd/{name}.rs");
    let lints = codegen::allowed_lints();
    quote! {
        #doc
        #[allow(#lints)]
        #(#attributes)*
        #visibility mod #module {
            ::core::include!(::core::concat!(::core::env!("OUT_DIR"), #path));
        }
    }
}

//! `include_rules!`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Visibility};
use tsd_compiler::codegen;

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
        let module: Ident = include.name.parse().map_err(|_| {
            let message = "the name of a module is expected, such as \"shop\" for the rules in `shop.rs`";
            syn::Error::new(include.name.span(), message)
        })?;
        Ok((include, module))
    });
    let (Include { attributes, visibility, .. }, module) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return error.into_compile_error(),
    };
    let doc = (!attributes.iter().any(|attribute| attribute.path().is_ident("doc"))).then(|| {
        let doc = format!(" The rules `{module}`.");
        quote!(#[doc = #doc])
    });
    let path = format!("/tsd/{}.rs", module.to_string().trim_start_matches("r#"));
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

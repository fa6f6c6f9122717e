//! `#[derive(Fact)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let derived = syn::parse2(input).and_then(|input: DeriveInput| {
        let Data::Struct(data) = &input.data else {
            return Err(syn::Error::new(input.ident.span(), "only a struct can be a fact"));
        };
        let Fields::Named(fields) = &data.fields else {
            return Err(syn::Error::new(input.ident.span(), "the fields of a fact must have names"));
        };
        let fields = fields.named.iter().filter_map(|field| field.ident.as_ref());
        let fields = fields.map(|field| field.to_string().trim_start_matches("r#").to_owned());
        let (name, title) = (&input.ident, input.ident.to_string());
        let (implemented, arguments, conditions) = input.generics.split_for_impl();
        Ok(quote! {
            #[automatically_derived]
            impl #implemented ::tsd::Fact for #name #arguments #conditions {
                const NAME: &'static str = #title;
                const FIELDS: &'static [&'static str] = &[#(#fields),*];
            }
        })
    });
    derived.unwrap_or_else(syn::Error::into_compile_error)
}

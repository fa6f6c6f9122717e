//! A struct for each type, and how it becomes a fact.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use tsd_ir::{Field, FieldId, Kind, Schema, Type, TypeId};

use super::doc::Doc;
use super::expr::number;
use super::names::{Names, identifier};
use super::places::Places;

/// Writes the types of a module.
pub(super) struct Types<'a> {
    pub(super) schema: &'a Schema,
    pub(super) names: &'a Names,
    pub(super) places: &'a Places<'a>,
}

impl Types<'_> {
    /// The structs, and the user's own ones under the names that they have in the rules.
    pub(super) fn declarations(&self) -> TokenStream {
        let types = self.schema.types.iter().enumerate();
        types.map(|(index, ty)| self.declaration(TypeId(index as u16), ty)).collect()
    }

    fn declaration(&self, id: TypeId, ty: &Type) -> TokenStream {
        let name = &self.names.types[id.index()];
        let place = self.places.type_name(id).map(|place| self.places.line(place)).unwrap_or_default();
        if let Some(path) = &ty.path {
            let doc = Doc::new(format!("The facts of type `{}`: `{path}`, as {place} says.", ty.name));
            let path = self.path(id, path);
            let place = self.places.path(id);
            let (span, mark) = (self.places.tokens(place), self.places.mark(place));
            return quote_spanned! { span=>
                #doc
                #mark
                pub type #name = #path;
                #mark
                const _: () = rt::assert_fact::<#path>();
            };
        }
        let doc = Doc::new(format!("A fact of type `{}`, declared in {place}.", ty.name));
        let fields =
            ty.fields.iter().zip(&self.names.fields[id.index()]).enumerate().map(|(at, (field, name))| {
                let hash = if ty.key.iter().any(|key| key.index() == at) { "#" } else { "" };
                let mark = if field.optional { "?" } else { "" };
                let kind = kind_name(self.schema, field.kind);
                let doc = Doc::new(format!("`{hash}{}: {kind}{mark}`", field.name));
                let ty = self.field_type(field);
                quote! { #doc pub #name: #ty }
            });
        quote! {
            #doc
            #[derive(Clone, Debug, PartialEq)]
            pub struct #name { #(#fields),* }
        }
    }

    /// The path of the user's own struct, with the span that it has in the rules.
    fn path(&self, ty: TypeId, path: &str) -> TokenStream {
        let span = self.places.tokens(self.places.path(ty));
        let parts = path.split("::").map(|part| match part {
            "crate" | "self" | "super" => Ident::new(part, span),
            _ => identifier(part, span),
        });
        quote_spanned!(span=> #(#parts)::*)
    }

    fn field_type(&self, field: &Field) -> TokenStream {
        let ty = match field.kind {
            Kind::Text => quote!(::std::string::String),
            Kind::Number => quote!(f64),
            Kind::Int => quote!(i64),
            Kind::Bool => quote!(bool),
            Kind::Fact(ty) => {
                let name = &self.names.types[ty.index()];
                quote!(rt::Handle<#name>)
            }
        };
        if field.optional { quote!(::core::option::Option<#ty>) } else { ty }
    }

    /// `impl FactOf<Rules<A>>` for each type.
    pub(super) fn facts(&self) -> TokenStream {
        let types = self.schema.types.iter().enumerate();
        types.map(|(index, ty)| self.fact(TypeId(index as u16), ty)).collect()
    }

    fn fact(&self, id: TypeId, ty: &Type) -> TokenStream {
        let (name, host) = (&self.names.types[id.index()], &self.names.host);
        let fields: Vec<_> = ty.fields.iter().zip(&self.names.fields[id.index()]).collect();
        let writes = fields.iter().enumerate().map(|(at, (field, name))| {
            let place = self.places.field(id, FieldId(at as u16));
            let (span, mark) = (self.places.tokens(place), self.places.mark(place));
            let column = column(field, span);
            if ty.path.is_none() {
                return quote_spanned!(span=> rt::Column::<#column>::write(&self.#name, row););
            }
            quote_spanned! { span=>
                #mark
                let field = &self.#name;
                #mark
                rt::Column::<#column>::write(field, row);
            }
        });
        let row = if fields.is_empty() { quote!(_row) } else { quote!(row) };
        let (number, objects) = (number(id.index()), self.objects_type());
        let (count, words) = (super::expr::number(ty.fields.len()), super::expr::number(ty.words()));
        let access = if ty.path.is_some() {
            let object = object(id.index());
            quote! {
                const IS_KEPT: bool = true;

                fn read(
                    slot: u32,
                    _row: rt::RowReader<'_>,
                    objects: &Objects
                ) -> ::core::option::Option<Self> {
                    objects.#object.copy(slot)
                }

                fn keep(self, slot: u32, objects: &mut Objects) {
                    objects.#object.keep(slot, self);
                }
            }
        } else {
            let reads = fields.iter().enumerate().map(|(at, (field, name))| {
                let (column, at) = (column(field, Span::call_site()), super::expr::number(at));
                quote!(#name: rt::Column::<#column>::read(row, #at)?)
            });
            quote! {
                fn read(
                    _slot: u32,
                    #row: rt::RowReader<'_>,
                    _objects: &#objects
                ) -> ::core::option::Option<Self> {
                    Some(Self { #(#reads),* })
                }
            }
        };
        quote! {
            impl<#host: Actions> rt::FactOf<Rules<#host>> for #name {
                const TYPE: rt::TypeId = rt::TypeId(#number);
                const FIELDS: usize = #count;
                const WORDS: usize = #words;
                #[inline]
                fn write(&self, #row: &mut rt::RowWriter<'_>) { #(#writes)* }
                #access
            }
        }
    }

    /// The type that stores the user's own structs: `()` if there are none.
    pub(super) fn objects_type(&self) -> TokenStream {
        if self.externs().next().is_some() { quote!(Objects) } else { quote!(()) }
    }

    /// The types whose facts are the user's own structs.
    fn externs(&self) -> impl Iterator<Item = (usize, &Type)> {
        self.schema.types.iter().enumerate().filter(|(_, ty)| ty.path.is_some())
    }

    /// `struct Objects`, with a list of structs for each extern type.
    pub(super) fn objects(&self) -> Option<TokenStream> {
        self.externs().next()?;
        let fields = self.externs().map(|(index, _)| {
            let (object, name) = (object(index), &self.names.types[index]);
            quote!(#object: rt::Objects<#name>)
        });
        Some(quote! {
            /// The structs behind the facts of `extern` types.
            #[derive(Clone, Debug, Default)]
            pub struct Objects { #(#fields),* }
        })
    }

    /// The methods of `Program` that keep the user's own structs up to date.
    pub(super) fn upkeep(&self) -> Option<TokenStream> {
        self.externs().next()?;
        let fit = self.externs().filter(|(_, ty)| !ty.fields.is_empty()).map(|(index, ty)| {
            let (name, number) = (&self.names.types[index], number(index));
            let fields = ty.fields.iter().zip(&self.names.fields[index]).enumerate();
            let arms = fields.map(|(at, (field, field_name))| {
                let place = self.places.field(TypeId(index as u16), FieldId(at as u16));
                let (span, mark) = (self.places.tokens(place), self.places.mark(place));
                let (column, at) = (column(field, span), super::expr::number(at));
                quote_spanned! { span=>
                    rt::FieldId(#at) => {
                        #mark
                        let fits = rt::Column::<#column>::fit_as(|fact: &#name| &fact.#field_name, row, #at);
                        fits
                    }
                }
            });
            quote! {
                rt::TypeId(#number) => {
                    for field in fields {
                        let fits = match *field { #(#arms)* _ => true };
                        if !fits {
                            return Some(*field);
                        }
                    }
                }
            }
        });
        let refresh = self.externs().map(|(index, ty)| {
            let (object, number) = (object(index), number(index));
            let fields = ty.fields.iter().zip(&self.names.fields[index]).enumerate();
            let arms = fields.map(|(at, (field, name))| {
                let place = self.places.field(TypeId(index as u16), FieldId(at as u16));
                let (span, mark) = (self.places.tokens(place), self.places.mark(place));
                let (column, at) = (column(field, span), super::expr::number(at));
                quote_spanned! { span=>
                    rt::FieldId(#at) => {
                        #mark
                        let field = &mut object.#name;
                        #mark
                        let value = rt::Column::<#column>::read(row, #at);
                        if let Some(value) = value {
                            *field = value;
                        }
                    }
                }
            });
            quote! {
                rt::TypeId(#number) => {
                    let Some(object) = objects.#object.get_mut(slot) else { return };
                    for field in fields {
                        match *field { #(#arms)* _ => {} }
                    }
                }
            }
        });
        let forget = self.externs().map(|(index, _)| {
            let (object, number) = (object(index), number(index));
            quote!(rt::TypeId(#number) => objects.#object.forget(slot),)
        });
        Some(quote! {
            fn fit(
                ty: rt::TypeId,
                fields: &[rt::FieldId],
                row: &mut rt::RowFitter<'_>,
            ) -> ::core::option::Option<rt::FieldId> {
                match ty { #(#fit)* _ => {} }
                None
            }

            fn refresh(
                ty: rt::TypeId,
                slot: u32,
                fields: &[rt::FieldId],
                row: rt::RowReader<'_>,
                objects: &mut Objects,
            ) {
                match ty { #(#refresh)* _ => {} }
            }

            fn forget(ty: rt::TypeId, slot: u32, objects: &mut Objects) {
                match ty { #(#forget)* _ => {} }
            }
        })
    }
}

/// The field of `Objects` that holds the structs of a type.
fn object(index: usize) -> Ident {
    format_ident!("objects_{index}")
}

/// The marker of a field's kind.
fn column(field: &Field, span: Span) -> TokenStream {
    let column = match field.kind {
        Kind::Text => quote_spanned!(span=> rt::AsText),
        Kind::Number => quote_spanned!(span=> rt::AsNumber),
        Kind::Int => quote_spanned!(span=> rt::AsInt),
        Kind::Bool => quote_spanned!(span=> rt::AsBool),
        Kind::Fact(_) => quote_spanned!(span=> rt::AsFact),
    };
    if field.optional { quote_spanned!(span=> rt::Maybe<#column>) } else { column }
}

/// A kind as the rules write it.
pub(super) fn kind_name(schema: &Schema, kind: Kind) -> &str {
    match kind {
        Kind::Text => "string",
        Kind::Number => "number",
        Kind::Int => "int",
        Kind::Bool => "bool",
        Kind::Fact(ty) => &schema.ty(ty).name,
    }
}

//! The trait that the host program implements, and calls of its methods with computed arguments.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use tsd_ir::{Action, ActionId, Kind, Parameter, Schema};

use super::doc::Doc;
use super::expr::{number, reader};
use super::names::Names;
use super::places::Places;
use super::types::kind_name;

/// Writes the actions of a module.
pub(super) struct Actions<'a> {
    pub(super) schema: &'a Schema,
    pub(super) names: &'a Names,
    pub(super) places: &'a Places<'a>,
}

impl Actions<'_> {
    /// `pub trait Actions`.
    pub(super) fn declaration(&self) -> TokenStream {
        let methods = self.schema.actions.iter().enumerate().map(|(index, action)| {
            let id = ActionId(index as u16);
            let (name, doc) = (&self.names.actions[index], self.doc(id, action));
            let context = action.context.then(|| quote!(, context: &mut Context<'_, Self>));
            let names = &self.names.parameters[index];
            let span = self.places.tokens(self.places.action(id));
            let parameters = names.iter().zip(action.parameters.iter()).map(|(name, parameter)| {
                let ty = self.parameter_type(parameter, span);
                quote!(, #name: #ty)
            });
            quote_spanned! { span=>
                #doc
                fn #name(&mut self #context #(#parameters)*);
            }
        });
        quote! {
            /// What the rules call. The host program of a session implements it.
            pub trait Actions: ::core::marker::Sized + 'static { #(#methods)* }
        }
    }

    fn doc(&self, id: ActionId, action: &Action) -> Doc {
        let parameter = |parameter: &Parameter| {
            let mark = if parameter.optional { "?" } else { "" };
            let default = parameter.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
            format!("{}: {}{mark}{default}", parameter.name, kind_name(self.schema, parameter.kind))
        };
        let parameters: Vec<String> = action.parameters.iter().map(parameter).collect();
        let signature = format!("{}({})", action.name, parameters.join(", ")).replace('`', "'");
        Doc::new(match self.places.action(id) {
            Some(place) => format!("`{signature}`, declared in {}.", self.places.line(place)),
            None => format!("`{signature}`, inferred from its calls."),
        })
    }

    fn parameter_type(&self, parameter: &Parameter, span: Span) -> TokenStream {
        let ty = match parameter.kind {
            Kind::Text => quote_spanned!(span=> &str),
            Kind::Number => quote_spanned!(span=> f64),
            Kind::Int => quote_spanned!(span=> i64),
            Kind::Bool => quote_spanned!(span=> bool),
            Kind::Fact(ty) => {
                let name = &self.names.types[ty.index()];
                quote_spanned!(span=> rt::Handle<#name>)
            }
        };
        if parameter.optional { quote_spanned!(span=> ::core::option::Option<#ty>) } else { ty }
    }

    /// `Program::perform`.
    pub(super) fn perform(&self) -> TokenStream {
        let host = &self.names.host;
        let arms = self.schema.actions.iter().enumerate().map(|(index, action)| {
            let (number, name) = (number(index), &self.names.actions[index]);
            let context = action.context.then(|| quote!(, context));
            let arguments = action.parameters.iter().enumerate().map(|(index, parameter)| {
                let reader = match parameter.kind {
                    Kind::Fact(_) => format_ident!("fact"),
                    kind => format_ident!("{}", reader(kind)),
                };
                let index = super::expr::number(index);
                let question_mark = (!parameter.optional).then(|| quote!(?));
                quote!(, rt::argument::#reader(arguments, #index) #question_mark)
            });
            quote!(rt::ActionId(#number) => Actions::#name(host #context #(#arguments)*),)
        });
        let arms: Vec<TokenStream> = arms.collect();
        let any = |wanted: bool| if wanted { "" } else { "_" };
        let some = !arms.is_empty();
        let action = format_ident!("{}action", any(some));
        let host_name = format_ident!("{}host", any(some));
        let has_parameters = self.schema.actions.iter().any(|action| !action.parameters.is_empty());
        let arguments = format_ident!("{}arguments", any(has_parameters));
        let context =
            format_ident!("{}context", any(self.schema.actions.iter().any(|action| action.context)));
        let body = some.then(|| {
            quote! {
                rt::done(|| {
                    match action { #(#arms)* _ => return None }
                    Some(())
                });
            }
        });
        quote! {
            fn perform(
                #action: rt::ActionId,
                #arguments: &[rt::Value],
                #host_name: &mut #host,
                #context: &mut rt::Context<'_, Self>,
            ) { #body }
        }
    }
}

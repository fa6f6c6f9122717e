//! The type that connects a module with the runtime.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::actions::Actions;
use super::expr::number;
use super::names::Names;
use super::native::Natives;
use super::types::Types;

/// `Rules`, `Session`, `Context`, and what the runtime requires of a program.
pub(super) fn items(
    names: &Names,
    types: &Types<'_>,
    actions: &Actions<'_>,
    natives: &Natives<'_>,
) -> TokenStream {
    let host = &names.host;
    let [_, _, _, calls] = natives.counts();
    let arms = (0..calls).map(|index| {
        let (number, call) = (number(index), format_ident!("call_{index}"));
        quote!(#number => #call(facts, constants, host),)
    });
    let call = if calls == 0 {
        quote! {
            fn call(
                _function: u32,
                _facts: rt::Tuple<'_>,
                _constants: &[rt::Const],
                _host: &mut #host,
            ) -> bool {
                false
            }
        }
    } else {
        quote! {
            fn call(
                function: u32,
                facts: rt::Tuple<'_>,
                constants: &[rt::Const],
                host: &mut #host,
            ) -> bool {
                match function { #(#arms)* _ => false }
            }
        }
    };
    let (objects, upkeep, perform) = (types.objects_type(), types.upkeep(), actions.perform());
    let call_functions = natives.call_functions();
    let facts = types.facts();
    let objects_struct = types.objects();
    quote! {
        /// The rules of this module, with actions that an `A` performs.
        #[derive(Debug)]
        pub struct Rules<A>(::core::marker::PhantomData<fn() -> A>);

        /// Facts and rules, and the match between them.
        pub type Session<A> = rt::Session<Rules<A>>;

        /// The rules, wired once for any number of sessions.
        pub type RuleBase<A> = rt::RuleBase<Rules<A>>;

        /// What an action that is declared with `@context` may do to its session.
        pub type Context<'a, A> = rt::Context<'a, Rules<A>>;

        impl<#host: Actions> rt::Compiled for Rules<#host> {
            fn module() -> &'static rt::Module { &network::MODULE }
        }

        impl<#host: Actions> rt::Program for Rules<#host> {
            type Host = #host;
            type Objects = #objects;
            #call
            #perform
            #upkeep
        }

        #facts
        #objects_struct
        #call_functions
    }
}

//! Rust source from a module.
//!
//! Everything that is the same for all modules is in the runtime. A generated module contains what
//! rustc must know of this one: a struct for each type, a trait with a method for each action, and
//! the rules as constant tables. Tests, value lists and calls become small functions, one for each
//! *shape*: trees that differ in constants alone have one shape. The tables refer to these
//! functions by number. So the code grows with the shapes, and the tables with the rules.

mod actions;
mod condition;
mod doc;
mod expr;
mod names;
mod native;
mod options;
mod places;
mod program;
mod shape;
mod tables;
mod text;
mod types;
mod warnings;

use proc_macro2::TokenStream;
use quote::quote;

use self::names::Names;
use self::native::Natives;
use self::places::Places;
use self::tables::Tables;
use crate::module::Module;
use crate::source::SourceMap;

pub use self::names::{identifier, is_never_a_name};
pub use self::options::Options;
pub use self::text::module_text;

/// The lints that a generated module can trigger by the names in the rules, or by what the host
/// program leaves unused: for an `#[allow(…)]` on the module.
pub fn allowed_lints() -> TokenStream {
    quote!(
        dead_code,
        unused_imports,
        nonstandard_style,
        unreachable_pub,
        private_interfaces,
        clippy::all,
        clippy::pedantic
    )
}

/// The items of a module, without the `mod` around them.
pub fn module_tokens(module: &Module, sources: &SourceMap, options: &Options<'_>) -> TokenStream {
    let Parts { public, functions, tables, imports } = parts(module, sources, options);
    // The tables are written by this crate and always lex; if they did not, rustc would miss
    // `MODULE`.
    let tables: TokenStream = tables.parse().unwrap_or_default();
    quote! {
        #public

        /// The functions and tables behind the rules.
        mod network { #imports #functions #tables }
    }
}

/// A module's items, before they are combined.
struct Parts {
    /// What the host program uses, and what connects it to the runtime.
    public: TokenStream,
    /// The `use` of the private half.
    imports: TokenStream,
    /// Tests and value lists.
    functions: TokenStream,
    /// The tables, as text.
    tables: String,
}

fn parts(module: &Module, sources: &SourceMap, options: &Options<'_>) -> Parts {
    let schema = &module.schema;
    let places = Places { declared: &module.places, sources, options };
    let names = Names::new(schema, &places);
    let mut natives = Natives::new(schema, &names);
    let rule_places: Vec<String> = module
        .rules
        .iter()
        .map(|planned| format!("`{}`, {}", planned.rule.name.replace('`', "'"), places.line(planned.span)))
        .collect();
    let rules = module.rules.iter().zip(&rule_places);
    let rules: Vec<tsd_ir::Rule> =
        rules.map(|(planned, place)| natives.lower(&planned.rule, place)).collect();
    let tables = Tables::new(schema).write(module, &rules, &rule_places, &natives);

    let types = types::Types { schema, names: &names, places: &places };
    let actions = actions::Actions { schema, names: &names, places: &places };
    let (declarations, actions_trait) = (types.declarations(), actions.declaration());
    let program = program::items(&names, &types, &actions, &natives);
    let warnings = warnings::items(&places);
    let runtime = &options.runtime;
    Parts {
        public: quote! {
            use #runtime::rt;
            #declarations
            #actions_trait
            #program
            #[allow(unused_imports)]
            pub use network::rules;
            #warnings
        },
        imports: quote! {
            use ::std::borrow::Cow::Borrowed;
            use #runtime::rt::{self, *};
        },
        functions: natives.functions(),
        tables,
    }
}

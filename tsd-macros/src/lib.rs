//! The macros of TSD. Programs use them through the crate `tsd`, which describes them.
//!
//! All three are thin. [`rules!`] lays its tokens out as text and passes it to the compiler that
//! the build script and the command use. [`include_rules!`] includes what the build script wrote.
//! [`macro@Fact`] lets an `extern type` name a struct.

mod fact;
mod head;
mod include;
mod layout;
mod literal;
mod report;
mod rules;

use proc_macro::TokenStream;

/// Compiles rules into a module.
///
/// ```ignore
/// tsd::rules! {
///     /// What the shop owes its customers.
///     pub mod shop;
///     type Order(#id: string, customer: string, value: number)
///     action reward(customer: string, value: number)
///     rule big : {o: Order} / o.value > 1000 ==> reward(o.customer, o.value)
/// }
/// ```
///
/// The module has the name, the visibility and the attributes that precede it, as in Rust: without
/// `pub` it is private to the module around it. Without a `mod` it is `mod rules`. Paths of
/// `extern type`s are resolved inside the module, so a struct beside the macro is
/// `super::Customer`.
///
/// If the package has a file `rules/shop.profile` (see `Session::profile`), the module `shop` is
/// planned with it. Cargo notices when the file changes, but not when it is created: save the
/// source file then.
///
/// Strings are written with double quotes here; raw strings (`r"\d+"`) work too, and names that are
/// Rust keywords need no `r#`. Errors in the rules are compiler errors at the tokens at fault, all
/// of them at once.
///
/// Warnings are warnings of rustc under the lint `deprecated`, because a macro cannot warn
/// otherwise in stable Rust. So `#[allow(deprecated)] mod shop;` switches all of them off, and
/// `@allow(cross-product)` in the rules only that one. `#[deny(warnings)] mod shop;` turns them
/// into errors; without a `mod`, begin with `#![deny(warnings)]`.
#[proc_macro]
pub fn rules(input: TokenStream) -> TokenStream {
    rules::expand(input.into()).into()
}

/// Includes a module that the build script compiled: `include_rules!("shop")` is `mod shop { … }`
/// with what `tsd_build::Builder` wrote to `OUT_DIR/tsd/shop.rs`.
///
/// A visibility and attributes may precede the name: `include_rules!(pub "shop")`. Warnings about
/// the rules are warnings of rustc under the lint `deprecated`, and name their file and line.
/// `include_rules!(#[deny(warnings)] "shop")` turns them into errors, as `Builder::deny_warnings`
/// does.
#[proc_macro]
pub fn include_rules(input: TokenStream) -> TokenStream {
    include::expand(input.into()).into()
}

/// Lets rules use a struct as a fact type:
/// `extern type Customer(#id: string) = crate::model::Customer`.
///
/// The struct must have named fields and be `Clone`. It may have more fields than the rules
/// declare.
#[proc_macro_derive(Fact)]
pub fn derive_fact(input: TokenStream) -> TokenStream {
    fact::expand(input.into()).into()
}

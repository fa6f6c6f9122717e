//! The vocabulary that the TSD compiler and the TSD runtime share.
//!
//! The compiler turns rule text into planned [`Rule`]s. The runtime hands them to [`Network`], as
//! the compiler does when it draws or prints one; it shares or creates nodes by [`Signature`] and
//! counts references. Both sides must agree on what a value, an operator and a node is, so each is
//! defined here, once. There is no parser, no matching and no regular expression in this crate.
//!
//! Every type that appears in a compiled program can be written as a Rust constant ([`List`] and
//! [`Text`] are borrowed there and owned elsewhere). So generated code contains its rules as static
//! tables.

mod canonical;
mod domain;
mod expr;
mod filter;
mod ids;
mod key;
pub mod network;
pub mod ops;
mod profile;
mod rule;
mod schema;
mod signature;
mod value;
mod view;

pub use canonical::Canonical;
pub use domain::{Cut, Domain};
pub use expr::{Arithmetic, Comparison, Expr, Function, Test};
pub use ids::{ActionId, FactHandle, FactRef, FieldId, Origin, Position, TypeId};
pub use key::{Computed, KeyPair, Part, Shared};
pub use network::{Network, NodeId, RootId, Sharing, ViewId};
pub use profile::{Profile, Subject};
pub use rule::{Arguments, Body, Branch, Effect, Filter, Join, Pattern, Rule, TestRef};
pub use schema::{Action, Field, Parameter, Schema, Type};
pub use signature::Signature;
pub use value::{Const, Kind, Value};
pub use view::{
    AggregateInput, AggregateKind, Bound, DerivedExpr, DerivedTests, DerivedValue,
    Parameter as ViewParameter, Parameters, Source, View, ViewArgument,
};

/// A list that generated code borrows from its constant tables and other code owns.
pub type List<T> = std::borrow::Cow<'static, [T]>;

/// Text that generated code borrows from its constant tables and other code owns.
pub type Text = std::borrow::Cow<'static, str>;

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

mod body;
mod canonical;
mod chain;
mod derived_value;
mod domain;
mod effect;
mod expr;
mod filter;
mod ids;
mod initial;
mod key;
pub mod network;
mod operator;
pub mod ops;
mod profile;
mod rule;
mod schema;
mod signature;
mod test;
mod value;
mod view;

pub use body::{Body, TestRef};
pub use canonical::Canonical;
pub use chain::{Branch, Filter, Join, Pattern};
pub use derived_value::{Bound, DerivedTests, DerivedValue, ViewArgument};
pub use domain::{Cut, Domain};
pub use effect::{Arguments, Effect};
pub use expr::{DerivedExpr, Expr, Source};
pub use ids::{ActionId, FactHandle, FactRef, FieldId, Origin, Position, TypeId};
pub use initial::{InitialFact, InitialValue};
pub use key::{Computed, KeyPair, Part, Shared};
pub use network::{Network, NodeId, RootId, Sharing, ViewId};
pub use operator::{Arithmetic, Comparison, Function};
pub use profile::{Profile, Subject};
pub use rule::Rule;
pub use schema::{Action, Field, Parameter, Schema, Type};
pub use signature::Signature;
pub use test::Test;
pub use value::{Const, Kind, Value};
pub use view::{AggregateInput, AggregateKind, Parameter as ViewParameter, Parameters, View};

/// A list that generated code borrows from its constant tables and other code owns.
pub type List<T> = std::borrow::Cow<'static, [T]>;

/// Text that generated code borrows from its constant tables and other code owns.
pub type Text = std::borrow::Cow<'static, str>;

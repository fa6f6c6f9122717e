//! Business rules compiled to Rust: a typed, shared, incremental matching network.
//!
//! ```
//! tsd::rules! {
//!     mod shop;
//!     type Customer(#id: string, tier: string)
//!     type Order(#id: string, customer_id: string, value: number)
//!     action reward(customer: string, value: number)
//!     rule vip : {c: Customer, o: Order}
//!         / o.customer_id == c.id AND c.tier == "GOLD" AND o.value > 1000 ==> reward(c.id, o.value)
//! }
//!
//! struct App { total: f64 }
//! impl shop::Actions for App {
//!     fn reward(&mut self, _customer: &str, value: f64) { self.total += value; }
//! }
//!
//! # fn main() -> Result<(), tsd::Error> {
//! let mut session = shop::Session::new(App { total: 0.0 });
//! session.insert(shop::Customer { id: "c1".into(), tier: "GOLD".into() })?;
//! let order = session.insert(shop::Order { id: "o1".into(), customer_id: "c1".into(), value: 1200.0 })?;
//! let report = session.run()?;
//! assert_eq!(report.count(shop::rules::VIP), 1);
//! session.update(order, |o| o.value = 20.0)?; // `vip` holds no longer
//! assert_eq!(session.host().total, 1200.0);
//! # Ok(())
//! # }
//! ```
//!
//! [`rules!`] compiles rules inside Rust code. With `tsd_build` in a build script and
//! [`include_rules!`] they are in `.tsd` files. Either creates a module with a struct for each
//! type, a trait `Actions` with a method for each action, and a [`Session`]. Facts go in and out
//! with [`insert`](Session::insert), [`update`](Session::update) and [`retract`](Session::retract),
//! and [`run`](Session::run) calls the actions of the rules that started holding. Your own structs
//! serve as facts with [`macro@Fact`].
//!
//! # Features
//! - `dynamic` (default): rules as text at run time, [`Session::add_rule`] and [`Engine`]. Without
//!   it a program carries no parser. It turns `regex` on, because rules that come as text may contain
//!   `MATCHES`.
//! - `regex` (default): `MATCHES` in compiled rules. Only a program without `dynamic` can do without.
//! - `metrics`: metrics of runs and sessions through the `metrics` facade.
//! - `tracing`: spans and events through `tracing`.
//! - `unstable-ir`: the module `ir`, rules as the planner leaves them and their network. It may
//!   change with every version.

pub use tsd_macros::{Fact, include_rules, rules};
#[doc(hidden)]
pub use tsd_runtime::rt;
pub use tsd_runtime::rt::Fact;
pub use tsd_runtime::{
    Activation, Batch, Change, ChangeKind, Context, Error, Handle, InvalidValue, LiveNetwork, Problem,
    Report, RuleBase, Session, SessionBuilder, Statistics, Strategy, UnknownStrategy, statistics,
};
// What a program needs of the vocabulary of plans. The rest of it changes with every new construct.
#[cfg(feature = "unstable-ir")]
pub use tsd_runtime::ir;
pub use tsd_runtime::ir::{FactHandle, Profile, Schema, Sharing, TypeId, Value};
#[cfg(feature = "dynamic")]
pub use tsd_runtime::{
    Engine, Host, Interpreted, JoinOrder, Module, Planning, RuleErrors, diagnostics, source,
};

/// The examples of the README and the guide, which must compile and run.
#[cfg(all(doctest, feature = "dynamic"))]
mod documents {
    #[doc = include_str!("../README.md")]
    mod readme {}
    #[doc = include_str!("../docs/guide.md")]
    mod guide {}
    #[doc = include_str!("../docs/threads.md")]
    mod threads {}
}

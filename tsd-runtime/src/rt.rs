//! What generated modules name. Nothing here is meant to be written by hand, and it may change with
//! any version.

mod access;
mod column;
mod objects;

pub use tsd_ir::{
    Action, ActionId, AggregateInput, AggregateKind, Arguments, Body, Bound, Branch, Computed, Const, Cut,
    DerivedTests, DerivedValue, Domain, Effect, FactHandle, Field, FieldId, Filter, InitialFact,
    InitialValue, Join, KeyPair, Kind, Parameter, Parameters, Part, Pattern, Position, Rule, Schema, Shared,
    Signature, TestRef, Type, TypeId, Value, View, ViewArgument, ViewParameter, ops,
};

pub use self::access::{ToValue, argument, constant, done, holds, signature, value, value_of};
pub use self::column::{AsBool, AsFact, AsInt, AsNumber, AsText, Column, Maybe};
pub use self::objects::{Fact, Objects, assert_fact};
pub use crate::base::Handle;
pub use crate::eval::{NativeKey, NativeTest, NativeValues, ToWord, Tuple, word_of};
#[cfg(feature = "regex")]
pub use crate::eval::{Pattern as Regex, StaticPattern as StaticRegex};
pub use crate::session::{Compiled, Context, FactOf, Module, Program, RuleBase, Session, Wired};
pub use crate::store::{RowFitter, RowReader, RowWriter};

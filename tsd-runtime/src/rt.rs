//! What generated modules name: nothing here is meant to be written by hand, and it may change with any version.

mod access;
mod objects;

pub use tsd_ir::{
    Action, ActionId, AggregateInput, AggregateKind, Arguments, Body, Bound, Branch, Computed, Const, Cut,
    DerivedTests, DerivedValue, Domain, Effect, FactHandle, Field, FieldId, Filter, Join, KeyPair, Kind,
    Parameter, Parameters, Part, Pattern, Position, Rule, Schema, Shared, Signature, TestRef, Type, TypeId,
    Value, View, ViewArgument, ViewParameter, ops,
};

pub use self::access::{
    ToValue, ToWord, argument, constant, done, holds, signature, value, value_of, word_of,
};
pub use self::objects::{Fact, Objects, assert_fact};
pub use crate::column::{AsBool, AsFact, AsInt, AsNumber, AsText, Column, Maybe};
pub use crate::memory::{RowFitter, RowReader, RowWriter};
#[cfg(feature = "regex")]
pub use crate::pattern::{Pattern as Regex, StaticPattern as StaticRegex};
pub use crate::program::{
    Compiled, FactOf, Handle, InitialFact, InitialValue, Module, NativeKey, NativeTest, NativeValues, Program,
};
pub use crate::session::{Context, Session};
pub use crate::tuple::Tuple;

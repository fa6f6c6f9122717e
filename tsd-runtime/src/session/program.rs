//! The contract between a compiled module and the runtime.
//!
//! A module contains its declarations and rules as constant tables ([`Module`]), its tests and
//! computed values as plain functions over a [`Tuple`], and its actions as a [`Program`]. The
//! runtime, which is compiled once, does all matching. So what a module adds to a build grows with
//! the shapes of its tests and actions, not with its rules.

use tsd_ir::{ActionId, Const, FieldId, InitialFact, Rule, Schema, Sharing, TypeId, Value};

use std::sync::{Arc, OnceLock};

use super::context::Context;
use crate::eval::{NativeKey, NativeTest, NativeValues, Natives, Tuple};
use crate::matcher::{Base, Matcher};
use crate::store::{RowFitter, RowReader, RowWriter};

/// The constant tables of a compiled module.
#[derive(Debug)]
pub struct Module {
    /// The module's name.
    pub name: &'static str,
    /// Its types and actions.
    pub schema: Schema,
    /// Its rules, in order of declaration.
    pub rules: &'static [Rule],
    /// The tests that [`tsd_ir::Body::Native`] refers to by number, in filters and joins.
    pub tests: &'static [NativeTest],
    /// The value lists that [`tsd_ir::Body::Native`] refers to by number. Every effect has one,
    /// except the call of an action without context.
    pub values: &'static [NativeValues],
    /// The parts of join keys that [`tsd_ir::Body::Native`] refers to by number.
    pub keys: &'static [NativeKey],
    /// The facts that a session starts with.
    pub facts: &'static [InitialFact],
    /// The network of the rules, built when the first session needs it.
    pub wired: Wired,
}

/// The network of a module's rules, built when the first session needs it.
#[derive(Debug, Default)]
pub struct Wired(OnceLock<Arc<Base>>);

impl Wired {
    /// Not built yet.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

impl Module {
    /// The shared network of the rules; builds it if necessary.
    pub(crate) fn base(&self) -> Arc<Base> {
        Arc::clone(self.wired.0.get_or_init(|| self.wire(Sharing::On)))
    }

    /// Builds a network of the rules.
    pub(crate) fn wire(&self, sharing: Sharing) -> Arc<Base> {
        let natives = Natives { tests: self.tests, values: self.values, keys: self.keys };
        let mut matcher = Matcher::new(Arc::new(Base::new(self.schema.clone(), sharing, natives)));
        matcher.add_rules(self.rules.iter().cloned().map(Arc::new));
        matcher.share()
    }
}

/// A set of rules that sessions can run, compiled or interpreted.
pub trait Program: Sized + 'static {
    /// Performs the actions.
    type Host;

    /// The host program's structs behind facts of `extern` types, by type and slot.
    type Objects: Clone + Default;

    /// Performs the generated call `function` of an action without context. If a required argument
    /// has no value, does nothing and returns `false`. Positions count the patterns in order of
    /// declaration.
    fn call(function: u32, tuple: Tuple<'_>, constants: &[Const], host: &mut Self::Host) -> bool;

    /// Performs an action with computed arguments. There is one for each parameter, of the
    /// parameter's kind, or [`Value::Missing`] for an optional one.
    fn perform(action: ActionId, arguments: &[Value], host: &mut Self::Host, context: &mut Context<'_, Self>);

    /// Makes `fields` of a new row fit those of the user's struct (see
    /// [`Column`](crate::rt::Column)). Returns the first field whose value does not fit.
    fn fit(ty: TypeId, fields: &[FieldId], row: &mut RowFitter<'_>) -> Option<FieldId> {
        let _ = (ty, fields, row);
        None
    }

    /// Brings the user's struct up to date after `fields` of the fact at `slot` have changed. Their
    /// values [fit](Self::fit).
    fn refresh(ty: TypeId, slot: u32, fields: &[FieldId], row: RowReader<'_>, objects: &mut Self::Objects) {
        let _ = (ty, slot, fields, row, objects);
    }

    /// Drops the host program's struct of the fact at `slot`.
    fn forget(ty: TypeId, slot: u32, objects: &mut Self::Objects) {
        let _ = (ty, slot, objects);
    }
}

/// A program whose rules were compiled into the executable.
pub trait Compiled: Program {
    /// The module's tables.
    fn module() -> &'static Module;
}

/// A Rust type whose values are facts of a program.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fact type of these rules",
    label = "declare it in the rules: `type …(…)`, or `extern type …(…) = path::to::{Self}`"
)]
pub trait FactOf<P: Program>: Clone + Sized + 'static {
    /// The type's number in the module.
    const TYPE: TypeId;

    /// How many fields it has.
    const FIELDS: usize;

    /// How many words its rows have.
    const WORDS: usize;

    /// Whether the user's struct is [stored](Self::keep).
    const IS_KEPT: bool = false;

    /// Writes every field, in order of declaration.
    fn write(&self, row: &mut RowWriter<'_>);

    /// The fact at `slot`, from its row or from its stored struct. `None` for a fact of an `extern`
    /// type that was inserted as bare values and has no struct.
    fn read(slot: u32, row: RowReader<'_>, objects: &P::Objects) -> Option<Self>;

    /// Stores the user's struct of the fact at `slot`, for types with more to them than the row.
    fn keep(self, slot: u32, objects: &mut P::Objects) {
        let _ = (slot, objects);
    }
}

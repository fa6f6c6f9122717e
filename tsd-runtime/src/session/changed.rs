//! `Insert`, `Update` and `Retract` have no host that performs them, so observers are notified of
//! what they did.

use std::fmt;

use tsd_ir::{FactHandle, FieldId, TypeId, Value};

use super::core::{Core, all_fields};
use super::names;
use super::program::Program;
use crate::matcher::Matcher;

/// A change to the facts that an effect has made.
#[derive(Debug)]
pub struct Change<'a> {
    matcher: &'a Matcher,
    effect: ChangeKind,
    fact: FactHandle,
    name: &'a str,
    fields: &'a [FieldId],
    values: &'a [Value],
}

/// The effect that made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// `Insert`.
    Insert,
    /// `InsertLogical`. The fact may have existed already and is supported once more.
    InsertLogical,
    /// `Update`.
    Update,
    /// `Retract`.
    Retract,
}

/// As rules write it.
impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Insert => "Insert",
            Self::InsertLogical => "InsertLogical",
            Self::Update => "Update",
            Self::Retract => "Retract",
        })
    }
}

impl Change<'_> {
    /// The effect.
    pub fn kind(&self) -> ChangeKind {
        self.effect
    }

    /// The fact. A retracted one no longer exists.
    pub fn fact(&self) -> FactHandle {
        self.fact
    }

    /// The name of the fact: `Type~key`, or `Type~#n` by insertion number.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The name of the fact's type.
    pub fn type_name(&self) -> &str {
        &self.matcher.base.schema.ty(self.fact.ty()).name
    }

    /// The fields that the effect set, in the order of the rule, with their values: all fields of a
    /// new fact, or those that `Update` names.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        let declared = self.matcher.base.schema.ty(self.fact.ty());
        self.fields.iter().map(|field| &*declared.field(*field).name).zip(self.values)
    }

    /// A value as `Print` shows it.
    pub fn show(&self, value: &Value) -> String {
        names::value(self.matcher, value)
    }
}

impl<P: Program> Core<P> {
    /// The name of a fact that is about to change; `None` if there is no observer.
    pub(super) fn name_for_observer(&self, fact: FactHandle) -> Option<String> {
        if self.listeners.observing_changes == 0 {
            return None;
        }
        let slot = self.matcher.find(fact)?;
        Some(names::fact(&self.matcher, fact.ty(), slot))
    }

    /// Notifies observers of a change, if there are any. A retracted fact has the name that it had
    /// before.
    pub(super) fn changed(
        &mut self,
        effect: ChangeKind,
        fact: FactHandle,
        name: Option<&str>,
        fields: &[FieldId],
        values: &[Value],
    ) {
        let Some(name) = name else { return };
        let change = Change { matcher: &self.matcher, effect, fact, name, fields, values };
        self.listeners.changes.get().iter_mut().for_each(|observer| observer(&change));
    }

    /// Notifies observers of a new fact, if there are any.
    pub(super) fn inserted(&mut self, effect: ChangeKind, ty: TypeId, fact: FactHandle, values: &[Value]) {
        if let Some(name) = self.name_for_observer(fact) {
            let fields = all_fields(self.matcher.base.schema.ty(ty).fields.len());
            self.changed(effect, fact, Some(&name), &fields, values);
        }
    }
}

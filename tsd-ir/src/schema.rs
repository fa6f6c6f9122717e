//! What a module declares: its types with their fields and keys, and its actions with their
//! parameters.

use crate::{ActionId, Const, FieldId, Kind, List, Text, TypeId};

/// The declarations of one module. Types and actions are numbered in order of declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The fact types; a [`TypeId`] is an index into them.
    pub types: List<Type>,
    /// The actions that the host program offers; an [`ActionId`] is an index into them.
    pub actions: List<Action>,
}

/// One fact type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Type {
    /// The name as the rules write it.
    pub name: Text,
    /// The fields in order of declaration.
    pub fields: List<Field>,
    /// The fields that make the primary key, in order of declaration; empty when the type has none.
    pub key: List<FieldId>,
    /// The expected number of facts (`@rows(n)`), if the author gave one.
    pub rows: Option<u64>,
    /// The path of the user's own struct (`extern type … = path`), where there is one.
    pub path: Option<Text>,
}

/// One field of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name as the rules write it.
    pub name: Text,
    /// What the field holds.
    pub kind: Kind,
    /// Whether the field may be missing (`number?`).
    pub optional: bool,
}

/// One action of the host program.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The name as the rules write it.
    pub name: Text,
    /// The parameters in order.
    pub parameters: List<Parameter>,
    /// Whether the action receives a context to insert, update and retract facts (`@context`).
    pub context: bool,
}

/// One parameter of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name as the rules write it.
    pub name: Text,
    /// What the parameter takes.
    pub kind: Kind,
    /// Whether the argument may be missing.
    pub optional: bool,
    /// What is passed when a call leaves the argument out.
    pub default: Option<Const>,
}

impl Schema {
    /// The type with the number `id`.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.index()]
    }

    /// The action with the number `id`.
    pub fn action(&self, id: ActionId) -> &Action {
        &self.actions[id.index()]
    }

    /// The number of the type called `name`.
    pub fn find_type(&self, name: &str) -> Option<TypeId> {
        self.types.iter().position(|ty| ty.name == name).map(|index| TypeId(index as u16))
    }

    /// The number of the action called `name`.
    pub fn find_action(&self, name: &str) -> Option<ActionId> {
        self.actions.iter().position(|action| action.name == name).map(|index| ActionId(index as u16))
    }
}

impl Type {
    /// The field with the number `id`.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }

    /// The number of the field called `name`.
    pub fn find_field(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().position(|field| field.name == name).map(|index| FieldId(index as u16))
    }

    /// Whether some field may be missing.
    pub fn has_optional_fields(&self) -> bool {
        self.fields.iter().any(|field| field.optional)
    }

    /// How many words a fact takes in its store: one for each field and, if fields may be missing,
    /// a presence bit for each after them.
    pub fn words(&self) -> usize {
        let fields = self.fields.len();
        if self.has_optional_fields() { fields + fields.div_ceil(64) } else { fields }
    }
}

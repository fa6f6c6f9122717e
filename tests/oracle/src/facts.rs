//! The facts, past and present, and their names.

use crate::schema::Schema;
use crate::value::{FactId, Shown, Value};

/// The value of each field, in order of declaration.
pub type Fields = Vec<Option<Value>>;

/// A fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// The index of its type.
    pub ty: usize,
    /// Its fields.
    pub fields: Fields,
    /// Its insertion number, counted from 1 in its type.
    pub number: u64,
    /// Its place in the order of all inserts and updates.
    pub recency: u64,
    /// Whether it was not retracted.
    pub alive: bool,
}

/// All facts that ever existed.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The declarations.
    pub schema: Schema,
    all: Vec<Fact>,
    changes: u64,
}

impl Facts {
    /// No facts.
    pub fn new(schema: Schema) -> Self {
        Self { schema, all: Vec::new(), changes: 0 }
    }

    /// A fact that was not retracted.
    pub fn get(&self, id: FactId) -> Option<&Fact> {
        self.all.get(id.0).filter(|fact| fact.alive)
    }

    /// A fact, or its last state.
    pub fn ever(&self, id: FactId) -> &Fact {
        &self.all[id.0]
    }

    /// How many facts ever existed.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The existing facts, oldest first.
    pub fn live(&self) -> impl Iterator<Item = FactId> + '_ {
        (0..self.all.len()).map(FactId).filter(|id| self.all[id.0].alive)
    }

    /// The existing facts of a type, oldest first.
    pub fn of_type(&self, ty: usize) -> impl Iterator<Item = FactId> + '_ {
        self.live().filter(move |id| self.all[id.0].ty == ty)
    }

    /// The fact that has the primary key of these fields, other than `except`.
    pub fn with_key(&self, ty: usize, fields: &Fields, except: Option<FactId>) -> Option<FactId> {
        let declared = &self.schema.types[ty];
        if !declared.has_key() {
            return None;
        }
        let same_key = |fact: &Fact| {
            declared
                .fields
                .iter()
                .zip(fact.fields.iter().zip(fields))
                .all(|(field, (one, other))| !field.key || one == other)
        };
        self.of_type(ty).find(|id| Some(*id) != except && same_key(&self.all[id.0]))
    }

    /// Adds a fact.
    pub(crate) fn add(&mut self, ty: usize, fields: Fields) -> FactId {
        let number = 1 + self.all.iter().filter(|fact| fact.ty == ty).count() as u64;
        self.changes += 1;
        self.all.push(Fact { ty, fields, number, recency: self.changes, alive: true });
        FactId(self.all.len() - 1)
    }

    /// Replaces the fields of a fact.
    pub(crate) fn replace(&mut self, id: FactId, fields: Fields) {
        self.changes += 1;
        self.all[id.0].fields = fields;
        self.all[id.0].recency = self.changes;
    }

    /// Retracts a fact.
    pub(crate) fn remove(&mut self, id: FactId) {
        self.all[id.0].alive = false;
    }

    /// `Type~key` with the parts of a composite key joined by `_`; without a key, `Type~#n`;
    /// `Type~(retracted)` for a retracted fact.
    pub fn name(&self, id: FactId) -> String {
        let fact = self.ever(id);
        let declared = &self.schema.types[fact.ty];
        if !fact.alive {
            return format!("{}~(retracted)", declared.name);
        }
        if !declared.has_key() {
            return format!("{}~#{}", declared.name, fact.number);
        }
        let keys = declared.fields.iter().zip(&fact.fields).filter(|(field, _)| field.key);
        let parts: Vec<String> = keys.map(|(_, value)| self.show(value.as_ref()).to_string()).collect();
        format!("{}~{}", declared.name, parts.join("_"))
    }

    /// A value as output shows it.
    pub fn show(&self, value: Option<&Value>) -> Shown {
        match value {
            None => Shown::Missing,
            Some(Value::Text(text)) => Shown::Text(text.clone()),
            Some(Value::Number(number)) => Shown::Number(*number),
            Some(Value::Int(int)) => Shown::Int(*int),
            Some(Value::Bool(bool)) => Shown::Bool(*bool),
            Some(Value::Fact(id)) => Shown::Fact(self.name(*id)),
        }
    }
}

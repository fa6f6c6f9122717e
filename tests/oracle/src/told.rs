//! Steps as readable text, for tests.

use tsd_compiler::syntax::ast::Statement;

use crate::facts::Fields;
use crate::oracle::{Oracle, read};
use crate::step::Step;
use crate::value::{FactId, Kind};

impl Oracle {
    /// The fact of this name, such as `Order~o1`.
    ///
    /// # Panics
    /// When there is none.
    pub fn named(&self, name: &str) -> FactId {
        let fact = self.facts.live().find(|fact| self.facts.name(*fact) == name);
        fact.unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// `Order(id: "o1", customer: c1)`, where `c1` is the key of a customer.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn insertion(&self, fact: &str) -> Step {
        let (ty, fields) = self.literal(fact);
        Step::Insert { ty, fields: fields.into_iter().map(Option::unwrap_or_default).collect() }
    }

    /// The fact of this name with new values for some fields: `total: 7, customer: c2`.
    ///
    /// # Panics
    /// When there is no such fact, or the fields cannot be read.
    pub fn change(&self, name: &str, fields: &str) -> Step {
        let fact = self.named(name);
        let before = self.facts.ever(fact);
        let ty = &self.facts.schema.types[before.ty].name;
        let (_, after) = self.literal(&format!("{ty}({fields})"));
        let fields: Fields =
            before.fields.iter().cloned().zip(after).map(|(old, new)| new.unwrap_or(old)).collect();
        Step::Update { fact, fields }
    }

    /// The type of a fact literal and the fields that it names.
    fn literal(&self, text: &str) -> (usize, Vec<Option<Option<crate::Value>>>) {
        let program = read(text);
        let [Statement::Fact(statement)] = program.statements.as_slice() else {
            panic!("not a fact: {text}")
        };
        let ty = self.facts.schema.type_index(&statement.fact.type_name.text);
        let declared = &self.facts.schema.types[ty];
        let referred = |fact: &FactId| {
            declared.fields.iter().any(|field| field.kind == Kind::Fact(self.facts.ever(*fact).ty))
        };
        let keys: Vec<(String, FactId)> = (self.facts.live().filter(referred))
            .map(|fact| (self.facts.name(fact).split('~').skip(1).collect(), fact))
            .collect();
        let keys: Vec<(&str, FactId)> = keys.iter().map(|(key, fact)| (&**key, *fact)).collect();
        let values = self.initial_fields(ty, &statement.fact.fields, &keys);
        let is_named = |name: &str| statement.fact.fields.iter().any(|field| field.name.text == name);
        let fields = declared.fields.iter().zip(values);
        (ty, fields.map(|(field, value)| is_named(&field.name).then_some(value)).collect())
    }
}

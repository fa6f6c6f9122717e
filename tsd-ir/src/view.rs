//! Views: the results of `EXISTS`, aggregates and followed references, kept up to date for all
//! readers.
//!
//! `SUM(o: Order / o.customer == c.id ; o.total)` asks a question about all orders, with `c.id` as
//! its parameter. A [`View`] is such a question without its parameters, so rules that compute the
//! same for different facts share one. Its branches are chains of joins like a rule's. They begin
//! with the parameters, which are joined as facts are. The rows at their ends are aggregated by
//! group, one group for each combination of parameters. A [`DerivedValue`] is the result for the
//! parameters that a tuple of facts supplies.

use crate::{
    Body, Branch, DerivedValue, Expr, FieldId, Kind, List, Pattern, Position, Signature, Text, TypeId,
};

/// A question about facts, answered for each combination of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The signature: the hash of its form.
    pub signature: Signature,
    /// What the view computes, in a form that depends neither on names nor on readers.
    pub form: Text,
    /// What the question depends on.
    pub parameters: Parameters,
    /// The parameters, if there are any, and after them the patterns of the facts that are
    /// aggregated.
    pub patterns: List<Pattern>,
    /// The alternatives of the condition; [`TypeId::PARAMETERS`] stands for parameters that are
    /// values.
    pub branches: List<Branch>,
    /// How the rows are aggregated.
    pub aggregate: AggregateKind,
    /// The value of each row that is aggregated; `None` to aggregate the rows themselves.
    pub input: Option<AggregateInput>,
    /// The pattern each of whose facts counts once in a group, however many rows contain it.
    pub source: Position,
    /// The derived values that the input reads, in the order in which it numbers them, at the
    /// positions of the patterns.
    pub derived_values: List<DerivedValue>,
}

/// What a view's question depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// Nothing: there is one group.
    None,
    /// A fact of this type: each has its group.
    Fact(TypeId),
    /// Values: each combination that is read has its group.
    Values(List<Parameter>),
}

/// A value that a view's question depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its kind.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
}

/// How the rows of a group are aggregated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AggregateKind {
    /// Whether there are any.
    Exists,
    /// How many.
    Count,
    /// How many different values.
    CountDistinct,
    /// Their sum: an integer of integers, a number of numbers.
    Sum,
    /// Their mean: a number.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
}

/// The value of a row that is aggregated.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateInput {
    /// Its kind.
    pub kind: Kind,
    /// The one expression that computes it, at the positions of the patterns.
    pub body: Body<Vec<Expr>>,
    /// The field, if the value is just a field.
    pub field: Option<(Position, FieldId)>,
}

impl AggregateKind {
    /// The keyword: `EXISTS` or the name of an aggregate.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exists => "EXISTS",
            Self::Count | Self::CountDistinct => "COUNT",
            Self::Sum => "SUM",
            Self::Average => "AVG",
            Self::Least => "MIN",
            Self::Greatest => "MAX",
        }
    }

    /// The kind of the derived value, if values of kind `measured` are aggregated.
    pub fn kind(self, measured: Kind) -> Kind {
        match self {
            Self::Exists => Kind::Bool,
            Self::Count | Self::CountDistinct => Kind::Int,
            Self::Average => Kind::Number,
            Self::Sum | Self::Least | Self::Greatest => measured,
        }
    }

    /// Whether the derived value may have no value.
    pub fn may_lack_value(self) -> bool {
        !matches!(self, Self::Exists | Self::Count | Self::CountDistinct)
    }
}

impl Parameters {
    /// The type of the pattern for the parameters, if there are any.
    pub fn ty(&self) -> Option<TypeId> {
        match self {
            Self::None => None,
            Self::Fact(ty) => Some(*ty),
            Self::Values(_) => Some(TypeId::PARAMETERS),
        }
    }

    /// The type of parameters as facts: one field each, all of them the key. If some may be
    /// missing, one more field says which are present.
    pub fn declared(&self) -> crate::Type {
        let Self::Values(values) = self else { return crate::Type::default() };
        let field = |name: String, kind, optional| crate::Field { name: name.into(), kind, optional };
        let mut fields: Vec<crate::Field> = (values.iter().enumerate())
            .map(|(index, value)| field(format!("p{index}"), value.kind, value.optional))
            .collect();
        if values.iter().any(|value| value.optional) {
            fields.push(field("present".to_owned(), Kind::Int, false));
        }
        let key = (0..fields.len()).map(|field| FieldId(field as u16)).collect();
        let kinds: Vec<String> = values
            .iter()
            .map(|value| format!("{:?}{}", value.kind, if value.optional { "?" } else { "" }))
            .collect();
        let name = format!("({})", kinds.join(", "));
        crate::Type { name: name.into(), fields: fields.into(), key, rows: None, path: None }
    }
}

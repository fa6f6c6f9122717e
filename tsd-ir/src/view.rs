//! Views: what `EXISTS`, an aggregate or a followed reference finds, kept up to date for all who ask.
//!
//! `SUM(o: Order / o.customer == c.id ; o.total)` asks a question about all orders, with `c.id` as its parameter. A
//! [`View`] is such a question with its parameters taken out, so rules that ask the same thing of different facts share
//! one. Its branches are chains of joins like a rule's: they begin with the parameters, which take part in them as
//! facts do, and what arrives at their ends is gathered, group by group, one group for each combination of parameters.
//! A [`DerivedValue`] is the answer for the parameters that a tuple of facts gives.

use crate::{
    Body, Branch, DerivedValue, Expr, FieldId, Kind, List, Pattern, Position, Signature, Text, TypeId,
};

/// A question about facts, asked for each combination of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The view's name: the hash of its form.
    pub signature: Signature,
    /// What the view asks, in a form that depends neither on names nor on who asks.
    pub form: Text,
    /// What the question depends on.
    pub parameters: Parameters,
    /// The parameters, unless there are none, and behind them the patterns whose facts are asked about.
    pub patterns: List<Pattern>,
    /// The alternatives of the condition; [`TypeId::PARAMETERS`] stands for parameters that are values.
    pub branches: List<Branch>,
    /// What becomes of the rows.
    pub aggregate: AggregateKind,
    /// What is gathered of each row; `None` to aggregate the rows themselves.
    pub input: Option<AggregateInput>,
    /// The pattern each of whose facts counts once in a group, however many rows it stands in.
    pub source: Position,
    /// The derived values that the input reads, by the numbers that it knows them by, at the positions of the patterns.
    pub derived_values: List<DerivedValue>,
}

/// What a view's question depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// Nothing: there is one group.
    None,
    /// A fact of this type: each has its group.
    Fact(TypeId),
    /// Values: each combination that somebody asks for has its group.
    Values(List<Parameter>),
}

/// A value that a view's question depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Of what kind it is.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
}

/// What becomes of the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AggregateKind {
    /// Whether there are any.
    Exists,
    /// How many.
    Count,
    /// How many different values they have.
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

/// What is gathered of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateInput {
    /// Of what kind it is.
    pub kind: Kind,
    /// The one expression that computes it, at the positions of the patterns.
    pub body: Body<Vec<Expr>>,
    /// The field that it is, where it is no more than that.
    pub field: Option<(Position, FieldId)>,
}

impl AggregateKind {
    /// The word of the language, `EXISTS` or an aggregate's. What is counted may be distinct; `COUNT` does not say it.
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

    /// The kind of the derived value, where values of kind `measured` are gathered.
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
    /// The type of the pattern that stands for the parameters, if there are any.
    pub fn ty(&self) -> Option<TypeId> {
        match self {
            Self::None => None,
            Self::Fact(ty) => Some(*ty),
            Self::Values(_) => Some(TypeId::PARAMETERS),
        }
    }

    /// The type that parameters have as facts: one field each, all of them the key. Where some may be missing, one
    /// more field says which are there.
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

//! Views: what `EXISTS`, an aggregate or a followed reference finds, kept up to date for all who ask.
//!
//! `SUM(o: Order / o.customer == c.id ; o.total)` asks a question about all orders, with `c.id` as its parameter. A
//! [`View`] is such a question with its parameters taken out, so rules that ask the same thing of different facts share
//! one. Its branches are chains of joins like a rule's: they begin with the parameters, which take part in them as
//! facts do, and what arrives at their ends is gathered, group by group, one group for each combination of parameters.
//! A [`DerivedValue`] is the answer for the parameters that a tuple of facts gives.

use crate::{Body, Branch, Domain, Expr, FieldId, Kind, List, Pattern, Position, Signature, Text, TypeId};

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

/// The answer that a tuple of facts gets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DerivedValue {
    /// What a view finds.
    Found {
        /// The view's number in its rule.
        view: u16,
        /// The view's parameters, in their order.
        parameters: List<ViewArgument>,
    },
    /// A field of the fact that a reference names; missing when the fact is gone.
    Followed {
        /// The reference.
        reference: ViewArgument,
        /// The type of the fact.
        ty: TypeId,
        /// Which field of it.
        field: FieldId,
    },
}

/// Where a derived value's parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViewArgument {
    /// A field of a fact of the tuple.
    Field {
        /// Which fact.
        at: Position,
        /// Which field of it.
        field: FieldId,
    },
    /// A fact of the tuple.
    Fact {
        /// Which fact.
        at: Position,
    },
    /// Another derived value of the tuple, with a lower number.
    Derived(u16),
}

/// Tests that read derived values, at the place of a chain where all the facts are there that they look at.
///
/// Their outcome can change while the tuple stays the same, so the place remembers its tuples.
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedTests {
    /// The place in the chain.
    pub place: Position,
    /// The derived values that matter here, in ascending order: those that the tests read and those behind them.
    pub derived_values: List<u16>,
    /// Those of the derived values whose change is a change of the tuple, whatever the tests say.
    pub shown: List<u16>,
    /// The tests, sorted by canonical form.
    pub tests: List<crate::TestRef>,
    /// What those of the tests say that are bounds, in the order of the tests.
    pub bounds: List<Bound>,
}

/// A test that says nothing but which values one derived value may have, such as `COUNT(…) > 3` or `NOT (EXISTS (…))`. The bounds
/// of all rules on a derived value make one table, so that a derived value is looked up once for a thousand thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The test's place among the tests.
    pub test: u16,
    /// The derived value.
    pub derived_value: u16,
    /// The derived value's kind, whose values are words: [`Kind::Int`], [`Kind::Number`] or [`Kind::Bool`].
    pub kind: Kind,
    /// The values that it may have.
    pub values: Domain,
}

/// What an expression asks a derived value for: see [`Expr::DerivedValue`].
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedExpr {
    /// The derived value's number in its branch or effects. Counts only in final plans.
    pub index: u16,
    /// The kind of the answer.
    pub kind: Kind,
    /// Whether there may be no answer.
    pub optional: bool,
    /// Whom to ask.
    pub source: Source,
    /// A name for the source that depends on nothing but what it asks.
    pub name: Text,
    /// The parameters: fields, facts and other derived values.
    pub operands: Vec<Expr>,
}

/// Whom a derived value asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The view with this number in the rule.
    View(u16),
    /// A field of the fact that the one operand refers to.
    Field(TypeId, FieldId),
}

impl AggregateKind {
    /// The word of the language, `EXISTS` or an aggregate's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exists => "EXISTS",
            Self::Count => "COUNT",
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
            Self::Count => Kind::Int,
            Self::Average => Kind::Number,
            Self::Sum | Self::Least | Self::Greatest => measured,
        }
    }

    /// Whether the derived value may have no value.
    pub fn may_lack_value(self) -> bool {
        !matches!(self, Self::Exists | Self::Count)
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

impl DerivedValue {
    /// Where its parameters come from.
    pub fn leaves(&self) -> &[ViewArgument] {
        match self {
            Self::Found { parameters, .. } => parameters,
            Self::Followed { reference, .. } => std::slice::from_ref(reference),
        }
    }

    /// Whether a parameter comes from one of some other derived values, whose numbers ascend.
    pub fn depends_on(&self, derived_values: &[u16]) -> bool {
        let is_one = |leaf: &ViewArgument| matches!(leaf, ViewArgument::Derived(other) if derived_values.binary_search(other).is_ok());
        self.leaves().iter().any(is_one)
    }
}

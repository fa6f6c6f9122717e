//! The value of an expression of the tree for given facts.
//!
//! An operand has a value or none; a condition is true or false. A comparison with an operand that
//! has no value is false, whichever comparison it is; `NOT` of it is true.

use tsd_compiler::syntax::ast::{Aggregate, CompareOp, Expr, ExprKind, Path};

use crate::derived_value::derived_value;
use crate::facts::Facts;
use crate::operators;
use crate::schema::{Schema, constant};
use crate::value::{FactId, Kind, Operand, Value};

/// The variables at a place, with their meanings.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    facts: &'a Facts,
    variables: Vec<(&'a str, Bound)>,
}

/// The meaning of a variable.
#[derive(Clone, Debug)]
enum Bound {
    /// A fact.
    Fact(FactId),
    /// Some fact of a type, when nothing but kinds matters.
    Any(usize),
    /// A derived value of a kind.
    DerivedValue(Kind, Option<Value>),
}

impl<'a> Scope<'a> {
    /// No variables.
    pub fn new(facts: &'a Facts) -> Self {
        Self { facts, variables: Vec::new() }
    }

    /// Binds one more variable.
    pub fn bind(&mut self, variable: &'a str, fact: FactId) {
        self.variables.push((variable, Bound::Fact(fact)));
    }

    /// Binds an aggregate variable.
    pub(crate) fn bind_derived(&mut self, variable: &'a str, kind: Kind, derived_value: Option<Value>) {
        self.variables.push((variable, Bound::DerivedValue(kind, derived_value)));
    }

    /// Declares the type of the facts that a variable is bound to.
    pub(crate) fn declare(&mut self, variable: &'a str, ty: usize) {
        self.variables.push((variable, Bound::Any(ty)));
    }

    /// Forgets the variable that was bound last.
    pub fn unbind(&mut self) {
        self.variables.pop();
    }

    /// The fact that a variable is bound to.
    pub fn find(&self, variable: &str) -> Option<FactId> {
        match self.bound(variable) {
            Bound::Fact(fact) => Some(*fact),
            Bound::Any(_) | Bound::DerivedValue(..) => None,
        }
    }

    fn bound(&self, variable: &str) -> &Bound {
        let bound = self.variables.iter().rev().find(|(name, _)| *name == variable);
        bound.map(|(_, bound)| bound).expect("the checker knows the variable")
    }

    /// The kind of a variable.
    pub(crate) fn kind_of(&self, variable: &str) -> Kind {
        match self.bound(variable) {
            Bound::Fact(fact) => Kind::Fact(self.facts.ever(*fact).ty),
            Bound::Any(ty) => Kind::Fact(*ty),
            Bound::DerivedValue(kind, _) => *kind,
        }
    }

    pub(crate) fn schema(&self) -> &'a Schema {
        &self.facts.schema
    }

    /// Whether a condition is true.
    pub fn holds(&self, condition: &'a Expr) -> bool {
        match &condition.kind {
            ExprKind::And(parts) => parts.iter().all(|part| self.holds(part)),
            ExprKind::Or(parts) => parts.iter().any(|part| self.holds(part)),
            ExprKind::Not(part) => !self.holds(part),
            ExprKind::Compare { op: CompareOp::In, left, right, .. } => {
                let ExprKind::List(items) = &right.kind else { return false };
                items.iter().any(|item| self.compare(CompareOp::Equal, left, item))
            }
            ExprKind::Compare { op, left, right, .. } => self.compare(*op, left, right),
            ExprKind::Presence { operand, missing } => self.value(operand).is_none() == *missing,
            ExprKind::Exists(exists) => {
                let (variable, ty) = (&exists.variable.text, &exists.type_name.text);
                !self.each(variable, ty, exists.condition.as_ref(), |_| ()).is_empty()
            }
            _ => self.value(condition) == Some(Operand::Is(Value::Bool(true))),
        }
    }

    fn compare(&self, op: CompareOp, left: &'a Expr, right: &'a Expr) -> bool {
        match (self.value(left), self.value(right)) {
            (Some(left), Some(right)) => operators::compare(op, &left, &right),
            _ => false,
        }
    }

    /// The value of an operand.
    pub fn value(&self, expr: &'a Expr) -> Option<Operand> {
        match &expr.kind {
            ExprKind::Literal(_) => constant(&expr.kind),
            ExprKind::Path(path) => self.path(path).map(Operand::Is),
            ExprKind::Negate(operand) => operators::negate(self.value(operand)?),
            ExprKind::Cast { to, operand } => operators::cast(*to, self.value(operand)?),
            ExprKind::Arithmetic { first, rest } => {
                let mut left = self.value(first)?;
                for step in rest {
                    left = operators::arithmetic(step.op, left, self.value(&step.operand)?)?;
                }
                Some(left)
            }
            ExprKind::Function { function, arguments, .. } => {
                let arguments: Option<Vec<_>> =
                    arguments.iter().map(|argument| self.value(argument)).collect();
                operators::function(*function, arguments?)
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate).map(Operand::Is),
            ExprKind::List(_)
            | ExprKind::Compare { .. }
            | ExprKind::Presence { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Exists(_)
            | ExprKind::Invalid => panic!("the checker admits no such operand: {expr:?}"),
        }
    }

    /// The value of `wanted` for each fact of a type that satisfies a condition.
    fn each<T>(
        &self,
        variable: &'a str,
        ty: &str,
        condition: Option<&'a Expr>,
        wanted: impl Fn(&Self) -> T,
    ) -> Vec<T> {
        let mut inner = self.clone();
        let mut all = Vec::new();
        for fact in self.facts.of_type(self.schema().type_index(ty)) {
            inner.bind(variable, fact);
            if condition.is_none_or(|condition| inner.holds(condition)) {
                all.push(wanted(&inner));
            }
            inner.unbind();
        }
        all
    }

    fn aggregate(&self, aggregate: &'a Aggregate) -> Option<Value> {
        let Aggregate { function, variable, type_name, condition, value, .. } = aggregate;
        let (variable, condition) = (&variable.text, condition.as_ref());
        let Some(value) = value else {
            let found = self.each(variable, &type_name.text, condition, |_| Value::Bool(true));
            return derived_value(*function, Kind::Bool, found);
        };
        let mut inner = self.clone();
        inner.declare(variable, self.schema().type_index(&type_name.text));
        let kind = inner.kind(value);
        let values = self.each(variable, &type_name.text, condition, |inner| inner.settled(value, kind));
        derived_value(*function, kind, values.into_iter().flatten().collect())
    }

    /// The value of an operand where a value of a kind is required.
    pub(crate) fn settled(&self, expr: &'a Expr, kind: Kind) -> Option<Value> {
        self.value(expr)?.fit(kind)
    }

    /// A variable, or the field at the end of a path. A path through a fact that is gone has no
    /// value.
    fn path(&self, path: &Path) -> Option<Value> {
        let mut value = match self.bound(&path.root.text) {
            Bound::Fact(fact) => Value::Fact(*fact),
            Bound::DerivedValue(_, derived_value) => derived_value.clone()?,
            Bound::Any(_) => panic!("`{}` stands for no fact", path.root.text),
        };
        for field in &path.fields {
            let Value::Fact(fact) = value else { return None };
            let fact = self.facts.get(fact)?;
            let index = self.facts.schema.types[fact.ty].field_index(&field.text);
            value = fact.fields[index].clone()?;
        }
        Some(value)
    }
}

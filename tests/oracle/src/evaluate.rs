//! What an expression of the tree is worth for given facts.
//!
//! An operand has a value or none; a condition is true or false. A comparison with an operand that has no value is
//! false, whichever comparison it is; `NOT` of it is true.

use tsd_compiler::syntax::ast::{CompareOp, Expr, ExprKind, Path};

use crate::facts::Facts;
use crate::operators;
use crate::schema::constant;
use crate::value::{FactId, Operand, Value};

/// The variables at a place, with the facts that they stand for.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    facts: &'a Facts,
    variables: Vec<(&'a str, FactId)>,
}

impl<'a> Scope<'a> {
    /// No variables.
    pub fn new(facts: &'a Facts) -> Self {
        Self { facts, variables: Vec::new() }
    }

    /// Binds one more variable.
    pub fn bind(&mut self, variable: &'a str, fact: FactId) {
        self.variables.push((variable, fact));
    }

    /// Forgets the variable that was bound last.
    pub fn unbind(&mut self) {
        self.variables.pop();
    }

    /// The fact that a variable stands for.
    pub fn find(&self, variable: &str) -> Option<FactId> {
        self.variables.iter().rev().find(|(name, _)| *name == variable).map(|(_, fact)| *fact)
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
                let mut inner = self.clone();
                let ty = self.facts.schema.type_index(&exists.type_name.text);
                self.facts.of_type(ty).any(|fact| {
                    inner.bind(&exists.variable.text, fact);
                    let holds = exists.condition.as_ref().is_none_or(|condition| inner.holds(condition));
                    inner.unbind();
                    holds
                })
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

    /// What an operand is worth.
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
            ExprKind::Aggregate(_) => panic!("the oracle does not know aggregates yet"),
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

    /// A variable, or the field at the end of a path. A path through a fact that is gone has no value.
    fn path(&self, path: &Path) -> Option<Value> {
        let start = self.find(&path.root.text).expect("the checker knows the variable");
        let mut value = Value::Fact(start);
        for field in &path.fields {
            let Value::Fact(fact) = value else { return None };
            let fact = self.facts.get(fact)?;
            let index = self.facts.schema.types[fact.ty].field_index(&field.text);
            value = fact.fields[index].clone()?;
        }
        Some(value)
    }
}

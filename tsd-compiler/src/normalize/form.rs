//! Conditions in normal form, and the algebra that keeps them there.
//!
//! Conditions on one field of one fact are recognised as early as possible: however they are
//! spelled, they are a set of values. Sets of values have one form, can be intersected, united and
//! complemented exactly, and are empty when the condition contradicts itself. A condition on more
//! than one field stays a test. AND and OR are flat, sorted and without duplicates.

use std::collections::BTreeMap;

use tsd_ir::{Canonical, Comparison, Const, Domain, Expr, FieldId, Position, Schema, Test, TypeId};

use super::{order, sets};
use crate::fold::{folded, outcome};
use crate::hir::{Condition, may_lack_value, optional_field};

/// A condition in normal form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// Always or never so.
    Constant(bool),
    /// A field's value lies in a set; neither the empty set nor that of all values.
    Within { at: Position, field: FieldId, domain: Domain },
    /// A single test, or NOT of one.
    Test(Test),
    /// At least two, none of them constant or `All`.
    All(Vec<Form>),
    /// At least two, none of them constant or `Any`.
    Any(Vec<Form>),
}

/// Creates and combines forms of conditions on facts of some types.
#[derive(Clone, Copy)]
pub(super) struct Forms<'a> {
    pub(super) schema: &'a Schema,
    pub(super) types: &'a [TypeId],
}

impl Forms<'_> {
    /// The form of a condition, or of NOT of it.
    pub(super) fn of(self, condition: &Condition, negated: bool) -> Form {
        let each = |parts: &[Condition]| parts.iter().map(|part| self.of(part, negated)).collect();
        match condition {
            Condition::All(parts) if negated => self.any(each(parts)),
            Condition::Any(parts) if negated => self.all(each(parts)),
            Condition::All(parts) => self.all(each(parts)),
            Condition::Any(parts) => self.any(each(parts)),
            Condition::Not(part) => self.of(part, !negated),
            Condition::Test(test) => self.test(test, negated),
        }
    }

    /// NOT of a form.
    pub(super) fn negation(self, form: &Form) -> Form {
        let each = |parts: &[Form]| parts.iter().map(|part| self.negation(part)).collect();
        match form {
            Form::Constant(value) => Form::Constant(!value),
            Form::Within { at, field, domain } => {
                let domain = domain.complement(optional_field(self.schema, self.types, *at, *field));
                Form::Within { at: *at, field: *field, domain }
            }
            Form::Test(Test::Not(test)) => Form::Test((**test).clone()),
            Form::Test(test) => self.test(test, true),
            Form::All(parts) => self.any(each(parts)),
            Form::Any(parts) => self.all(each(parts)),
        }
    }

    /// AND of forms.
    pub(super) fn all(self, parts: Vec<Form>) -> Form {
        self.combined(parts, true)
    }

    /// OR of forms.
    pub(super) fn any(self, parts: Vec<Form>) -> Form {
        self.combined(parts, false)
    }

    fn combined(self, parts: Vec<Form>, all: bool) -> Form {
        let mut sets: BTreeMap<(Position, FieldId), Vec<Domain>> = BTreeMap::new();
        let mut others: Vec<(String, Form)> = Vec::new();
        let flat = parts.into_iter().flat_map(|part| match part {
            Form::All(inner) if all => inner,
            Form::Any(inner) if !all => inner,
            part => vec![part],
        });
        for part in flat {
            match part {
                Form::Constant(value) if value == all => {}
                Form::Constant(value) => return Form::Constant(value),
                Form::Within { at, field, domain } => sets.entry((at, field)).or_default().push(domain),
                part => others.push((self.canonical(&part), part)),
            }
        }
        let mut combined = Vec::with_capacity(sets.len() + others.len());
        for ((at, field), domains) in sets {
            let domain = sets::reduced(
                domains,
                |one, other| {
                    if all { one.intersection(other) } else { one.union(other) }
                },
            );
            match self.within(at, field, domain) {
                Form::Constant(value) if value == all => {}
                Form::Constant(value) => return Form::Constant(value),
                form => combined.push(form),
            }
        }
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        others.dedup_by(|(one, _), (other, _)| one == other);
        combined.extend(others.into_iter().map(|(_, form)| form));
        match combined.len() {
            0 => Form::Constant(all),
            1 => combined.remove(0),
            _ if all => Form::All(combined),
            _ => Form::Any(combined),
        }
    }

    /// The form of a set of values of a field.
    fn within(self, at: Position, field: FieldId, domain: Domain) -> Form {
        if domain.is_empty() {
            return Form::Constant(false);
        }
        if domain.is_all(optional_field(self.schema, self.types, at, field)) {
            return Form::Constant(true);
        }
        Form::Within { at, field, domain }
    }

    /// The text that identifies equal forms.
    pub(super) fn canonical(self, form: &Form) -> String {
        Canonical::new(self.schema, self.types).test(&self.to_test(form))
    }

    /// The form as a test, its operands sorted.
    pub(super) fn to_test(self, form: &Form) -> Test {
        let each = |parts: &[Form]| parts.iter().map(|part| self.to_test(part)).collect();
        match form {
            Form::Constant(value) => Test::Constant(*value),
            Form::Within { at, field, domain } => {
                let declared = self.schema.ty(self.types[at.index()]).field(*field);
                let operand = Expr::Field { at: *at, field: *field, kind: declared.kind };
                let test = sets::to_test(&operand, domain, declared.optional);
                order::ordered(self.schema, self.types, test)
            }
            Form::Test(test) => order::ordered(self.schema, self.types, test.clone()),
            Form::All(parts) => order::sorted(self.schema, self.types, each(parts), true),
            Form::Any(parts) => order::sorted(self.schema, self.types, each(parts), false),
        }
    }

    /// The positions that a form reads, ascending.
    pub(super) fn positions(self, form: &Form) -> Vec<Position> {
        let mut positions = match form {
            Form::Constant(_) => Vec::new(),
            Form::Within { at, .. } => vec![*at],
            Form::Test(test) => test.positions(),
            Form::All(parts) | Form::Any(parts) => {
                parts.iter().flat_map(|part| self.positions(part)).collect()
            }
        };
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    fn lacks(self, expr: &Expr) -> bool {
        may_lack_value(self.schema, self.types, expr)
    }

    /// The form of a single test, or of NOT of it.
    fn test(self, test: &Test, negated: bool) -> Form {
        let test = match test {
            Test::Compare { op, left, right } => {
                return self.comparison(*op, folded(left), folded(right), negated);
            }
            Test::Missing(operand) => {
                let operand = folded(operand);
                match &operand {
                    Expr::Const(_) => {}
                    _ if !self.lacks(&operand) => return Form::Constant(negated),
                    Expr::Field { at, field, .. } => {
                        return self.set(*at, *field, Domain::only_missing(), negated);
                    }
                    _ => {}
                }
                Test::Missing(operand)
            }
            Test::Holds(operand) => match folded(operand) {
                Expr::Field { at, field, .. } => {
                    return self.set(
                        at,
                        field,
                        Domain::comparing(Comparison::Equal, &Const::Bool(true)),
                        negated,
                    );
                }
                operand => Test::Holds(operand),
            },
            Test::Contains { text, part } => Test::Contains { text: folded(text), part: folded(part) },
            Test::Like { text, pattern } => Test::Like { text: folded(text), pattern: folded(pattern) },
            Test::Matches { text, pattern } => Test::Matches { text: folded(text), pattern: pattern.clone() },
            Test::Not(test) => return self.test(test, !negated),
            Test::All(_) | Test::Any(_) | Test::Constant(_) => test.clone(),
        };
        match outcome(&test) {
            Some(value) => Form::Constant(value != negated),
            None if negated => Form::Test(Test::Not(Box::new(test))),
            None => Form::Test(test),
        }
    }

    fn set(self, at: Position, field: FieldId, domain: Domain, negated: bool) -> Form {
        let optional = optional_field(self.schema, self.types, at, field);
        self.within(at, field, if negated { domain.complement(optional) } else { domain })
    }

    fn comparison(self, op: Comparison, left: Expr, right: Expr, negated: bool) -> Form {
        let test = Test::Compare { op, left, right };
        if let Some(value) = outcome(&test) {
            return Form::Constant(value != negated);
        }
        let Test::Compare { op, left, right } = order::oriented(self.schema, self.types, test) else {
            return Form::Constant(negated);
        };
        if let (Expr::Field { at, field, .. }, Expr::Const(constant)) = (&left, &right) {
            return self.set(*at, *field, Domain::comparing(op, constant), negated);
        }
        if let Some((at, field, domain)) = sets::of_widened(op, &left, &right) {
            return self.set(at, field, domain, negated);
        }
        if !negated {
            return Form::Test(Test::Compare { op, left, right });
        }
        if self.lacks(&left) || self.lacks(&right) {
            return Form::Test(Test::Not(Box::new(Test::Compare { op, left, right })));
        }
        let opposite = Test::Compare { op: opposite(op), left, right };
        Form::Test(order::oriented(self.schema, self.types, opposite))
    }
}

/// The comparison that holds for two values exactly when the given one does not.
fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

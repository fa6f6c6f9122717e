//! Views in normal form, each with a text that contains what it computes and nothing else.

use std::collections::BTreeMap;

use tsd_ir::{DerivedExpr, Expr, Schema, Source, Text};

use super::{Conjunction, conjunctions, parameters, question};
use crate::fold::folded;
use crate::hir::{Condition, View};

/// A view in normal form.
#[derive(Clone, Debug)]
pub struct NormalView {
    /// The view, the names of the derived values in it filled in.
    pub view: View,
    /// The alternatives of its condition, no two of which accept the same row.
    pub branches: Vec<Conjunction>,
    /// The text of what it computes.
    pub form: Text,
}

/// The views of a rule in normal form. Views that compute the same are one.
#[derive(Debug, Default)]
pub(super) struct Views {
    pub(super) list: Vec<NormalView>,
    /// For each view of the rule, its index in the list, and the new place of each of its
    /// parameters.
    places: Vec<(usize, Vec<usize>)>,
}

impl Views {
    pub(super) fn of(schema: &Schema, views: &[View]) -> Self {
        let mut normal = Self::default();
        let mut numbers: BTreeMap<Text, usize> = BTreeMap::new();
        for view in views {
            let view = View {
                condition: normal.named_condition(&view.condition),
                input: view.input.as_ref().map(|input| folded(&normal.named(input))),
                ..view.clone()
            };
            let places = parameters::places(schema, &view);
            let view = parameters::at_places(&view, &places);
            let (condition, branches) = conjunctions(schema, &view.types(), &view.condition);
            let form: Text = question::form(schema, &view, &condition).into();
            let next = normal.list.len();
            let number = *numbers.entry(form.clone()).or_insert(next);
            normal.places.push((number, places));
            if number == next {
                normal.list.push(NormalView { view, branches, form });
            }
        }
        normal
    }

    /// The expression in which derived values name what they compute.
    pub(super) fn named(&self, expr: &Expr) -> Expr {
        expr.rewrite(&mut |part| match part {
            Expr::Derived(derived_value) => {
                let mut named = DerivedExpr {
                    operands: derived_value.operands.iter().map(|operand| self.named(operand)).collect(),
                    ..(**derived_value).clone()
                };
                if let Source::View(view) = derived_value.source {
                    let (number, places) = &self.places[view as usize];
                    named.source = Source::View(*number as u16);
                    named.name = self.list[*number].form.clone();
                    let operands = named.operands.clone();
                    places.iter().zip(operands).for_each(|(place, one)| named.operands[*place] = one);
                }
                Some(Expr::Derived(Box::new(named)))
            }
            _ => None,
        })
    }

    pub(super) fn named_condition(&self, condition: &Condition) -> Condition {
        condition.rewrite(&mut |part| Some(self.named(part)))
    }
}

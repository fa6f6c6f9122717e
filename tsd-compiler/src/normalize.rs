//! From a condition as it was written to one that can be planned.
//!
//! Many conditions mean the same, and rules share work only where they look the same. So constants
//! are folded, comparisons oriented, and AND and OR flattened and sorted. NOT is pushed inwards
//! where that is exact: a comparison with a missing value is false both ways, so `NOT (a < b)` is
//! not `a >= b` where a value may be missing. All conditions on one field of one fact become a set
//! of values. The rest is separated into filters on single facts, equalities between two facts, and
//! tests on several.

mod conjunction;
mod followed;
mod form;
mod keys;
mod order;
mod parameters;
mod question;
mod sets;
mod split;
mod view;

use tsd_ir::{Body, Effect, Expr, Schema, TypeId};

pub use self::conjunction::{Conjunction, Followed, PatternFilter};
pub use self::keys::{End, Key};
pub use self::view::NormalView;

pub(crate) use self::keys::{Groups, at_positions, is_unique, positions};
pub(crate) use self::order::ordered;
pub(crate) use self::sets::widening_to;

use self::followed::Following;
use self::form::{Form, Forms};
use self::view::Views;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::fold::folded;
use crate::hir::{Condition, Rule};

/// A rule's condition in normal form, and its effects with their constants computed.
#[derive(Clone, Debug)]
pub struct Normal {
    /// Alternatives, no two of which accept the same tuple; none when the condition cannot be true.
    pub branches: Vec<Conjunction>,
    /// What the rule does.
    pub effects: Vec<Effect>,
    /// The views that its derived values read, each after those that it reads itself.
    pub views: Vec<NormalView>,
    /// Which patterns some condition connects.
    pub(crate) tied: Groups,
}

/// Brings a rule into normal form. Warns when its condition cannot be true.
pub fn normalize(schema: &Schema, rule: &Rule, sink: &mut Diagnostics) -> Normal {
    let views = Views::of(schema, &rule.views);
    let types = rule.types();
    let forms = Forms { schema, types: &types };
    let form = forms.of(&views.named_condition(&rule.condition), false);
    let tied = tied(forms, &form);
    let following = if rule.no_loop { Following::Never } else { Following::Directly };
    let branches = branches(forms, following, form);
    if branches.is_empty() {
        let message = format!("the rule `{}` never fires: its condition cannot be true", rule.name);
        sink.report(Diagnostic::new(Code::UnreachableRule, rule.condition_span, message).label("never true"));
    }
    let effects = rule.effects.iter().map(|effect| self::effect(&views, effect)).collect();
    Normal { branches, effects, views: views.list, tied }
}

/// The condition of a view, on facts of some types: its canonical text, and its alternatives.
fn conjunctions(schema: &Schema, types: &[TypeId], condition: &Condition) -> (String, Vec<Conjunction>) {
    let forms = Forms { schema, types };
    let form = forms.of(condition, false);
    (forms.canonical(&form), branches(forms, Following::Anyhow, form))
}

fn branches(forms: Forms<'_>, following: Following, form: Form) -> Vec<Conjunction> {
    split::branches(forms, form).into_iter().map(|parts| conjunction(forms, following, parts)).collect()
}

/// Which patterns any condition connects, be it an equality or not.
fn tied(forms: Forms<'_>, form: &Form) -> Groups {
    let mut groups = Groups::new(forms.types.len());
    let parts = match form {
        Form::All(parts) => parts.as_slice(),
        form => std::slice::from_ref(form),
    };
    for part in parts {
        let positions = forms.positions(part);
        for pair in positions.windows(2) {
            groups.join(pair[0].index(), pair[1].index());
        }
    }
    groups
}

fn conjunction(forms: Forms<'_>, following: Following, parts: Vec<Form>) -> Conjunction {
    let mut conjunction =
        Conjunction { filters: vec![PatternFilter::default(); forms.types.len()], ..Conjunction::default() };
    for part in parts {
        let test = match part {
            Form::Within { at, field, domain } => {
                conjunction.filters[at.index()].fields.insert(field, domain);
                continue;
            }
            part => forms.to_test(&part),
        };
        if let Some(key) = keys::key(forms, &test) {
            conjunction.keys.push(key);
            continue;
        }
        if test.reads_derived_values() {
            conjunction.live.push(test);
            continue;
        }
        let positions = test.positions();
        match positions.as_slice() {
            [] => conjunction.filters[0].tests.push(test),
            [at] => conjunction.filters[at.index()].tests.push(test),
            _ => conjunction.tests.push((positions, test)),
        }
    }
    for key in keys::take_idle(forms, &mut conjunction.keys) {
        let test = key.test(forms.schema, forms.types).map(|test| forms.to_test(&Form::Test(test)));
        conjunction.tests.extend(test.map(|test| (test.positions(), test)));
    }
    followed::join(forms, following, &mut conjunction);
    conjunction.keys.sort_unstable();
    conjunction.keys.dedup();
    conjunction
}

fn effect(views: &Views, effect: &Effect) -> Effect {
    let mut effect = effect.clone();
    if let Some(arguments) = effect.arguments_mut()
        && let Body::Tree(operands) = &mut arguments.body
    {
        operands.iter_mut().for_each(|operand: &mut Expr| *operand = folded(&views.named(operand)));
    }
    effect
}

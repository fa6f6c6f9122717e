//! The order of a view's parameters: by their roles in the question, so that it depends neither on
//! the reader nor on how the condition was written.
//!
//! Parameters are ordered by kind first ([`views`](crate::views)), so only those of one kind must
//! be told apart. The question is written once for each of them, with this parameter marked
//! differently from the others. Parameters with equal texts are taken as interchangeable.

use tsd_ir::{Expr, FieldId, Parameters, Position, Schema};

use super::Forms;
use super::question::form;
use crate::fold::folded;
use crate::hir::View;

/// The most parameters of one kind that are ordered; more stay as they are written.
const MANY: usize = 32;

/// The new place of each parameter of a view.
pub(super) fn places(schema: &Schema, view: &View) -> Vec<usize> {
    let Parameters::Values(parameters) = &view.parameters else { return Vec::new() };
    let mut places: Vec<usize> = (0..parameters.len()).collect();
    let mut first = 0;
    for alike in parameters.chunk_by(|one, other| one == other) {
        let own = first..first + alike.len();
        first = own.end;
        if !(2..=MANY).contains(&alike.len()) {
            continue;
        }
        let mut order: Vec<(String, usize)> =
            own.clone().map(|at| (marked(schema, view, at, own.start), at)).collect();
        order.sort();
        own.zip(order).for_each(|(place, (_, at))| places[at] = place);
    }
    places
}

/// The view with its parameters at these places.
pub(super) fn at_places(view: &View, places: &[usize]) -> View {
    if places.iter().enumerate().all(|(at, place)| at == *place) {
        return view.clone();
    }
    renamed(view, &|at| places[at])
}

/// The text of a view in which the parameter `at` is marked and all others look alike. Its kind has
/// two parameters or more, from `first` on.
fn marked(schema: &Schema, view: &View, at: usize, first: usize) -> String {
    let marked = renamed(view, &|other| if other == at { first } else { first + 1 });
    let types = marked.types();
    let forms = Forms { schema, types: &types };
    let condition = forms.canonical(&forms.of(&marked.condition, false));
    form(schema, &View { input: marked.input.as_ref().map(folded), ..marked }, &condition)
}

/// The view with other names for its parameters.
fn renamed(view: &View, name: &dyn Fn(usize) -> usize) -> View {
    let mut rename = |part: &Expr| match part {
        Expr::Field { at: Position(0), field, kind } => {
            let field = FieldId(name(field.index()) as u16);
            Some(Expr::Field { at: Position(0), field, kind: *kind })
        }
        _ => None,
    };
    View {
        condition: view.condition.rewrite(&mut |operand| Some(operand.rewrite(&mut rename))),
        input: view.input.as_ref().map(|input| input.rewrite(&mut rename)),
        ..view.clone()
    }
}

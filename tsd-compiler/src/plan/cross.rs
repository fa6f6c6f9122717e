//! Patterns that no condition connects.
//!
//! A rule that joins all orders with all customers has usually forgotten to say which customer, so
//! the author is warned. There is no warning if at most one fact can be joined: a type with a
//! single fact, which holds settings or the phase of a program (`@rows(1)`), or a fact fixed by its
//! whole primary key. Then there are no more pairs than facts.

use tsd_ir::{Part, Position, Schema, TypeId};

use super::cost::{Member, Model};
use super::observed::Observed;
use super::shape::Mask;
use super::sharing::Unit;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::Rule;
use crate::module::Side;
use crate::normalize::{Conjunction, End, Groups, Key, is_unique, positions};

/// The sides of a branch. `patterns` maps the patterns of the shape to those of the branch.
pub(super) fn sides(
    schema: &Schema,
    unit: &Unit<'_>,
    tied: &Groups,
    patterns: &[usize],
    (model, member): (&Model, &Member),
    observed: &Observed,
) -> Vec<Side> {
    let Conjunction { types, followed, .. } = unit.conjunction;
    let declared = types.len() - followed.len();
    let single = single(schema, types, unit.conjunction, observed);
    // A fact that a reference leads to belongs to the fact with the reference.
    let owner = |pattern: usize| {
        let up = |pattern: &usize| Some(followed[pattern.checked_sub(declared)?].of.index());
        std::iter::successors(Some(pattern), up).last().unwrap_or(pattern)
    };
    let sides = tied.firsts().into_iter().map(|first| {
        let inside = |pattern: usize| tied.same(first, owner(pattern));
        let places = patterns.iter().enumerate().filter(|(_, pattern)| inside(**pattern));
        let set = places.fold(0, |set: Mask, (place, _)| set | 1 << place);
        let mut all = (0..types.len()).filter(|pattern| inside(*pattern));
        let rows = if all.clone().all(|pattern| single[pattern]) { 1.0 } else { model.rows_for(member, set) };
        let guessed = all.any(|pattern| !observed.knows_rows(schema, types[pattern]));
        Side { first: Position(first as u16), rows, guessed }
    });
    sides.collect()
}

/// For each pattern, whether at most one fact can match it, given the patterns for which that is
/// already known.
fn single(schema: &Schema, types: &[TypeId], conjunction: &Conjunction, observed: &Observed) -> Vec<bool> {
    let mut single: Vec<bool> = types.iter().map(|ty| observed.rows(schema, *ty) <= 1.0).collect();
    loop {
        let found = (0..types.len()).find(|pattern| {
            !single[*pattern] && is_named(schema, types[*pattern], *pattern, conjunction, &single)
        });
        match found {
            Some(pattern) => single[pattern] = true,
            None => return single,
        }
    }
}

/// Whether constants, and parts of facts that are single, determine the fact of a pattern.
fn is_named(schema: &Schema, ty: TypeId, pattern: usize, conjunction: &Conjunction, single: &[bool]) -> bool {
    let constant = conjunction.filters[pattern].fields.iter().filter(|(field, domain)| {
        let points = domain.points(schema.ty(ty).field(**field).kind);
        matches!(points, Some((points, true)) if points.len() == 1)
    });
    let constant = constant.map(|(field, _)| Part::Field(*field));
    let is_it = |end: &End| positions(end).all(|at| at.index() == pattern);
    let is_single = |end: &End| positions(end).all(|at| single[at.index()]);
    let ends = conjunction.keys.iter().flat_map(Key::ends);
    let equal = ends.filter(|(own, other)| is_it(own) && is_single(other)).map(|((_, part), _)| part.clone());
    let parts: Vec<Part> = constant.chain(equal).collect();
    is_unique(schema, ty, parts.iter())
}

/// Warns about patterns that no condition connects with earlier ones, if that results in many
/// pairs.
pub(super) fn report(rule: &Rule, branches: &[super::BranchPlan], sink: &mut Diagnostics) {
    let Some((branch, others)) = branches.split_first() else { return };
    let mut sides = branch.sides.clone();
    for branch in others {
        // No branch connects these patterns; each may let through more than another.
        sides.iter_mut().zip(&branch.sides).for_each(|(side, other)| side.rows = side.rows.max(other.rows));
    }
    sides.retain(|side| side.rows > 1.0);
    let [first, others @ ..] = sides.as_slice() else { return };
    for other in others {
        let size = first.rows * other.rows;
        let basis = if first.guessed || other.guessed { " if a type has 1000 facts" } else { "" };
        let (one, other) = (&rule.patterns[first.first.index()], &rule.patterns[other.first.index()]);
        let message = format!(
            "no condition connects `{}` with `{}`: every pair matches, about {size:.0}{basis}",
            other.variable, one.variable,
        );
        sink.report(
            Diagnostic::new(Code::CrossProduct, other.span, message)
                .label("joined with everything")
                .also(one.span, "and this")
                .hint(format!("compare a field of `{}` with one of `{}`", other.variable, one.variable)),
        );
    }
}

//! Types that refer to each other in a cycle.
//!
//! A fact of such a type would need an existing fact, which would need another, for ever. Types
//! without a cycle through them are removed until nothing changes. In the rest, following
//! references always returns to a type that was visited.

use tsd_ir::{FieldId, Kind, Schema, TypeId};

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// Reports one cycle for every group of types that has any.
pub(super) fn report(
    schema: &Schema,
    span: impl Fn(TypeId, FieldId) -> Option<Span>,
    sink: &mut Diagnostics,
) {
    let references: Vec<Vec<(FieldId, TypeId)>> = schema.types.iter().map(references).collect();
    let left = without_free_types(&references);
    // The walk that first visited a type; 0 for none.
    let mut walk_of = vec![0_usize; references.len()];
    for start in (0..references.len()).filter(|index| left[*index]) {
        let walk = start + 1;
        let mut at = start;
        let mut steps: Vec<(TypeId, FieldId)> = Vec::new();
        while walk_of[at] == 0 {
            walk_of[at] = walk;
            let next = references[at].iter().find(|(_, ty)| left[ty.index()]);
            let Some((field, ty)) = next else { break };
            steps.push((TypeId(at as u16), *field));
            at = ty.index();
        }
        if walk_of[at] != walk {
            continue;
        }
        let circle: Vec<_> = steps.into_iter().skip_while(|(ty, _)| ty.index() != at).collect();
        let Some(diagnostic) = describe(schema, &circle, &span) else { continue };
        sink.report(diagnostic);
    }
}

fn references(ty: &tsd_ir::Type) -> Vec<(FieldId, TypeId)> {
    let fields = ty.fields.iter().enumerate();
    fields
        .filter_map(|(index, field)| match field.kind {
            Kind::Fact(ty) => Some((FieldId(index as u16), ty)),
            _ => None,
        })
        .collect()
}

/// For every type, whether it refers to a cycle.
fn without_free_types(references: &[Vec<(FieldId, TypeId)>]) -> Vec<bool> {
    let mut left = vec![true; references.len()];
    let mut open: Vec<usize> = references.iter().map(Vec::len).collect();
    let mut referrers = vec![Vec::new(); references.len()];
    for (from, targets) in references.iter().enumerate() {
        targets.iter().for_each(|(_, to)| referrers[to.index()].push(from));
    }
    let mut free: Vec<usize> = (0..references.len()).filter(|index| open[*index] == 0).collect();
    while let Some(index) = free.pop() {
        left[index] = false;
        for from in &referrers[index] {
            open[*from] -= 1;
            if open[*from] == 0 {
                free.push(*from);
            }
        }
    }
    left
}

fn describe(
    schema: &Schema,
    circle: &[(TypeId, FieldId)],
    span: impl Fn(TypeId, FieldId) -> Option<Span>,
) -> Option<Diagnostic> {
    let (first, rest) = circle.split_first()?;
    let name = |ty: TypeId| &schema.ty(ty).name;
    let message = match rest.last() {
        None => format!("type `{}` refers to itself", name(first.0)),
        Some(_) => {
            let names: Vec<String> = circle.iter().map(|(ty, _)| format!("`{}`", name(*ty))).collect();
            format!("types refer to each other in a cycle: {} -> `{}`", names.join(" -> "), name(first.0))
        }
    };
    let mut diagnostic =
        Diagnostic::new(Code::ReferenceCycle, span(first.0, first.1)?, message).label("refers on");
    for (ty, field) in rest.iter().take(8) {
        diagnostic = diagnostic.also(span(*ty, *field)?, "and from here");
    }
    Some(diagnostic.hint("keep the other fact's key in a `string` field, and compare keys in the rules"))
}

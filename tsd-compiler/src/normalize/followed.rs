//! References that are followed for a key, as joins.
//!
//! `o.customer.tier == d.tier` connects orders with discounts, but its outcome can change while the
//! order stays the same. As a test it would be evaluated for every pair, and again whenever a
//! customer changes. So the customer takes part in the chain like a pattern: it joins the order on
//! the reference, and the discount on the tier. There is at most one such fact for each tuple, and
//! none if there is no value.
//!
//! A change of that fact removes a tuple and adds it again. No rule may notice that if the tuple
//! holds throughout. So for a rule one side must be a plain field of the fact, which has either
//! changed or is not read, and the other side must not depend on derived values. For the rows of
//! views nobody could notice. Rules with `no-loop` are notified of changes tuple by tuple, so they
//! keep their tests.

use tsd_ir::{Comparison, Expr, Part, Position, Source, Test, TypeId};

use super::conjunction::{Conjunction, Followed, PatternFilter};
use super::form::Forms;
use super::keys;

/// Which followed references may be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Following {
    /// Nothing.
    Never,
    /// Those that lead directly to one side of an equality.
    Directly,
    /// All that an equality computes from.
    Anyhow,
}

/// The most references that are joined in one chain.
const MANY: usize = 8;

/// Turns tests into keys where following references makes that possible.
pub(super) fn join(forms: Forms<'_>, following: Following, conjunction: &mut Conjunction) {
    if following != Following::Never {
        for test in std::mem::take(&mut conjunction.live) {
            match key(forms, following, &test, conjunction) {
                Some((key, followed)) => {
                    conjunction.keys.push(key);
                    conjunction.followed = followed;
                }
                None => conjunction.live.push(test),
            }
        }
    }
    conjunction.types = types(forms, &conjunction.followed);
    let own = (0..).map(|index| own_position(forms, index));
    for (followed, own) in conjunction.followed.iter_mut().zip(own) {
        followed.reads.sort_unstable();
        followed.reads.dedup();
        let reference = (followed.of, Part::Field(followed.reference));
        conjunction.keys.push(keys::Key::of(reference, (own, Part::Fact)));
        conjunction.filters.push(PatternFilter::default());
    }
}

/// The types of the patterns, and those of the facts that references lead to.
fn types(forms: Forms<'_>, followed: &[Followed]) -> Vec<TypeId> {
    forms.types.iter().copied().chain(followed.iter().map(|followed| followed.ty)).collect()
}

fn own_position(forms: Forms<'_>, index: usize) -> Position {
    Position((forms.types.len() + index) as u16)
}

/// The key that a test becomes when references are followed, with all of these.
fn key(
    forms: Forms<'_>,
    following: Following,
    test: &Test,
    conjunction: &Conjunction,
) -> Option<(keys::Key, Vec<Followed>)> {
    let Test::Compare { op: Comparison::Equal, left, right } = test else { return None };
    let sides = [left.positions(), right.positions()];
    let is_key =
        sides.iter().all(|side| !side.is_empty()) && sides[0].iter().all(|at| !sides[1].contains(at));
    let is_safe = match (left.reads_derived_values(), right.reads_derived_values()) {
        _ if following == Following::Anyhow => true,
        (true, false) => is_direct(left),
        (false, true) => is_direct(right),
        _ => false,
    };
    if !is_key || !is_safe || keys::are_found(forms, &conjunction.keys, &sides[0], &sides[1]) {
        return None;
    }
    let mut followed = conjunction.followed.clone();
    let test = test.rewrite(&mut |part| follow(forms, part, &mut followed));
    let types = types(forms, &followed);
    let key = keys::key(Forms { schema: forms.schema, types: &types }, &test)?;
    (followed.len() <= MANY).then_some((key, followed))
}

/// Whether an operand is a field of the fact that a reference of a pattern leads to.
fn is_direct(operand: &Expr) -> bool {
    let Expr::Derived(derived) = operand else { return false };
    matches!((derived.source, derived.operands.as_slice()), (Source::Field(..), [Expr::Field { .. }]))
}

/// The field that a part of an operand is when its reference is followed.
fn follow(forms: Forms<'_>, part: &Expr, all: &mut Vec<Followed>) -> Option<Expr> {
    let Expr::Derived(derived_value) = part else { return None };
    let Source::Field(ty, field) = derived_value.source else { return None };
    let (of, reference) = match derived_value.operands.first()? {
        Expr::Field { at, field, .. } => (*at, *field),
        inner @ Expr::Derived(_) => match follow(forms, inner, all)? {
            Expr::Field { at, field, .. } => (at, field),
            _ => return None,
        },
        _ => return None,
    };
    let known = all.iter().position(|known| (known.of, known.reference) == (of, reference));
    let index = known.unwrap_or_else(|| {
        all.push(Followed { of, reference, ty, reads: Vec::new() });
        all.len() - 1
    });
    all[index].reads.push(field);
    Some(Expr::Field { at: own_position(forms, index), field, kind: derived_value.kind })
}

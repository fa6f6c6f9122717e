//! An OR that joins patterns, split into branches.
//!
//! `o.buyer == c.id OR o.payer == c.id` ties two patterns together in either case, but as a test it would have to be
//! tried on every pair. As two branches each is a join on a key. No tuple may be in two branches, so each also requires
//! that the alternatives before it do not hold.

use tsd_ir::Test;

use super::form::{Form, Forms};
use super::keys;

/// The most branches that a rule is split into; an OR that would give more stays a test.
const MAX_BRANCHES: usize = 16;

/// Splits a conjunction into branches, no two of which accept the same tuple. None when it cannot be true.
pub(super) fn branches(forms: Forms<'_>, form: Form) -> Vec<Vec<Form>> {
    let mut done = Vec::new();
    let mut open = vec![form];
    while let Some(form) = open.pop() {
        let parts = match form {
            Form::Constant(false) => continue,
            Form::Constant(true) => Vec::new(),
            Form::All(parts) => parts,
            form => vec![form],
        };
        let room = MAX_BRANCHES.saturating_sub(done.len() + open.len());
        match splittable(forms, &parts, room) {
            None => done.push(parts),
            Some(index) => open.extend(alternatives(forms, parts, index).into_iter().rev()),
        }
    }
    done
}

/// The first OR all of whose alternatives tie patterns together that nothing else does.
fn splittable(forms: Forms<'_>, parts: &[Form], room: usize) -> Option<usize> {
    if !parts.iter().any(|part| matches!(part, Form::Any(_))) {
        return None;
    }
    let mut groups = keys::Groups::new(forms.types.len());
    for part in parts {
        if let Form::Test(test) = part
            && let Some(key) = keys::key(forms, test)
        {
            groups.join_all(&key);
        }
    }
    let fits = |part: &Form| matches!(part, Form::Any(alternatives) if alternatives.len() <= room);
    parts.iter().position(|part| fits(part) && connects(forms, part, &groups))
}

/// Whether a form, however it comes true, equates parts of patterns of different groups.
fn connects(forms: Forms<'_>, form: &Form, groups: &keys::Groups) -> bool {
    match form {
        Form::Test(test @ Test::Compare { .. }) => {
            keys::key(forms, test).is_some_and(|key| !groups.has_all(&key))
        }
        Form::All(parts) => parts.iter().any(|part| connects(forms, part, groups)),
        Form::Any(parts) => parts.iter().all(|part| connects(forms, part, groups)),
        _ => false,
    }
}

/// The conjunction once for each alternative of its OR at `index`.
fn alternatives(forms: Forms<'_>, mut parts: Vec<Form>, index: usize) -> Vec<Form> {
    let chosen = parts.remove(index);
    let Form::Any(alternatives) = chosen else {
        parts.insert(index, chosen);
        return vec![forms.all(parts)];
    };
    let mut excluded: Vec<Form> = Vec::with_capacity(alternatives.len());
    let mut branches = Vec::with_capacity(alternatives.len());
    for alternative in alternatives {
        let mut branch = parts.clone();
        branch.extend(excluded.iter().cloned());
        excluded.push(forms.negation(&alternative));
        branch.push(alternative);
        branches.push(forms.all(branch));
    }
    branches
}

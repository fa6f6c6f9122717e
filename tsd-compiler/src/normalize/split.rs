//! An OR that joins patterns, split into branches.
//!
//! `o.buyer == c.id OR o.payer == c.id` connects two patterns in either case, but as a test it
//! would be evaluated for every pair. As two branches each is a join on a key. No tuple may be in
//! two branches, so each also requires that earlier alternatives do not hold.
//!
//! Nor may a tuple move from one branch to another while its facts stay the same: it would stop
//! holding in one and start holding in the other, and its rule would fire again although it held
//! throughout. So only facts decide the branch. Tests that depend on derived values are evaluated
//! inside a branch, for all alternatives that may still hold there.

use tsd_ir::Test;

use super::form::{Form, Forms};
use super::keys;

/// The most branches that a rule is split into; an OR that would need more stays a test.
const MAX_BRANCHES: usize = 16;

/// Splits a conjunction into branches, no two of which accept the same tuple. None when it cannot
/// be true.
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

/// The first OR whose alternatives all connect patterns that nothing else connects.
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

/// Whether a form, whichever of its alternatives holds, equates parts of patterns of different
/// groups.
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
    let Form::Any(mut alternatives) = chosen else {
        parts.insert(index, chosen);
        return vec![forms.all(parts)];
    };
    // Where the facts decide, nothing else is evaluated, and later alternatives may rely on it.
    alternatives.sort_by_key(reads_derived_values);
    let mut excluded: Vec<Form> = Vec::with_capacity(alternatives.len());
    let mut branches = Vec::with_capacity(alternatives.len());
    for (number, alternative) in alternatives.iter().enumerate() {
        let mut branch = parts.clone();
        branch.extend(excluded.iter().cloned());
        let said_by_facts = by_facts(forms, alternative);
        excluded.push(forms.negation(&said_by_facts));
        branch.push(said_by_facts);
        if reads_derived_values(alternative) {
            let later = alternatives[number + 1..].iter().cloned();
            branch
                .push(forms.any([by_derived_values(forms, alternative)].into_iter().chain(later).collect()));
        }
        branches.push(forms.all(branch));
    }
    branches
}

/// Whether the outcome may change while the facts stay the same.
fn reads_derived_values(form: &Form) -> bool {
    match form {
        Form::Constant(_) | Form::Within { .. } => false,
        Form::Test(test) => test.reads_derived_values(),
        Form::All(parts) | Form::Any(parts) => parts.iter().any(reads_derived_values),
    }
}

/// What the facts alone must satisfy for a form to hold, whatever its derived values are.
fn by_facts(forms: Forms<'_>, form: &Form) -> Form {
    let each = |parts: &[Form]| parts.iter().map(|part| by_facts(forms, part)).collect();
    match form {
        form if !reads_derived_values(form) => form.clone(),
        Form::All(parts) => forms.all(each(parts)),
        Form::Any(parts) => forms.any(each(parts)),
        _ => Form::Constant(true),
    }
}

/// What remains of a form to be tested where the facts are known to satisfy [what they
/// must](by_facts).
fn by_derived_values(forms: Forms<'_>, form: &Form) -> Form {
    match form {
        Form::All(parts) => {
            forms.all(parts.iter().filter(|part| reads_derived_values(part)).cloned().collect())
        }
        form => form.clone(),
    }
}

//! Names with a meaning in other languages that may be names here: `null`, `True`, `eval`, an
//! action's name after a `;`.
//!
//! Such a name is fine if a field, a variable or a type has it, and only the checker knows that. So
//! the parser's advice is stored, and reported if nothing has that name.

use super::methods::lower_first;
use super::{Advice, Place, effects, patterns};

/// The words for "no value" that cannot be mistaken for a string.
const NULL: &[&str] = &["null", "NULL", "Null", "nil", "None", "undefined", "MISSING"];

const BOOLEANS: &[&str] = &["True", "False", "TRUE", "FALSE"];

/// Whether there is advice about a name that is not declared.
pub(in crate::syntax) fn is_suspect(name: &str) -> bool {
    NULL.contains(&name) || BOOLEANS.contains(&name)
}

/// Whether a name means "no value" in other languages.
pub(crate) fn is_null(name: &str) -> bool {
    NULL.contains(&name)
}

/// What may be meant by the suspect name at a token.
pub(super) fn suspect(place: &Place<'_, '_>, at: usize) -> Vec<Advice> {
    let mut found = Vec::new();
    let name = place.word(at);
    if BOOLEANS.contains(&name) {
        let advice = place.advice(at..at + 1, format!("there is no `{name}`"));
        found.extend(lower_first(&name.to_lowercase()).map(|word| advice.instead(word)));
        return found;
    }
    compared(place, at, &mut found);
    field(place, at, &mut found);
    argument(place, at, &mut found);
    found
}

fn there_is_none(place: &Place<'_, '_>, at: usize) -> Advice {
    place.advice(at..at + 1, format!("there is no value `{}`", place.word(at)))
}

/// `x == null`, `null != x`.
fn compared(place: &Place<'_, '_>, at: usize, found: &mut Vec<Advice>) {
    let word = |sign: &str| match sign {
        "==" => Some("IS MISSING"),
        "!=" => Some("IS PRESENT"),
        _ => None,
    };
    let before = place.joined(at.wrapping_sub(1));
    let after = place.joined(at + 1);
    if let Some(word) = word(place.source(before.clone())) {
        let Some(start) = place.sum_before(before.start) else { return };
        let hint = format!("write `{} {word}`", place.source(start..before.start));
        let bytes = place.bytes(before.start..at + 1);
        let space = if place.adjacent(before.start - 1) { " " } else { "" };
        found.push(there_is_none(place, at).edit(bytes, format!("{space}{word}")).hint(hint));
    } else if let Some(word) = word(place.source(after.clone())) {
        let Some(end) = place.sum_after(after.end) else { return };
        let text = format!("{} {word}", place.source(after.end..end));
        let hint = format!("write `{text}`");
        found.push(there_is_none(place, at).edit(place.bytes(at..end), text).hint(hint));
    }
}

/// `Order(id: 1, note: null)` and `Update(o, {note: null})`.
fn field(place: &Place<'_, '_>, at: usize, found: &mut Vec<Advice>) {
    let Some(name) = at.checked_sub(2).filter(|_| place.sign(at - 1, ':')) else { return };
    let Some(open) = place.around(at) else { return };
    let Some(close) = place.close(open) else { return };
    if place.sign(open, '(') {
        let (bytes, _) = left_out(place, name..at + 1, close);
        let hint =
            format!("leave out `{}`: a field that is not given has no value", place.source(name..at + 1));
        found.push(there_is_none(place, at).edit(bytes, "").hint(hint));
    } else if let Some(advice) = without_field(place, at, name, (open, close)) {
        found.push(advice);
    }
}

/// An update that removes a value: the fact is inserted again without it.
fn without_field(
    place: &Place<'_, '_>,
    at: usize,
    name: usize,
    (open, close): (usize, usize),
) -> Option<Advice> {
    let call = open.checked_sub(1).and_then(|comma| place.around(comma))?;
    let variable = place.source(call + 1..open - 1);
    let end = place.close(call)?;
    if !place.is(call - 1, "Update") {
        return None;
    }
    let ty = place.type_of(variable.trim_start_matches('$'))?;
    let mut changes = Vec::new();
    let mut from = open + 1;
    while from < close {
        let end = place.next(from, close, &[","]).unwrap_or(close);
        changes.push((place.word(from), place.source(from + 2..end)));
        from = end + 1;
    }
    let fields = place.fields_of(ty);
    let values = fields.iter().filter(|(field, ..)| *field != place.word(name)).map(|(field, ..)| {
        let changed = changes.iter().find(|(name, _)| name == field);
        changed
            .map_or_else(|| format!("{field}: {variable}.{field}"), |(_, value)| format!("{field}: {value}"))
    });
    let values: Vec<String> = values.collect();
    if values.is_empty() {
        let hint = "an update cannot remove a value yet: retract the fact, and insert it without the field";
        return Some(there_is_none(place, at).hint(hint));
    }
    let divider = if place.is_block() { ";" } else { "," };
    let text = format!("Retract({variable}){divider} Insert({ty}({}))", values.join(", "));
    let hint = format!("an update cannot remove a value yet: write `{text}`");
    Some(there_is_none(place, at).edit(place.bytes(call - 1..end + 1), text).hint(hint))
}

/// The last argument of an action.
fn argument(place: &Place<'_, '_>, at: usize, found: &mut Vec<Advice>) {
    let in_actions = place.actions().is_some_and(|actions| at >= actions);
    let Some(open) = place.around(at).filter(|open| in_actions && place.sign(*open, '(')) else { return };
    if place.close(open) == Some(at + 1) && (place.sign(at - 1, ',') || at - 1 == open) {
        let (bytes, text) = left_out(place, at..at + 1, at + 1);
        let hint = format!("leave out `{text}`: a parameter that is not given has no value");
        found.push(there_is_none(place, at).edit(bytes, "").hint(hint));
    }
}

/// The bytes of one of several parts, with the comma behind or before it.
fn left_out(
    place: &Place<'_, '_>,
    part: std::ops::Range<usize>,
    close: usize,
) -> (std::ops::Range<usize>, String) {
    let bytes = if place.sign(part.end, ',') && part.end + 1 < close {
        place.bytes(part.start..part.end + 1).start..place.bytes(part.end + 1..part.end + 2).start
    } else if place.sign(part.start - 1, ',') {
        place.bytes(part.start - 1..part.end)
    } else {
        place.bytes(part)
    };
    let text = place.text().get(bytes.clone()).unwrap_or("").trim().to_owned();
    (bytes, text)
}

/// What may be meant by the type of a pattern, if there is none of its name.
pub(super) fn pattern_type(place: &Place<'_, '_>) -> Vec<Advice> {
    let mut found = Vec::new();
    patterns::habits(place, &mut found);
    found
}

/// What may be meant by a fact after a rule, if there is no type of its name.
pub(super) fn behind_actions(place: &Place<'_, '_>) -> Vec<Advice> {
    let mut found = Vec::new();
    effects::separators(place, &mut found);
    found
}

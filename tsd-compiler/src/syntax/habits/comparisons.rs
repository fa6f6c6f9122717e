//! Comparisons of other languages, in the words of this one.

use super::{Advice, Place};
use crate::syntax::ast::CompareOp;

/// The words for no value.
pub(super) const NULL: &[&str] =
    &["null", "nil", "none", "undefined", "nan", "missing", "empty", "nothing", "unknown"];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    exclamation_mark(place, found);
    is_something(place, found);
    not_operator(place, found);
    between(place, found);
    begins_or_ends(place, found);
    case_insensitive(place, found);
    one_of(place, found);
    same_operand(place, found);
    operator_first(place, found);
}

/// `!o.paid`, `!(a AND b)`.
fn exclamation_mark(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if !place.sign(at, '!') && !place.sign(at, '¬') {
        return;
    }
    let advice = place.advice(at..at + 1, format!("`{}` means nothing here", place.word(at)));
    let Some(end) = place.operand_after(at + 1) else { return };
    let operand = place.source(at + 1..end);
    let text = match operand.strip_prefix('(') {
        Some(_) => format!("NOT {operand}"),
        None => format!("NOT ({operand})"),
    };
    let hint = format!("write `{text}`");
    found.push(advice.edit(place.bytes(at..end), text).hint(hint));
}

/// `x IS NULL`, `x IS NOT NULL`, `x IS NOT 5`, `x is "a"`.
fn is_something(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let is = [at, at.wrapping_sub(1), at.wrapping_sub(2)].into_iter().find(|index| place.is(*index, "IS"));
    let Some(is) = is.filter(|is| *is > place.first) else { return };
    let negated = place.is(is + 1, "NOT");
    let what = if negated { is + 2 } else { is + 1 };
    let word = if negated { "IS PRESENT" } else { "IS MISSING" };
    let sign = if negated { "!=" } else { "==" };
    let written = place.source(is..what + 1);
    let message = format!("`{written}` means nothing here");
    if place.is_any(what, NULL) {
        found.push(place.advice(is..what + 1, message).instead(word));
    } else if negated && place.is(what, "PRESENT") {
        found.push(place.advice(is..what + 1, message).instead("IS MISSING"));
    } else {
        let tokens = is..what;
        let written = place.source(tokens.clone());
        found.push(place.advice(tokens, format!("`{written}` does not compare")).instead(sign));
    }
}

/// `x NOT IN [1, 2]`, `s NOT LIKE "a%"`.
fn not_operator(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let operator = place.word(at + 1);
    if !place.is(at, "NOT") || !matches!(CompareOp::from_text(operator), Some(op) if is_word(op)) {
        return;
    }
    let (Some(start), Some(end)) = (place.sum_before(at), list_or_sum_after(place, at + 2)) else { return };
    let left = place.source(start..at);
    let right = as_list(place, at + 2, end);
    let text = format!("NOT ({left} {} {right})", operator.to_uppercase());
    let message = format!("`{}` does not exist yet", place.source(at..at + 2).to_uppercase());
    let hint = format!("write `{text}`; where `{left}` may be missing, add `AND {left} IS PRESENT`");
    found.push(place.advice(at..at + 2, message).edit(place.bytes(start..end), text).hint(hint));
}

fn is_word(op: CompareOp) -> bool {
    op.text().starts_with(char::is_alphabetic)
}

/// The right side of `IN`, which may be written in any brackets.
fn list_or_sum_after(place: &Place<'_, '_>, start: usize) -> Option<usize> {
    match place.sign(start, '{') {
        true => Some(place.close(start)? + 1),
        false => place.sum_after(start),
    }
}

/// The contents of the brackets after `IN`, in those of a list.
fn as_list(place: &Place<'_, '_>, start: usize, end: usize) -> String {
    let text = place.source(start..end);
    let in_brackets = matches!(place.word(start), "(" | "{") && place.close(start) == Some(end - 1);
    if place.is(start.wrapping_sub(1), "IN") && in_brackets {
        return format!("[{}]", place.source(start + 1..end - 1).trim());
    }
    text.to_owned()
}

/// `x BETWEEN 1 AND 5`, `x NOT BETWEEN 1 AND 5`, `x IN 1..5`.
fn between(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let word = [at, at + 1].into_iter().find(|index| place.is(*index, "BETWEEN"));
    if let Some(word) = word {
        let negated = place.is(word.wrapping_sub(1), "NOT");
        let at = if negated { word - 1 } else { word };
        let (Some(start), Some(and)) = (place.sum_before(at), place.sum_after(word + 1)) else { return };
        if !place.is_any(and, &["AND"]) && !place.sign(and, ',') && !place.sign(and, '&') {
            return;
        }
        let upper = if place.sign(and + 1, '&') { and + 2 } else { and + 1 };
        let Some(end) = place.sum_after(upper) else { return };
        let bounds = (place.source(word + 1..and), place.source(upper..end));
        range(place, (start, at..word + 1, end), bounds, negated, found);
    }
    // The dots of a range are where the parser stops, or one token after.
    let dots =
        [at, at.wrapping_sub(1)].into_iter().find(|at| place.sign(*at, '.') && place.sign(at + 1, '.'));
    if let Some(dots) = dots {
        let upper = if place.sign(dots + 2, '=') { dots + 3 } else { dots + 2 };
        let Some(mut from) = place.sum_before(dots) else { return };
        let Some(mut end) = place.sum_after(upper) else { return };
        let bounds = (place.source(from..dots), place.source(upper..end));
        if from > 0 && matches!(place.word(from - 1), "[" | "(") {
            (from, end) = (from - 1, end + 1);
        }
        let Some(operator) = from.checked_sub(1).filter(|at| place.is(*at, "IN")) else { return };
        let Some(start) = place.sum_before(operator) else { return };
        range(place, (start, operator..end, end), bounds, false, found);
    }
}

/// A test whether a value lies between two others, both included.
fn range(
    place: &Place<'_, '_>,
    (start, written, end): (usize, std::ops::Range<usize>, usize),
    (low, high): (&str, &str),
    negated: bool,
    found: &mut Vec<Advice>,
) {
    let left = place.source(start..written.start);
    let text = match negated {
        false => format!("{left} >= {low} AND {left} <= {high}"),
        true => format!("({left} < {low} OR {left} > {high})"),
    };
    let part = place.is(start.wrapping_sub(1), "NOT") || place.is_any(end, &["OR"]) || {
        start > place.first && place.is_any(start - 1, &["OR"])
    };
    let text = if part && !negated { format!("({text})") } else { text };
    let message = format!("`{}` does not exist yet", place.source(written.clone()));
    let hint = format!("write `{text}`");
    found.push(place.advice(written, message).edit(place.bytes(start..end), text).hint(hint));
}

/// `s STARTS WITH "a"`, `s startsWith "a"`, `s ENDS WITH p`.
fn begins_or_ends(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let begins = place.is_any(at, &["STARTS", "STARTSWITH", "STARTS_WITH", "BEGINS"]);
    if !begins && !place.is_any(at, &["ENDS", "ENDSWITH", "ENDS_WITH"]) {
        return;
    }
    let last = if place.is(at + 1, "WITH") { at + 1 } else { at };
    let (Some(start), Some(end)) = (place.sum_before(at), place.sum_after(last + 1)) else { return };
    let pattern = place.source(last + 1..end);
    let text = fits(place.source(start..at), pattern, begins);
    let message = format!("`{}` does not exist yet", place.source(at..last + 1));
    let hint = format!("write `{text}`");
    found.push(place.advice(at..last + 1, message).edit(place.bytes(start..end), text).hint(hint));
}

/// Whether a string begins or ends with another: a pattern of LIKE unless the other holds signs of
/// such patterns.
pub(super) fn fits(left: &str, part: &str, begins: bool) -> String {
    let literal = part.strip_prefix(['"', '\'']).and_then(|rest| rest.get(..rest.len().checked_sub(1)?));
    match literal {
        Some(inner) if !inner.contains(['%', '_']) => {
            let quote = &part[..1];
            let pattern = if begins { format!("{inner}%") } else { format!("%{inner}") };
            format!("{left} LIKE {quote}{pattern}{quote}")
        }
        _ if begins => format!("SUBSTRING({left}, 0, LENGTH({part})) == {part}"),
        _ => format!("SUBSTRING({left}, LENGTH({left}) - LENGTH({part})) == {part}"),
    }
}

/// `s ILIKE "a%"`.
fn case_insensitive(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if !place.is(at, "ILIKE") {
        return;
    }
    let (Some(start), Some(end)) = (place.sum_before(at), place.sum_after(at + 1)) else { return };
    let text = format!("UPPER({}) LIKE UPPER({})", place.source(start..at), place.source(at + 1..end));
    let hint = format!("write `{text}`");
    let advice = place.advice(at..at + 1, "`ILIKE` does not exist").edit(place.bytes(start..end), text);
    found.push(advice.hint(hint));
}

/// `x IN (1, 2)`, `x IN {1, 2}`.
fn one_of(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let bracket = match (place.word(place.at), place.around(place.at)) {
        ("(" | "{", _) => Some(place.at),
        (_, around) => around,
    };
    let Some(open) = bracket.filter(|open| *open > 0 && place.is(open - 1, "IN")) else { return };
    let Some(close) = place.close(open).filter(|_| !place.sign(open, '[')) else { return };
    found.push(place.advice(open..close + 1, "`IN` needs a list in brackets").instead(as_list(
        place,
        open,
        close + 1,
    )));
}

/// `CONTAINS(a, b)`.
fn operator_first(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let operator = place.word(at).to_uppercase();
    if !CompareOp::from_text(&operator).is_some_and(is_word) || !place.sign(at + 1, '(') {
        return;
    }
    let (Some(close), Some(arguments)) = (place.close(at + 1), place.arguments(at + 1)) else { return };
    if let [left, right] = arguments.as_slice() {
        let text = format!("{} {operator} {}", place.source(left.clone()), place.source(right.clone()));
        let message = format!("`{operator}` belongs between its operands");
        let hint = format!("write `{text}`");
        found.push(place.advice(at..at + 1, message).edit(place.bytes(at..close + 1), text).hint(hint));
    }
}

/// `x > 5 AND < 10`: each comparison needs both its sides.
fn same_operand(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let Some(joiner) = at.checked_sub(1).filter(|joiner| *joiner > place.first) else { return };
    let is_joiner = place.is_any(joiner, &["AND", "OR"]) || matches!(place.word(joiner), "&" | "|");
    let joiner = if matches!(place.word(joiner), "&" | "|") { joiner - 1 } else { joiner };
    let compares = matches!(place.word(at), "<" | ">" | "=" | "!")
        || CompareOp::from_text(place.word(at)).is_some_and(is_word);
    if !is_joiner || !compares {
        return;
    }
    let mut comparison = joiner;
    while comparison > place.first && !matches!(place.word(comparison), "<" | ">" | "=" | "!") {
        if CompareOp::from_text(place.word(comparison)).is_some_and(is_word) {
            break;
        }
        comparison -= 1;
    }
    while matches!(place.word(comparison.wrapping_sub(1)), "<" | ">" | "=" | "!") {
        comparison -= 1;
    }
    let Some(start) = place.sum_before(comparison) else { return };
    let left = place.source(start..comparison);
    let byte = place.bytes(at..at + 1).start;
    let shown = format!("{left} {}", place.source(at..place.clause_after(at)));
    let advice = place.advice(place.joined(at), "this comparison has nothing on its left");
    found.push(advice.edit(byte..byte, format!("{left} ")).hint(format!("write `{shown}`")));
}

/// `1 < x < 10`, at the second sign.
pub(super) fn chained(place: &Place<'_, '_>, at: usize) -> Option<Advice> {
    let start = place.sum_before(at)?;
    if CompareOp::from_text(place.source(place.joined(at))).is_none()
        || !matches!(place.word(start - 1), "<" | ">" | "=")
    {
        return None;
    }
    let middle = place.source(start..at);
    let byte = place.bytes(at..at + 1).start;
    let shown = place.source(place.clause_before(at)..at).trim_end();
    let hint = format!("write `{shown} AND {middle} {}`", place.source(at..place.clause_after(at)));
    let advice = place.advice(place.joined(at), "comparisons cannot be chained");
    Some(advice.edit(byte..byte, format!("AND {middle} ")).hint(hint))
}

/// `x IN o.values` and `"a" IN o.name`, at an operand that is not a list.
pub(super) fn no_list(place: &Place<'_, '_>, at: usize) -> Option<Advice> {
    // The place of an expression is that without its parentheses.
    let at = if place.is(at.wrapping_sub(2), "IN") && place.sign(at - 1, '(') { at - 1 } else { at };
    let operator = at.checked_sub(1).filter(|operator| place.is(*operator, "IN"))?;
    let (start, end) = (place.sum_before(operator)?, place.sum_after(at)?);
    if place.sign(at, '(') && place.close(at) == Some(end - 1) {
        return Some(place.advice(at..end, "`IN` needs a list in brackets").instead(as_list(place, at, end)));
    }
    let (left, right) = (place.source(start..operator), place.source(at..end));
    // A test whether a string is in something means a part of it.
    let text = match place.is_text(start) && !place.is_text(at) && start + 1 == operator {
        true => format!("{right} CONTAINS {left}"),
        false => format!("{left} IN [{right}]"),
    };
    let hint = format!("write `{text}`");
    let advice = place.advice(at..end, "`IN` needs a list");
    Some(advice.edit(place.bytes(start..end), text).hint(hint))
}

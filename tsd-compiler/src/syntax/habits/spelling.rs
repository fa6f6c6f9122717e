//! One token instead of another, one too few, one too many.
//!
//! The tables may list several meanings of a sign. The one with which the statement parses is used.

use super::{Advice, Place};
use crate::syntax::token::TokenKind;

/// The spelling, its replacement, and a word about where or what for.
const INSTEAD: &[(&str, &str, &str)] = &[
    ("&&", "AND", ""),
    ("&", "AND", ""),
    ("||", "OR", ""),
    ("|", "OR", ""),
    ("xor", "!=", ""),
    ("=", "==", " to compare"),
    ("===", "==", ""),
    (":=", "==", " to compare"),
    (":", "==", " to compare"),
    ("<>", "!=", ""),
    ("!==", "!=", ""),
    ("=!", "!=", ""),
    ("~=", "!=", ""),
    ("/=", "!=", ""),
    ("≠", "!=", ""),
    ("=<", "<=", ""),
    ("≤", "<=", ""),
    ("≥", ">=", ""),
    ("=>", "==>", " before the actions"),
    ("=>", ">=", ""),
    ("->", "==>", " before the actions"),
    ("-->", "==>", " before the actions"),
    ("==>>", "==>", " before the actions"),
    ("===>", "==>", " before the actions"),
    ("~>", "==>", " before the actions"),
    ("→", "==>", " before the actions"),
    ("⇒", "==>", " before the actions"),
    (":-", "==>", " before the actions"),
    ("==>", "then", " before the actions"),
    ("=>", "then", " before the actions"),
    ("->", "then", " before the actions"),
    ("then", "==>", " before the actions"),
    ("do", "==>", " before the actions"),
    ("->", ".", ""),
    ("?.", ".", ""),
    ("!.", ".", ""),
    ("::", ".", ""),
    ("eq", "==", ""),
    ("equals", "==", ""),
    ("is", "==", ""),
    ("ne", "!=", ""),
    ("lt", "<", ""),
    ("gt", ">", ""),
    ("le", "<=", ""),
    ("lte", "<=", ""),
    ("ge", ">=", ""),
    ("gte", ">=", ""),
    ("mod", "%", ""),
    ("div", "/", ""),
    ("=~", "MATCHES", ""),
    ("~", "MATCHES", ""),
    ("regexp", "MATCHES", ""),
    ("rlike", "MATCHES", ""),
    ("regex", "MATCHES", ""),
    ("memberOf", "IN", ""),
    ("includes", "CONTAINS", ""),
    ("has", "CONTAINS", ""),
    ("|", "/", " between the patterns and the condition"),
    (",", "/", " between the patterns and the condition"),
    ("where", "/", " between the patterns and the condition"),
    ("when", "/", " between the patterns and the condition"),
    ("if", "/", " between the patterns and the condition"),
    ("with", "/", " between the patterns and the condition"),
    ("and", "/", " between the blocks of patterns"),
    (":", "/", " between the patterns and the condition"),
    ("=", ":", " between a name and what belongs to it"),
    (":=", ":", " between a name and what belongs to it"),
    ("<-", ":", " between a name and what belongs to it"),
    ("=>", ":", " between a name and what belongs to it"),
    ("in", ":", " between a name and its type"),
    ("as", ":", " between a name and its type"),
    (":", "=", " between a name and the fact"),
    (":=", "=", " between a name and the fact"),
    (";", ",", " between the two"),
    ("and", ",", " between the two"),
    ("&", ",", " between the two"),
    ("&&", ",", " between the two"),
];

/// Whether something can be missing after a token.
type CanMiss = fn(&Place<'_, '_>, usize) -> bool;

/// What may have been forgotten, where it belongs, and whether it can be missing after the previous
/// token.
const FORGOTTEN: &[(&str, &str, CanMiss)] = &[
    ("/", "between the patterns and the condition", |place, before| place.sign(before, '}')),
    (",", "", |place, before| place.around(before + 1).is_some() || place.actions() < Some(before)),
    (":", "", |place, before| place.is_name(before) || place.is_text(before)),
    ("==>", "before the actions", |place, _| place.actions().is_none()),
    ("when", "before the patterns", |place, before| {
        before == place.first + 1 && place.is(place.first, "rule")
    }),
    ("end", "", |place, before| place.is_block() && before + 1 >= place.end),
    ("rule", "", |place, before| place.is(before, "remove")),
    ("fact", "", |place, before| place.is(before, "remove")),
];

/// What may be one too many.
const SURPLUS: &[&str] = &[
    ",", ";", ")", "]", "}", ".", "+", "new", "let", "var", "const", "val", "set", "call", "do", "begin",
    "void", "final", "public", "static",
];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let mut points = vec![place.at];
    points.extend(place.joint);
    points
        .extend(place.joint.and_then(|joint| joint.checked_sub(1)).filter(|before| place.sign(*before, ';')));
    for point in points.iter().copied() {
        instead(place, point, found);
    }
    for point in points.iter().copied() {
        unclosed(place, point, found);
        swapped(place, point, found);
        forgotten(place, point, found);
    }
    points.extend(place.at.checked_sub(1).filter(|before| *before >= place.first));
    for point in points {
        surplus(place, point, found);
    }
}

fn instead(place: &Place<'_, '_>, point: usize, found: &mut Vec<Advice>) {
    let tokens = place.joined(point);
    let written = place.source(tokens.clone());
    if written.is_empty() {
        return;
    }
    // Only a rule in the block notation has a `then`.
    let fits = |write: &str| write != "then" || place.is_block();
    let habits = INSTEAD.iter().filter(|(habit, ..)| habit.eq_ignore_ascii_case(written));
    for (_, write, why) in habits.filter(|(_, write, _)| fits(write)) {
        let advice = place.advice(tokens.clone(), format!("`{written}` means nothing here"));
        let bytes = advice.at.clone();
        let first_word = write.starts_with(char::is_alphabetic);
        let tight =
            first_word && (place.adjacent(tokens.start.wrapping_sub(1)) || place.adjacent(tokens.end - 1));
        let text = if tight { format!(" {write} ") } else { (*write).to_owned() };
        found.push(advice.edit(bytes, text).hint(format!("write `{write}`{why}")));
    }
}

fn forgotten(place: &Place<'_, '_>, point: usize, found: &mut Vec<Advice>) {
    let Some(before) = point.checked_sub(1) else { return };
    for (write, why, fits) in FORGOTTEN {
        if !fits(place, before) {
            continue;
        }
        let (at, text, before) = gap(place, point, write);
        let why = if why.is_empty() { String::new() } else { format!(", {why}") };
        let advice = Advice::new(at.0..at.1, format!("`{write}` is missing"));
        found
            .push(advice.edit(text.0, text.1).hint(format!("write `{write}` {before}{why}")).only_when_far());
    }
}

type Gap = ((usize, usize), (std::ops::Range<usize>, String), String);

/// Where an insertion before a token goes: what to underline, the edit, and the place in words.
fn gap(place: &Place<'_, '_>, point: usize, write: &str) -> Gap {
    let ended = point >= place.end;
    let behind = if place.kind(point - 1).is_some() { place.bytes(point - 1..point).end } else { 0 };
    let tight = matches!(write, "," | ":" | ")" | "]" | "}");
    let here = place.bytes(place.joined(point));
    if ended {
        let text = if tight { write.to_owned() } else { format!(" {write}") };
        return ((behind, behind), (behind..behind, text), "at the end".into());
    }
    let before = format!("before `{}`", short(place.source(place.joined(point))));
    let edit = match (tight, behind < here.start) {
        (true, _) => (behind..behind, write.to_owned()),
        (false, true) => (here.start..here.start, format!("{write} ")),
        (false, false) => (here.start..here.start, format!(" {write} ")),
    };
    ((here.start, here.end), edit, before)
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A bracket that is never closed.
fn unclosed(place: &Place<'_, '_>, point: usize, found: &mut Vec<Advice>) {
    let mut open = Vec::new();
    for index in place.first..point.min(place.end) {
        match place.kind(index) {
            Some(TokenKind::Sign('(' | '[' | '{')) => open.push(index),
            Some(TokenKind::Sign(')' | ']' | '}')) => {
                open.pop();
            }
            _ => {}
        }
    }
    let closing = |index: usize| match place.word(index) {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    let Some(innermost) = open.last().copied() else { return };
    let advice = |point: usize, closers: &str| {
        let (at, (bytes, text), before) = gap(place, point, closers);
        let bytes = if text.trim() == closers { bytes } else { bytes.start..bytes.start };
        let message = format!("`{}` is never closed", place.word(innermost));
        let advice = Advice::new(at.0..at.1, message).edit(bytes, closers).only_when_far();
        let also = place.bytes(innermost..innermost + 1);
        Advice { also: Some((also, "this bracket is still open".into())), ..advice }
            .hint(format!("write `{closers}` {before}"))
    };
    // The changes are the last argument of `Update`.
    if innermost > place.first
        && place.is(innermost - 1, "Update")
        && let Some(brace) = place.next(innermost + 1, place.end, &["{"]).and_then(|brace| place.close(brace))
    {
        found.push(advice(brace + 1, ")"));
    }
    found.push(advice(point, closing(innermost)));
    if open.len() > 1 {
        let all: String = open.iter().rev().map(|index| closing(*index)).collect();
        found.push(advice(point, &all));
    }
}

/// `string id` for `id: string`, `Order o` for `o: Order`.
fn swapped(place: &Place<'_, '_>, point: usize, found: &mut Vec<Advice>) {
    let Some(first) = point.checked_sub(1).filter(|first| *first >= place.first) else { return };
    if !place.is_name(first) || !place.is_name(point) {
        return;
    }
    let (ty, name) = (place.word(first), place.word(point));
    let is_type = ty.starts_with(char::is_uppercase)
        || matches!(ty, "string" | "number" | "int" | "bool")
        || super::functions::built_in_type(ty).is_some();
    let listed = first > place.first && matches!(place.word(first - 1), "(" | "," | "{");
    if is_type && listed {
        let advice = place.advice(first..point + 1, "the name comes first, then its type");
        found.push(Advice { least: 3, ..advice.instead(format!("{name}: {ty}")) });
    }
}

fn surplus(place: &Place<'_, '_>, point: usize, found: &mut Vec<Advice>) {
    let tokens = place.joined(point);
    let written = place.source(tokens.clone());
    if !SURPLUS.iter().any(|surplus| surplus.eq_ignore_ascii_case(written)) {
        return;
    }
    let message = format!("`{written}` means nothing here");
    let bytes = without(place, tokens.clone());
    let advice = place.advice(tokens, message).edit(bytes, "").hint(format!("leave out `{written}`"));
    found.push(advice.only_when_far());
}

/// The bytes of tokens to be removed: whole lines, or with the following space, or the preceding
/// one at the end of a line.
pub(super) fn without(place: &Place<'_, '_>, tokens: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let bytes = place.bytes(tokens.clone());
    let text = place.text();
    let ends_line = place.leads_line(tokens.end);
    if place.leads_line(tokens.start) && ends_line {
        let from = text.get(..bytes.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let to = text
            .get(bytes.end..)
            .and_then(|after| after.find('\n'))
            .map_or(text.len(), |at| bytes.end + at + 1);
        return from..to;
    }
    let before = match place.kind(tokens.start - 1) {
        Some(_) => place.bytes(tokens.start - 1..tokens.start).end,
        None => bytes.start,
    };
    let punctuation = |at| matches!(place.word(at), "," | ";" | ")" | "]" | "}");
    if ends_line || punctuation(tokens.end) {
        before..bytes.end
    } else if punctuation(tokens.start) && before == bytes.start {
        bytes
    } else {
        bytes.start..place.bytes(tokens.end..tokens.end + 1).start
    }
}

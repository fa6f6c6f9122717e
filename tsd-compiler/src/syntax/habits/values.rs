//! Numbers and strings as other languages write them.

use super::{Advice, Place};

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    number(place, place.at, found);
    joined_by_bars(place, found);
    fraction_alone(place, found);
    quotes(place, found);
    prefixed_string(place, found);
    never_closed(place, found);
}

/// The units of durations, in seconds.
const UNITS: &[(&str, &str, f64)] = &[
    ("ms", "milliseconds", 0.001),
    ("s", "seconds", 1.0),
    ("min", "minutes", 60.0),
    ("h", "hours", 3600.0),
    ("d", "days", 86_400.0),
    ("w", "weeks", 604_800.0),
];

/// `1_000`, `0xff`, `5L`, `10min`.
fn number(place: &Place<'_, '_>, at: usize, found: &mut Vec<Advice>) {
    if !place.is_number(at) {
        return;
    }
    // The digits after a point are a separate token.
    let first =
        if at > place.first + 1 && place.sign(at - 1, '.') && place.is_number(at - 2) { at - 2 } else { at };
    let last = if place.sign(first + 1, '.') && place.is_number(first + 2) { first + 2 } else { first };
    let tokens = first..last + 1;
    let written = place.source(tokens.clone());
    let advice = || place.advice(tokens.clone(), format!("`{written}` is no number here"));
    let digits = written.replace('_', "");
    let radix = |prefix: &str, radix| {
        let lower = digits.to_ascii_lowercase();
        i64::from_str_radix(lower.strip_prefix(prefix)?, radix).ok()
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0b", 2)).or_else(|| radix("0o", 8)) {
        found.push(advice().instead(value.to_string()));
        return;
    }
    let (plain, suffix) =
        digits.split_at(digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len()));
    if let Some((_, name, seconds)) = UNITS.iter().find(|(unit, ..)| *unit == suffix) {
        let amount = plain.parse::<f64>().unwrap_or_default() * seconds;
        let hint = format!("write `{amount}`, and keep times as numbers of seconds ({plain} {name} here)");
        let advice = place.advice(tokens.clone(), "there are no durations yet");
        let bytes = advice.at.clone();
        found.push(advice.edit(bytes, amount.to_string()).hint(hint));
        return;
    }
    let typed = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "u128", "i128", "usize", "isize"];
    let fractional = ["f", "f32", "f64", "m", "bd"];
    let lower = suffix.to_ascii_lowercase();
    if digits != written && suffix.is_empty()
        || typed.contains(&&*lower)
        || ["l", "ll", "ul", "u", "n"].contains(&&*lower)
    {
        found.push(advice().instead(plain));
    } else if fractional.contains(&&*lower) {
        let dot = if plain.contains('.') { "" } else { ".0" };
        found.push(advice().instead(format!("{plain}{dot}")));
    }
}

/// `o.id || "!"` among the arguments of an action.
fn joined_by_bars(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let tokens = place.joined(place.at);
    let joins = matches!(place.source(tokens.clone()), "||" | "&");
    let text = place.is_text(tokens.end) || place.is_text(tokens.start.wrapping_sub(1));
    if joins && text && place.actions().is_some_and(|actions| place.at >= actions) {
        let message = format!("`{}` does not join strings", place.source(tokens.clone()));
        found.push(place.advice(tokens, message).instead("+"));
    }
}

/// `.5` and `5.`.
fn fraction_alone(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    for dot in [place.at, place.at.wrapping_sub(1)] {
        if !place.sign(dot, '.') {
            continue;
        }
        if place.is_number(dot + 1) && place.adjacent(dot) && !place.ends_operand(dot.wrapping_sub(1)) {
            let written = place.source(dot..dot + 2);
            let advice = place.advice(dot..dot + 2, format!("`{written}` is no number here"));
            found.push(advice.instead(format!("0{written}")));
        } else if dot > place.first && place.is_number(dot - 1) && place.adjacent(dot - 1) {
            let written = place.source(dot - 1..dot + 1);
            let advice = place.advice(dot - 1..dot + 1, format!("`{written}` is no number here"));
            found.push(advice.instead(format!("{written}0")));
        }
    }
}

/// Quotation marks that a word processor or another language puts around a string.
const QUOTES: &[(char, char)] =
    &[('“', '”'), ('„', '“'), ('”', '”'), ('‘', '’'), ('’', '’'), ('«', '»'), ('`', '`'), ('″', '″')];

fn quotes(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    for at in [place.at, place.at.wrapping_sub(1)] {
        for (open, close) in QUOTES.iter().filter(|(open, _)| place.sign(at, *open)) {
            let same_line = |index: &usize| *index < place.end && !place.leads_line(*index);
            let end = (at + 1..).take_while(same_line).find(|index| place.sign(*index, *close));
            let Some(end) = end else { continue };
            let written = place.source(at..end + 1);
            let inner = &written[open.len_utf8()..written.len() - close.len_utf8()];
            if inner.contains(['"', '\\']) {
                continue;
            }
            let advice = place.advice(at..end + 1, format!("`{open}` does not begin a string"));
            found.push(advice.instead(format!("\"{inner}\"")));
        }
    }
}

/// `f"total {o.total}"`, `r"\d"`, `b"…"`.
fn prefixed_string(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let text = [place.at, place.at + 1].into_iter().find(|at| {
        place.is_text(*at) && *at > place.first && place.is_name(at - 1) && place.adjacent(at - 1)
    });
    let Some(text) = text else { return };
    let prefix = place.word(text - 1);
    let tokens = text - 1..text + 1;
    let message = format!("a string has no `{prefix}` before it");
    if prefix == "f" || prefix == "F" {
        let advice = place.advice(tokens, message);
        found.extend(joined(place.word(text)).map(|sum| advice.instead(sum)));
    } else if prefix.len() < 3 {
        found.push(place.advice(tokens, message).instead(place.word(text)));
    }
}

/// A string with values in braces as a sum.
fn joined(literal: &str) -> Option<String> {
    let quote = literal.get(..1)?;
    let mut rest = literal.get(1..literal.len() - 1)?;
    let mut parts = Vec::new();
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        if open > 0 {
            parts.push(format!("{quote}{}{quote}", &rest[..open]));
        }
        parts.push(rest[open + 1..close].trim().to_owned());
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(format!("{quote}{rest}{quote}"));
    }
    if parts.first().is_some_and(|first| !first.starts_with(quote)) {
        parts.insert(0, format!("{quote}{quote}"));
    }
    Some(parts.join(" + "))
}

/// A string whose quote is never closed: it may end before the next comma or bracket, or at the end
/// of the line.
fn never_closed(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    use crate::syntax::token::{Fault, TokenKind};
    if place.kind(place.at) != Some(TokenKind::Fault(Fault::UnclosedText)) {
        return;
    }
    let line =
        (place.first..=place.at).rev().take_while(|index| !place.leads_line(index + 1) || *index == place.at);
    // The faulty token is the last quote of the line, but an earlier string may have run too far.
    let strings: Vec<usize> = line.filter(|index| place.is_text(*index) || *index == place.at).collect();
    for string in strings.into_iter().rev() {
        let bytes = place.bytes(string..string + 1);
        let text = place.text().get(bytes.clone()).unwrap_or("");
        let Some(quote) = text.get(..1) else { continue };
        let line_end = place.bytes(place.at..place.at + 1).end;
        let rest = place.text().get(bytes.start + 1..line_end).unwrap_or("");
        let ends = rest.char_indices().filter(|(_, c)| [',', ')', ']', '}', ';', ' '].contains(c));
        let ends = ends.map(|(at, _)| at).chain([rest.trim_end().len()]).take(12);
        for end in ends {
            let at = bytes.start + 1 + end;
            let closed = format!("{quote}{}{quote}", &rest[..end]);
            if closed.contains('\\') || rest[..end].contains(quote) {
                continue;
            }
            let advice = Advice::new(bytes.start..at, "this string has no closing quote on its line".into());
            found.push(advice.edit(at..at, quote).hint(format!("write {closed} if the string ends there")));
        }
    }
}

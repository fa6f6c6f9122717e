//! What other languages decide inside one rule: `if`, `CASE`, `? :`, alternatives between patterns.
//! Here each outcome is a rule of its own, so the advice consists of these rules.

use std::ops::Range;

use super::{Advice, Place};

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    if !place.is(place.first, "rule") {
        return;
    }
    if_action(place, found);
    if_value(place, found);
    question_mark(place, found);
    alternatives(place, found);
}

/// One of several rules, as edits of the rule that is written.
pub(super) struct Variant<'c> {
    /// The suffix of its name after that of the rule.
    suffix: &'c str,
    /// What must hold as well.
    condition: Option<String>,
    /// The replacement for what is wrong.
    replaced: (Range<usize>, String),
}

/// Advice to write several rules instead of one.
fn rules(place: &Place<'_, '_>, advice: Advice, why: &str, variants: &[Variant<'_>]) -> Option<Advice> {
    let bytes = place.bytes(place.first..place.end);
    let texts: Option<Vec<String>> = variants.iter().map(|variant| rule(place, &bytes, variant)).collect();
    let texts = texts?;
    let shown: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    let hint = format!("{why}: write {}", shown.join(" and "));
    Some(advice.edit(bytes, texts.join("\n")).hint(hint))
}

fn rule(place: &Place<'_, '_>, bytes: &Range<usize>, variant: &Variant<'_>) -> Option<String> {
    let mut edits = vec![variant.replaced.clone()];
    if !variant.suffix.is_empty() {
        let name = place.bytes(place.first + 1..place.first + 2);
        let separator = if place.is_text(place.first + 1) { " " } else { "_" };
        let at = if place.is_text(place.first + 1) { name.end - 1 } else { name.end };
        edits.push((at..at, format!("{separator}{}", variant.suffix)));
    }
    if let Some(condition) = &variant.condition {
        edits.extend(also(place, condition)?);
    }
    edits.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
    let text = place.text();
    let (mut out, mut from) = (String::new(), bytes.start);
    for (bytes, new) in edits {
        out.push_str(text.get(from..bytes.start)?);
        out.push_str(&new);
        from = bytes.end;
    }
    out.push_str(text.get(from..bytes.end)?);
    Some(out.trim_end().to_owned())
}

/// Edits that add a condition to a rule.
fn also(place: &Place<'_, '_>, condition: &str) -> Option<Vec<(Range<usize>, String)>> {
    let actions = place.actions()?;
    if place.is_block() {
        let close = last_pattern(place, actions - 1)?;
        let at = place.bytes(close..close + 1).start;
        let comma = if place.sign(close - 1, '(') { "" } else { ", " };
        return Some(vec![(at..at, format!("{comma}{condition}"))]);
    }
    let arrow = actions - 3;
    let slash = (place.first..arrow).rfind(|at| place.sign(*at, '/') && place.sign(at - 1, '}'))?;
    let before = place.bytes(arrow..arrow + 1).start;
    if slash + 1 == arrow {
        return Some(vec![(before..before, format!("{condition} "))]);
    }
    let mut edits = vec![(before..before, format!("AND {condition} "))];
    if place.next(slash + 1, arrow, &["OR"]).is_some() {
        let (from, to) = (place.bytes(slash + 1..slash + 2).start, place.bytes(slash + 1..arrow).end);
        edits.push((from..from, "(".into()));
        edits.push((to..to, ")".into()));
    }
    Some(edits)
}

/// The bracket that closes the last pattern before `then` that binds a fact.
pub(super) fn last_pattern(place: &Place<'_, '_>, then: usize) -> Option<usize> {
    let head = place.head()?;
    let (mut at, mut found) = (head + 1, None);
    while at < then {
        if place.sign(at, '(') {
            let close = place.close(at)?;
            let negated = at >= 2 && place.is_any(at - 2, &["not", "exists"]);
            if place.is_name(at - 1) && !negated && !place.is_any(at - 1, super::patterns::NO_PATTERNS) {
                found = Some(close);
            }
            at = close;
        }
        at += 1;
    }
    found
}

/// A condition that can be joined by AND.
fn bracketed(condition: &str) -> String {
    let upper = condition.to_uppercase();
    if upper.contains(" OR ") || condition.contains("||") {
        format!("({condition})")
    } else {
        condition.to_owned()
    }
}

/// Without the brackets around it.
fn bare(place: &Place<'_, '_>, tokens: Range<usize>) -> Range<usize> {
    let brackets = matches!(place.word(tokens.start), "(" | "{");
    match brackets && place.close(tokens.start) == tokens.end.checked_sub(1) {
        true => tokens.start + 1..tokens.end - 1,
        false => tokens,
    }
}

/// `if (o.paid) f(o) else g(o)` among the actions.
fn if_action(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = place.actions() else { return };
    let starts = |index: &usize| place.is(*index, "if") && place.around(*index).is_none();
    let Some(word) = (actions..place.end.min(place.at + 1)).find(starts) else { return };
    if word > actions && !matches!(place.word(word - 1), "," | ";" | ")") {
        return;
    }
    let then = place.next(word + 1, place.end, &["then"]);
    let condition_end = match (then, place.sign(word + 1, '(')) {
        (Some(then), _) => then,
        (None, true) => place.close(word + 1).map_or(place.end, |close| close + 1),
        (None, false) => place.next(word + 1, place.end, &["{", ":"]).unwrap_or(place.end),
    };
    let start =
        if then.is_some() || place.sign(condition_end, ':') { condition_end + 1 } else { condition_end };
    let stop = if place.is_block() { place.end - 1 } else { place.end };
    let other = place.next(start, stop, &["else"]);
    let end = |start: usize| match place.sign(start, '{') {
        true => place.close(start).map_or(stop, |close| close + 1),
        false => place.next(start, stop, &[",", ";"]).unwrap_or(stop),
    };
    let (then_end, all_end) = match other {
        Some(other) => (other, end(other + 1)),
        None => (end(start), end(start)),
    };
    let done = |tokens: Range<usize>| {
        let text = place.source(bare(place, tokens)).trim_matches([';', ' ', '\n']);
        if place.is_block() { text.to_owned() } else { text.replace(';', ",") }
    };
    let condition = place.source(bare(place, word + 1..condition_end));
    if start >= stop || condition.is_empty() {
        return;
    }
    let if_bytes = place.bytes(word..all_end);
    let mut variants = vec![Variant {
        suffix: "",
        condition: Some(bracketed(condition)),
        replaced: (if_bytes.clone(), done(start..then_end)),
    }];
    if let Some(other) = other {
        variants.push(Variant {
            suffix: "else",
            condition: Some(format!("NOT ({condition})")),
            replaced: (if_bytes, done(other + 1..all_end)),
        });
    } else if word > actions || all_end + 1 < stop {
        // Everything else is done in either case.
        let bytes = match word > actions {
            true => place.bytes(word - 1..all_end),
            false => place.bytes(word..(all_end + 1).min(stop)),
        };
        variants.push(Variant {
            suffix: "else",
            condition: Some(format!("NOT ({condition})")),
            replaced: (bytes, String::new()),
        });
    }
    let advice = place.advice(word..word + 1, "`if` is no action");
    found.extend(rules(place, advice, "what must be true belongs in the condition", &variants));
}

/// `IF c THEN a ELSE b`, `CASE WHEN c THEN a ELSE b END`, `IF(c, a, b)` as a value.
fn if_value(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let starts = |index: &usize| place.is_any(*index, &["IF", "CASE"]);
    let Some(actions) = place.actions() else { return };
    let from = place.head().map_or(place.first, |head| head + 1);
    let Some(word) = (from..place.end.min(place.at + 1)).rev().find(starts) else { return };
    if word >= actions && place.around(word).is_none() {
        return;
    }
    let message = format!("`{}` does not exist yet", place.word(word));
    let advice = place.advice(word..word + 1, message);
    let limit = place.around(word).and_then(|open| place.close(open)).unwrap_or(actions.saturating_sub(3));
    let limit = if limit < word { place.end } else { limit };
    let condition = if place.is(word + 1, "WHEN") { word + 2 } else { word + 1 };
    let Some(then) = place.next(condition, limit, &["THEN"]) else { return };
    let Some(other) = place.next(then, limit, &["ELSE"]) else { return };
    let end = match place.is(word, "CASE") {
        true => place.next(other, limit, &["END"]).map(|end| (end, end + 1)),
        false => place.sum_after(other + 1).map(|end| (end, end)),
    };
    let Some((value_end, end)) = end else { return };
    outcomes(place, advice, word..end, (condition..then, then + 1..other, other + 1..value_end), found);
}

/// `c ? a : b`, `a if c else b`.
fn question_mark(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let message = format!("`{}` means nothing here", place.word(at));
    let open = place.around(at);
    let from = open.map_or(0, |open| {
        (open..at)
            .rfind(|index| *index == open || matches!(place.word(*index), "," | ":"))
            .map_or(open, |at| at + 1)
    });
    let Some(limit) = open.and_then(|open| place.close(open)) else { return };
    if place.sign(at, '?') {
        let Some(colon) = place.next(at, limit, &[":"]) else { return };
        let end = place.clause_after(colon + 1);
        let advice = place.advice(at..at + 1, message);
        outcomes(place, advice, from..end, (from..at, at + 1..colon, colon + 1..end), found);
    } else if place.is(at, "if") {
        let Some(other) = place.next(at, limit, &["else"]) else { return };
        let end = place.clause_after(other + 1);
        let advice = place.advice(at..at + 1, message);
        outcomes(place, advice, from..end, (at + 1..other, from..at, other + 1..end), found);
    }
}

/// Two rules, one for each of the values of a choice.
pub(super) fn outcomes(
    place: &Place<'_, '_>,
    advice: Advice,
    all: Range<usize>,
    (condition, one, other): (Range<usize>, Range<usize>, Range<usize>),
    found: &mut Vec<Advice>,
) {
    let condition = place.source(bare(place, condition));
    let bytes = place.bytes(all);
    let variants = [
        Variant {
            suffix: "",
            condition: Some(bracketed(condition)),
            replaced: (bytes.clone(), place.source(one).to_owned()),
        },
        Variant {
            suffix: "else",
            condition: Some(format!("NOT ({condition})")),
            replaced: (bytes, place.source(other).to_owned()),
        },
    ];
    found.extend(rules(place, advice, "each outcome is a rule", &variants));
}

/// `( A() or B() )` among the patterns of the block notation.
fn alternatives(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    if !place.is_block() {
        return;
    }
    let (Some(head), Some(actions)) = (place.head(), place.actions()) else { return };
    let (head, then) = (head + 1, actions - 1);
    let open = (head..then)
        .find(|at| place.sign(*at, '(') && !place.is_name(at - 1))
        .or_else(|| (head == place.at || place.sign(head, '(')).then_some(head));
    let group =
        open.filter(|open| *open >= head && !place.is_any(open - 1, &["not", "exists"])).and_then(|open| {
            let close = place.close(open)?;
            place.next(open + 1, close, &["or", "|"]).map(|_| (open, close + 1, open + 1..close))
        });
    let group =
        group.or_else(|| side_by_side(place, head, then).map(|tokens| (tokens.start, tokens.end, tokens)));
    let Some((start, end, inner)) = group else { return };
    let mut parts = Vec::new();
    let mut from = inner.start;
    while let Some(or) = place.next(from, inner.end, &["or", "|"]) {
        parts.push(from..or);
        from = if place.sign(or + 1, '|') { or + 2 } else { or + 1 };
    }
    parts.push(from..inner.end);
    let suffixes: Vec<String> = (1..=parts.len()).map(|number| number.to_string()).collect();
    let variants: Vec<Variant<'_>> = parts
        .into_iter()
        .zip(&suffixes)
        .map(|(part, suffix)| Variant {
            suffix: if suffix == "1" { "" } else { suffix },
            condition: None,
            replaced: (place.bytes(start..end), place.source(part).to_owned()),
        })
        .collect();
    let Some(or) = place.next(inner.start, inner.end, &["or", "|"]) else { return };
    let advice = place.advice(or..or + 1, "patterns are not joined by `or`");
    found.extend(rules(place, advice, "each alternative is a rule", &variants));
}

/// The patterns that are joined by `or`, without parentheses around them.
fn side_by_side(place: &Place<'_, '_>, head: usize, then: usize) -> Option<Range<usize>> {
    let or = place.next(head, then, &["or", "|"])?;
    let before = if place.sign(or - 1, ')') { or - 1 } else { return None };
    let start = super::patterns::pattern_start(place, before);
    let mut last = or;
    while let Some(next) = place.next(last + 1, then, &["or", "|"]) {
        last = next;
    }
    let open = (last + 1..then).find(|at| place.sign(*at, '('))?;
    Some(start..place.close(open)? + 1)
}

/// Two rules, one for a value that is present and one for a missing value.
pub(super) fn by_presence(
    place: &Place<'_, '_>,
    advice: Advice,
    bytes: &Range<usize>,
    value: &str,
    outcomes: &[(&str, &str, &str)],
) -> Option<Advice> {
    let variants: Vec<Variant<'_>> = outcomes
        .iter()
        .map(|(suffix, word, text)| Variant {
            suffix,
            condition: Some(format!("{value} IS {word}")),
            replaced: (bytes.clone(), (*text).to_owned()),
        })
        .collect();
    rules(place, advice, "each case is a rule", &variants)
}

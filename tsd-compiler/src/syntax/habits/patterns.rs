//! Patterns of block notation as Drools and CLIPS write them.

use super::branches::last_pattern;
use super::spelling::without;
use super::{Advice, Place};

/// Words that precede a bracket like the type of a pattern but are not one.
pub(super) const NO_PATTERNS: &[&str] =
    &["eval", "forall", "accumulate", "acc", "collect", "test", "and", "or", "not", "exists", "from", "if"];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    if !place.is_block() {
        return;
    }
    joined(place, found);
    in_parentheses(place, found);
    eval(place, found);
    for_all(place, found);
    variable(place, found);
    from_where(place, found);
    accumulate(place, found);
    no_then(place, found);
}

/// Actions that follow the patterns without `then`.
fn no_then(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(head) = place.head().filter(|_| place.actions().is_none()) else { return };
    let is_call =
        |at: &usize| place.begins_call(*at) && place.around(*at).is_none() && !place.is_any(*at, NO_PATTERNS);
    for at in (head + 2..place.end).filter(is_call).take(4) {
        let byte = place.bytes(at..at + 1).start;
        let hint = format!("write `then` before `{}`", place.word(at));
        found.push(
            place
                .advice(at..at + 1, "`then` is missing")
                .edit(byte..byte, "then ")
                .hint(hint)
                .only_when_far(),
        );
    }
}

/// The tokens of the patterns.
fn patterns(place: &Place<'_, '_>) -> Option<std::ops::Range<usize>> {
    Some(place.head()? + 1..place.actions()? - 1)
}

/// `A() and B()`, `A(), B()`, `A() && B()`.
fn joined(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    // `and` may have been read as the type of a pattern.
    let mut at = if place.is(place.at - 1, "and") { place.at - 1 } else { place.at };
    if !patterns.contains(&at) || place.around(at).is_some() {
        return;
    }
    if place.sign(at.wrapping_sub(1), '&') {
        at -= 1;
    }
    let end = if place.sign(at, '&') && place.sign(at + 1, '&') { at + 2 } else { at + 1 };
    let written = place.source(at..end);
    if !matches!(written, "," | "&" | "&&") && !place.is(at, "and") {
        return;
    }
    let message = format!("patterns are not connected by `{written}`");
    let hint = format!("leave out `{written}`");
    found.push(place.advice(at..end, message).edit(without(place, at..end), "").hint(hint));
}

/// `(A() and B())`, `not (A())`, `exists( A() )`.
fn in_parentheses(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let opens = |at: &usize| place.sign(*at, '(') && place.around(*at).is_none() && is_group(place, *at);
    let Some(open) = patterns.clone().find(opens) else { return };
    let Some(close) = place.close(open) else { return };
    let mut text = String::new();
    let mut from = open + 1;
    let negated = place.is_any(open - 1, &["not", "exists"]);
    while let Some(and) = place.next(from, close, &["and", ","]) {
        if negated {
            return;
        }
        text.push_str(place.source(from..and));
        text.push(' ');
        from = and + 1;
    }
    text.push_str(place.source(from..close));
    let space = if negated && place.adjacent(open - 1) { " " } else { "" };
    let hint = format!("write `{text}`");
    let advice = place.advice(open..open + 1, "patterns are written without parentheses around them");
    found.push(advice.edit(place.bytes(open..close + 1), format!("{space}{text}")).hint(hint));
}

/// Whether a parenthesis is not that of a pattern.
fn is_group(place: &Place<'_, '_>, open: usize) -> bool {
    !place.is_name(open - 1) || place.is_any(open - 1, &["when", "and", "or", "not", "exists"])
}

/// `eval( $o.total > 5 )`: the condition belongs to a pattern.
fn eval(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let Some(word) = patterns.clone().find(|at| {
        place.is_any(*at, &["eval", "test"]) && place.sign(at + 1, '(') && place.around(*at).is_none()
    }) else {
        return;
    };
    let (Some(close), Some(last)) = (place.close(word + 1), last_pattern(place, word)) else { return };
    let condition = place.source(word + 2..close).trim();
    let message = format!("`{}` does not exist: conditions are written in a pattern", place.word(word));
    let at = place.bytes(last..last + 1).start;
    let comma = if place.sign(last - 1, '(') { "" } else { ", " };
    let shown = format!("{}{comma}{condition})", place.source(pattern_start(place, last)..last));
    let advice = place.advice(word..close + 1, message).edit(at..at, format!("{comma}{condition}"));
    found.push(advice.edit(without(place, word..close + 1), "").hint(format!("write `{shown}`")));
}

/// The first token of the pattern that ends with a bracket.
pub(super) fn pattern_start(place: &Place<'_, '_>, close: usize) -> usize {
    let ty = place.open(close).map_or(close, |open| open - 1);
    let bound = ty > place.first + 3 && place.sign(ty - 1, ':') && place.sign(ty - 3, '$');
    let start = if bound { ty - 3 } else { ty };
    if place.is_any(start - 1, &["not", "exists"]) { start - 1 } else { start }
}

/// `forall( Order(paid) )`: there is none that is not paid.
fn for_all(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let Some(word) = patterns.clone().find(|at| place.is(*at, "forall") && place.sign(at + 1, '(')) else {
        return;
    };
    let Some(close) = place.close(word + 1) else { return };
    let (mut parts, mut at) = (Vec::new(), word + 2);
    while at < close {
        let open = (at..close).find(|at| place.sign(*at, '('));
        let Some((open, end)) = open.and_then(|open| Some((open, place.close(open)?))) else { return };
        parts.push((at, open, end));
        at = end + 1;
    }
    let conjunction = |open: usize| {
        let parts = place.arguments(open).unwrap_or_default();
        let parts: Vec<&str> = parts.into_iter().map(|part| place.source(part)).collect();
        parts
    };
    let of = |constraint: &str, variable: &str| {
        let constraint = constraint.trim();
        constraint.starts_with("this") && constraint.ends_with(variable)
    };
    let text = match parts.as_slice() {
        [(_, open, _)] => {
            let ty = place.word(open - 1);
            match conjunction(*open).as_slice() {
                [] => return,
                [one] => format!("not {ty}(NOT ({one}))"),
                all => format!("not {ty}(NOT ({}))", all.join(" AND ")),
            }
        }
        // `forall( $o : Order(a) Order(this == $o, b) )`.
        [(start, open, _), (_, second, _)] if place.sign(*start, '$') => {
            let variable = place.source(*start..start + 2);
            let wanted: Vec<&str> = conjunction(*second);
            let Some((_, wanted)) = wanted.split_first().filter(|(same, _)| of(same, variable)) else {
                return;
            };
            let given = place.arguments(*open).unwrap_or_default();
            let mut all: Vec<String> = given.into_iter().map(|part| place.source(part).to_owned()).collect();
            all.push(format!("NOT ({})", wanted.join(" AND ")));
            format!("not {}({})", place.word(open - 1), all.join(", "))
        }
        _ => return,
    };
    let hint = format!("there is none that is not so: write `{text}`");
    let advice = place.advice(word..word + 1, "`forall` does not exist yet");
    found.push(advice.edit(place.bytes(word..close + 1), text).hint(hint));
}

/// `o : Order()` and `Order(x : id)`: variables begin with `$`.
fn variable(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let colon = [place.at, place.at + 1].into_iter().find(|at| place.sign(*at, ':'));
    let Some(colon) = colon.filter(|colon| patterns.contains(colon)) else { return };
    let named = place.is_name(colon - 1) && !place.sign(colon - 2, '$') && place.is_name(colon + 1);
    if !named {
        return;
    }
    let name = place.word(colon - 1);
    let advice = place.advice(colon - 1..colon, "variables of this notation begin with `$`");
    let is_it = |at: &usize| {
        let binds = place.sign(at + 1, ':') && *at != colon - 1;
        place.word(*at) == name && !binds && !matches!(place.word(at - 1), "$" | ".")
    };
    let all: Vec<usize> = (place.first + 2..place.end).filter(is_it).collect();
    let advice = all.into_iter().fold(advice, |advice, at| {
        let byte = place.bytes(at..at + 1).start;
        advice.edit(byte..byte, "$")
    });
    found.push(advice.hint(format!("write `$` before it, everywhere: `${name}`")));
}

/// `Order() from $c.orders`: facts are found in the working memory only.
fn from_where(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let at = patterns.clone().find(|at| {
        place.is(*at, "from") && place.sign(at - 1, ')') && place.around(*at).is_none() && *at <= place.at
    });
    let Some(from) = at else { return };
    if place.is_any(from + 1, &["accumulate", "acc", "collect"]) {
        return;
    }
    let end = if place.is(from + 1, "entry") {
        from + 5
    } else {
        let Some(end) = place.operand_after(from + 1) else { return };
        end
    };
    let hint = format!(
        "leave out `{}`; patterns match facts, and a fact that belongs to another refers to it in a \
         field to compare",
        place.source(from..end)
    );
    let advice = place.advice(from..end, "a pattern has no `from`");
    found.push(advice.edit(without(place, from..end), "").hint(hint));
}

/// `accumulate( Order(customerId == $c, $t : total); $sum : sum($t); $sum > 100 )` is a condition
/// on an aggregate.
fn accumulate(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(patterns) = patterns(place) else { return };
    let Some(word) =
        patterns.clone().find(|at| place.is_any(*at, &["accumulate", "acc"]) && place.sign(at + 1, '('))
    else {
        return;
    };
    let Some(close) = place.close(word + 1) else { return };
    let Some((source, function, test)) = accumulated(place, word + 2, close) else { return };
    let variable = place.fresh(&["x", "y", "z"]);
    let Some(aggregate) = aggregate(place, &source, &function, &variable) else { return };
    // `Number(this > 100) from accumulate(…)`, or a third part of `accumulate`.
    let mut start = word;
    let condition = match test {
        Some(test) => {
            let name = place.source(function.start..function.start + 2);
            place.source(test).replace(name, &aggregate)
        }
        None => {
            let Some(before) =
                word.checked_sub(2).filter(|at| place.is(at + 1, "from") && place.sign(*at, ')'))
            else {
                return;
            };
            let Some(open) = place.open(before) else { return };
            start = if place.sign(open - 2, ':') { open - 4 } else { open - 1 };
            let Some(operator) =
                (open + 1..before).find(|at| matches!(place.word(*at), "<" | ">" | "=" | "!"))
            else {
                return;
            };
            format!("{aggregate} {}", place.source(operator..before))
        }
    };
    let Some(last) = last_pattern(place, start) else { return };
    let at = place.bytes(last..last + 1).start;
    let comma = if place.sign(last - 1, '(') { "" } else { ", " };
    let shown = format!("{}{comma}{condition})", place.source(pattern_start(place, last)..last));
    let advice =
        place.advice(word..word + 1, "`accumulate` does not exist: an aggregate is part of a condition");
    let advice = advice.edit(at..at, format!("{comma}{condition}"));
    found.push(advice.edit(without(place, start..close + 1), "").hint(format!("write `{shown}`")));
}

type Tokens = std::ops::Range<usize>;

/// The pattern, the function and the condition inside `accumulate(…)`.
fn accumulated(
    place: &Place<'_, '_>,
    start: usize,
    close: usize,
) -> Option<(Tokens, Tokens, Option<Tokens>)> {
    let first = place.next(start, close, &[";", ","])?;
    let second = place.next(first + 1, close, &[";"]);
    Some((start..first, first + 1..second.unwrap_or(close), second.map(|second| second + 1..close)))
}

/// `SUM(x: Order / x.customerId == $c ; x.total)` of a pattern and `$sum : sum($t)`.
fn aggregate(place: &Place<'_, '_>, source: &Tokens, function: &Tokens, variable: &str) -> Option<String> {
    let open = (source.start..source.end).find(|at| place.sign(*at, '('))?;
    let ty = place.word(open - 1);
    let (mut conditions, mut fields) = (Vec::new(), Vec::new());
    for part in place.arguments(open)? {
        if place.sign(part.start, '$') && place.sign(part.start + 2, ':') {
            fields.push((place.source(part.start..part.start + 2), place.source(part.start + 3..part.end)));
        } else {
            conditions.push(format!("{variable}.{}", place.source(part)));
        }
    }
    let call = if place.sign(function.start, '$') { function.start + 3 } else { function.start };
    let name = match place.word(call).to_lowercase().as_str() {
        "average" | "avg" => "AVG".to_owned(),
        other => other.to_uppercase(),
    };
    let argument = place.source(call + 2..function.end.checked_sub(1)?);
    let condition =
        if conditions.is_empty() { String::new() } else { format!(" / {}", conditions.join(" AND ")) };
    if name == "COUNT" {
        return Some(format!("COUNT({variable}: {ty}{condition})"));
    }
    let field = fields.iter().find(|(bound, _)| *bound == argument).map(|(_, field)| *field)?;
    Some(format!("{name}({variable}: {ty}{condition} ; {variable}.{field})"))
}

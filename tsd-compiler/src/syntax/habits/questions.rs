//! Questions about all facts of a type: whether there is one, whether a condition holds for all,
//! how many there are.

use super::{Advice, Place};
use crate::syntax::ast::AggregateFunction;

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    count_star(place, found);
    distinct(place, found);
    for_all(place, found);
    any_of(place, found);
    exists_unbracketed(place, found);
    exists_pattern(place, found);
    exists_select(place, found);
    where_inside(place, found);
    divided(place, found);
    select(place, found);
}

/// The word before the bracket around the fault, and that bracket.
fn asked(place: &Place<'_, '_>, words: &[&str]) -> Option<(usize, usize)> {
    let mut at = place.at.min(place.end);
    if place.is_any(at, words) && place.sign(at + 1, '(') {
        return Some((at, at + 1));
    }
    if place.sign(at, '(') && place.is_any(at.wrapping_sub(1), words) {
        return Some((at - 1, at));
    }
    while let Some(open) = place.around(at) {
        if open > place.first && place.is_any(open - 1, words) {
            return Some((open - 1, open));
        }
        at = open;
    }
    None
}

const AGGREGATES: &[&str] = &["COUNT", "SUM", "AVG", "MIN", "MAX"];

/// `COUNT(*)`: in a pattern block of what the other block binds, otherwise of the facts of the
/// rule's type.
fn count_star(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((word, open)) = asked(place, &["COUNT"]) else { return };
    if !place.sign(open + 1, '*') && !place.sign(open + 1, ')') || place.close(open) > Some(open + 2) {
        return;
    }
    let Some(close) = place.close(open) else { return };
    let in_block = place.around(word).is_some_and(|brace| place.sign(brace, '{'));
    let arrow = place.actions().unwrap_or(place.end);
    // Variables with types, as `o: Order`, outside of questions.
    let mut bound = (place.first..arrow).filter(|index| {
        place.is_name(*index)
            && place.sign(index + 1, ':')
            && place.is_name(index + 2)
            && place.around(*index).is_some_and(|brace| place.sign(brace, '{'))
            && !place.sign(index + 3, '(')
    });
    let Some(last) = bound.next_back() else { return };
    let inner = match in_block {
        true => place.word(last).to_owned(),
        false => format!("{}: {}", place.fresh(&["x", "y", "z"]), place.word(last + 2)),
    };
    let text = format!("{}({inner})", place.word(word));
    let message = format!("`{}` does not say of which facts", place.source(word..close + 1));
    let note = if in_block { "" } else { "; conditions on the facts follow a `/`" };
    let hint = format!("write `{text}`{note}");
    found.push(place.advice(word..close + 1, message).edit(place.bytes(word..close + 1), text).hint(hint));
}

/// `COUNT(DISTINCT o.status)` in a condition does not say of which facts. The type of the variable in
/// the rule says it.
fn distinct(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((word, open)) = asked(place, &["COUNT"]) else { return };
    if !place.is(open + 1, "DISTINCT") {
        return;
    }
    let Some(close) = place.close(open) else { return };
    let Some((root, path)) = place.source(open + 2..close).split_once('.') else { return };
    let (Some(ty), false) = (place.type_of(root), place.is_block()) else { return };
    let variable = place.fresh(&["x", "y", "z"]);
    let text = format!("COUNT(DISTINCT {variable}: {ty} ; {variable}.{path})");
    let hint = format!("write `{text}`; conditions on the facts follow a `/`");
    let advice = place.advice(word..word + 1, "`COUNT` needs the facts to aggregate");
    found.push(advice.edit(place.bytes(word..close + 1), text).hint(hint));
}

/// `FORALL (o: Order / o.customer == c ; o.paid)`, `ALL (…)`.
fn for_all(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((word, open)) = asked(place, &["FORALL", "ALL", "EVERY"]) else { return };
    let Some(close) = place.close(open) else { return };
    if !place.is_name(open + 1) || !place.sign(open + 2, ':') {
        return;
    }
    let source = place.source(open + 1..open + 4);
    let rest = open + 4..close;
    let divided = place.next(rest.start, close, &[";"]);
    let (condition, wanted) = match (place.sign(open + 4, '/'), divided) {
        (true, Some(semicolon)) => (place.source(open + 5..semicolon), place.source(semicolon + 1..close)),
        (true, None) => ("", place.source(open + 5..close)),
        (false, Some(semicolon)) => ("", place.source(semicolon + 1..close)),
        (false, None) => return,
    };
    let condition = match condition {
        "" => String::new(),
        condition if condition.to_uppercase().contains(" OR ") => format!("({condition}) AND "),
        condition => format!("{condition} AND "),
    };
    let text = format!("NOT (EXISTS ({source} / {condition}NOT ({wanted})))");
    let message = format!("`{}` does not exist yet", place.word(word));
    let hint = format!("there is none that is not so: write `{text}`");
    found.push(place.advice(word..word + 1, message).edit(place.bytes(word..close + 1), text).hint(hint));
}

/// `ANY (o: Order / …)`, `SOME (…)`.
fn any_of(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((word, _)) = asked(place, &["ANY", "SOME", "EXIST"]) else { return };
    let message = format!("`{}` means nothing here", place.word(word));
    found.push(place.advice(word..word + 1, message).instead("EXISTS"));
}

/// `EXISTS o: Order / o.paid`, and with other brackets.
fn exists_unbracketed(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if at <= place.first || !place.is(at - 1, "EXISTS") || place.is_block() {
        return;
    }
    let (open, end) = match place.word(at) {
        "{" | "[" => (at + 1, place.close(at).unwrap_or(place.end) + 1),
        _ if place.is_name(at) && place.sign(at + 1, ':') => {
            let end = place.actions().map_or(place.end, |actions| actions - 3);
            (at, place.next(at, end, &[")", ",", ";"]).unwrap_or(end))
        }
        _ => return,
    };
    let inner = if open == at { place.source(open..end) } else { place.source(open..end - 1) };
    let text = format!("({inner})");
    let message = "the condition is written in parentheses";
    let hint = format!("write `EXISTS {text}`");
    found.push(place.advice(at..at + 1, message).edit(place.bytes(at..end), text).hint(hint));
}

/// `EXISTS Order(customer == c)` in the arrow notation, `NOT Order(…)`.
fn exists_pattern(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if place.is_block() || at <= place.first || !place.is(at - 1, "EXISTS") {
        return;
    }
    let ty = if place.sign(at, '(') { at + 1 } else { at };
    let open = ty + 1;
    if !place.is_name(ty) || !place.sign(open, '(') {
        return;
    }
    let (Some(close), Some(parts)) = (place.close(open), place.arguments(open)) else { return };
    let end = if ty > at { close + 2 } else { close + 1 };
    let variable = place.fresh(&["x", "y", "z"]);
    let parts: Vec<String> =
        parts.into_iter().map(|part| format!("{variable}.{}", place.source(part))).collect();
    let condition = if parts.is_empty() { String::new() } else { format!(" / {}", parts.join(" AND ")) };
    let text = format!("({variable}: {}{condition})", place.word(ty));
    let message = "a pattern belongs to the `when … then … end` notation";
    let hint = format!("write `EXISTS {text}`");
    found.push(place.advice(ty..close + 1, message).edit(place.bytes(at..end), text).hint(hint));
}

/// `EXISTS (SELECT * FROM Order o WHERE o.paid)`.
fn exists_select(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((_, open)) = asked(place, &["EXISTS"]) else { return };
    let Some(close) = place.close(open).filter(|_| place.is(open + 1, "SELECT")) else { return };
    let Some(from) = place.next(open + 2, close, &["FROM"]) else { return };
    let condition = place.next(from, close, &["WHERE"]);
    let ty = place.word(from + 1);
    let named = if place.is(from + 2, "AS") { from + 3 } else { from + 2 };
    let variable = match Some(named) == condition || named >= close {
        true => place.fresh(&["x", "y", "z"]),
        false => place.word(named).to_owned(),
    };
    let condition = condition.map_or_else(String::new, |at| format!(" / {}", place.source(at + 1..close)));
    let text = format!("({variable}: {ty}{condition})");
    let hint = format!("write `EXISTS {text}`");
    let advice = place.advice(open + 1..open + 2, "`SELECT` does not exist");
    found.push(advice.edit(place.bytes(open..close + 1), text).hint(hint));
}

/// `SUM(o: Order / o.paid, o.total)`, and with other signs.
fn divided(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if asked(place, AGGREGATES).is_some() && matches!(place.word(at), "," | "|" | ":") {
        let message = format!("`{}` means nothing here", place.word(at));
        let advice = place.advice(at..at + 1, message);
        found.push(advice.instead(";").hint("write `;` before the aggregated value"));
    }
}

/// `SELECT id FROM Order WHERE total > 10` as a statement: a rule finds facts.
fn select(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let word = place.joint.unwrap_or(place.first);
    let Some(from) = place.next(word, place.end, &["FROM"]).filter(|_| place.is(word, "SELECT")) else {
        return;
    };
    let condition = place.next(from, place.end, &["WHERE"]);
    let ty = place.word(from + 1);
    let named = if place.is(from + 2, "AS") { from + 3 } else { from + 2 };
    let alias = place.is_name(named) && Some(named) != condition && named < place.end;
    let variable = if alias { place.word(named).to_owned() } else { place.fresh(&["x", "y", "z"]) };
    let fields = place.fields_of(ty);
    // The columns, which may be without the name of the table.
    let qualified = |tokens: std::ops::Range<usize>| {
        let (mut out, mut last) = (String::new(), place.bytes(tokens.clone()).start);
        for at in tokens {
            let bytes = place.bytes(at..at + 1);
            out.push_str(place.text().get(last..bytes.start).unwrap_or(""));
            if !place.sign(at - 1, '.') && fields.iter().any(|(field, ..)| *field == place.word(at)) {
                out.push_str(&format!("{variable}."));
            }
            out.push_str(place.word(at));
            last = bytes.end;
        }
        out
    };
    let shown = match (place.sign(word + 1, '*'), fields.iter().find(|(.., key)| *key).or(fields.first())) {
        (true, Some((field, ..))) => format!("{variable}.{field}"),
        (true, None) => return,
        (false, _) => qualified(word + 1..from),
    };
    let end = if place.sign(place.end - 1, ';') { place.end - 1 } else { place.end };
    let condition = condition.map_or_else(String::new, |at| format!("{} ", qualified(at + 1..end)));
    let text = format!("rule found : {{{variable}: {ty}}} / {condition}==> Print({shown})");
    let hint = format!("a rule finds facts: write `{text}`");
    let advice = place.advice(word..word + 1, format!("no statement begins with `{}`", place.word(word)));
    found.push(advice.edit(place.bytes(word..end), text).hint(hint));
}

/// `COUNT(o: Order WHERE o.paid)` and `COUNT(o IN Order …)` replace one token. The other case is a
/// value that comes first: `SUM(o.total FOR o: Order)`.
fn where_inside(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some((word, open)) = asked(place, AGGREGATES) else { return };
    let Some(close) = place.close(open) else { return };
    let Some(middle) = place.next(open + 1, close, &["FOR", "OVER", "FROM", ";"]) else { return };
    if place.sign(open + 2, ':') {
        return;
    }
    let value = place.source(open + 1..middle);
    let text = format!("{}({} ; {value})", place.word(word), place.source(middle + 1..close));
    let message = "the aggregated value comes last, after a `;`";
    let hint = format!("write `{text}`");
    found.push(
        place.advice(open + 1..middle + 1, message).edit(place.bytes(word..close + 1), text).hint(hint),
    );
}

/// `SUM(o.total)` in a condition does not say of which facts: those of the type that the variable
/// has in the rule.
pub(super) fn gathers_nothing(place: &Place<'_, '_>, at: usize) -> Vec<Advice> {
    let Some(function) = AggregateFunction::from_text(place.word(at)) else { return Vec::new() };
    let Some(close) = place.close(at + 1) else { return Vec::new() };
    let in_block = place.is_block();
    let argument = place.source(at + 2..close);
    let (root, path) = match argument.split_once('.') {
        Some((root, path)) => (root, format!(".{path}")),
        None => (argument, String::new()),
    };
    let bound = place.type_of(root.trim_start_matches('$'));
    let Some(ty) = bound else { return Vec::new() };
    if in_block || (path.is_empty() && function != AggregateFunction::Count) {
        return Vec::new();
    }
    let variable = place.fresh(&["x", "y", "z"]);
    let value = match function {
        AggregateFunction::Count => String::new(),
        _ => format!(" ; {variable}{path}"),
    };
    let text = format!("{}({variable}: {ty}{value})", function.text());
    let message = format!("`{}` needs the facts to aggregate", function.text());
    let hint = format!("write `{text}`; conditions on the facts follow a `/`");
    let advice = place.advice(at..at + 1, message).edit(place.bytes(at..close + 1), text).hint(hint);
    vec![advice]
}

//! Effects of rules, as other languages write them: assignments, setters, `modify`, calls without
//! parentheses, `;` between them.

use super::methods::lower_first;
use super::spelling::without;
use super::{Advice, Place};

/// The names of printing in other languages.
const PRINTERS: &[&str] = &[
    "System.out.println",
    "System.out.print",
    "console.log",
    "println!",
    "print!",
    "eprintln!",
    "logger.info",
    "log.info",
];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    separators(place, found);
    in_braces(place, found);
    assignment(place, found);
    setter(place, found);
    modify(place, found);
    update(place, found);
    printer(place, found);
    new_fact(place, found);
    fact_in_braces(place, found);
    without_parentheses(place, found);
    not_there_yet(place, found);
}

/// The first token of the actions, if the fault is in them or after.
fn actions(place: &Place<'_, '_>) -> Option<usize> {
    place.actions().filter(|actions| *actions <= place.at)
}

/// `f(a); g(b); h(c)`, in the arrow notation.
pub(super) fn separators(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let (Some(actions), Some(joint)) = (actions(place), place.joint) else { return };
    let Some(first) = joint.checked_sub(1).filter(|first| place.sign(*first, ';')) else { return };
    let mut all = Vec::new();
    let mut at = actions;
    while let Some(sign) = place.next(at, place.end, &[";"]) {
        all.push(sign);
        at = sign + 1;
    }
    let last = place.end.saturating_sub(1);
    let advice = place.advice(first..first + 1, "`;` ends a rule: actions are separated by `,`");
    let advice = all.into_iter().filter(|sign| *sign != last).fold(advice, |advice, sign| {
        let bytes = place.bytes(sign..sign + 1);
        advice.edit(bytes, ",")
    });
    found.push(advice.hint("write `,`"));
}

/// `==> { f(a); g(b) }`, `==> [f(a), g(b)]`.
fn in_braces(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(open) = actions(place) else { return };
    if !matches!(place.word(open), "{" | "[" | "(") {
        return;
    }
    let Some(close) = place.close(open) else { return };
    let block = place.is_block();
    let mut text = place.source(open + 1..close).trim().trim_end_matches(';').to_owned();
    if !block {
        text = text.replace(';', ",");
    }
    let message = "actions are written without brackets around them";
    let hint = format!("write `{text}`");
    let advice = place.advice(open..open + 1, message).edit(place.bytes(open..close + 1), text);
    found.push(advice.hint(hint));
}

/// The variable, the field and the rest of a path such as `o.total`.
fn field(place: &Place<'_, '_>, start: usize) -> Option<(String, usize)> {
    let name = if place.sign(start, '$') { start + 1 } else { start };
    if !place.is_name(name) || !place.sign(name + 1, '.') || !place.is_name(name + 2) {
        return None;
    }
    Some((place.source(start..name + 1).to_owned(), name + 2))
}

/// Where the action at the fault begins.
fn action_start(place: &Place<'_, '_>, actions: usize) -> usize {
    let mut start = actions;
    let mut at = actions;
    while at < place.at {
        at = match place.word(at) {
            "(" | "[" | "{" => place.close(at).map_or(place.at, |close| close + 1),
            "," | ";" => {
                start = at + 1;
                at + 1
            }
            _ => at + 1,
        };
    }
    start
}

/// `o.total = 5`, `o.total := 5`, `o.total += 5`, `o.total++`, `set o.total = 5`.
fn assignment(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let start = action_start(place, actions);
    let from = if place.is_any(start, &["set", "let"]) { start + 1 } else { start };
    let Some((variable, name)) = field(place, from) else { return };
    let operator = name + 1..place.joined(name + 1).end;
    let path = place.source(from..name + 1);
    let sign = place.source(operator.clone());
    let (end, value) = match sign {
        "=" | ":=" | "+=" | "-=" | "*=" | "/=" => {
            let Some(end) = place.sum_after(operator.end) else { return };
            let value = place.source(operator.end..end);
            match sign.strip_suffix('=') {
                Some(op @ ("+" | "-")) => (end, format!("{path} {op} {value}")),
                Some(op @ ("*" | "/")) if end > operator.end + 1 && !value.starts_with('(') => {
                    (end, format!("{path} {op} ({value})"))
                }
                Some(op @ ("*" | "/")) => (end, format!("{path} {op} {value}")),
                _ => (end, value.to_owned()),
            }
        }
        "++" => (operator.end, format!("{path} + 1")),
        "--" => (operator.end, format!("{path} - 1")),
        _ => return,
    };
    let text = format!("Update({variable}, {{{}: {value}}})", place.word(name));
    let hint = format!("write `{text}`");
    let advice = place.advice(start..end, "a field is not assigned to: a fact is updated");
    found.push(advice.edit(place.bytes(start..end), text).hint(hint));
}

/// `o.setTotal(5)`.
fn setter(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let start = action_start(place, actions);
    let Some((variable, name)) = field(place, start) else { return };
    let (Some((fields, end)), true) = (setters(place, name), place.sign(name + 1, '(')) else { return };
    let text = format!("Update({variable}, {{{fields}}})");
    let hint = format!("write `{text}`");
    let message = format!("a fact has no method `{}`", place.word(name));
    found.push(place.advice(start..end, message).edit(place.bytes(start..end), text).hint(hint));
}

/// The changes that `setA(1)`, `setB(2)` make, or `a = 1, b = 2`, or `a: 1`, and the index after
/// them.
fn setters(place: &Place<'_, '_>, start: usize) -> Option<(String, usize)> {
    let (mut fields, mut at, mut last) = (Vec::new(), start, start);
    while place.is_name(at) {
        let value = place.joined(at + 1);
        let (name, text, end) = if place.sign(at + 1, '(') {
            let close = place.close(at + 1)?;
            let name = place.word(at).strip_prefix("set")?.trim_start_matches('_');
            (lower_first(name)?, place.source(at + 2..close), close + 1)
        } else if matches!(place.source(value.clone()), "=" | ":" | ":=") {
            let end = place.clause_after(value.end);
            (place.word(at).to_owned(), place.source(value.end..end), end)
        } else {
            break;
        };
        fields.push(format!("{name}: {text}"));
        last = end;
        at = end + usize::from(matches!(place.word(end), "," | ";"));
    }
    (!fields.is_empty()).then(|| (fields.join(", "), last))
}

/// `modify(o) { setTotal(5), setN(2) }`, `modify (o) { total = 5 }`.
fn modify(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let is_modify = |index: &usize| place.is_any(*index, &["modify", "update"]);
    let Some(word) = (actions..=place.at.min(place.end)).rev().find(is_modify) else { return };
    let (variable, open) = match place.sign(word + 1, '(') {
        true => {
            let Some(close) = place.close(word + 1) else { return };
            (word + 2..close, close + 1)
        }
        false => {
            let Some(end) = place.operand_after(word + 1) else { return };
            (word + 1..end, end)
        }
    };
    if !place.sign(open, '{') {
        return;
    }
    let (Some(close), Some((fields, end))) = (place.close(open), setters(place, open + 1)) else { return };
    let end = if place.sign(end, ';') { end + 1 } else { end };
    if end != close {
        return;
    }
    let text = format!("Update({}, {{{fields}}})", place.source(variable));
    let hint = format!("write `{text}`");
    let message = format!("the changes of `{}` are written in braces", place.word(word));
    found.push(place.advice(word..close + 1, message).edit(place.bytes(word..close + 1), text).hint(hint));
}

/// `Update(o, total: 5)`, `Update(o, total = 5)`, `Update(o, {"total": 5})`,
/// `Update(o, {o.total: 5})`.
fn update(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let word = (actions..=place.at.min(place.end)).rev().find(|index| place.is(*index, "Update"));
    let Some(word) = word.filter(|word| place.sign(word + 1, '(')) else { return };
    let Some(close) = place.close(word + 1) else { return };
    let Some(comma) = place.next(word + 2, close, &[","]) else { return };
    let braces = place.sign(comma + 1, '{');
    let (start, stop) = if braces { (comma + 2, close - 1) } else { (comma + 1, close) };
    let (mut fields, mut at) = (Vec::new(), start);
    while at < stop {
        let end = place.next(at, stop, &[","]).unwrap_or(stop);
        let Some(sign) = place.next(at, end, &[":", "="]) else { return };
        let name = place.word(sign - 1).trim_matches(['"', '\'']);
        let value = place.joined(sign).end;
        fields.push(format!("{name}: {}", place.source(value..end)));
        at = end + 1;
    }
    if fields.is_empty() || !matches!(place.word(close), ")") {
        return;
    }
    let text = format!("{{{}}}", fields.join(", "));
    let tokens = comma + 1..close;
    let advice = place.advice(tokens, "the changes of an update are names and values in braces");
    found.push(advice.instead(text));
}

/// `System.out.println("x")`, `println!("x")`.
fn printer(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let start = action_start(place, actions);
    let Some(open) = place
        .next(start, place.end, &["("])
        .or_else(|| (start..place.end).find(|index| place.sign(*index, '(')))
    else {
        return;
    };
    let written = place.source(start..open);
    if PRINTERS.contains(&written) {
        let message = format!("there is no action `{written}`");
        found.push(place.advice(start..open, message).instead("Print"));
    }
}

/// `Insert(new Order(id: "x"))`.
fn new_fact(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let new = [place.at, place.at.wrapping_sub(1)].into_iter().find(|at| place.is(*at, "new"));
    if let Some(new) = new.filter(|new| place.is_name(new + 1)) {
        let advice = place.advice(new..new + 1, "`new` means nothing here");
        let bytes = place.bytes(new..new + 1).start..place.bytes(new + 1..new + 2).start;
        found.push(advice.edit(bytes, "").hint("leave out `new`"));
    }
}

/// `Insert(Order {id: "x"})`.
fn fact_in_braces(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let open = [place.at, place.at.wrapping_sub(1)].into_iter().find(|open| place.sign(*open, '{'));
    let Some(open) = open.filter(|open| *open > place.first || place.first == 0) else { return };
    let Some(close) = place.close(open).filter(|_| open > 0 && place.is_name(open - 1)) else { return };
    let text = format!("({})", place.source(open + 1..close).trim().trim_end_matches([',', ';']));
    let message = "the fields of a fact are written in parentheses";
    let shown = format!("{}{text}", place.word(open - 1));
    let start = place.bytes(open - 1..open).end;
    let bytes = start..place.bytes(open..close + 1).end;
    found.push(place.advice(open..open + 1, message).edit(bytes, text).hint(format!("write `{shown}`")));
}

/// `Print o.id`, `Insert Order(id: "x")`.
fn without_parentheses(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let (Some(actions), Some(joint)) = (actions(place), place.joint.or(Some(place.at))) else { return };
    let start = action_start(place, actions);
    if start + 1 != joint || !place.is_name(start) {
        return;
    }
    let block = place.is_block();
    let mut end = joint;
    while end < place.end && !(end > joint && place.leads_line(end)) {
        if place.sign(end, ';') || block && place.is(end, "end") {
            break;
        }
        end = match place.word(end) {
            "(" | "[" | "{" => place.close(end).map_or(place.end, |close| close + 1),
            _ => end + 1,
        };
    }
    let text = format!("{}({})", place.word(start), place.source(joint..end));
    let hint = format!("write `{text}`");
    let advice = place.advice(joint..end, "the arguments of an action are written in parentheses");
    found.push(advice.edit(place.bytes(start..end), text).hint(hint));
}

/// `for`, `while` and `return` are not actions, and no effect replaces them.
fn not_there_yet(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(actions) = actions(place) else { return };
    let start = action_start(place, actions);
    if place.is(start, "return") {
        let end = place.next(start, place.end, &[",", ";"]).unwrap_or(place.end);
        let bytes = without(place, start..end);
        let advice = place.advice(start..end, "a rule returns nothing");
        found.push(advice.edit(bytes, "").hint("leave out `return`"));
    }
}

//! The head of a rule as other engines write it: attributes, names, keywords.

use super::spelling::without;
use super::{Advice, Place};

/// An attribute of other engines: how many words it has, whether a value follows, and what to do.
struct Attribute {
    words: &'static [&'static str],
    /// What to write, with `$` for the value; empty to leave it out.
    write: &'static str,
    why: &'static str,
}

const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        words: &["agenda", "-", "group"],
        write: "",
        why: "groups of rules do not exist yet: `salience` says which rules fire first",
    },
    Attribute {
        words: &["ruleflow", "-", "group"],
        write: "",
        why: "groups of rules do not exist yet: `salience` says which rules fire first",
    },
    Attribute {
        words: &["activation", "-", "group"],
        write: "",
        why: "exclusive groups do not exist yet: give each rule a condition that the others exclude",
    },
    Attribute { words: &["lock", "-", "on", "-", "active"], write: "no-loop", why: "" },
    Attribute {
        words: &["auto", "-", "focus"],
        write: "",
        why: "there is no focus: `salience` says which rules fire first",
    },
    Attribute {
        words: &["date", "-", "effective"],
        write: "",
        why: "there are no dates yet: add or remove the rule when its time comes",
    },
    Attribute {
        words: &["date", "-", "expires"],
        write: "",
        why: "there are no dates yet: add or remove the rule when its time comes",
    },
    Attribute { words: &["no", "_", "loop"], write: "no-loop", why: "" },
    Attribute { words: &["no_loop"], write: "no-loop", why: "" },
    Attribute { words: &["noloop"], write: "no-loop", why: "" },
    Attribute { words: &["dialect"], write: "", why: "there is one language for conditions and actions" },
    Attribute { words: &["duration"], write: "", why: "there are no timers yet" },
    Attribute { words: &["timer"], write: "", why: "there are no timers yet" },
    Attribute { words: &["calendars"], write: "", why: "there are no dates yet" },
    Attribute { words: &["extends"], write: "", why: "a rule cannot extend another: repeat the patterns" },
    Attribute { words: &["priority"], write: "salience $", why: "" },
    Attribute { words: &["order"], write: "salience $", why: "" },
    Attribute { words: &["salience"], write: "salience $", why: "" },
];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    attribute(place, found);
    no_loop_value(place, found);
    name(place, found);
    keyword(place, found);
    letters(place, found);
}

/// Words that begin or divide a statement: always in lower case.
const KEYWORDS: &[&str] = &[
    "type", "extern", "action", "rule", "remove", "fact", "reset", "mod", "salience", "when", "then", "end",
];

/// `RULE r`, `When … Then … End`.
fn letters(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let is_wrong = |at: &usize| {
        let lower = place.word(*at).to_lowercase();
        lower != place.word(*at) && KEYWORDS.contains(&lower.as_str()) && place.around(*at).is_none()
    };
    let start = place.joint.unwrap_or(place.first);
    let limit = (start + 400).min(place.end);
    let all: Vec<usize> = (start..limit).filter(is_wrong).collect();
    let Some(first) = all.first().copied() else { return };
    let message =
        format!("`{}` means nothing here: words of statements are in lower case", place.word(first));
    let words: Vec<String> = all.iter().map(|at| format!("`{}`", place.word(*at).to_lowercase())).collect();
    let advice = all.into_iter().fold(place.advice(first..first + 1, message), |advice, at| {
        advice.edit(place.bytes(at..at + 1), place.word(at).to_lowercase())
    });
    found.push(advice.hint(format!("write {}", words.join(", "))));
}

pub(super) fn attribute(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(head) = place.head() else { return };
    for at in (place.first + 2..=head).filter(|at| *at + 4 >= place.at) {
        for Attribute { words, write, why } in ATTRIBUTES {
            if !words.iter().enumerate().all(|(index, word)| place.is(at + index, word)) {
                continue;
            }
            let name = at..at + words.len();
            let mut value = name.end;
            let assigned = matches!(place.word(value), "=" | ":" | "(");
            if assigned
                && !(place.sign(value, ':') && !place.is_number(value + 1) && !place.is_text(value + 1))
            {
                value += 1;
            }
            let end = value_end(place, value);
            let written = place.source(name.clone());
            let close =
                if place.sign(end, ')') && place.sign(value.wrapping_sub(1), '(') { end + 1 } else { end };
            let annotated = place.sign(at - 1, '@');
            let tokens = if annotated { at - 1..close } else { at..close };
            let advice = match *words {
                ["salience"] if tokens.len() == 2 => continue,
                ["salience"] => {
                    let message = format!("a salience is not given as `{}`", place.source(tokens.clone()));
                    place.advice(tokens.clone(), message)
                }
                _ if annotated => place.advice(tokens.clone(), format!("a rule has no `{written}`")),
                _ => place.advice(name, format!("a rule has no `{written}`")),
            };
            if write.is_empty() {
                let bytes = without(place, tokens.clone());
                let hint = format!("leave out `{}`; {why}", place.source(tokens));
                found.push(advice.edit(bytes, "").hint(hint));
            } else {
                let text = write.replace('$', place.source(value..end));
                let hint = format!("write `{text}`");
                found.push(advice.edit(place.bytes(tokens), text).hint(hint));
            }
        }
    }
}

/// The index just past the values of an attribute.
fn value_end(place: &Place<'_, '_>, start: usize) -> usize {
    let mut end = start;
    loop {
        let sign = usize::from(place.sign(end, '-'));
        let value =
            place.is_text(end) || place.is_number(end + sign) || place.is_any(end, &["true", "false"]);
        if !value {
            return end;
        }
        end += 1 + sign;
        if !place.sign(end, ',') {
            return end;
        }
        end += 1;
    }
}

/// `no-loop true`.
fn no_loop_value(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if at < place.first + 5 || !place.is(at - 1, "loop") || !place.is_any(at, &["true", "false"]) {
        return;
    }
    let tokens = if place.is(at, "true") { at..at + 1 } else { at - 3..at + 1 };
    let hint = format!("leave out `{}`", place.source(tokens.clone()));
    let bytes = without(place, tokens.clone());
    found.push(place.advice(at..at + 1, "`no-loop` takes no value").edit(bytes, "").hint(hint));
}

/// `rule big-order :`, `rule big order :`, `rule 1 :`, and no name at all.
fn name(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let start = place.first + 1;
    if !place.is(place.first, "rule") || place.is_text(start) {
        return;
    }
    let ends = |at: &usize| {
        matches!(place.word(*at), ":" | "{" | "@" | "(") || place.is_any(*at, &["salience", "when", "no"])
    };
    let Some(end) = (start..place.end).find(ends).filter(|end| place.at >= start && place.at <= *end) else {
        return;
    };
    if end == start {
        let written = place.word(start);
        let byte = place.bytes(start..start + 1).start;
        let advice = place.advice(start..start + 1, format!("a rule needs a name before `{written}`"));
        found.push(advice.edit(byte..byte, "\"my rule\" ").hint("write a name such as `\"my rule\"`"));
    } else if end > start + 1 || place.is_number(start) {
        let text = format!("\"{}\"", place.source(start..end).replace('"', ""));
        let advice = place.advice(start..end, "a name of several words or signs is written in quotes");
        found.push(advice.instead(text));
    }
}

/// The words with which other languages begin a declaration.
const BEGINNINGS: &[(&str, &str)] = &[
    ("defrule", "rule"),
    ("query", "rule"),
    ("struct", "type"),
    ("class", "type"),
    ("record", "type"),
    ("interface", "type"),
    ("entity", "type"),
    ("deftemplate", "type"),
    ("declare", "type"),
    ("fn", "action"),
    ("func", "action"),
    ("function", "action"),
    ("def", "action"),
    ("effect", "action"),
    ("package", "mod"),
    ("module", "mod"),
    ("namespace", "mod"),
    ("delete", "remove"),
    ("drop", "remove"),
    ("retract", "remove"),
    ("clear", "reset"),
];

/// Declarations that other languages have at the top of a file and this one does not have.
const LEFT_OUT: &[(&str, &str)] = &[
    ("import", "all files of a module are read together"),
    ("use", "all files of a module are read together"),
    ("include", "all files of a module are read together"),
    ("global", "an action with `@context` can use the program's own data"),
    ("dialect", "there is one language for conditions and actions"),
];

fn keyword(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.joint.unwrap_or(place.first);
    let word = place.word(at);
    if place.at > at + 2 && !place.is_any(at, &["import", "use", "include", "query"]) {
        return;
    }
    for (habit, write) in BEGINNINGS.iter().filter(|(habit, _)| habit.eq_ignore_ascii_case(word)) {
        let message = match *habit {
            "query" => "queries do not exist yet: a rule finds the same facts".to_owned(),
            _ => format!("no statement begins with `{word}`"),
        };
        found.push(place.advice(at..at + 1, message).instead(*write));
        declared(place, at, write, found);
    }
    for (_, why) in LEFT_OUT.iter().filter(|(habit, _)| habit.eq_ignore_ascii_case(word)) {
        let mut end = at + 1;
        while !place.leads_line(end) && !place.sign(end, ';') {
            end += 1;
        }
        let end = if place.sign(end, ';') { end + 1 } else { end };
        let hint = format!("leave out `{}`; {why}", place.source(at..end));
        let advice = place.advice(at..end, format!("no statement begins with `{word}`"));
        found.push(advice.edit(without(place, at..end), "").hint(hint));
    }
}

/// `struct Order { id: string }`: another word and other brackets.
fn declared(place: &Place<'_, '_>, at: usize, write: &str, found: &mut Vec<Advice>) {
    let open = at + 2;
    if write != "type" || !place.sign(open, '{') {
        return;
    }
    let Some(close) = place.close(open) else { return };
    let text = super::declarations::in_parentheses(place, open, close);
    let text = format!("type {}{text}", place.word(at + 1));
    let message = format!("no statement begins with `{}`", place.word(at));
    let hint = format!("write `{text}`");
    found.push(place.advice(at..at + 1, message).edit(place.bytes(at..close + 1), text).hint(hint));
}

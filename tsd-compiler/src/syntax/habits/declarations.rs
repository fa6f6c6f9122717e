//! Types, actions and facts as other languages declare them.

use super::spelling::without;
use super::{Advice, Place};

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    braces(place, found);
    equals_sign(place, found);
    optional(place, found);
    default(place, found);
    key(place, found);
    list_type(place, found);
    length(place, found);
    body(place, found);
    no_parameters(place, found);
    fact(place, found);
    later(place, found);
}

/// `{ id: String; total: f64 }` as `(id: string, total: number)`.
pub(super) fn in_parentheses(place: &Place<'_, '_>, open: usize, close: usize) -> String {
    let mut text = String::from("(");
    let mut from = open + 1;
    let divides = |at: usize| place.next(at, close, &[",", ";"]).unwrap_or(close);
    while from < close {
        let end = divides(from);
        if text.len() > 1 {
            text.push_str(", ");
        }
        text.push_str(place.source(from..end));
        from = end + 1;
    }
    text.push(')');
    text
}

fn declares(place: &Place<'_, '_>, word: &str) -> bool {
    place.is(place.first, word) || (place.is(place.first, "extern") && place.is(place.first + 1, word))
}

/// `type Order { id: string }`.
fn braces(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if !declares(place, "type") || !place.sign(at, '{') || at != place.first + 2 {
        return;
    }
    let Some(close) = place.close(at) else { return };
    let text = in_parentheses(place, at, close);
    let hint = format!("write `{text}`");
    let advice = place.advice(at..at + 1, "the fields of a type are written in parentheses");
    found.push(advice.edit(place.bytes(at..close + 1), text).hint(hint));
}

/// `type Order = (id: string)`, `action f = (a: string)`.
fn equals_sign(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if at != place.first + 2
        || !place.sign(at, '=')
        || !(declares(place, "type") || declares(place, "action"))
    {
        return;
    }
    let advice = place.advice(at..at + 1, "`=` means nothing here").edit(without(place, at..at + 1), "");
    found.push(advice.hint("leave out `=`"));
}

/// `total?: number`, `total: Option<number>`, `total: number | null`, `total: number = null`.
fn optional(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let message = "a `?` after the type says that a value may be missing";
    if place.sign(at, '?') && place.sign(at + 1, ':') && place.is_name(at + 2) {
        let text = format!(": {}?", place.word(at + 2));
        let hint = format!("write `{}{text}`", place.word(at - 1));
        found.push(place.advice(at..at + 1, message).edit(place.bytes(at..at + 3), text).hint(hint));
    }
    let open = [at, at.wrapping_sub(1)].into_iter().find(|at| place.sign(*at, '<'));
    if let Some(open) = open.filter(|open| place.is_any(open - 1, &["Option", "Optional", "Maybe"]))
        && place.sign(open + 2, '>')
    {
        let advice = place.advice(open - 1..open + 3, message);
        found.push(advice.instead(format!("{}?", place.word(open + 1))));
    }
    let null = ["null", "None", "undefined", "nil"];
    if place.sign(at, '|') && place.is_any(at + 1, &null) && place.is_name(at - 1) {
        let advice = place.advice(at - 1..at + 2, message);
        found.push(advice.instead(format!("{}?", place.word(at - 1))));
    }
    if place.is_any(at, &["null", "nullable", "optional"]) && place.is_name(at - 1) {
        let advice = place.advice(at - 1..at + 1, message);
        found.push(advice.instead(format!("{}?", place.word(at - 1))));
    }
    if place.is(at, "NOT") && place.is(at + 1, "NULL") {
        let hint = "leave out `NOT NULL`: only a type with `?` may be missing";
        let advice = place.advice(at..at + 2, "`NOT NULL` means nothing here");
        found.push(advice.edit(without(place, at..at + 2), "").hint(hint));
    }
}

/// `total: number = 0` in a type.
fn default(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let keyword = place.is(at, "DEFAULT");
    if !declares(place, "type") || !(place.sign(at, '=') || keyword) || place.around(at).is_none() {
        return;
    }
    let Some(end) = place.operand_after(at + 1) else { return };
    let message = "a field has no default";
    if place.is_any(at + 1, &["null", "None", "undefined", "nil", "missing"]) {
        let name = at - 1..at;
        let advice = place.advice(at - 1..end, message);
        found.push(advice.instead(format!("{}?", place.source(name))));
        return;
    }
    let hint = format!("leave out `{}`, and give the value in each fact", place.source(at..end));
    let advice = place.advice(at..end, message).edit(without(place, at..end), "");
    found.push(advice.hint(hint));
}

/// `id: string primary key`, `@id: string`, `key id: string`, `*id: string`, `id: string @key`.
fn key(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if !declares(place, "type") || place.around(at).is_none() {
        return;
    }
    let message = "`#` before a field makes it part of the primary key";
    let before = if place.is_name(at) && !place.sign(at + 1, ':') { at } else { at.wrapping_sub(1) };
    let name = [at + 1, at].into_iter().find(|name| place.is_name(*name) && place.sign(name + 1, ':'));
    if let Some(name) = name {
        let written = place.word(name - 1);
        if matches!(written, "@" | "*" | "!" | "$" | "+")
            || place.is_any(name - 1, &["key", "pk", "id", "unique"])
        {
            let text = format!("#{}", place.word(name));
            found.push(place.advice(name - 1..name + 1, message).instead(text));
        }
        return;
    }
    let words = if place.is(before, "primary") && place.is(before + 1, "key") {
        before..before + 2
    } else if place.sign(at, '@') && place.is_any(at + 1, &["key", "id", "pk"]) {
        at..at + 2
    } else if place.is_any(before, &["key", "unique", "pk"]) {
        before..before + 1
    } else {
        return;
    };
    let Some(name) = (place.first..words.start).rev().find(|at| place.sign(*at, ':')).map(|colon| colon - 1)
    else {
        return;
    };
    let text = format!("#{}", place.source(name..words.start));
    let hint = format!("write `{text}`");
    found.push(place.advice(words.clone(), message).edit(place.bytes(name..words.end), text).hint(hint));
}

/// `tags: [string]`, `tags: string[]`, `tags: List<string>`.
fn list_type(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    let (tokens, element) = if place.sign(at, '[') && place.sign(at + 1, ']') {
        (at - 1..at + 2, at - 1)
    } else if place.sign(at, '[') && place.sign(at + 2, ']') && place.sign(at.wrapping_sub(1), ':') {
        (at..at + 3, at + 1)
    } else if place.sign(at, '<')
        && place.is_any(at - 1, &["List", "Vec", "Set", "Array", "Collection"])
        && place.sign(at + 2, '>')
    {
        (at - 1..at + 3, at + 1)
    } else {
        return;
    };
    if !declares(place, "type") {
        return;
    }
    let Some(name) = place.word(tokens.start.wrapping_sub(2)).get(..) else { return };
    let element = place.word(element);
    let hint = format!(
        "write `{element}` for one value; for several, declare a type for them with a field that refers \
         to this one"
    );
    let advice = place.advice(tokens.clone(), format!("`{name}` cannot hold a list: lists do not exist yet"));
    found.push(advice.edit(place.bytes(tokens), element).hint(hint));
}

/// `name: varchar(20)`.
fn length(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.at;
    if !declares(place, "type") || !place.sign(at, '(') || !place.is_number(at + 1) {
        return;
    }
    let Some(close) = place.close(at) else { return };
    let hint = format!("leave out `{}`", place.source(at..close + 1));
    let advice = place.advice(at..close + 1, "a type has no length");
    found.push(advice.edit(place.bytes(at..close + 1), "").hint(hint));
}

/// `action f(a: string) { … }`, `action f(a: string) -> bool`, `: void`.
fn body(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let Some(start) = place.joint.or(Some(place.at)) else { return };
    // The declaration was read to its end, so the fault begins a separate statement.
    let before = start.checked_sub(1).filter(|before| place.sign(*before, ')'));
    let Some(open) = before.and_then(|close| (0..close).rev().find(|at| place.sign(*at, '('))) else {
        return;
    };
    if open < 2 || !place.is(open - 2, "action") {
        return;
    }
    let written = place.word(start);
    let (end, why) = match written {
        "{" => (place.close(start).map(|close| close + 1), "the program implements it"),
        "-" | ":" => {
            let name = if written == "-" { start + 2 } else { start + 1 };
            (place.is_name(name).then_some(name + 1), "an action returns nothing")
        }
        _ => return,
    };
    let Some(end) = end else { return };
    let hint = format!("leave out `{}`; {why}", place.source(start..end));
    let advice = place.advice(start..end, "an action has a name and parameters, no more");
    found.push(advice.edit(without(place, start..end), "").hint(hint));
}

/// `action archive`.
fn no_parameters(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let end = place.first + 2;
    if !place.is(place.first, "action") || place.at != end.min(place.end) || !place.is_name(place.first + 1) {
        return;
    }
    let byte = place.bytes(place.first + 1..end).end;
    let text = format!("{}()", place.word(place.first + 1));
    let advice = Advice::new(byte..byte, "an action needs parentheses, even without parameters".into());
    found.push(advice.edit(byte..byte, "()").hint(format!("write `{text}`")));
}

/// `let a = Order(…)`, `Insert(Order(…))`, `new Order(…)`, `Order o = new Order(…)`,
/// `a = Order {…}` among the statements.
fn fact(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.first;
    let inserts = ["Insert", "assert", "insertLogical", "add", "create", "make"];
    if place.is_any(at, &inserts) && place.sign(at + 1, '(') && place.sign(at + 3, '(') {
        let Some(close) = place.close(at + 1) else { return };
        let inner = place.source(at + 2..close);
        let advice = place.advice(at..at + 1, "a fact of a program is a statement of its own");
        found.push(advice.edit(place.bytes(at..close + 1), inner).hint(format!("write `{inner}`")));
    }
    let at = place.at;
    let Some(open) = place.around(at).filter(|open| *open > 0 && place.is_name(open - 1)) else { return };
    if place.is_text(at) && place.sign(at + 1, ':') {
        let name = place.word(at).trim_matches(['"', '\'']);
        found.push(place.advice(at..at + 1, "the name of a field is no string").instead(name));
    } else {
        let ty = open - 1;
        let fields = place.fields_of(place.word(ty));
        let (Some(close), Some(values)) = (place.close(open), place.arguments(open)) else { return };
        if values.is_empty() || values.len() > fields.len() {
            return;
        }
        let values =
            fields.iter().zip(values).map(|((field, ..), value)| format!("{field}: {}", place.source(value)));
        let text = format!("{}({})", place.word(ty), values.collect::<Vec<_>>().join(", "));
        let message = "the values of a fact come after the names of its fields";
        found.push(place.advice(ty..close + 1, message).instead(text));
    }
}

/// Declarations that are planned for the language.
fn later(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let at = place.joint.unwrap_or(place.first);
    if place.is(at, "const") && place.is_name(at + 1) {
        constant(place, at, found);
    }
    if place.is(at, "enum") && place.is_name(at + 1) && place.sign(at + 2, '{') {
        let Some(close) = place.close(at + 2) else { return };
        let hint = format!(
            "leave out `{}`; write `string` for the type `{}` and its values in quotes",
            place.source(at..close + 1),
            place.word(at + 1)
        );
        let advice = place.advice(at..at + 1, "enumerations do not exist yet");
        found.push(advice.edit(without(place, at..close + 1), "").hint(hint));
    }
    if place.is(at, "phases") && place.is_name(at + 1) {
        let mut end = at + 2;
        while place.sign(end, ',') {
            end += 2;
        }
        let hint = format!("leave out `{}`; `salience` says which rules fire first", place.source(at..end));
        let advice = place.advice(at..at + 1, "phases do not exist yet");
        found.push(advice.edit(without(place, at..end), "").hint(hint));
    }
}

/// `const LIMIT = 500`: the value is written where it is used.
fn constant(place: &Place<'_, '_>, at: usize, found: &mut Vec<Advice>) {
    let Some(equals) = [at + 2, at + 4].into_iter().find(|equals| place.sign(*equals, '=')) else { return };
    let Some(end) = place.operand_after(equals + 1) else { return };
    let (name, value) = (place.word(at + 1), place.source(equals + 1..end));
    let mut advice = place.advice(at..at + 1, "constants do not exist yet");
    advice = advice.edit(without(place, at..end), "");
    let hint = format!("leave out `{}` and write `{value}` for `{name}`", place.source(at..end));
    found.push(advice.hint(hint));
}

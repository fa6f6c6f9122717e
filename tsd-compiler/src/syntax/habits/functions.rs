//! Functions and types under their names in other languages.

use super::{Advice, Place};

/// What to write for a call of a function that does not exist. `$1` is its first argument, and `$*`
/// are all of them.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("LEN", "LENGTH($1)", ""),
    ("SIZE", "LENGTH($1)", ""),
    ("STRLEN", "LENGTH($1)", ""),
    ("CHAR_LENGTH", "LENGTH($1)", ""),
    ("UCASE", "UPPER($1)", ""),
    ("TOUPPER", "UPPER($1)", ""),
    ("UPPERCASE", "UPPER($1)", ""),
    ("LCASE", "LOWER($1)", ""),
    ("TOLOWER", "LOWER($1)", ""),
    ("LOWERCASE", "LOWER($1)", ""),
    ("STRIP", "TRIM($1)", ""),
    ("LEFT", "SUBSTRING($1, 0, $2)", ""),
    ("SUBSTR", "SUBSTRING($*)", "; the first character has the number 0"),
    ("MID", "SUBSTRING($*)", "; the first character has the number 0"),
    ("CEILING", "CEIL($1)", ""),
    ("INT", "(int) $1", ""),
    ("INTEGER", "(int) $1", ""),
    ("FLOAT", "(number) $1", ""),
    ("DOUBLE", "(number) $1", ""),
    ("NUMBER", "(number) $1", ""),
    ("TO_NUMBER", "(number) $1", ""),
    ("STR", "(string) $1", ""),
    ("STRING", "(string) $1", ""),
    ("TOSTRING", "(string) $1", ""),
    ("TO_CHAR", "(string) $1", ""),
    ("BOOL", "(bool) $1", ""),
    ("CONCAT", "$+", ""),
    ("ISNULL", "$1 IS MISSING", ""),
    ("ISBLANK", "$1 IS MISSING", ""),
    ("IS_NULL", "$1 IS MISSING", ""),
    ("STARTS_WITH", "$^", ""),
    ("STARTSWITH", "$^", ""),
    ("ENDS_WITH", "$$", ""),
    ("ENDSWITH", "$$", ""),
    ("EQUALS", "$1 == $2", ""),
    ("POW", "$1 * $1", ""),
    ("POWER", "$1 * $1", ""),
    ("SQUARE", "$1 * $1", ""),
    ("EVAL", "$1", ""),
    ("TEST", "$1", ""),
];

/// Types of other languages and databases, and the built-in ones for the same values.
const TYPES: &[(&str, &str)] = &[
    ("str", "string"),
    ("text", "string"),
    ("varchar", "string"),
    ("char", "string"),
    ("uuid", "string"),
    ("integer", "int"),
    ("long", "int"),
    ("short", "int"),
    ("bigint", "int"),
    ("i8", "int"),
    ("i16", "int"),
    ("i32", "int"),
    ("i64", "int"),
    ("u8", "int"),
    ("u16", "int"),
    ("u32", "int"),
    ("u64", "int"),
    ("usize", "int"),
    ("float", "number"),
    ("double", "number"),
    ("real", "number"),
    ("numeric", "number"),
    ("f32", "number"),
    ("f64", "number"),
    ("boolean", "bool"),
];

/// Types that are planned for the language, and what to use until then.
const LATER: &[(&str, &str, &str)] = &[
    ("decimal", "number", ", or `int` for an amount in the smallest unit"),
    ("date", "string", " for a date as in \"2026-11-28\", which compares in the right order"),
    ("datetime", "string", " for a time as in \"2026-11-28T10:00:00Z\", which compares in the right order"),
    ("timestamp", "string", " for a time as in \"2026-11-28T10:00:00Z\", which compares in the right order"),
    ("instant", "string", " for a time as in \"2026-11-28T10:00:00Z\", which compares in the right order"),
    ("duration", "number", " for a number of seconds"),
];

/// The built-in type for a type of another language, with a word about its values; the last says
/// whether it is planned.
pub(crate) fn built_in_type(name: &str) -> Option<(&'static str, &'static str, bool)> {
    let same = |habit: &str| habit.eq_ignore_ascii_case(name);
    let now = TYPES.iter().find(|(habit, _)| same(habit)).map(|(_, ty)| (*ty, "", false));
    now.or_else(|| LATER.iter().find(|(habit, ..)| same(habit)).map(|(_, ty, why)| (*ty, *why, true)))
}

/// Effects under their names in other languages.
const EFFECTS: &[(&str, &str)] = &[
    ("insert", "Insert"),
    ("assert", "Insert"),
    ("add", "Insert"),
    ("create", "Insert"),
    ("insertLogical", "InsertLogical"),
    ("assertLogical", "InsertLogical"),
    ("update", "Update"),
    ("modify", "Update"),
    ("set", "Update"),
    ("retract", "Retract"),
    ("delete", "Retract"),
    ("remove", "Retract"),
    ("drop", "Retract"),
    ("print", "Print"),
    ("println", "Print"),
    ("printf", "Print"),
    ("printout", "Print"),
    ("echo", "Print"),
    ("log", "Log"),
];

/// The effect for a name from another language.
pub(crate) fn effect(name: &str) -> Option<&'static str> {
    let found = EFFECTS.iter().find(|(habit, _)| habit.eq_ignore_ascii_case(name));
    found.map(|(_, effect)| *effect).filter(|effect| *effect != name)
}

/// A call of a function that does not exist.
pub(super) fn unknown_function(place: &Place<'_, '_>, at: usize) -> Vec<Advice> {
    let mut found = Vec::new();
    let (Some(close), Some(arguments)) = (place.close(at + 1), place.arguments(at + 1)) else { return found };
    let name = place.word(at);
    let message = format!("there is no function `{name}`");
    let parts: Vec<&str> = arguments.iter().map(|argument| place.source(argument.clone())).collect();
    let call = place.bytes(at..close + 1);
    let advice = || place.advice(at..at + 1, message.clone());
    if place.is_any(at, &["COALESCE", "IFNULL", "NVL", "ISNULL"]) && parts.len() == 2 {
        coalesce(place, at, close + 1, (parts[0], parts[1]), &mut found);
        return found;
    }
    if let [range] = arguments.as_slice()
        && place.is_any(at, &["CAST"])
        && let Some(as_) = place.next(range.start, range.end, &["AS"])
        && let Some(ty) = crate::syntax::ast::CastType::from_text(place.word(as_ + 1))
    {
        let text = format!("({}) {}", ty.text(), place.source(range.start..as_));
        let hint = format!("write `{text}`");
        found.push(advice().edit(call.clone(), text).hint(hint));
    }
    if place.is_any(at, &["POW", "POWER"]) && parts.get(1) != Some(&"2") {
        return found;
    }
    // A new fact whose values have no names.
    let fields = place.fields_of(name);
    if !parts.is_empty() && fields.len() >= parts.len() {
        let values = fields.iter().zip(&parts).map(|((field, ..), value)| format!("{field}: {value}"));
        let text = format!("{name}({})", values.collect::<Vec<_>>().join(", "));
        let hint = format!("write `{text}`");
        let message = "the values of a fact come after the names of its fields";
        found.push(place.advice(at..close + 1, message).edit(call, text).hint(hint));
        return found;
    }
    for (habit, write, note) in FUNCTIONS {
        if !habit.eq_ignore_ascii_case(name) {
            continue;
        }
        let Some(first) = parts.first() else { continue };
        let text = match (*write, parts.as_slice()) {
            ("$+", parts) => parts.join(" + "),
            ("$^", [text, part]) => super::comparisons::fits(text, part, true),
            ("$$", [text, part]) => super::comparisons::fits(text, part, false),
            ("$^" | "$$", _) => continue,
            (form, _) => {
                let text = form.replace("$*", &from_zero(&parts)).replace("$1", first);
                text.replace("$2", parts.get(1).unwrap_or(&""))
            }
        };
        let hint = format!("write `{text}`{note}");
        found.push(advice().edit(call.clone(), text).hint(hint));
    }
    found
}

/// The arguments of a function that counts characters from 1, for one that counts them from 0.
fn from_zero(parts: &[&str]) -> String {
    let start = |part: &str| match part.parse::<u32>() {
        Ok(start) => start.saturating_sub(1).to_string(),
        Err(_) => format!("{part} - 1"),
    };
    let parts = parts
        .iter()
        .enumerate()
        .map(|(index, part)| if index == 1 { start(part) } else { (*part).to_owned() });
    parts.collect::<Vec<_>>().join(", ")
}

/// `COALESCE(a, b) > 5`: two cases, the second only if the first is missing.
fn coalesce(
    place: &Place<'_, '_>,
    at: usize,
    end: usize,
    (value, other): (&str, &str),
    found: &mut Vec<Advice>,
) {
    let message = format!("`{}` does not exist yet", place.word(at));
    let advice = place.advice(at..at + 1, message);
    let in_actions = place.actions().is_some_and(|actions| at >= actions);
    if in_actions {
        let bytes = place.bytes(at..end);
        let variants = [("", "PRESENT", value), ("else", "MISSING", other)];
        found.extend(super::branches::by_presence(place, advice, &bytes, value, &variants));
        return;
    }
    let from = place.clause_before(at);
    let to = place.clause_after(at);
    let before = place.text().get(place.bytes(from..at).start..place.bytes(at..end).start).unwrap_or("");
    let after = place.text().get(place.bytes(at..end).end..place.bytes(from..to).end).unwrap_or("");
    let text = format!(
        "(({value} IS PRESENT AND {before}{value}{after}) OR ({value} IS MISSING AND {before}{other}{after}))"
    );
    let hint = format!("write `{text}`");
    found.push(advice.edit(place.bytes(from..to), text).hint(hint));
}

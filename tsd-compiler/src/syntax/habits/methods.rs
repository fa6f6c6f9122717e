//! Methods of other languages, called on a value: `o.name.startsWith("a")`, `o.getTotal()`.

use super::comparisons::fits;
use super::{Advice, Place};

/// Methods and the functions with the same meaning, whose first argument is the receiver.
const FUNCTIONS: &[(&str, &str)] = &[
    ("length", "LENGTH"),
    ("len", "LENGTH"),
    ("size", "LENGTH"),
    ("upper", "UPPER"),
    ("toUpperCase", "UPPER"),
    ("to_uppercase", "UPPER"),
    ("lower", "LOWER"),
    ("toLowerCase", "LOWER"),
    ("to_lowercase", "LOWER"),
    ("trim", "TRIM"),
    ("strip", "TRIM"),
    ("substring", "SUBSTRING"),
    ("abs", "ABS"),
    ("round", "ROUND"),
    ("floor", "FLOOR"),
    ("ceil", "CEIL"),
    ("toString", "(string)"),
    ("to_string", "(string)"),
    ("intValue", "(int)"),
    ("doubleValue", "(number)"),
    ("clone", ""),
    ("unwrap", ""),
    ("get", ""),
    ("iter", ""),
];

/// Methods and the operators of the same meaning.
const OPERATORS: &[(&str, &str)] = &[
    ("contains", "CONTAINS"),
    ("includes", "CONTAINS"),
    ("matches", "MATCHES"),
    ("match", "MATCHES"),
    ("is_match", "MATCHES"),
    ("equals", "=="),
    ("eq", "=="),
    ("ne", "!="),
    ("like", "LIKE"),
];

pub(super) fn habits(place: &Place<'_, '_>, found: &mut Vec<Advice>) {
    let open = place.at;
    let Some(name) = open.checked_sub(1).filter(|name| *name > place.first + 1) else { return };
    if !place.sign(open, '(') || !place.is_name(name) && !place.is_any(name, &["contains", "matches", "like"])
    {
        return;
    }
    let (Some(close), Some(start)) = (place.close(open), place.operand_before(name - 1)) else { return };
    if !place.sign(name - 1, '.') {
        return;
    }
    let (receiver, method) = (place.source(start..name - 1), place.word(name));
    let arguments = place.source(open + 1..close);
    let called = |habit: &str| habit.eq_ignore_ascii_case(method);
    let text = if let Some((_, function)) = FUNCTIONS.iter().find(|(habit, _)| called(habit)) {
        match function.starts_with('(') {
            true => format!("{function} {receiver}"),
            false if function.is_empty() => receiver.to_owned(),
            false if arguments.is_empty() => format!("{function}({receiver})"),
            false => format!("{function}({receiver}, {arguments})"),
        }
    } else if let Some((_, operator)) = OPERATORS.iter().find(|(habit, _)| called(habit)) {
        format!("{receiver} {operator} {arguments}")
    } else {
        match method.to_lowercase().as_str() {
            "startswith" | "starts_with" => fits(receiver, arguments, true),
            "endswith" | "ends_with" => fits(receiver, arguments, false),
            "equalsignorecase" => format!("UPPER({receiver}) == UPPER({arguments})"),
            "isempty" | "is_empty" => format!("{receiver} == \"\""),
            "is_none" | "isnull" => format!("{receiver} IS MISSING"),
            "is_some" | "notnull" => format!("{receiver} IS PRESENT"),
            _ => match getter(method).filter(|_| arguments.is_empty()) {
                Some(field) => format!("{receiver}.{field}"),
                None => return,
            },
        }
    };
    let advice = place.advice(name..close + 1, format!("a value has no method `{method}`"));
    let hint = format!("write `{text}`");
    found.push(advice.edit(place.bytes(start..close + 1), text).hint(hint));
}

/// The field that `getTotal` or `isPaid` reads.
fn getter(method: &str) -> Option<String> {
    let rest = method.strip_prefix("get").or_else(|| method.strip_prefix("is"))?;
    lower_first(rest.trim_start_matches('_'))
}

/// A name with a small first letter.
pub(super) fn lower_first(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let first = letters.next()?;
    Some(first.to_lowercase().chain(letters).collect())
}

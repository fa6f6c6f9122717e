//! One value from a file: strict, with messages that name the field.

use tsd_runtime::Program;
use tsd_runtime::Session;
use tsd_runtime::ir::{Field, Kind, Schema, Type, Value};

use super::references::References;

/// A value as it is in a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Nothing, with its spelling.
    Missing(&'a str),
    /// Text that the kind of the field interprets: a cell of a table.
    Untyped(&'a str),
    /// The same in quotes, which is never missing.
    Quoted(&'a str),
    /// A JSON string.
    Text(&'a str),
    /// A JSON number, as it is written.
    Number(&'a str),
    /// A JSON Boolean.
    Bool(bool),
    /// A JSON array or object, as it is written.
    Nested(&'a str),
}

/// Why a cell has no value.
#[derive(Debug)]
pub(super) enum Fault {
    /// The message for the author of the data.
    Message(String),
    /// It refers to a fact that would exist if its own row had been valid.
    Consequence,
}

/// Reads the value of a field.
pub(super) fn read<P: Program>(
    cell: Cell<'_>,
    ty: &Type,
    field: &Field,
    session: &Session<P>,
    references: &mut References,
) -> Result<Value, Fault> {
    let schema = session.schema();
    let expected = || Fault::Message(unexpected(schema, ty, field, cell));
    let value = match (cell, field.kind) {
        (Cell::Missing(_), _) if field.optional => Some(Value::Missing),
        (Cell::Missing(_), _) => None,
        (
            Cell::Untyped(text) | Cell::Quoted(text) | Cell::Text(text) | Cell::Number(text),
            Kind::Fact(target),
        ) => return references.find(session, target, text).map(Value::Fact),
        (Cell::Untyped(text) | Cell::Quoted(text) | Cell::Text(text), Kind::Text) => {
            Some(Value::Text(text.to_owned()))
        }
        (Cell::Untyped(text) | Cell::Quoted(text) | Cell::Number(text), Kind::Number) => {
            number(text).map(Value::Number)
        }
        (Cell::Untyped(text) | Cell::Quoted(text) | Cell::Number(text), Kind::Int) => {
            int(text).map(Value::Int)
        }
        (Cell::Untyped(text) | Cell::Quoted(text), Kind::Bool) => bool(text).map(Value::Bool),
        (Cell::Bool(bool), Kind::Bool) => Some(Value::Bool(bool)),
        _ => None,
    };
    value.ok_or_else(expected)
}

/// A decimal number. `inf` and `nan`, which Rust parses, are not accepted, nor is a number that is
/// too large.
fn number(text: &str) -> Option<f64> {
    let number: f64 = if is_plain(text) { text.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

/// Whether a text contains only characters of decimal numbers.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

fn int(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// `expected a number for Flight.dep_delay, found "abc"`
fn unexpected(schema: &Schema, ty: &Type, field: &Field, cell: Cell<'_>) -> String {
    let (name, own) = (&ty.name, &field.name);
    let expected = match field.kind {
        Kind::Text => "a string".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Int => "an int".to_owned(),
        Kind::Bool => "a bool".to_owned(),
        Kind::Fact(ty) => format!("the key of a {}", schema.ty(ty).name),
    };
    let found = match cell {
        Cell::Missing(written) => {
            let found = if written.is_empty() { "nothing" } else { written };
            return format!(
                "expected {expected} for {name}.{own}, found {found} (a field that may be missing is \
                 declared with `?`)"
            );
        }
        Cell::Untyped(text) | Cell::Quoted(text) | Cell::Text(text) => format!("{:?}", shortened(text)),
        Cell::Number(text) => shortened(text),
        Cell::Bool(bool) => bool.to_string(),
        Cell::Nested(text) => if text.starts_with('[') { "an array" } else { "an object" }.to_owned(),
    };
    let why = match cell {
        Cell::Quoted("" | "NA") => " (in quotes it is text; write a missing value without quotes)",
        Cell::Untyped(text) | Cell::Quoted(text) | Cell::Number(text) if does_not_fit(field.kind, text) => {
            ", which does not fit"
        }
        _ => "",
    };
    format!("expected {expected} for {name}.{own}, found {found}{why}")
}

/// Whether a text would be a value of the kind if it were not too large.
fn does_not_fit(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Int => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        Kind::Number => is_plain(text) && text.parse().is_ok_and(f64::is_infinite),
        _ => false,
    }
}

/// Text cut to a reasonable length for a message.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_and_finite() {
        assert_eq!(number("-1.5e3"), Some(-1500.0));
        assert_eq!(number("007"), Some(7.0));
        for wrong in ["", " 1", "1 ", "nan", "inf", "1e999", "0x10", "1_000", "1,5", "-", "e5"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ints_are_whole_and_fit() {
        assert_eq!(int("-9223372036854775808"), Some(i64::MIN));
        for wrong in ["", "1.0", "1e3", "9223372036854775808", " 1"] {
            assert_eq!(int(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bools_are_true_or_false() {
        assert_eq!((bool("TRUE"), bool("false"), bool("1")), (Some(true), Some(false), None));
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened("abc"), "abc");
    }
}

//! JSON lines: an object on each line, whose keys are the fields.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::str;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use tsd_compiler::diagnostics::closest;
use tsd_runtime::Program;
use tsd_runtime::ir::{Type, TypeId};

use super::cell::Cell;
use super::csv::ignored;
use super::file::Source;
use super::lines::{Line, Lines, not_text, too_long};
use super::rows::{Place, Rows};

/// Reads JSON lines.
pub(super) fn read<P: Program>(
    rows: &mut Rows<'_, P>,
    ty: TypeId,
    path: &Path,
    source: Source,
) -> io::Result<()> {
    let mut lines = Lines::new(source);
    let mut line = Vec::new();
    let mut strange = Strange::default();
    while !rows.is_full() {
        line.clear();
        let read = lines.append(&mut line)?;
        let place = Place { path, line: lines.number(), bytes: lines.bytes() };
        match (read, str::from_utf8(&line)) {
            (Line::End, _) => break,
            (Line::TooLong, _) => {
                rows.problem(ty, place, None, too_long());
                break;
            }
            (Line::Read, Ok(text)) if text.trim_matches(BLANKS).is_empty() => {}
            (Line::Read, Ok(text)) => object(rows, ty, place, text.trim_end_matches(BLANKS), &mut strange),
            (Line::Read, Err(error)) => {
                let column = String::from_utf8_lossy(&line[..error.valid_up_to()]).chars().count() + 1;
                let (message, last) = not_text(&line, place.line == 1, "line");
                rows.problem(ty, place, Some(if last { 1 } else { column }), message);
                if last {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// White space in JSON.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Reads one line.
fn object<P: Program>(
    rows: &mut Rows<'_, P>,
    ty: TypeId,
    place: Place<'_>,
    text: &str,
    strange: &mut Strange,
) {
    let entries = match serde_json::from_str::<Entries<'_>>(text) {
        Ok(Entries(entries)) => entries,
        Err(error) => {
            let at = character(text, error.column().saturating_sub(1));
            return rows.problem(ty, place, Some(at), no_object(text, &error));
        }
    };
    let declared = rows.schema().ty(ty);
    if let Some((column, message)) = repeated(&entries, declared, text) {
        return rows.problem(ty, place, Some(column), message);
    }
    let entry = |field: &str| entries.iter().find(|(key, _)| key == field).map(|(_, value)| *value);
    let found: Vec<Option<&RawValue>> = declared.fields.iter().map(|field| entry(&field.name)).collect();
    // Texts are unescaped once, so that cells can borrow them.
    let mut texts: Vec<Cow<'_, str>> = Vec::with_capacity(found.len());
    for value in &found {
        match value.map_or(Ok(Cow::Borrowed("")), unescaped) {
            Ok(unescaped) => texts.push(unescaped),
            Err(within) => {
                let at = value.map_or(0, |value| byte(text, value)) + within;
                let message = "this string contains half of a surrogate pair";
                return rows.problem(ty, place, Some(character(text, at)), message);
            }
        }
    }
    // Only if a field is missing can a key be meant for it.
    let warning =
        if found.iter().any(Option::is_none) { strange.look(&entries, declared, text) } else { None };
    if let Some((column, message)) = warning {
        rows.warning(place, Some(column), message);
    }
    rows.row(ty, place, |field| match found[field] {
        None => (Cell::Missing(""), None),
        Some(value) => (cell(value.get(), &texts[field]), Some(column(text, value))),
    });
}

/// Why a line is no object.
fn no_object(text: &str, error: &serde_json::Error) -> String {
    if text.trim_start_matches(BLANKS).starts_with('[') {
        return "this line is an array; write each fact as an object on a line of its own, without an \
            array around them"
            .to_owned();
    }
    if error.is_eof() {
        return "the object does not end on this line; write each fact as an object on a line of its own"
            .to_owned();
    }
    let message = error.to_string();
    message.split_once(" at line ").map_or(&*message, |(message, _)| message).to_owned()
}

/// The keys that are not fields. Each is reported once a file.
#[derive(Default)]
struct Strange {
    seen: BTreeSet<String>,
}

impl Strange {
    /// A key that may be meant for an optional field that the object lacks: its place, and the
    /// message.
    fn look(
        &mut self,
        entries: &[(Cow<'_, str>, &RawValue)],
        declared: &Type,
        text: &str,
    ) -> Option<(usize, String)> {
        let is_field = |key: &str| declared.fields.iter().any(|field| *field.name == *key);
        let has = |name: &str| entries.iter().any(|(key, _)| key == name);
        let left_out = || {
            declared
                .fields
                .iter()
                .filter(|field| field.optional && !has(&field.name))
                .map(|field| &*field.name)
        };
        for (key, value) in entries.iter().filter(|(key, _)| !is_field(key)) {
            if self.seen.len() == KEYS_KEPT || self.seen.contains(&**key) {
                continue;
            }
            self.seen.insert(key.to_string());
            if let Some(field) = closest(key, left_out()) {
                return Some((column(text, value), ignored("key", key, declared, field)));
            }
        }
        None
    }
}

/// How many keys that are not fields are checked in a file.
const KEYS_KEPT: usize = 1000;

/// The entries of an object, each value as it is written.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a fact")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    entries.push((entry.0.0, entry.1));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key, borrowed unless it holds escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// A field that the object gives twice: its place, and the message.
fn repeated(entries: &[(Cow<'_, str>, &RawValue)], declared: &Type, text: &str) -> Option<(usize, String)> {
    declared.fields.iter().find_map(|field| {
        let (_, second) = entries.iter().filter(|(key, _)| *key == *field.name).nth(1)?;
        Some((column(text, second), format!("`{}` is given a second time", field.name)))
    })
}

/// The content of a JSON string; nothing for other values. The line was parsed, but invalid escapes
/// are only detected now; the error is the byte of the value where they are.
fn unescaped(value: &RawValue) -> Result<Cow<'_, str>, usize> {
    let written = value.get();
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(content) if !content.contains('\\') => Ok(Cow::Borrowed(content)),
        Some(_) => match serde_json::from_str::<String>(written) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => Err(error.column().saturating_sub(1)),
        },
        None => Ok(Cow::Borrowed("")),
    }
}

fn cell<'a>(written: &'a str, text: &'a str) -> Cell<'a> {
    match written.as_bytes().first() {
        Some(b'"') => Cell::Text(text),
        Some(b'n') => Cell::Missing("null"),
        Some(b't') => Cell::Bool(true),
        Some(b'f') => Cell::Bool(false),
        Some(b'[' | b'{') => Cell::Nested(written),
        _ => Cell::Number(written),
    }
}

/// The character of the line at which a value begins, from one.
fn column(line: &str, value: &RawValue) -> usize {
    character(line, byte(line, value))
}

/// The byte of the line at which a value begins, which is a part of it.
fn byte(line: &str, value: &RawValue) -> usize {
    (value.get().as_ptr() as usize).saturating_sub(line.as_ptr() as usize)
}

/// The number of the character at a byte, from one.
fn character(line: &str, byte: usize) -> usize {
    line.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

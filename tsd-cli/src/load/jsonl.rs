//! JSON lines: an object on each line, whose keys are the fields.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};
use std::path::Path;
use std::str;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use tsd_runtime::ir::{Type, TypeId};
use tsd_runtime::program::Program;

use super::cell::Cell;
use super::file::{self, Source};
use super::rows::{Place, Rows};

/// Reads JSON lines.
pub(super) fn read<P: Program>(rows: &mut Rows<'_, P>, ty: TypeId, path: &Path) -> io::Result<()> {
    let Source { mut content, bytes } = file::open(path)?;
    let mut buffer = Vec::new();
    for line in 1.. {
        buffer.clear();
        if content.read_until(b'\n', &mut buffer)? == 0 || rows.is_full() {
            break;
        }
        let place = Place { path, line, bytes: bytes.get() };
        let written =
            if line == 1 { buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer) } else { &buffer };
        match str::from_utf8(written) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => object(rows, ty, place, text.trim_end()),
            Err(_) => rows.problem(ty, place, None, "this line is not UTF-8 text"),
        }
    }
    Ok(())
}

/// Reads one line.
fn object<P: Program>(rows: &mut Rows<'_, P>, ty: TypeId, place: Place<'_>, text: &str) {
    let entries = match serde_json::from_str::<Entries<'_>>(text) {
        Ok(Entries(entries)) => entries,
        Err(error) => {
            let message = error.to_string();
            let message = message.split_once(" at line ").map_or(&*message, |(message, _)| message);
            return rows.problem(ty, place, Some(character(text, error.column().saturating_sub(1))), message);
        }
    };
    let declared = rows.schema().ty(ty);
    if let Some((column, message)) = repeated(&entries, declared, text) {
        return rows.problem(ty, place, Some(column), message);
    }
    let entry = |field: &str| entries.iter().find(|(key, _)| key == field).map(|(_, value)| *value);
    let found: Vec<Option<&RawValue>> = declared.fields.iter().map(|field| entry(&field.name)).collect();
    // Texts are unescaped once, so that cells can borrow them.
    let texts: Vec<Cow<'_, str>> =
        found.iter().map(|value| value.map_or(Cow::Borrowed(""), unescaped)).collect();
    rows.row(ty, place, |field| match found[field] {
        None => (Cell::Missing(""), None),
        Some(value) => (cell(value.get(), &texts[field]), Some(column(text, value))),
    });
}

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

/// A field that the object gives twice: where, and what to say.
fn repeated(entries: &[(Cow<'_, str>, &RawValue)], declared: &Type, text: &str) -> Option<(usize, String)> {
    declared.fields.iter().find_map(|field| {
        let (_, second) = entries.iter().filter(|(key, _)| *key == *field.name).nth(1)?;
        Some((column(text, second), format!("`{}` is given a second time", field.name)))
    })
}

/// The content of a JSON string; nothing for other values.
fn unescaped(value: &RawValue) -> Cow<'_, str> {
    let written = value.get();
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(content) if !content.contains('\\') => Cow::Borrowed(content),
        // The line was parsed, so this can only succeed.
        Some(_) => serde_json::from_str::<String>(written).map(Cow::Owned).unwrap_or_default(),
        None => Cow::Borrowed(""),
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
    // The value is a part of the line.
    character(line, (value.get().as_ptr() as usize).saturating_sub(line.as_ptr() as usize))
}

/// The number of the character at a byte, from one.
fn character(line: &str, byte: usize) -> usize {
    line.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

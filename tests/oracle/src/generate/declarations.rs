//! Random types, actions and initial facts.

use std::fmt::Write as _;

use super::choices::Choices;
use super::values;
use crate::facts::Fields;
use crate::schema::Schema;
use crate::value::{FactId, Kind, Value};

const TYPES: [&str; 4] = ["A", "B", "C", "D"];

/// Types and actions. A type refers to earlier types only.
pub fn declarations(choices: &mut Choices<'_>) -> String {
    let mut text = String::new();
    let types = 1 + choices.weighted(&[4, 6, 4, 1]);
    for ty in 0..types {
        let mut fields = Vec::new();
        let keys = choices.weighted(&[5, 5, 2]);
        for field in 0..(keys.max(1) + choices.below(4)) {
            fields.push(field_text(choices, field, field < keys, &TYPES[..ty]));
        }
        writeln!(text, "type {}({})", TYPES[ty], fields.join(", ")).expect("strings take everything");
    }
    for action in 0..1 + choices.below(2) {
        let mut parameters = Vec::new();
        let mut optional = false;
        for parameter in 0..1 + choices.below(3) {
            let kind = kind(choices, &TYPES[..types]);
            // Once a call may leave an argument out, it may leave out all later ones.
            optional |= choices.chance(25);
            let suffix = match (optional, kind.as_str(), choices.below(3)) {
                (false, ..) => "",
                (true, "string", 1) => " = \"x\"",
                (true, "number", 1) => " = -2.5",
                (true, "int", 1) => " = 7",
                (true, "bool", 1) => " = true",
                (true, ..) => "?",
            };
            parameters.push(format!("p{parameter}: {kind}{suffix}"));
        }
        let context = if choices.chance(25) { " @context" } else { "" };
        writeln!(text, "action act{action}({}){context}", parameters.join(", "))
            .expect("strings take everything");
    }
    text
}

fn kind(choices: &mut Choices<'_>, types: &[&str]) -> String {
    let built_in = ["string", "number", "int", "bool"];
    match choices.weighted(&[4, 4, 4, 1, usize::from(!types.is_empty()) * 3]) {
        4 => choices.pick(types).to_owned(),
        index => built_in[index].to_owned(),
    }
}

fn field_text(choices: &mut Choices<'_>, index: usize, key: bool, types: &[&str]) -> String {
    // A key that refers to a fact would give a name that is no longer unique once that fact is
    // gone.
    let kind = kind(choices, if key { &[] } else { types });
    let first = kind.chars().next().unwrap_or('x').to_ascii_lowercase();
    // A field with mostly extreme values has a capital letter in its name.
    let is_numeric = matches!(kind.as_str(), "int" | "number");
    let first = if is_numeric && choices.chance(20) { first.to_ascii_uppercase() } else { first };
    // Now and then a name that Rust reserves.
    let name = match choices.below(40) {
        39 if index == 0 => "type".to_owned(),
        38 if index == 0 => "match".to_owned(),
        _ => format!("{first}{index}"),
    };
    let optional = !key && choices.chance(25);
    format!("{}{name}: {kind}{}", if key { "#" } else { "" }, if optional { "?" } else { "" })
}

/// Statements for a few facts with different keys, of which later ones may refer to earlier ones.
pub fn initial_facts(choices: &mut Choices<'_>, schema: &Schema) -> String {
    let mut text = String::new();
    // Numbered as the oracle will number them: nothing comes before them.
    let mut known: Vec<(usize, Fields)> = Vec::new();
    for _ in 0..choices.weighted(&[6, 1, 1, 1]) {
        let ty = choices.below(schema.types.len());
        let declared = &schema.types[ty];
        let mut fields = Vec::new();
        for field in &declared.fields {
            let candidates = known.iter().enumerate().filter(|(_, (ty, _))| field.kind == Kind::Fact(*ty));
            let facts: Vec<FactId> = candidates.map(|(index, _)| FactId(index)).collect();
            fields.push(values::field(choices, field, &facts));
        }
        let complete =
            declared.fields.iter().zip(&fields).all(|(field, value)| value.is_some() || field.optional);
        let same_key = |other: &Fields| {
            let mut keys =
                declared.fields.iter().zip(other.iter().zip(&fields)).filter(|(field, _)| field.key);
            declared.has_key() && keys.all(|(_, (one, other))| one == other)
        };
        let is_new = !known.iter().any(|(other, values)| *other == ty && same_key(values));
        if complete && is_new {
            let written = declared.fields.iter().zip(&fields).filter_map(|(field, value)| {
                let value = match value.as_ref()? {
                    Value::Fact(fact) => format!("fact{}", fact.0),
                    other => values::literal(other)?,
                };
                Some(format!("{}: {value}", field.name))
            });
            let written: Vec<String> = written.collect();
            writeln!(text, "fact{} = {}({})", known.len(), declared.name, written.join(", "))
                .expect("strings take everything");
            known.push((ty, fields));
        }
    }
    text
}

//! Reports and output need names for facts.

use tsd_ir::{TypeId, Value, ops};

use super::core::reader;
use crate::matcher::Matcher;

/// `Type~key`, with the parts of a composite key joined by `_`; without a key, `Type~#n` by
/// insertion number.
pub(crate) fn fact(matcher: &Matcher, ty: TypeId, slot: u32) -> String {
    let declared = matcher.base.schema.ty(ty);
    if declared.key.is_empty() {
        return format!("{}~#{}", declared.name, matcher.state.memory.store(ty).number(slot));
    }
    let row = reader(matcher, ty, slot);
    let part = |field: &tsd_ir::FieldId| value(matcher, &row.value(declared, field.index()));
    let parts: Vec<String> = declared.key.iter().map(part).collect();
    format!("{}~{}", declared.name, parts.join("_"))
}

/// A value as `Print` shows it: a string as it is, a whole number without `.0`, a fact by its name.
pub(crate) fn value(matcher: &Matcher, value: &Value) -> String {
    match value {
        Value::Missing => "missing".to_owned(),
        Value::Bool(bool) => ops::bool_to_text(*bool).to_owned(),
        Value::Int(int) => ops::int_to_text(*int),
        Value::Number(number) => ops::number_to_text(*number),
        Value::Text(text) => text.clone(),
        Value::Fact(handle) => match matcher.find(*handle) {
            Some(slot) => fact(matcher, handle.ty(), slot),
            // A fact of another session may be of a type that does not exist here.
            None => {
                let declared = matcher.base.schema.types.get(handle.ty().index());
                format!("{}~(retracted)", declared.map_or("?", |declared| &declared.name))
            }
        },
        // `Value` may grow; nothing else exists today.
        other => format!("{other:?}"),
    }
}

//! Declarations as constants.

use tsd_ir::{Action, Field, Parameter, Type};

use super::{Tables, constant, kind, list};

impl Tables<'_> {
    pub(super) fn schema(&mut self) {
        self.put(format_args!(
            "/// The types and actions.\nconst SCHEMA: Schema = Schema {{\n    types: Borrowed(&["
        ));
        for ty in self.schema.types.iter() {
            self.put(format_args!("\n        {},", self::ty(ty)));
        }
        let end = if self.schema.types.is_empty() { "" } else { "\n    " };
        self.put(format_args!("{end}]),\n    actions: Borrowed(&["));
        for action in self.schema.actions.iter() {
            self.put(format_args!("\n        {},", self::action(action)));
        }
        let end = if self.schema.actions.is_empty() { "" } else { "\n    " };
        self.put(format_args!("{end}]),\n}};\n\n"));
    }
}

/// A borrowed list with a line for each item, inside a list of types or actions.
fn lines<T>(items: impl Iterator<Item = T>, text: impl Fn(T) -> String) -> String {
    let lines: String = items.map(|item| format!("\n            {},", text(item))).collect();
    if lines.is_empty() { "Borrowed(&[])".to_owned() } else { format!("Borrowed(&[{lines}\n        ])") }
}

fn ty(ty: &Type) -> String {
    let Type { name, fields, key, rows, path } = ty;
    let fields = lines(fields.iter(), field);
    let key = list(key.iter(), |field| format!("FieldId({})", field.0));
    let path = path.as_ref().map_or("None".to_owned(), |path| format!("Some(Borrowed({path:?}))"));
    format!("Type {{ name: Borrowed({name:?}), key: {key}, rows: {rows:?}, path: {path}, fields: {fields} }}")
}

fn field(field: &Field) -> String {
    let Field { name, kind, optional } = field;
    let kind = self::kind(*kind);
    format!("Field {{ name: Borrowed({name:?}), kind: {kind}, optional: {optional} }}")
}

fn action(action: &Action) -> String {
    let Action { name, parameters, context } = action;
    let parameters = lines(parameters.iter(), parameter);
    format!("Action {{ name: Borrowed({name:?}), context: {context}, parameters: {parameters} }}")
}

fn parameter(parameter: &Parameter) -> String {
    let Parameter { name, kind, optional, default } = parameter;
    let kind = self::kind(*kind);
    let default = default.as_ref().map_or("None".to_owned(), |value| format!("Some({})", constant(value)));
    format!(
        "Parameter {{ name: Borrowed({name:?}), kind: {kind}, optional: {optional}, default: {default} }}"
    )
}

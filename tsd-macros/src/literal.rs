//! Rust literals as TSD literals.

use proc_macro2::Literal;

/// The text of a literal in rules. Rust has more escapes and forms of strings than TSD, so a string
/// is rewritten from its value. Everything else is unchanged, and the parser decides.
pub(crate) fn text(literal: &Literal) -> String {
    let written = literal.to_string();
    if !written.starts_with(['"', 'r', '\'']) {
        return written;
    }
    match syn::parse_str(&written) {
        // Rust reads what follows a string without a blank as its suffix.
        Ok(syn::Lit::Str(string)) => quoted(&string.value()) + string.suffix(),
        Ok(syn::Lit::Char(char)) => quoted(&char.value().to_string()) + char.suffix(),
        _ => written,
    }
}

fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for char in value.chars() {
        match char {
            '\n' => text += "\\n",
            '\t' => text += "\\t",
            '\r' => text += "\\r",
            '\\' => text += "\\\\",
            '"' => text += "\\\"",
            char if char.is_control() => text += &format!("\\u{{{:x}}}", char as u32),
            char => text.push(char),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_written_again_as_literals() {
        let text =
            |rust: &str| rust.parse::<Literal>().map(|literal| super::text(&literal)).unwrap_or_default();
        assert_eq!(text(r#""a\x41\u{e9}\n\"\'""#), r#""aAé\n\"'""#);
        assert_eq!(text(r##"r#"^\d"+$"#"##), r#""^\\d\"+$""#);
        assert_eq!(text("'x'"), r#""x""#);
        assert_eq!(text("\"\\0\""), r#""\u{0}""#);
        assert_eq!(text("\"gold\"AND"), "\"gold\"AND");
        assert_eq!(text("1_000"), "1_000");
        assert_eq!(text("1.5e3"), "1.5e3");
    }
}

//! A diagram in the language of Graphviz.

use std::fmt::Write;

use super::picture::{Kind, Passing, Picture};

/// Writes the diagram as a directed graph.
pub(crate) fn dot(picture: &Picture) -> String {
    let mut text = String::from("digraph tsd {\n");
    text += "  rankdir=LR;\n";
    text += "  node [shape=box, fontname=\"sans-serif\", fontsize=11];\n";
    text += "  edge [fontname=\"sans-serif\", fontsize=9];\n";
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  label={};", quoted(&picture.title));
    for (index, node) in picture.nodes.iter().enumerate() {
        let lines = std::iter::once(node.name.as_str()).chain(node.lines.iter().map(String::as_str));
        let label = lines.collect::<Vec<_>>().join("\n");
        let style = match node.kind {
            Kind::Type => "shape=box, style=\"rounded,filled\", fillcolor=\"#dbeafe\"",
            Kind::Root => "shape=box, style=\"rounded,dashed\"",
            Kind::Parameters => "shape=box, style=\"rounded,dashed\"",
            Kind::View => "shape=box, style=\"rounded,filled\", fillcolor=\"#f3e8ff\"",
            Kind::Pending => "shape=box, style=\"filled,dashed\", fillcolor=\"#f5f5f4\"",
            Kind::Join => "shape=box, style=filled, fillcolor=\"#fef3c7\"",
            Kind::Rule => "shape=cds, style=filled, fillcolor=\"#dcfce7\"",
        };
        let tooltip = match &node.signature {
            Some(signature) => format!("{}\n{signature}", node.text),
            None => node.text.clone(),
        };
        let _ = writeln!(
            text,
            "  n{index} [label={}, {style}, class={}, tooltip={}];",
            quoted(&label),
            node.kind.word(),
            quoted(&tooltip),
        );
    }
    for edge in &picture.edges {
        let style = match edge.kind {
            Passing::Tuples => "",
            Passing::Facts => " [style=dashed]",
            Passing::Values => " [style=dotted, color=\"#7e22ce\"]",
            Passing::Matches => " [color=\"#15803d\"]",
        };
        let _ = writeln!(text, "  n{} -> n{}{style};", edge.from, edge.to);
    }
    text += "}\n";
    text
}

/// A string of DOT. A backslash begins escapes like `\n` and `\N` there, so every one is doubled.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            letter if letter.is_control() => quoted.push(' '),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_stays_text() {
        assert_eq!(quoted("a\"b\\N\nc\t"), r#""a\"b\\N\nc ""#);
    }
}

//! A diagram as SVG, alone or as part of a page.

use std::fmt::Write;

use super::layout::{LOOP, Layout, Size, is_aside, layout, leads_back};
use super::picture::{Edge, Node, Picture};

/// Styles of nodes and lines, by classes; the page uses them too.
pub(super) const STYLE: &str = include_str!("picture.css");

/// The colours on a light ground.
pub(super) const LIGHT: &str = "--paper: #ffffff; --ink: #1f2937; --line: #9ca3af; \
    --type: #dbeafe; --type-line: #2563eb; --root: #eef2ff; --root-line: #6366f1; \
    --join: #fef3c7; --join-line: #b45309; --rule: #dcfce7; --rule-line: #15803d; \
    --view: #f3e8ff; --view-line: #7e22ce; --pending: #f5f5f4; --pending-line: #57534e;";

/// The colours on a dark ground.
pub(super) const DARK: &str = "--paper: #111827; --ink: #f3f4f6; --line: #6b7280; \
    --type: #1e3a5f; --type-line: #60a5fa; --root: #2a2f5b; --root-line: #a5b4fc; \
    --join: #4a3411; --join-line: #fbbf24; --rule: #14432a; --rule-line: #4ade80; \
    --view: #3b1f57; --view-line: #c084fc; --pending: #292524; --pending-line: #a8a29e;";

const LINE_HEIGHT: f64 = 16.0;
/// The width of a letter in a monospaced font.
const LETTER: f64 = 7.3;
const PADDING: f64 = 10.0;
/// Longer lines are cut in the box; elsewhere they are whole.
const LETTERS: usize = 44;

/// Writes the diagram as a separate document.
pub(crate) fn svg(picture: &Picture) -> String {
    let layout = laid_out(picture);
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{}\">\n",
        escaped(&picture.title),
    );
    // Writing to a String cannot fail.
    let _ = writeln!(text, "<title>{}</title>", escaped(&picture.title));
    let _ = writeln!(
        text,
        "<style>\nsvg {{ {LIGHT} }}\n@media (prefers-color-scheme: dark) {{ svg {{ {DARK} }} \
         }}\n{STYLE}</style>"
    );
    text += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
    write_content(&mut text, picture, &layout);
    text += "</svg>\n";
    text
}

/// The layout of a diagram.
pub(super) fn laid_out(picture: &Picture) -> Layout {
    let sizes: Vec<Size> = picture.nodes.iter().map(size).collect();
    layout(picture, &sizes)
}

/// Writes lines and boxes, without the document around them.
pub(super) fn write_content(text: &mut String, picture: &Picture, layout: &Layout) {
    text.push_str("<g class=\"edges\">\n");
    for (index, (edge, way)) in picture.edges.iter().zip(&layout.ways).enumerate() {
        let class = if is_aside(picture, *edge) { "aside " } else { "" };
        let back = leads_back(&layout.layers, *edge) && way.len() > 2;
        write_edge(text, index, edge, class, way, back);
    }
    text.push_str("</g>\n<g class=\"nodes\">\n");
    for (index, (node, corner)) in picture.nodes.iter().zip(&layout.corners).enumerate() {
        write_node(text, index, node, *corner);
    }
    text.push_str("</g>\n");
}

fn write_edge(text: &mut String, index: usize, edge: &Edge, class: &str, way: &[(f64, f64)], back: bool) {
    let mut path = String::new();
    let last = way.len() / 2 - 1;
    for (step, passage) in way.chunks(2).enumerate() {
        let [(x, y), (to_x, to_y)] = passage else { continue };
        let command = if step == 0 { 'M' } else { 'L' };
        let middle = match back {
            // A line that leads back bows to the right and out of its first box, and from the left
            // into its last.
            true if step == 0 => x.max(*to_x) + LOOP / 2.0,
            true if step == last => x.min(*to_x) - LOOP / 2.0,
            _ => f64::midpoint(*x, *to_x),
        };
        // Writing to a String cannot fail.
        let _ = write!(
            path,
            "{command}{x:.1} {y:.1}C{middle:.1} {y:.1} {middle:.1} {to_y:.1} {to_x:.1} {to_y:.1}"
        );
    }
    let _ = writeln!(
        text,
        "<path id=\"e{index}\" class=\"edge {class}{}\" data-from=\"{}\" data-to=\"{}\" d=\"{path}\"/>",
        edge.kind.word(),
        edge.from,
        edge.to,
    );
}

fn write_node(text: &mut String, index: usize, node: &Node, (x, y): (f64, f64)) {
    let Size { width, height } = size(node);
    let kind = node.kind.word();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "<g id=\"n{index}\" class=\"node {kind}\" data-node=\"{index}\" transform=\"translate({x:.1} \
         {y:.1})\">"
    );
    let _ = writeln!(text, "<title>{}</title>", escaped(&node.text));
    let _ =
        writeln!(text, "<rect width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{}\"/>", node.kind.corner());
    let _ = write!(
        text,
        "<text x=\"{PADDING}\" y=\"{:.1}\"><tspan class=\"name\">{}</tspan>",
        PADDING / 2.0 + 12.0,
        escaped(&cut(&node.name)),
    );
    for line in &node.lines {
        let _ = write!(text, "<tspan x=\"{PADDING}\" dy=\"{LINE_HEIGHT}\">{}</tspan>", escaped(&cut(line)));
    }
    text.push_str("</text>\n</g>\n");
}

/// How large the box of a node is.
fn size(node: &Node) -> Size {
    let lines = std::iter::once(&node.name).chain(&node.lines);
    let widest = lines.map(|line| width_of(&cut(line))).max().unwrap_or(0);
    Size {
        width: (widest as f64 * LETTER + 2.0 * PADDING).max(60.0),
        height: (node.lines.len() + 1) as f64 * LINE_HEIGHT + PADDING,
    }
}

/// How many letters wide a text is. East Asian ones count two.
fn width_of(text: &str) -> usize {
    let wide = |letter: char| {
        matches!(
            letter as u32,
            0x1100..=0x115f
                | 0x2e80..=0xa4cf
                | 0xac00..=0xd7a3
                | 0xf900..=0xfaff
                | 0xfe30..=0xfe6f
                | 0xff00..=0xff60
                | 0x1f300..=0x1faff
                | 0x20000..=0x3fffd
        )
    };
    text.chars().map(|letter| 1 + usize::from(wide(letter))).sum()
}

/// A line cut to the width of a box.
fn cut(line: &str) -> String {
    if line.chars().count() <= LETTERS {
        return line.to_owned();
    }
    line.chars().take(LETTERS - 1).chain(std::iter::once('…')).collect()
}

/// Text between tags or in an attribute. Characters that XML cannot express become blanks.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_document() {
        assert_eq!(escaped("a<b> & \"c\"\u{0}\u{ffff}"), "a&lt;b&gt; &amp; &quot;c&quot;  ");
    }

    #[test]
    fn long_lines_are_cut_by_letters_not_by_bytes() {
        assert_eq!(cut("short"), "short");
        let long = "ü".repeat(60);
        assert_eq!(cut(&long).chars().count(), LETTERS);
        assert!(cut(&long).ends_with("ü…"));
        assert_eq!(width_of("日本x"), 5);
    }
}

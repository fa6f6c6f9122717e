//! A diagram as one page: pan, zoom, search, a description of each node, and the paths to it and
//! from it. The page needs no other file.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::layout::Layout;
use super::picture::Picture;
use super::svg::{DARK, LIGHT, STYLE, escaped, laid_out, write_content};

const PAGE_STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the diagram as an HTML document.
pub(crate) fn page(picture: &Picture) -> String {
    let layout = laid_out(picture);
    let title = escaped(&picture.title);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>{title}</title>\n<style>\n"
    );
    // Writing to a String cannot fail.
    let _ = writeln!(text, ":root {{ {LIGHT} }}");
    let _ = writeln!(text, ":root[data-theme=dark] {{ color-scheme: dark; {DARK} }}");
    let _ = writeln!(
        text,
        "@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ color-scheme: dark; \
         {DARK} }} }}"
    );
    let _ = write!(text, "{STYLE}{PAGE_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n");
    text += CONTROLS;
    text +=
        "</header>\n<main class=\"stage\" id=\"stage\" aria-label=\"network\">\n<svg>\n<g id=\"scene\">\n";
    write_content(&mut text, picture, &layout);
    text +=
        "</g>\n</svg>\n</main>\n<aside id=\"details\" aria-live=\"polite\" aria-label=\"details\"></aside>\n";
    // A `<` in the data could end the element around them.
    let data = described(picture, &layout).to_string().replace('<', "\\u003c");
    let _ = writeln!(text, "<script type=\"application/json\" id=\"data\">{data}</script>");
    let _ = write!(text, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    text
}

const CONTROLS: &str = r#"<div class="search"><input id="search" type="search" placeholder="Search ( / )" autocomplete="off" role="combobox"
 aria-label="search nodes" aria-controls="results" aria-expanded="false"><ul id="results" role="listbox" aria-label="found"></ul></div>
<div><button type="button" id="farther" aria-label="zoom out">−</button>
<button type="button" id="closer" aria-label="zoom in">+</button>
<button type="button" id="fit">Fit</button>
<button type="button" id="alone" aria-pressed="false">Only the selection</button>
<button type="button" id="theme">Light / dark</button></div>
"#;

/// The data for the script.
fn described(picture: &Picture, layout: &Layout) -> Json {
    let nodes = picture.nodes.iter().map(|node| {
        json!({
            "kind": node.kind.word(),
            "name": node.name,
            "text": node.text,
            "signature": node.signature,
            "users": node.users,
            "counts": node.counts.iter().map(|(what, count)| json!([what, count])).collect::<Vec<_>>(),
        })
    });
    let edges = (picture.edges.iter().zip(&picture.edge_users))
        .map(|(edge, users)| json!([edge.from, edge.to, edge.kind.port(), users]));
    let places = layout.layers.iter().zip(&layout.corners);
    json!({
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "layers": places.map(|(layer, (_, y))| json!({"layer": layer, "y": y.round()})).collect::<Vec<_>>(),
        "width": layout.width,
        "height": layout.height,
    })
}

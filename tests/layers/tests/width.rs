//! No line is wider than 110 columns.
//!
//! rustfmt wraps neither comments, nor string literals, nor documents, so nothing else notices when
//! they grow. Some lines cannot be broken and are not checked: those of raw strings, where a line
//! end would be part of the text, and tables and links in documents. Programs of the corpora and
//! snapshots are left out, because their columns are part of what they test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

/// The width of a line, as in `rustfmt.toml`.
const WIDTH: usize = 110;

/// Folders that are not checked.
const LEFT_OUT: &[&str] = &["target", "tests/ui", "tests/corpus", "fuzz/corpus", "snapshots"];

/// The Rust files and documents in a folder and below, in the order of their paths.
fn files(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let inside = folder.join(&name);
        if name.starts_with('.') || LEFT_OUT.iter().any(|left_out| inside.ends_with(left_out)) {
            continue;
        }
        if path.is_dir() {
            files(root, &inside, found);
        } else if name.ends_with(".rs") || name.ends_with(".md") {
            found.push(inside);
        }
    }
}

/// The lines on which raw strings are, counted from 1.
fn raw_lines(tokens: TokenStream, lines: &mut BTreeSet<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => raw_lines(group.stream(), lines),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.starts_with("r#") || text.starts_with("r\"") {
                    lines.extend(literal.span().start().line..=literal.span().end().line);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The lines of a file that are too wide, counted from 1.
fn wide(name: &str, text: &str) -> Vec<usize> {
    let is_document = name.ends_with(".md");
    let mut wide: Vec<usize> = (text.lines().enumerate())
        .filter(|(_, line)| line.chars().count() > WIDTH)
        .filter(|(_, line)| {
            !(is_document && (line.starts_with('|') || line.contains("](") || line.contains("://")))
        })
        .map(|(index, _)| index + 1)
        .collect();
    if !is_document && !wide.is_empty() {
        let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut raw = BTreeSet::new();
        raw_lines(tokens, &mut raw);
        wide.retain(|line| !raw.contains(line));
    }
    wide
}

#[test]
fn no_line_is_wider_than_110_columns() {
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    files(root, Path::new(""), &mut paths);
    assert!(paths.len() > 300, "only {} files", paths.len());
    let mut found = String::new();
    for path in paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(root.join(&path)).unwrap();
        for line in wide(&name, &text) {
            found += &format!("{name}:{line}\n");
        }
    }
    assert!(found.is_empty(), "lines of more than {WIDTH} columns:\n{found}");
}

#[test]
fn wide_lines_of_raw_strings_tables_and_links_are_left_out() {
    let long = "x".repeat(WIDTH);
    assert_eq!(wide("a.rs", &format!("// {long}\nfn a() {{}}")), [1]);
    assert_eq!(wide("a.rs", &format!("const A: &str = \"{long}\";\n// {long}")), [1, 2]);
    assert_eq!(wide("a.rs", &format!("const A: &str = r#\"\n{long}x\n\"#;\n// {long}")), [4]);
    assert_eq!(wide("a.md", &format!("| {long} |\n[a](b) {long}\n{long}\n{long}x")), [4]);
}

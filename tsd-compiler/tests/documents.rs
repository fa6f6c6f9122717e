//! The rules that the documents print compile. The blocks of a page that are marked `tsd` make one
//! program, so that a page declares its types once.

use std::fs;
use std::path::Path;

use tsd_compiler::compile;
use tsd_compiler::diagnostics::{Diagnostic, render};
use tsd_compiler::source::SourceMap;

/// The blocks of a page, with the numbers of the lines on which they begin.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (index, line) in page.lines().enumerate() {
        match (inside, line.trim_end()) {
            (false, "```tsd") => {
                inside = true;
                blocks.push((index + 2, String::new()));
            }
            (true, "```") => inside = false,
            (true, line) => blocks.iter_mut().next_back().into_iter().for_each(|(_, text)| {
                *text += line;
                *text += "\n";
            }),
            (false, _) => {}
        }
    }
    blocks
}

#[test]
fn every_page_compiles() {
    let mut checked = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut sources = SourceMap::new();
        let files: Vec<_> = blocks(&fs::read_to_string(&path).unwrap())
            .into_iter()
            .map(|(line, text)| sources.add(format!("{name}, block at line {line}"), text))
            .collect();
        checked += files.len();
        let diagnostics = compile(&sources, &files).diagnostics;
        let errors: Vec<Diagnostic> = diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        assert!(errors.is_empty(), "{}", render(&sources, &errors, false));
    }
    assert!(checked >= 5, "only {checked} blocks found");
}

/// A page that the table of contents does not name cannot be found in the book.
#[test]
fn every_page_is_in_the_book() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let named = |page: &str| summary.contains(&format!("({page})"));
    let pages = fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> = pages.filter(|page| page.ends_with(".md") && page != "SUMMARY.md").collect();
    pages.sort();
    let lost: Vec<&String> = pages.iter().filter(|page| !named(page)).collect();
    assert!(lost.is_empty(), "docs/SUMMARY.md does not name {lost:?}");
    let links = summary.matches("](").count();
    assert_eq!(links, pages.len(), "docs/SUMMARY.md names pages that are not there");
}

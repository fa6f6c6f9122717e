//! What beginners write out of habit gets one message at the right place, and following the hint
//! gives the intended program.
//!
//! `habits` contains cases in files by subject: a program with the place at fault between `⟦` and
//! `⟧`, the messages, and the intended program. The hint is followed literally: its edits are
//! applied, and the result must be the text of the intended program and compile. Where only the
//! author can choose, the parts of the intended program between `⟦` and `⟧` must be shown in the
//! hint. `TSD_BLESS=1` rewrites the messages and nothing else.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tsd_compiler::compile;
use tsd_compiler::diagnostics::{Code, Diagnostic, Edit, render};
use tsd_compiler::source::SourceMap;

struct Case {
    name: String,
    wrong: String,
    said: String,
    meant: String,
}

fn cases(text: &str) -> Vec<Case> {
    let cases = text.split("=== ").skip(1).map(|case| {
        let (name, rest) = case.split_once('\n').unwrap();
        let parts: Vec<&str> = rest.split("\n---\n").collect();
        let [wrong, said, meant] = parts.as_slice() else { panic!("{name}: a case has three parts") };
        let owned = |text: &str| text.trim_end().to_owned();
        Case { name: owned(name), wrong: owned(wrong), said: owned(said), meant: owned(meant) }
    });
    cases.collect()
}

fn diagnostics(text: &str) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let file = sources.add("case.tsd", text);
    let found = compile(&sources, &[file]).diagnostics;
    (sources, found)
}

/// The text without the marks, and what they enclose, as bytes.
fn unmarked(text: &str) -> (String, Vec<std::ops::Range<usize>>) {
    let (mut out, mut marked, mut from) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        match c {
            '⟦' => from = out.len(),
            '⟧' => marked.push(from..out.len()),
            c => out.push(c),
        }
    }
    (out, marked)
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    out
}

fn codes(found: &[Diagnostic]) -> Vec<Code> {
    found.iter().filter(|one| !one.is_error()).map(|one| one.code).collect()
}

/// What is wrong with how a case is handled; and the messages.
fn check(schema: &str, case: &Case) -> (String, String) {
    let mut faults = String::new();
    let (wrong, places) = unmarked(&format!("{schema}{}", case.wrong));
    let (meant, shown) = unmarked(&format!("{schema}{}", case.meant));
    let (sources, expected) = diagnostics(&meant);
    if expected.iter().any(Diagnostic::is_error) {
        let _ = write!(faults, "what was meant does not compile:\n{}", render(&sources, &expected, false));
    }
    let (mut sources, mut found) = diagnostics(&wrong);
    let errors: Vec<&Diagnostic> = found.iter().filter(|one| one.is_error()).collect();
    let [error] = errors.as_slice() else {
        let _ = write!(faults, "one error, not {}:\n{}", errors.len(), render(&sources, &found, false));
        return (faults, String::new());
    };
    let said = format!("{}: {}\nhelp: {}", error.code, error.message, error.hint.as_deref().unwrap_or("-"));
    let at = error.primary.span.start as usize..error.primary.span.end as usize;
    if places != [at] {
        let _ = write!(faults, "at the wrong place:\n{}", render(&sources, &found, false));
    }
    if codes(&found).iter().any(|code| !codes(&expected).contains(code)) {
        let _ = write!(faults, "warnings follow from the error:\n{}", render(&sources, &found, false));
    }
    if !shown.is_empty() {
        let hint = error.hint.clone().unwrap_or_default();
        for part in shown.iter().filter(|part| !hint.contains(&meant[(*part).clone()])) {
            let _ = writeln!(faults, "the hint does not show `{}`: {hint}", &meant[part.clone()]);
        }
        return (faults, said);
    }
    // Several places are mended one after the other.
    let mut text = wrong;
    for _ in 0..8 {
        let Some(error) = found.iter().find(|one| one.is_error()) else { break };
        let hint = error.hint.clone().unwrap_or_default();
        if error.fix.is_empty() {
            let _ = write!(faults, "nothing can be followed:\n{}", render(&sources, &found, false));
            break;
        }
        let lines = error.fix.iter().flat_map(|edit| edit.text.lines()).map(str::trim);
        for line in lines.filter(|line| !hint.contains(line)) {
            let _ = writeln!(faults, "the hint does not show `{line}`: {hint}");
        }
        text = edited(&text, &error.fix);
        (sources, found) = diagnostics(&text);
    }
    if text != meant {
        let _ = writeln!(faults, "followed, the hint gives\n{}", text.strip_prefix(schema).unwrap_or(&text));
    }
    (faults, said)
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/habits");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    files.sort();
    files
}

/// Programs of the cases, taken to pieces and put together again.
fn mutated() -> impl Strategy<Value = String> {
    let programs: Vec<String> = files()
        .iter()
        .flat_map(|path| cases(&fs::read_to_string(path).unwrap()))
        .flat_map(|case| [case.wrong, case.meant])
        .map(|text| unmarked(&text).0)
        .collect();
    let pieces = move |(one, other, cut, from, repeat): (usize, usize, usize, usize, bool)| {
        let words = |text: &str| -> Vec<String> {
            text.split_inclusive(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
        };
        let (mut one, other) =
            (words(&programs[one % programs.len()]), words(&programs[other % programs.len()]));
        let cut = cut % (one.len() + 1);
        let rest = one.split_off(cut);
        one.extend(other.into_iter().skip(from).take(if repeat { 9 } else { 2 }));
        one.extend(rest.into_iter().skip(usize::from(!repeat)));
        one.concat()
    };
    (any::<usize>(), any::<usize>(), any::<usize>(), 0..30_usize, any::<bool>()).prop_map(pieces)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the text, searching for a habit does not panic, and following the hint of a syntax
    /// error never leads to the same error again.
    #[test]
    fn advice_is_sound(text in mutated()) {
        let (_, found) = diagnostics(&text);
        for error in found.iter().filter(|one| one.code == Code::Syntax && !one.fix.is_empty()) {
            let mut from = 0;
            for edit in &error.fix {
                prop_assert!(edit.span.start >= from, "{text}\n{error:?}");
                prop_assert!(text.get(edit.span.start as usize..edit.span.end as usize).is_some());
                from = edit.span.end;
            }
            let followed = edited(&text, &error.fix);
            let (sources, again) = diagnostics(&followed);
            let same = again.iter().any(|one| {
                one.primary.span == error.primary.span
                    && one.message == error.message
                    && one.hint == error.hint
                    && one.fix == error.fix
            });
            let shown = render(&sources, &again, false);
            prop_assert!(!same || followed.len() != text.len(), "{text}\n{shown}");
        }
    }
}

#[test]
fn hints_followed_give_what_was_meant() {
    let (mut all, mut report) = (0, String::new());
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let (schema, _) = text.split_once("=== ").unwrap();
        let mut blessed = schema.to_owned();
        for case in cases(&text) {
            let (mut faults, said) = check(schema, &case);
            if said != case.said && std::env::var_os("TSD_BLESS").is_none() {
                let _ = write!(faults, "said:\n{said}\ninstead of:\n{}\n", case.said);
            }
            if !faults.is_empty() {
                let _ = write!(report, "--- {} ({})\n{}\n{faults}\n", case.name, path.display(), case.wrong);
            }
            let _ = write!(blessed, "=== {}\n{}\n---\n{said}\n---\n{}\n", case.name, case.wrong, case.meant);
            all += 1;
        }
        if std::env::var_os("TSD_BLESS").is_some() {
            fs::write(&path, blessed).unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(all > 100, "only {all} cases");
}

//! `@allow` switches warnings off and nothing else, whatever the program.
//!
//! Every program of the corpus and of the conformance folder with warnings is compiled again with
//! these allowed, once at the head of the file and once after its module's name. All other
//! messages, and the result, must be the same.

use std::fs;
use std::path::{Path, PathBuf};

use tsd_compiler::compile;
use tsd_compiler::diagnostics::{Code, Diagnostic, Severity};
use tsd_compiler::source::SourceMap;

/// The programs below a folder that begin with no `mod`; none where the folder is not there.
fn programs(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tsd") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend((!text.contains("mod ") && !text.starts_with('@')).then_some(text));
        }
    }
}

/// The result for a text: its plans, and all messages by code and message.
fn compiled(text: &str) -> (Option<String>, Vec<(Code, Severity, String)>) {
    let mut sources = SourceMap::new();
    let file = sources.add("test.tsd", text);
    let compilation = compile(&sources, &[file]);
    let said = |diagnostic: Diagnostic| (diagnostic.code, diagnostic.severity, diagnostic.message);
    let said = compilation.diagnostics.into_iter().map(said).collect();
    (compilation.module.map(|module| module.to_text()), said)
}

#[test]
fn an_allowed_warning_is_not_reported_and_changes_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    programs(&root.join("../tests/corpus"), &mut texts);
    programs(&root.join("tests/check_fail"), &mut texts);
    programs(&root.join("../../shared/conformance"), &mut texts);
    let mut silenced = 0;
    for text in texts {
        let (plans, said) = compiled(&text);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            said.into_iter().partition(|(_, severity, _)| *severity == Severity::Error);
        for code in Code::ALL.iter().filter(|code| warnings.iter().any(|(other, ..)| other == *code)) {
            let mut expected = errors.clone();
            expected.extend(warnings.iter().filter(|(other, ..)| other != code).cloned());
            expected.sort();
            for head in [format!("@allow({code});"), format!("mod test @allow({code});")] {
                let (allowed_plans, mut allowed) = compiled(&format!("{head} {text}"));
                allowed.sort();
                assert_eq!((&allowed_plans, &allowed), (&plans, &expected), "{head}\n{text}");
            }
            silenced += 1;
        }
    }
    assert!(silenced >= 10, "only {silenced} programs draw warnings");
}

/// For each warning that a rule can draw, one that does.
const RULES: [(Code, &str); 6] = [
    (Code::CrossProduct, ": {a: A, b: A} / ==> f(a.id)"),
    (Code::UnreachableRule, ": {a: A} / a.n > 1 AND a.n < 1 ==> f(a.id)"),
    (Code::MixedAndOr, "when A(n > 1 AND n < 5 OR n == 7) then f(\"\"); end"),
    (Code::AlwaysPresent, ": {a: A} / a.n > 1 AND a.n IS PRESENT ==> f(a.id)"),
    (Code::BareWord, ": {a: A} / ==> Insert(A(id: red, n: 1))"),
    (Code::UndeclaredAction, ": {a: A} / ==> g(a.id)"),
];

#[test]
fn an_allowed_warning_of_a_rule_is_allowed_for_that_rule_alone() {
    let codes = |rules: &str| -> Vec<Code> {
        let types = "type A(#id: string, n: int) action f(id: string)";
        compiled(&format!("{types} {rules}")).1.into_iter().map(|(code, ..)| code).collect()
    };
    for (code, rule) in RULES {
        assert_eq!(codes(&format!("rule r {rule}")), [code]);
        let allowed = format!("rule r salience 1 @allow({code}) @plan(greedy) {rule}");
        assert_eq!(codes(&allowed), []);
        assert_eq!(codes(&format!("{allowed} rule s {rule}")), [code], "another rule's are said");
        assert_eq!(codes(&format!("rule s {rule} {allowed}")), [code], "whichever comes first");
        for (other, _) in RULES.iter().filter(|(other, _)| *other != code) {
            assert_eq!(
                codes(&format!("rule r @allow({other}) {rule}")),
                [code],
                "{other} is another warning"
            );
        }
    }
}

//! Warnings about rules in a build.

mod folder;

use std::path::Path;

use tsd_build::Builder;

use folder::{Result, compile_with, write};

const CROSSED: (&str, &str) = (
    "rules/shop.tsd",
    "mod shop;
type A(#id: string)
rule r : {a: A, b: A} / ==> Print(a.id)
",
);

const WORDS: &str =
    "no condition connects `b` with `a`: every pair matches, about 1000000 if a type has 1000 facts";

/// The messages when `rules` is compiled, without the files to watch; or why it fails.
fn told(dir: &Path, builder: Builder) -> std::result::Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let builder = builder.dir(dir.join("rules")).out_dir(dir.join("out"));
    let compiled = builder.compile_telling(|line| lines.push(line.to_owned()));
    compiled.map_err(|error| error.to_string())?;
    lines.retain(|line| !line.starts_with("rerun-if-changed="));
    Ok(lines)
}

#[test]
fn a_warning_is_reported_and_in_the_code() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[CROSSED])?;
    let hint = "compare a field of `b` with one of `a`";
    assert_eq!(
        told(dir.path(), Builder::new())?,
        [format!("warning=rules/shop.tsd:3:17: {WORDS} [cross-product]; {hint}")]
    );
    let code = compile_with(dir.path(), Builder::new())?.remove(0).1;
    let note = format!(
        "note = \"rules/shop.tsd:3:17: [cross-product] {WORDS}: joined with everything\\n\
         note: and this: rules/shop.tsd:3:11\\nhelp: {hint}\""
    );
    assert!(code.contains(&note), "{code}");
    assert_eq!(code.matches("rules::warning!();").count(), 1);
    Ok(())
}

#[test]
fn code_without_warnings_has_none() -> Result {
    let dir = tempfile::tempdir()?;
    let allowed = CROSSED.1.replace("rule r", "rule r @allow(cross-product)");
    write(dir.path(), &[("rules/shop.tsd", &allowed)])?;
    assert_eq!(told(dir.path(), Builder::new().deny_warnings())?, [""; 0]);
    assert!(!compile_with(dir.path(), Builder::new())?[0].1.contains("deprecated"));
    Ok(())
}

#[test]
fn denied_warnings_are_errors_and_nothing_is_written() -> Result {
    let dir = tempfile::tempdir()?;
    write(dir.path(), &[CROSSED, ("rules/bank/bank.tsd", "mod bank;\ntype B(#id: string)\nB(id: x)\n")])?;
    let error = told(dir.path(), Builder::new().deny_warnings()).unwrap_err();
    for part in [
        "error[cross-product]: no condition connects",
        "rules/shop.tsd:3:17",
        "error[bare-word]",
        "rules/bank/bank.tsd:3:7",
    ] {
        assert!(error.contains(part), "{part} in\n{error}");
    }
    assert!(!error.contains("warning["), "{error}");
    assert!(!dir.path().join("out/tsd").exists());
    Ok(())
}

#[test]
fn an_idle_profile_is_denied_too() -> Result {
    let dir = tempfile::tempdir()?;
    let files =
        [("rules/a.tsd", "mod a;\ntype A()\n"), ("rules/b/b.tsd", "mod b;\ntype B()\n"), ("c.profile", "")];
    write(dir.path(), &files)?;
    let builder = Builder::new().profile(dir.path().join("c.profile"));
    assert_eq!(told(dir.path(), builder.clone())?.len(), 1);
    let error = told(dir.path(), builder.deny_warnings()).unwrap_err();
    assert!(error.contains("error: c.profile: no module is planned with this profile"), "{error}");
    Ok(())
}

#[test]
fn what_a_file_allows_holds_for_it_and_what_the_module_allows_for_all() -> Result {
    let dir = tempfile::tempdir()?;
    let types = ("rules/types.tsd", "type A(#id: string)\n");
    let facts = |head: &str| format!("{head}\nA(id: x)\n");
    let codes = |heads: [&str; 2]| -> Result<Vec<String>> {
        let (one, other) = (facts(heads[0]), facts(heads[1]).replace("x)", "y)"));
        write(dir.path(), &[types, ("rules/one.tsd", &one), ("rules/other.tsd", &other)])?;
        let lines = told(dir.path(), Builder::new())?;
        Ok(lines.into_iter().filter_map(|line| Some(line.split(':').next()?.to_owned())).collect())
    };
    let [one, other] = ["warning=rules/one.tsd", "warning=rules/other.tsd"];
    assert_eq!(codes(["", ""])?, [one, other]);
    assert_eq!(codes(["@allow(bare-word);", ""])?, [other]);
    assert_eq!(codes(["@allow(bare-word)\nmod shop;", ""])?, [other]);
    assert_eq!(codes(["mod shop @allow(bare-word);", ""])?, [""; 0]);
    assert_eq!(codes(["@allow(cross-product)", "mod shop @allow(undeclared-action);"])?, [one, other]);
    Ok(())
}

#[test]
fn a_stale_profile_is_allowed_in_the_module_or_a_file() -> Result {
    let dir = tempfile::tempdir()?;
    for (head, count) in
        [("", 1), ("mod shop @allow(stale-profile);", 0), ("@allow(stale-profile); mod shop;", 0)]
    {
        let head = if head.is_empty() { "mod shop;" } else { head };
        let text = format!("{head}\ntype A(#id: string)\n");
        write(dir.path(), &[("rules/shop.tsd", &text), ("rules/shop.profile", "facts Lamp 3\n")])?;
        assert_eq!(told(dir.path(), Builder::new())?.len(), count, "{head}");
    }
    Ok(())
}

#[test]
fn what_is_generated_of_extern_types_names_its_place() -> Result {
    let dir = tempfile::tempdir()?;
    let odd = "rules/o\u{2028}dd\u{7f}.tsd";
    write(dir.path(), &[(odd, "type A()\nextern type B(\n  #id: string,\n  n: int?\n) = crate::b::B\n")])?;
    let code = compile_with(dir.path(), Builder::new())?.remove(0).1;
    let lines: Vec<&str> = code.lines().map(str::trim).filter(|line| line.contains("; // rules/")).collect();
    let expected = [
        "pub type B = crate::b::B; // rules/o\\u{2028}dd\\u{7f}.tsd:5:5",
        "const _: () = rt::assert_fact::<crate::b::B>(); // rules/o\\u{2028}dd\\u{7f}.tsd:5:5",
        ">::fit_as(|fact: &B| &fact.id, row, 0); // rules/o\\u{2028}dd\\u{7f}.tsd:3:3",
    ];
    assert_eq!(lines[..3], expected, "{code}");
    assert_eq!(lines.len(), 2 + 2 * 5, "{code}");
    Ok(())
}

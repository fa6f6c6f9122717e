//! The programs of `tests/corpus/run` through the oracle alone: their expected output is what the
//! language says, not only what the engine does.

use std::fs;
use std::path::{Path, PathBuf};

use tsd_oracle::{Event, Oracle, Outcome, Shown, Step};

#[test]
fn programs_do_what_is_written_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/run");
    let mut programs: Vec<PathBuf> = (fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsd"))
        .collect();
    programs.sort();
    let mut differences = String::new();
    for path in &programs {
        let found = lines(&fs::read_to_string(path).unwrap());
        let expected = fs::read_to_string(path.with_extension("out")).unwrap_or_default();
        let expected: Vec<String> = expected.lines().map(str::to_owned).collect();
        if sorted_facts(found.clone()) != sorted_facts(expected) {
            differences += &format!("--- {}, the oracle says:\n{}\n", path.display(), found.join("\n"));
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(programs.len() >= 25, "only {} programs", programs.len());
}

/// What `tsd run --format json --final-facts` writes.
fn lines(program: &str) -> Vec<String> {
    let mut oracle = Oracle::script([program]);
    let Outcome::Ran(ran) = oracle.apply(&Step::Run { limit: 10_000 }) else { panic!("not a run") };
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    let mut bound = Vec::new();
    for event in &ran.events {
        let action = match event {
            Event::Fired { rule, bindings: names } => {
                let bindings: Vec<String> =
                    names.iter().map(|(name, fact)| format!("{}:{}", quoted(name), quoted(fact))).collect();
                let (rule, bindings) = (quoted(rule), bindings.join(","));
                lines.push((format!("{{\"rule\":{rule},\"bindings\":{{{bindings}}}"), Vec::new()));
                bound.clone_from(names);
                continue;
            }
            Event::Called { action, arguments } => {
                let arguments: Vec<String> =
                    arguments.iter().map(|value| json(&remembered(value, &bound))).collect();
                called(action, &arguments.join(","))
            }
            Event::Changed { effect, fact, fields } => {
                let fields: Vec<String> = (fields.iter())
                    .map(|(name, value)| format!("{}:{}", quoted(name), json(&remembered(value, &bound))))
                    .collect();
                let fields = format!(",{{{}}}", fields.join(","));
                called(effect, &(quoted(fact) + if effect == "Retract" { "" } else { &fields }))
            }
            Event::Printed(line) => called("Print", &quoted(line)),
            Event::Logged(line) => called("Log", &quoted(line)),
        };
        lines.last_mut().expect("a rule fires first").1.push(action);
    }
    let mut lines: Vec<String> =
        lines.iter().map(|(head, actions)| format!("{head},\"actions\":[{}]}}", actions.join(","))).collect();
    let facts = oracle.facts();
    for (index, declared) in facts.schema.types.iter().enumerate() {
        for fact in facts.of_type(index) {
            let fields = declared.fields.iter().zip(&facts.ever(fact).fields);
            let fields: Vec<String> = fields
                .map(|(field, value)| {
                    format!("{}:{}", quoted(&field.name), json(&facts.show(value.as_ref())))
                })
                .collect();
            lines.push(format!(
                "{{\"fact\":{},\"fields\":{{{}}}}}",
                quoted(&declared.name),
                fields.join(",")
            ));
        }
    }
    lines
}

/// The order of the remaining facts does not matter.
fn sorted_facts(mut lines: Vec<String>) -> Vec<String> {
    let first = lines.iter().position(|line| line.starts_with("{\"fact\"")).unwrap_or(lines.len());
    lines[first..].sort();
    lines
}

/// The command shows a fact that the activation itself retracted as what it was.
fn remembered(value: &Shown, bound: &[(String, String)]) -> Shown {
    let gone = match value {
        Shown::Fact(name) => name.strip_suffix("(retracted)"),
        _ => None,
    };
    let known = gone.and_then(|ty| bound.iter().find(|(_, fact)| fact.starts_with(ty)));
    known.map_or_else(|| value.clone(), |(_, fact)| Shown::Fact(fact.clone()))
}

fn called(action: &str, arguments: &str) -> String {
    format!("{{\"name\":{},\"args\":[{arguments}]}}", quoted(action))
}

fn json(value: &Shown) -> String {
    match value {
        Shown::Missing => "null".to_owned(),
        Shown::Text(text) | Shown::Fact(text) => quoted(text),
        Shown::Number(_) | Shown::Int(_) | Shown::Bool(_) => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

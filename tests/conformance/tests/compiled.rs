//! Every conformance program that is not a script, through the static path: generated, compiled by
//! rustc, run.

use serde_json::Value as Json;
use tsd_conformance::{Variables, differences, expected};
use tsd_runtime::Compiled;
use tsd_runtime::Session;
use tsd_runtime::ir::Sharing;

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// A compiled program.
struct Program {
    name: &'static str,
    /// Its differences from the expected results; or the errors for which it was not compiled.
    held: Result<fn(&Json) -> String, &'static str>,
}

/// The host of the actions: only matches and facts matter here.
struct Nobody;

fn held<P: Compiled<Host = Nobody>>(entry: &Json) -> String {
    let variables: Variables = (P::module().rules.iter())
        .map(|rule| {
            let variables = rule.patterns.iter().map(|pattern| pattern.variable.to_string());
            (rule.name.to_string(), variables.collect())
        })
        .collect();
    let sessions =
        [Sharing::On, Sharing::Off].map(|sharing| Session::<P>::builder(Nobody).sharing(sharing).build());
    sessions.into_iter().map(|mut session| differences(&mut session, &variables, entry)).collect()
}

#[test]
fn compiled_programs_do_what_is_expected() {
    let Some(expected) = expected() else { return };
    let mut wrong = String::new();
    for program in PROGRAMS {
        let why = program.held.map_or_else(str::to_owned, |held| held(&expected[program.name]));
        if !why.is_empty() {
            wrong += &format!("--- {}\n{why}\n", program.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} programs checked", PROGRAMS.len());
    assert!(PROGRAMS.len() > 120, "only {} programs were compiled", PROGRAMS.len());
}

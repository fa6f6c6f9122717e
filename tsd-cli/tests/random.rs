//! Random programs, for which the command prints all that it can, without a panic.
//!
//! The programs are those of the judge (`tests/oracle`). The output is checked for a few properties
//! that hold for every program; other tests check whether it is right.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;
use tsd_cli::{EXIT_ERRORS, EXIT_OK, Streams};
use tsd_oracle::generate::{Features, Plan};

/// How many programs are tried; `TSD_RANDOM=20000` tries more.
fn programs() -> u64 {
    std::env::var("TSD_RANDOM").ok().and_then(|count| count.parse().ok()).unwrap_or(40)
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the command writes for a file.
fn tsd(path: &Path, arguments: &[&str]) -> Result<(u8, String), String> {
    let (out, err) = (Written::default(), Written::default());
    let streams = Streams { out: Box::new(out.clone()), err: Box::new(err), colour: false, progress: false };
    let [command, more @ ..] = arguments else { panic!("a command is needed") };
    let all = [OsString::from("tsd"), OsString::from(command), path.into()];
    let all = all.into_iter().chain(more.iter().map(OsString::from));
    let code = catch_unwind(AssertUnwindSafe(|| tsd_cli::run(all, streams)))
        .map_err(|_| format!("tsd {} panics", arguments.join(" ")))?;
    let out = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
    Ok((code, out))
}

/// The lines of a picture, by the numbers of their nodes.
fn lines(dot: &str) -> Vec<(usize, usize)> {
    let end = |text: &str| text.trim_start().strip_prefix('n')?.split([' ', ';']).next()?.parse().ok();
    dot.lines()
        .filter_map(|line| line.split_once(" -> "))
        .filter_map(|(from, to)| Some((end(from)?, end(to)?)))
        .collect()
}

/// Whether the lines contain a cycle.
fn has_circle(lines: &[(usize, usize)]) -> bool {
    let mut lines = lines.to_vec();
    loop {
        let ends: BTreeSet<usize> = lines.iter().map(|(_, to)| *to).collect();
        let before = lines.len();
        // A node without predecessors is in no cycle.
        lines.retain(|(from, _)| ends.contains(from));
        if lines.len() == before {
            return before > 0;
        }
    }
}

/// Runs all subcommands on one program; returns whether its diagram has a cycle.
fn try_all(folder: &Path, seed: u64) -> Result<bool, String> {
    let program = Plan { features: Features::ALL, ..Plan::from_seed(seed, 8, 0) }.program();
    let path = folder.join("random.tsd");
    std::fs::write(&path, &program).unwrap();
    let of_program = |fault: String| format!("seed {seed}: {fault}\n{program}");
    let ask = |arguments: &[&str], fine: &[u8]| {
        let (code, out) = tsd(&path, arguments).map_err(of_program)?;
        if fine.contains(&code) {
            return Ok(out);
        }
        Err(of_program(format!("tsd {} ends with {code}", arguments.join(" "))))
    };
    let well = &[EXIT_OK][..];
    ask(&["check"], well)?;
    ask(&["expand"], well)?;
    ask(&["stats"], well)?;
    // Some run on and on.
    let either = &[EXIT_OK, EXIT_ERRORS][..];
    let ran = ask(&["run", "--format", "json", "--final-facts", "--run-limit", "200"], either)?;
    if let Some(line) = ran.lines().find(|line| serde_json::from_str::<Json>(line).is_err()) {
        return Err(of_program(format!("no JSON: {line}")));
    }
    ask(&["run", "--allow-problems", "--run-limit", "200"], either)?;
    let dot = ask(&["graph"], well)?;
    ask(&["graph", "--format", "svg"], well)?;
    ask(&["graph", "--sharing", "off", "--format", "svg"], well)?;
    let page = ask(&["graph", "--counts", "--format", "html"], well)?;
    for rule in (0..8).map(|index| format!("r{index}")) {
        ask(&["explain", &rule], well)?;
        let alone = ask(&["graph", "--rule", &rule], well)?;
        path_is_whole(&page, &alone, &rule).map_err(of_program)?;
    }
    Ok(has_circle(&lines(&dot)))
}

/// The path that the page highlights for a rule is what the rule alone is drawn with, and all of it
/// leads to the rule.
fn path_is_whole(page: &str, alone: &str, rule: &str) -> Result<(), String> {
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let data: Json = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let nodes = data["nodes"].as_array().unwrap();
    let rule_node = nodes.iter().position(|node| node["kind"] == "rule" && node["name"] == rule).unwrap();
    let number = |value: &Json| usize::try_from(value.as_u64().unwrap()).unwrap();
    let lit: Vec<(usize, usize)> = (data["edges"].as_array().unwrap().iter())
        .filter(|edge| edge[3].as_array().unwrap().iter().any(|user| number(user) == rule_node))
        .map(|edge| (number(&edge[0]), number(&edge[1])))
        .collect();
    if lit.len() != lines(alone).len() {
        return Err(format!("{rule} lights {} lines, alone it has {}", lit.len(), lines(alone).len()));
    }
    let mut leads = BTreeSet::from([rule_node]);
    loop {
        let before = leads.len();
        for (from, to) in &lit {
            if leads.contains(to) {
                leads.insert(*from);
            }
        }
        if leads.len() == before {
            break;
        }
    }
    match lit.iter().find(|(_, to)| !leads.contains(to)) {
        Some((from, to)) => Err(format!("the line from {from} to {to} leads nowhere for {rule}")),
        None => Ok(()),
    }
}

#[test]
fn of_random_programs_everything_is_said_without_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut circles = 0;
    for seed in 0..programs() {
        match try_all(folder.path(), seed) {
            Ok(circle) => circles += u64::from(circle),
            Err(fault) => panic!("{fault}"),
        }
    }
    println!("{circles} pictures have a circle");
    assert!(circles > 0, "circles are the hard part of a picture, and there was none");
}

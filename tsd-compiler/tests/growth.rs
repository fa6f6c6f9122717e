//! The compiler's work grows with the length of the text and not with its square.
//!
//! Generated rules come by the thousand, and a loop inside a loop is not noticed before that. So
//! every construct of the language, right and wrong, is compiled at one size and at ten times that
//! size, and the second may take twelve times the work of the first. Work is counted in
//! instructions, by Valgrind, because time differs on every machine and at every minute. Without
//! Valgrind, the test says so and passes.

#[path = "growth/constructs.rs"]
mod constructs;

use std::path::Path;
use std::process::Command;

use tsd_compiler::codegen::{Options, module_text};
use tsd_compiler::diagnostics::{Diagnostic, Shown, render};
use tsd_compiler::script::EmptySession;
use tsd_compiler::source::SourceMap;

use constructs::{CONSTRUCTS, Construct, Way};

/// What ten times the text may cost at most.
const ALLOWED: f64 = 12.0;

/// Says to the process under Valgrind which part of the constructs is its own.
const PART: &str = "TSD_GROWTH_PART";

/// Only constructs with this in their name, to examine one of them:
/// `TSD_GROWTH_ONLY=facts cargo test …`.
const ONLY: &str = "TSD_GROWTH_ONLY";

/// How much larger the programs are than necessary: what larger costs hide at one size shows at
/// another.
const SCALE: &str = "TSD_GROWTH_SCALE";

/// How many processes share the constructs, so that they use two cores.
const PARTS: usize = 2;

#[test]
fn ten_times_the_text_is_ten_times_the_work() {
    if !Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no valgrind on this machine to count instructions with");
        return;
    }
    let program = std::env::current_exe().expect("the test has a program");
    let parts: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..PARTS)
            .map(|part| {
                scope.spawn({
                    let program = &program;
                    move || counted(program, part)
                })
            })
            .collect();
        parts.into_iter().map(|part| part.join().expect("the part was counted")).collect()
    });
    let mut slow = Vec::new();
    for (part, counts) in parts.iter().enumerate() {
        let own: Vec<&Construct> = constructs(part).collect();
        assert_eq!(counts.len(), 2 * own.len(), "each size of each construct is counted: {counts:?}");
        for (construct, counts) in own.into_iter().zip(counts.chunks(2)) {
            let ratio = counts[1] as f64 / counts[0] as f64;
            let line = format!(
                "{:28} {:6} times: {:7.1} million instructions, ten times as many: {:8.1}, which is \
                 {ratio:.1} times",
                construct.name,
                construct.size * scale(),
                counts[0] as f64 / 1e6,
                counts[1] as f64 / 1e6,
            );
            println!("{line}");
            if ratio > ALLOWED {
                slow.push(line);
            }
        }
    }
    assert!(
        slow.is_empty(),
        "more than {ALLOWED} times the work for ten times the text:\n{}",
        slow.join("\n")
    );
}

/// Every construct is what it is meant to be: a program without a fault, or one with faults that
/// are reported.
#[test]
fn constructs_are_what_they_say() {
    for construct in CONSTRUCTS {
        let text = (construct.text)(construct.size.min(100));
        let faults = compile_measured_text(&text, construct.way);
        assert_eq!(
            construct.way == Way::Faults,
            faults.iter().any(Diagnostic::is_error),
            "{}:\n{text}\n{faults:#?}",
            construct.name
        );
    }
}

/// The instructions of a part's constructs, each at both sizes.
fn counted(program: &Path, part: usize) -> Vec<u64> {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let out = directory.path().join("counts");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--compress-strings=no", "--compress-pos=no"])
        .arg("--toggle-collect=growth::compile_measured_text")
        .arg("--dump-after=growth::compile_measured_text")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(["--ignored", "--exact", "under_valgrind", "--test-threads=1"])
        .env(PART, part.to_string())
        .output()
        .expect("valgrind runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // One file for each call, numbered from 1.
    (1..)
        .map_while(|number| std::fs::read_to_string(format!("{}.{number}", out.display())).ok())
        .filter_map(|text| {
            let count = text.lines().find_map(|line| line.strip_prefix("totals: "))?;
            count.trim().parse().ok().filter(|count| *count > 0)
        })
        .collect()
}

#[test]
#[ignore = "runs under Valgrind, begun by the test above"]
fn under_valgrind() {
    let part = std::env::var(PART).ok().and_then(|part| part.parse().ok()).expect("the part is named");
    for construct in constructs(part) {
        for size in [construct.size * scale(), construct.size * scale() * 10] {
            let text = (construct.text)(size);
            std::hint::black_box(compile_measured_text(&text, construct.way));
        }
    }
}

fn scale() -> usize {
    std::env::var(SCALE).ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

fn constructs(part: usize) -> impl Iterator<Item = &'static Construct> {
    let only = std::env::var(ONLY).unwrap_or_default();
    CONSTRUCTS.iter().skip(part).step_by(PARTS).filter(move |construct| construct.name.contains(&only))
}

/// All that the compiler does with a text. Its name is what Valgrind looks for.
#[inline(never)]
fn compile_measured_text(text: &str, way: Way) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let file = sources.add("growth.tsd", text);
    let diagnostics = match way {
        Way::Script => tsd_compiler::compile_script(&EmptySession::default(), &sources, &[file]).diagnostics,
        Way::Rules | Way::Code | Way::Faults => {
            let compilation = tsd_compiler::compile(&sources, &[file]);
            if let (Some(module), Way::Code) = (&compilation.module, way) {
                std::hint::black_box(module_text(module, &sources, &Options::default()));
            }
            compilation.diagnostics
        }
    };
    // Rendering all of them would take most of the time and be the same for every text: the limit
    // is tested elsewhere.
    let shown: Vec<&Diagnostic> = Shown::of(&diagnostics).iter().collect();
    for diagnostic in shown.first().into_iter().chain(shown.last()) {
        std::hint::black_box(render(&sources, std::slice::from_ref(*diagnostic), false));
    }
    diagnostics
}

//! What rules cost in a build: debug builds with 1, 20, 200 and 1,000 rules over shared joins.
//!
//! There are two ways to compile rules, a build script and the macro `rules!`. For each of them and
//! each number of rules the bench writes a package below `target/`, which depends on this
//! workspace. Its target directory is kept from run to run, so dependencies are built once and
//! never measured. *Clean* is a build of the package itself, from its rules to the linked program.
//! *Edited* is the build after a constant of one rule in the middle was changed. CPU time is that
//! of all children, including rustc and the linker. *Expansion* is the run of the finished build
//! script by itself. *Code* is the generated code without the constant tables.
//!
//! | variable | meaning |
//! |---|---|
//! | `TSD_BENCH_RULES=20,1000` | the numbers of rules, all by default |

mod package;

use package::{Package, Way};
use tsd_benches::measure::{Table, Timing, is_test, median_timing};

/// The wall time in seconds that 1,000 rules may take on two cores: clean, edited, and the
/// expansion by itself.
const LIMITS: [f64; 3] = [20.0, 8.0, 0.5];
const RULES: [usize; 4] = [1, 20, 200, 1_000];
/// Builds take seconds each, so fewer of them than of other measurements.
const ROUNDS: u64 = 3;

fn main() {
    if is_test() {
        return try_out();
    }
    let wanted = std::env::var("TSD_BENCH_RULES").ok();
    let is_wanted = |rules: &usize| {
        let names = wanted.as_deref().map(|names| names.split(','));
        names.is_none_or(|mut names| names.any(|name| name == rules.to_string()))
    };
    let header = [
        "rules",
        "way",
        "clean s",
        "CPU",
        "edited s",
        "CPU",
        "expansion CPU s",
        "generated KB",
        "code KB",
        "program KB",
    ];
    let mut table = Table::new("debug builds (wall and CPU time, median of three)", &header);
    for rules in RULES.into_iter().filter(is_wanted) {
        for way in [Way::BuildScript, Way::Macro] {
            table.row(measure(rules, way));
        }
    }
    println!("{table}");
    let [clean, edited, expansion] = LIMITS;
    println!("  to reach with 1,000 rules: {clean} s clean, {edited} s edited, {expansion} s expansion, and");
    println!("  at most three times the code of 20 rules");
}

/// One build of one rule, and the program runs.
fn try_out() {
    let package = Package::write(1, Way::BuildScript);
    package.build();
    package.run();
}

fn measure(rules: usize, way: Way) -> [String; 10] {
    let package = Package::write(rules, way);
    // Builds missing dependencies.
    package.build();
    package.run();
    let clean = median((0..ROUNDS).map(|_| {
        package.forget();
        package.build()
    }));
    let edited = median((0..ROUNDS).map(|round| {
        package.edit(round);
        package.build()
    }));
    let expansion = package.expansion().map(|expand| median((0..ROUNDS).map(|_| expand())));
    let generated = package.generated();
    let seconds = |timing: Timing| [timing.wall, timing.cpu].map(|time| format!("{:.2}", time.as_secs_f64()));
    let kilobytes =
        |bytes: Option<usize>| bytes.map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e3));
    let ([clean, clean_cpu], [edited, edited_cpu]) = (seconds(clean), seconds(edited));
    [
        rules.to_string(),
        way.to_string(),
        clean,
        clean_cpu,
        edited,
        edited_cpu,
        expansion.map_or("-".to_owned(), |timing| format!("{:.3}", timing.cpu.as_secs_f64())),
        kilobytes(generated.map(|sizes| sizes.all)),
        kilobytes(generated.map(|sizes| sizes.code)),
        kilobytes(Some(package.program_size())),
    ]
}

fn median(timings: impl Iterator<Item = Timing>) -> Timing {
    median_timing(&timings.collect::<Vec<_>>())
}

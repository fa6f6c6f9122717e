//! What a session costs that lives for one decision: made on a rule base, five facts, a run, and dropped.
//!
//! Beside it stand a session that is kept and cleared, two threads against one, and a fork against
//! the facts inserted again. (A test of the runtime counts the bytes of an empty session.) Times
//! are of the CPU, except where two threads share the work. They are medians of five after a run
//! that warms up, and every answer is checked.

use tsd::{Engine, Interpreted, RuleBase, TypeId, Value};
use tsd_benches::engine::sessions::{Decisions, Decisions20, Decisions200, Decisions1000, check, on_threads};
use tsd_benches::generator::{Applicant, program};
use tsd_benches::measure::{Table, cpu_time, is_test, median};

/// What a decision may cost with 20, 200 and 1,000 rules, in microseconds.
const TO_REACH: [(usize, f64); 3] = [(20, 15.0), (200, 25.0), (1_000, 40.0)];
const APPLICANTS: usize = 5_000;

fn main() {
    let count = if is_test() { 50 } else { APPLICANTS };
    let applicants: Vec<Applicant> = (0..count).map(Applicant::of).collect();
    check(&Decisions20, &applicants);
    check(&Decisions200, &applicants);
    check(&Decisions1000, &applicants);
    let forks = forks(if is_test() { 100 } else { 20_000 });
    if is_test() {
        return;
    }
    let header = ["rules", "one decision µs", "to reach", "cleared µs", "two threads"];
    let mut table = Table::new("a session for each decision (CPU time)", &header);
    table.row(row(&Decisions20, &applicants));
    table.row(row(&Decisions200, &applicants));
    table.row(row(&Decisions1000, &applicants));
    println!("{table}");
    println!("  two threads against one, in decisions a second of wall time: to reach 1.8");
    println!("  a fork of 20,000 facts takes {:.3} of the time to insert them again", forks);
}

fn row<D: Decisions>(decisions: &D, applicants: &[Applicant]) -> [String; 5] {
    let of_each = |run: &dyn Fn()| {
        run();
        let times = (0..5).map(|_| {
            let start = cpu_time();
            run();
            cpu_time().saturating_sub(start)
        });
        median(times.collect()).as_secs_f64() * 1e6 / applicants.len() as f64
    };
    let one = of_each(&|| {
        let sum: u64 = applicants.iter().map(|applicant| decisions.decide(applicant)).sum();
        std::hint::black_box(sum);
    });
    let cleared = of_each(&|| drop(std::hint::black_box(decisions.decide_all(applicants))));
    // One and two threads take turns, so that what else the machine does meets both.
    let pairs = (0..5).map(|_| [1, 2].map(|threads| on_threads(decisions, applicants, threads)));
    let (one_thread, two_threads) = pairs.map(|[one, two]| (one, two)).unzip();
    let speed_up = median(one_thread).as_secs_f64() / median(two_threads).as_secs_f64();
    let (_, to_reach) = TO_REACH[TO_REACH.iter().position(|(rules, _)| *rules == D::RULES).unwrap_or(0)];
    [
        D::RULES.to_string(),
        format!("{one:.1}"),
        format!("{to_reach}"),
        format!("{cleared:.1}"),
        format!("{speed_up:.2}"),
    ]
}

/// How a fork of a session compares with inserting its facts again: its share of the time.
fn forks(facts: i64) -> f64 {
    let text = program::decisions(20);
    let (rules, _) =
        RuleBase::<Interpreted<()>>::from_text("decisions.tsd", &text).expect("the rules compile");
    let load = || {
        let mut session = Engine::with_rule_base((), &rules);
        for id in 0..facts {
            let values =
                [Value::Int(id), Value::Int(id % 90), Value::Number(1.0), Value::Text("c1".to_owned())];
            session.insert_values(TypeId(0), &values).expect("the keys differ");
        }
        session
    };
    let session = load();
    let timed = |work: &dyn Fn() -> Engine<()>| {
        let times = (0..5).map(|_| {
            let start = cpu_time();
            let made = work();
            let time = cpu_time().saturating_sub(start);
            assert_eq!((made.len(), made.statistics().rules), (session.len(), session.statistics().rules));
            time
        });
        median(times.collect()).as_secs_f64()
    };
    timed(&|| session.fork()) / timed(&load)
}

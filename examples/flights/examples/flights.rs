//! A year of flights from New York City under rules: loads 367,687 facts, fires, and reports the
//! costs.
//!
//! `cargo run --release --example flights`

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tsd_flights::flights::Session;
use tsd_flights::{Desk, FACTS, Loaded, load};

fn main() -> Result<(), Box<dyn Error>> {
    let mut session = Session::new(Desk::default());
    let bar = progress_bar()?;
    let loaded = load(&mut session, &mut |facts| bar.set_position(facts))?;
    bar.finish_and_clear();
    show_load(&loaded);

    let start = Instant::now();
    let report = session.run()?;
    println!("{} activations fired in {}\n", thousands(report.total()), milliseconds(start.elapsed()));
    let peak = peak_memory();

    show_rules(&mut session)?;
    show_desk(session.host());
    if let Some(kilobytes) = peak {
        println!("\npeak memory: {} MB", kilobytes.div_ceil(1024));
    }
    Ok(())
}

/// A bar on a terminal; nothing elsewhere.
fn progress_bar() -> Result<ProgressBar, Box<dyn Error>> {
    if !stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} facts, {per_sec}")?;
    Ok(ProgressBar::new(FACTS).with_style(style))
}

fn show_load(loaded: &Loaded) {
    let all = loaded.reading + loaded.inserting;
    let rate = loaded.facts as f64 / all.as_secs_f64();
    println!(
        "{} facts loaded in {}, {} a second: {} to read them, {} to insert and match them",
        thousands(loaded.facts),
        milliseconds(all),
        thousands(rate as u64),
        milliseconds(loaded.reading),
        milliseconds(loaded.inserting),
    );
}

/// Shows for each rule how often it fires and what it costs by itself: in a session without other
/// rules, it is added, which matches it against all facts, and fired.
fn show_rules(session: &mut Session<Desk>) -> Result<(), Box<dyn Error>> {
    let rules: Vec<String> = session.rules().map(str::to_owned).collect();
    rules.iter().try_for_each(|rule| session.remove_rule(rule))?;
    let host = std::mem::take(session.host_mut());
    println!("{:24}{:>12}{:>12}{:>12}", "rule", "activations", "to match", "to fire");
    for rule in &rules {
        let start = Instant::now();
        session.restore_rule(rule)?;
        let matching = start.elapsed();
        let start = Instant::now();
        let fired = session.run()?.count(rule);
        let firing = start.elapsed();
        session.remove_rule(rule)?;
        let (matching, firing) = (milliseconds(matching), milliseconds(firing));
        println!("{rule:24}{:>12}{matching:>12}{firing:>12}", thousands(fired));
    }
    println!("(times of each rule by itself, added to a session that holds all the facts)\n");
    *session.host_mut() = host;
    Ok(())
}

fn show_desk(desk: &Desk) {
    let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    println!("flights to compensate: {}", thousands(desk.compensated));
    println!("delays explained by the weather: {}", thousands(desk.explained));
    println!("aircraft to inspect: {}", desk.to_inspect.len());
    println!("crews warned of wind: {}", thousands(desk.warned));
    println!("airports checked: {}", list(&desk.checked));
    println!("flights of unregistered aircraft: {}", thousands(desk.to_look_up));
    println!("aircraft that fly more than once a day: {}", list(&desk.to_service));
    println!("airlines late on average: {}", list(&desk.late));
}

/// The peak memory of the process, in kB; only known on Linux.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// `367,687`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for (index, digit) in digits[first..].chars().enumerate() {
        if index % 3 == 0 && !text.is_empty() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

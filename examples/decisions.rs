//! A service that decides: 100,000 requests over 200 rules, on two threads that share one rule
//! base. Each request gets a session of its own, which knows nothing of the others and is gone when
//! it is answered.
//!
//! The rules are a table of a lender's limits, written out as text when the program starts.
//! Compiled rules do the same: `RuleBase` is `loans::RuleBase::compiled()` then.
//!
//! ```text
//! cargo run --release --example decisions
//! ```

use std::fmt::Write;
use std::time::{Duration, Instant};

use tsd::{Context, Engine, Host, Interpreted, RuleBase};
use tsd::{TypeId, Value};

const REQUESTS: usize = 100_000;
const THREADS: usize = 2;

/// Notes why a request is refused.
#[derive(Default)]
struct Decision {
    reasons: usize,
}

impl Host for Decision {
    fn perform(&mut self, _refuse: &str, _reason: &[Value], _: &mut Context<'_, Interpreted<Self>>) {
        self.reasons += 1;
    }
}

type Rules = RuleBase<Interpreted<Decision>>;

/// Two hundred limits: for each region and kind of loan, what may be asked for, owed, and earned at
/// the least.
fn rules() -> Result<Rules, tsd::Error> {
    let mut text = "
        type Applicant(#id: int, age: int, income: number, region: string)
        type Loan(#id: int, applicant: int, amount: number, kind: string)
        type Debt(#id: int, applicant: int, amount: number)
        action refuse(reason: string)
    "
    .to_owned();
    for rule in 0..200 {
        let (region, kind) = (rule % 10, rule / 10 % 5);
        let limit = match rule / 50 {
            0 => format!("l.amount > {}", 20_000 + 1_000 * rule),
            1 => format!("l.amount > a.income * {}", 2 + rule % 7),
            2 => format!("SUM(d: Debt / d.applicant == a.id ; d.amount) > {}", 100 * rule),
            _ => format!("a.age < 21 AND l.amount > {}", 10 * rule),
        };
        writeln!(
            text,
            "rule limit{rule} : {{a: Applicant, l: Loan}} / l.applicant == a.id AND a.region \
             == \"r{region}\" \
             AND l.kind == \"k{kind}\" AND {limit} ==> refuse(\"limit {rule}\")"
        )
        .expect("a string takes all text");
    }
    Ok(Rules::from_text("limits.tsd", &text)?.0)
}

/// Answers one request: whether the loan is granted.
fn decide(rules: &Rules, request: usize) -> Result<bool, tsd::Error> {
    let mut session = Engine::with_rule_base(Decision::default(), rules);
    let text = |letter: char, number: usize| Value::Text(format!("{letter}{number}"));
    let number = |number: usize| Value::Number(number as f64);
    let int = |number: usize| Value::Int(number as i64);
    let income = number(1_000 * (request % 83));
    session.insert_values(TypeId(0), &[int(1), int(18 + request % 50), income, text('r', request % 10)])?;
    session
        .insert_values(TypeId(1), &[int(1), int(1), number(request * 7 % 90_000), text('k', request % 5)])?;
    for debt in 0..request % 4 {
        session.insert_values(TypeId(2), &[int(debt), int(1), number(request * 3 % 9_000)])?;
    }
    assert!(session.run()?.problems().is_empty());
    Ok(session.host().reasons == 0)
}

fn main() -> Result<(), tsd::Error> {
    let rules = rules()?;
    println!("{} rules, {REQUESTS} requests, {THREADS} threads", rules.rules().count());
    let start = Instant::now();
    let answers: Vec<Vec<(bool, Duration)>> = std::thread::scope(|scope| {
        let serve = |thread: usize| {
            let rules = &rules;
            scope.spawn(move || {
                let requests = (thread..REQUESTS).step_by(THREADS);
                let answer = |request| {
                    let start = Instant::now();
                    Ok((decide(rules, request)?, start.elapsed()))
                };
                requests.map(answer).collect::<Result<Vec<_>, tsd::Error>>()
            })
        };
        let threads: Vec<_> = (0..THREADS).map(serve).collect();
        threads.into_iter().map(|thread| thread.join().expect("no rule panics")).collect::<Result<_, _>>()
    })?;
    let wall = start.elapsed();
    let mut times: Vec<Duration> = answers.iter().flatten().map(|(_, time)| *time).collect();
    times.sort_unstable();
    let granted = answers.iter().flatten().filter(|(granted, _)| *granted).count();
    println!("{granted} granted, {} refused", REQUESTS - granted);
    println!(
        "{:.0} decisions a second; half within {:.0} µs, 99 of 100 within {:.0} µs",
        REQUESTS as f64 / wall.as_secs_f64(),
        times[REQUESTS / 2].as_secs_f64() * 1e6,
        times[REQUESTS * 99 / 100].as_secs_f64() * 1e6,
    );
    Ok(())
}

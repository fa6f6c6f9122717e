//! The sessions workload on the engine: a decision about one applicant, from a session that is made
//! for it to the end.

use crate::generator::{Applicant, granted};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Counts the rules that hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Granted(pub u64);

/// How decisions are made with so many rules.
pub trait Decisions: Sync {
    /// How many rules there are.
    const RULES: usize;

    /// A session for one decision, which is thrown away.
    fn decide(&self, applicant: &Applicant) -> u64;

    /// A session that is kept, and cleared after each decision.
    fn decide_all(&self, applicants: &[Applicant]) -> Vec<u64>;
}

/// Makes a decision about each applicant and checks it.
///
/// # Panics
/// If a decision is wrong.
pub fn check<D: Decisions>(decisions: &D, applicants: &[Applicant]) {
    for applicant in applicants {
        assert_eq!(decisions.decide(applicant), granted(D::RULES, applicant), "{applicant:?}");
    }
    let all = decisions.decide_all(applicants);
    assert!(all.iter().zip(applicants).all(|(one, applicant)| *one == granted(D::RULES, applicant)));
}

/// Makes a decision about each applicant, on so many threads. Returns the wall time.
///
/// # Panics
/// If a thread does.
pub fn on_threads<D: Decisions>(decisions: &D, applicants: &[Applicant], threads: usize) -> Duration {
    let (start, next) = (std::time::Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut sum = 0;
                // Taken by the hundred, so that the threads do not wait for the number.
                while let Some(some) = applicants.chunks(100).nth(next.fetch_add(1, Relaxed)) {
                    sum += some.iter().map(|applicant| decisions.decide(applicant)).sum::<u64>();
                }
                std::hint::black_box(sum)
            });
        }
    });
    start.elapsed()
}

/// The workload with so many rules, compiled.
macro_rules! compiled {
    ($module:ident, $type:ident, $name:literal, $rules:literal) => {
        #[doc = concat!("The workload with ", $rules, " rules, compiled.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $type;

        #[doc = concat!("The ", $rules, " rules.")]
        pub mod $module {
            use super::*;

            tsd::include_rules!(pub $name);
            use self::$module as rules;

            impl rules::Actions for Granted {
                fn hit(&mut self, _: i64) {
                    self.0 += 1;
                }
            }

            fn insert(session: &mut rules::Session<Granted>, one: &Applicant) {
                let Applicant { age, income, country, loan, debt, years, job, note } = *one;
                let inserted = (|| {
                    session.insert(rules::Applicant { id: 1, age, income, country: format!("c{country}") })?;
                    session.insert(rules::Loan { id: 1, applicant: 1, amount: loan })?;
                    session.insert(rules::Debt { id: 1, applicant: 1, amount: debt })?;
                    session.insert(rules::Job { id: 1, applicant: 1, years, kind: format!("k{job}") })?;
                    session.insert(rules::Note { id: 1, applicant: 1, name: format!("n{note}") })
                })();
                inserted.expect("the keys differ");
            }

            impl Decisions for $type {
                const RULES: usize = $rules;

                fn decide(&self, applicant: &Applicant) -> u64 {
                    let mut session = rules::Session::new(Granted::default());
                    insert(&mut session, applicant);
                    let _ = session.run().expect("no rule loops");
                    session.host().0
                }

                fn decide_all(&self, applicants: &[Applicant]) -> Vec<u64> {
                    let mut session = rules::Session::new(Granted::default());
                    let decide = |applicant: &Applicant| {
                        session.clear();
                        session.host_mut().0 = 0;
                        insert(&mut session, applicant);
                        let _ = session.run().expect("no rule loops");
                        session.host().0
                    };
                    applicants.iter().map(decide).collect()
                }
            }
        }
    };
}

compiled!(decisions20, Decisions20, "decisions20", 20);
compiled!(decisions200, Decisions200, "decisions200", 200);
compiled!(decisions1000, Decisions1000, "decisions1000", 1_000);

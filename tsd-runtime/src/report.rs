//! A run reports what it fired and which effects failed.

use std::fmt;
use std::sync::Arc;

use tsd_ir::Rule;

/// What a run fired, and which effects could not take place.
///
/// `Debug` is short: the totals, the rules that fired, and the problems.
#[derive(Clone, Default, PartialEq)]
#[must_use = "a report contains the effects that could not take place"]
pub struct Report {
    pub(crate) fired: Vec<(Arc<Rule>, u64)>,
    pub(crate) total: u64,
    pub(crate) problems: Vec<Problem>,
    pub(crate) problem_count: u64,
    pub(crate) no_values: u64,
}

/// An effect that could not take place, with its activation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The name of the rule.
    pub rule: String,
    /// The name of the action or effect.
    pub effect: String,
    /// The facts of the activation, as `variable=Type~key`.
    pub facts: Vec<String>,
    /// Why it could not take place.
    pub reason: String,
}

impl Report {
    /// How many problems a report contains; the others are only counted.
    pub const PROBLEMS_KEPT: usize = 100;

    /// The number of activations that fired.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How often a rule fired: 0 for a rule that did not fire, and also for a name that no rule
    /// has. A generated module declares a constant for the name of each rule, so that rustc finds a
    /// misspelt one: `report.count(shop::rules::VIP)`.
    pub fn count(&self, rule: &str) -> u64 {
        self.fired.iter().find(|(fired, _)| fired.name == rule).map_or(0, |(_, count)| *count)
    }

    /// The rules that fired, in order of declaration, and how often each did.
    pub fn rules(&self) -> impl Iterator<Item = (&str, u64)> {
        self.fired.iter().map(|(rule, count)| (&*rule.name, *count))
    }

    /// The first problems of the run, at most [`Self::PROBLEMS_KEPT`].
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many effects could not take place.
    pub fn problem_count(&self) -> u64 {
        self.problem_count
    }

    /// How often an operator had no value since the last report: a division by zero, an overflow, a
    /// failed cast. Missing fields do not count. It counts evaluations, so it depends on sharing
    /// and planning.
    pub fn no_values(&self) -> u64 {
        self.no_values
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Fired<'a>(&'a Report);
        impl fmt::Debug for Fired<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_map().entries(self.0.rules()).finish()
            }
        }
        let Self { fired: _, total, problems, problem_count, no_values } = self;
        f.debug_struct("Report")
            .field("total", total)
            .field("rules", &Fired(self))
            .field("problems", problems)
            .field("problem_count", problem_count)
            .field("no_values", no_values)
            .finish()
    }
}

/// One line for each rule, then the problems.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} activations fired", self.total)?;
        for (rule, count) in self.rules() {
            writeln!(f, "  {rule}: {count}")?;
        }
        for problem in &self.problems {
            writeln!(f, "  {problem}")?;
        }
        let more = self.problem_count - self.problems.len() as u64;
        if more > 0 { writeln!(f, "  … and {more} more problems") } else { Ok(()) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, effect, facts, reason } = self;
        write!(f, "rule `{rule}`, {effect} ({}): {reason}", facts.join(", "))
    }
}

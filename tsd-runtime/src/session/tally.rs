//! A run counts what it fires, for its report and for its limit.

use std::sync::Arc;

use tsd_ir::{FactHandle, Rule, Value};

use super::names;
use crate::base::RuleId;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::report::{Problem, Report};
use crate::telemetry;

/// How many of the last firings show which rules keep a run going.
const REMEMBERED: usize = 256;

/// The counts of a run.
pub(super) struct Tally {
    /// How often each rule fired, by its number.
    counts: Vec<u64>,
    /// The rules that fired, in the order of their first firing.
    fired: Vec<(RuleId, Arc<Rule>)>,
    total: u64,
    limit: u64,
    /// The rules that fired last, as a ring.
    last: [RuleId; REMEMBERED],
    problems: Vec<Problem>,
    problem_count: u64,
}

impl Tally {
    /// The counts of a run that may fire `limit` activations.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            counts: Vec::new(),
            fired: Vec::new(),
            total: 0,
            limit,
            last: [RuleId::MAX; REMEMBERED],
            problems: Vec::new(),
            problem_count: 0,
        }
    }

    #[inline]
    pub(super) fn count(&mut self, id: RuleId, matcher: &Matcher) {
        let index = id as usize;
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        if self.counts[index] == 0
            && let Some(live) = matcher.base.rules.get(id)
        {
            self.fired.push((id, Arc::clone(&live.rule)));
        }
        self.count_again(id);
    }

    /// Counts a rule that has fired before.
    #[inline]
    pub(super) fn count_again(&mut self, id: RuleId) {
        self.counts[id as usize] += 1;
        self.last[self.total as usize % REMEMBERED] = id;
        self.total += 1;
    }

    /// Whether the run may go on.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.total < self.limit
    }

    pub(super) fn problem(
        &mut self,
        matcher: &Matcher,
        rule: &Rule,
        handles: &[FactHandle],
        effect: String,
        reason: &str,
    ) {
        self.problem_count += 1;
        telemetry::problem(&rule.name, &effect, reason);
        if self.problems.len() < Report::PROBLEMS_KEPT {
            let facts = rule.patterns.iter().zip(handles).map(|(pattern, handle)| {
                format!("{}={}", pattern.variable, names::value(matcher, &Value::Fact(*handle)))
            });
            let (rule, reason) = (rule.name.to_string(), reason.to_owned());
            self.problems.push(Problem { rule, effect, facts: facts.collect(), reason });
        }
    }

    /// Adds the counts of the run to those of the rules.
    pub(super) fn count_fired(&self, matcher: &mut Matcher) {
        for (id, rule) in &self.fired {
            telemetry::fired(&rule.name, self.counts[*id as usize]);
            matcher.count_fired(*id, self.counts[*id as usize]);
        }
    }

    /// The error of a stopped run.
    pub(super) fn run_limit(self, matcher: &mut Matcher) -> Error {
        let limit = self.limit;
        let mut rules: Vec<(String, u64)> = (self.fired.iter())
            .filter(|(id, _)| self.last.contains(id))
            .map(|(id, rule)| (rule.name.to_string(), self.counts[*id as usize]))
            .collect();
        rules.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        Error::RunLimit { limit, rules, report: Box::new(self.report(matcher)) }
    }

    pub(super) fn report(self, matcher: &mut Matcher) -> Report {
        let mut fired: Vec<(RuleId, Arc<Rule>)> = self.fired;
        fired.sort_by_key(|(id, _)| matcher.base.rules.rank(*id));
        Report {
            fired: fired.into_iter().map(|(id, rule)| (rule, self.counts[id as usize])).collect(),
            total: self.total,
            problems: self.problems,
            problem_count: self.problem_count,
            no_values: matcher.state.memory.take_no_values(),
        }
    }
}

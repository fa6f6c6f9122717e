//! A session reports to the `metrics` facade and to `tracing`, each behind a feature that is off by
//! default.
//!
//! A session reports at the end of each run and when rules are added or removed, never while facts
//! flow. With the features off every function here is empty. With them on and no recorder or
//! subscriber, each costs what the facade costs.

#[cfg(feature = "metrics")]
mod emitted;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::report::Report;

/// What has been reported of quantities that only grow.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    /// For each type, how many facts were inserted and retracted.
    #[cfg(feature = "metrics")]
    facts: Vec<(u64, u64)>,
    /// The number of updates since the last report.
    #[cfg(feature = "metrics")]
    updates: u64,
}

impl Reported {
    /// Counts an update.
    #[inline]
    pub(crate) fn updated(&mut self) {
        #[cfg(feature = "metrics")]
        {
            self.updates += 1;
        }
    }
}

/// A run in progress.
pub(crate) struct Run {
    #[cfg(feature = "metrics")]
    start: std::time::Instant,
    #[cfg(feature = "tracing")]
    span: tracing::span::EnteredSpan,
}

impl Run {
    pub(crate) fn begin() -> Self {
        Self {
            #[cfg(feature = "metrics")]
            start: std::time::Instant::now(),
            #[cfg(feature = "tracing")]
            span: tracing::debug_span!(
                target: "tsd",
                "run",
                fired = tracing::field::Empty,
                problems = tracing::field::Empty,
                no_values = tracing::field::Empty,
            )
            .entered(),
        }
    }

    /// Reports how the run ended.
    #[allow(unused_variables)]
    pub(crate) fn end(self, ended: &Result<Report, Error>, matcher: &Matcher, reported: &mut Reported) {
        #[cfg(feature = "metrics")]
        emitted::run(self.start.elapsed(), ended, matcher, reported);
        #[cfg(feature = "tracing")]
        match ended {
            Ok(report) => {
                self.span.record("fired", report.total());
                self.span.record("problems", report.problem_count());
                self.span.record("no_values", report.no_values());
            }
            Err(error) => tracing::warn!(target: "tsd", %error, "the run was stopped"),
        }
    }
}

/// Reports how often a rule fired in a run.
#[allow(unused_variables)]
pub(crate) fn fired(rule: &str, count: u64) {
    #[cfg(feature = "metrics")]
    emitted::fired(rule, count);
}

/// Reports an effect that could not take place.
#[allow(unused_variables)]
pub(crate) fn problem(rule: &str, effect: &str, reason: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "tsd", rule, effect, reason, "an effect could not take place");
}

/// Work on rules or on many facts; it ends when the returned value is dropped.
#[cfg(feature = "tracing")]
pub(crate) fn work(what: Work<'_>) -> tracing::span::EnteredSpan {
    let span = match what {
        Work::AddRules(count) => tracing::info_span!(target: "tsd", "add_rules", count),
        Work::RemoveRule(rule) => tracing::info_span!(target: "tsd", "remove_rule", rule),
        Work::Load(facts) => tracing::info_span!(target: "tsd", "load", facts),
    };
    span.entered()
}

/// Work on rules or on many facts; it ends when the returned value is dropped.
#[cfg(not(feature = "tracing"))]
pub(crate) fn work(what: Work<'_>) -> Work<'_> {
    what
}

/// What a session does besides single changes and firing.
#[derive(Clone, Copy, Debug)]
// Only tracing reads the fields.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
pub(crate) enum Work<'a> {
    AddRules(usize),
    RemoveRule(&'a str),
    Load(usize),
}

/// Reports the number of rules and nodes.
#[allow(unused_variables)]
pub(crate) fn network(matcher: &Matcher) {
    #[cfg(feature = "metrics")]
    emitted::network(matcher);
}

/// Reports what a session holds.
#[cfg(feature = "metrics")]
pub(crate) fn held(matcher: &Matcher) {
    emitted::held(matcher);
}

//! The names and meanings of all metrics in one place. All names begin with `tsd_`; those of
//! counters end with `_total`.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::Reported;
use crate::error::Error;
use crate::matcher::Matcher;
use crate::report::Report;
use crate::statistics::{Bytes, Statistics};

/// Describes each metric. It is repeated for each session, because a recorder may be installed
/// late.
fn describe() {
    describe_counter!("tsd_runs_total", "Runs, of which some may have been stopped");
    describe_counter!("tsd_runs_stopped_total", "Runs that were stopped by the run limit");
    describe_histogram!("tsd_run_seconds", metrics::Unit::Seconds, "How long runs took");
    describe_counter!("tsd_activations_fired_total", "Activations that fired, by rule");
    describe_counter!("tsd_problems_total", "Effects that could not take place");
    describe_counter!(
        "tsd_no_values_total",
        "Operators that had no value: a division by zero, a failed cast"
    );
    describe_counter!("tsd_facts_inserted_total", "Facts that were inserted, by type");
    describe_counter!("tsd_facts_retracted_total", "Facts that were retracted, by type");
    describe_counter!("tsd_facts_updated_total", "Updates of facts");
    describe_gauge!("tsd_facts", "Facts in the session, by type");
    describe_gauge!("tsd_rules", "Rules in use");
    describe_gauge!("tsd_joins", "Join nodes, which rules share");
    describe_gauge!("tsd_activations_waiting", "Activations that wait to fire, by rule");
    describe_gauge!("tsd_bytes", metrics::Unit::Bytes, "Bytes, by use");
    describe_gauge!("tsd_join_left", "Tuples in the left memory of a join");
    describe_gauge!("tsd_join_right", "Facts in the right memory of a join");
    describe_gauge!("tsd_join_bytes", metrics::Unit::Bytes, "Bytes of the memories of a join");
    describe_gauge!("tsd_view_groups", "Combinations of parameters with a group in the view");
    describe_gauge!("tsd_view_bytes", metrics::Unit::Bytes, "Bytes of a view's groups");
    describe_gauge!("tsd_view_lookups", "How often a view was looked up since the session began to count");
    describe_gauge!(
        "tsd_view_changes",
        "Changes that a view notified its readers of since the session began to count"
    );
    describe_gauge!("tsd_pending_tuples", "Tuples that wait for views to change");
    describe_gauge!("tsd_join_probes", "Probes of a join since the session began to count");
    describe_gauge!(
        "tsd_join_hits",
        "Pairs with equal keys that a join met since the session began to count"
    );
    describe_gauge!("tsd_join_passed", "Pairs that a join let pass since the session began to count");
}

/// Reports a run.
pub(super) fn run(took: Duration, ended: &Result<Report, Error>, matcher: &Matcher, reported: &mut Reported) {
    if reported.facts.is_empty() {
        describe();
        reported.facts = vec![(0, 0); matcher.state.memory.stores.len()];
    }
    counter!("tsd_runs_total").increment(1);
    histogram!("tsd_run_seconds").record(took.as_secs_f64());
    match ended {
        Ok(report) => {
            counter!("tsd_problems_total").increment(report.problem_count());
            counter!("tsd_no_values_total").increment(report.no_values());
        }
        Err(_) => counter!("tsd_runs_stopped_total").increment(1),
    }
    facts(matcher, reported);
}

/// Reports how many facts were inserted and retracted since the last report, and how many there
/// are.
fn facts(matcher: &Matcher, reported: &mut Reported) {
    let stores = matcher.base.schema.types.iter().zip(&matcher.state.memory.stores);
    for ((ty, store), (reported_in, reported_out)) in stores.zip(&mut reported.facts) {
        let name = ty.name.to_string();
        let inserted = store.inserted();
        let retracted = inserted.saturating_sub(store.len() as u64);
        if inserted > *reported_in {
            counter!("tsd_facts_inserted_total", "type" => name.clone()).increment(inserted - *reported_in);
        }
        if retracted > *reported_out {
            counter!("tsd_facts_retracted_total", "type" => name.clone())
                .increment(retracted - *reported_out);
        }
        gauge!("tsd_facts", "type" => name).set(store.len() as f64);
        (*reported_in, *reported_out) = (inserted, retracted);
    }
    counter!("tsd_facts_updated_total").increment(std::mem::take(&mut reported.updates));
}

/// Reports how often a rule fired in a run.
pub(super) fn fired(rule: &str, count: u64) {
    counter!("tsd_activations_fired_total", "rule" => rule.to_owned()).increment(count);
}

/// Reports the number of rules and nodes.
pub(super) fn network(matcher: &Matcher) {
    gauge!("tsd_rules").set(matcher.base.rules.iter().count() as f64);
    gauge!("tsd_joins").set(matcher.base.network.joins().count() as f64);
}

/// Reports what a session holds.
pub(super) fn held(matcher: &Matcher) {
    describe();
    network(matcher);
    let Statistics { types, joins, views, pending_nodes, rules, bytes } = matcher.statistics();
    for ty in types {
        gauge!("tsd_facts", "type" => ty.name).set(ty.facts as f64);
    }
    for rule in rules {
        gauge!("tsd_activations_waiting", "rule" => rule.name).set(rule.waiting as f64);
    }
    for join in joins {
        let node = join.signature.short();
        let set = |metric: &'static str, value: f64| gauge!(metric, "node" => node.clone()).set(value);
        set("tsd_join_left", join.left.unwrap_or(0) as f64);
        set("tsd_join_right", join.right.unwrap_or(0) as f64);
        set("tsd_join_bytes", join.bytes as f64);
        if let Some(counts) = join.counts {
            set("tsd_join_probes", counts.probes as f64);
            set("tsd_join_hits", counts.hits as f64);
            set("tsd_join_passed", counts.passed as f64);
        }
    }
    for view in views {
        let node = view.signature.short();
        let set = |metric: &'static str, value: f64| gauge!(metric, "node" => node.clone()).set(value);
        set("tsd_view_groups", view.groups as f64);
        set("tsd_view_bytes", view.bytes as f64);
        if let Some(counts) = view.counts {
            set("tsd_view_lookups", counts.lookups as f64);
            set("tsd_view_changes", counts.changes as f64);
        }
    }
    gauge!("tsd_pending_tuples")
        .set(pending_nodes.iter().map(|pending| pending.tuples).sum::<usize>() as f64);
    let Bytes { facts, strings, memories, views, pending_nodes, rule_sets, agenda } = bytes;
    let parts = [
        ("facts", facts),
        ("strings", strings),
        ("joins", memories),
        ("views", views),
        ("pending tests", pending_nodes),
        ("rule sets", rule_sets),
        ("agenda", agenda),
    ];
    for (of, bytes) in parts {
        gauge!("tsd_bytes", "of" => of).set(bytes as f64);
    }
}

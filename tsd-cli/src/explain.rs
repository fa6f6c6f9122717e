//! `tsd explain`.

mod chain;

use std::fmt::Write;

use tsd_compiler::JoinOrder;
use tsd_compiler::{Module, PlannedRule};
use tsd_runtime::ir::network::{Path, ViewNode};
use tsd_runtime::ir::{Network, Schema, Sharing, ViewId};

use self::chain::Chain;
use crate::arguments::Explain;
use crate::described;
use crate::outcome::{Stop, Streams};
use crate::rules::{compile_final, find_rule};

/// Describes in words how the planner planned a rule, and why.
pub(crate) fn explain(arguments: &Explain, streams: &mut Streams) -> Result<(), Stop> {
    let compiled = compile_final(&arguments.rules, &[], streams)?;
    let planned = find_rule(&compiled.module, &arguments.rule, streams)?;
    let place = compiled.sources.position(planned.span);
    let file = compiled.sources.name(planned.span.file);
    let head = format!("rule {} ({file}:{})", planned.rule.name, place.line);
    let text = text(&compiled.module, planned);
    write!(streams.out, "{head}\n\n{text}")?;
    Ok(())
}

/// The plan of a rule in words.
fn text(module: &Module, planned: &PlannedRule) -> String {
    let mut network = Network::new(Sharing::On);
    module.rules.iter().for_each(|planned| drop(network.add_rule(&planned.rule)));
    let rule = &planned.rule;
    let paths = network.paths(&rule.name).unwrap_or_default();
    let mut text = String::new();
    match rule.branches.len() {
        0 => text += "Its condition cannot be true, so it has no node and never fires.\n",
        1 => {}
        count => {
            let sentence = "of which no tuple of facts satisfies two. Each is a chain of its own.";
            line(&mut text, 0, &format!("Its condition has {count} branches, {sentence}\n"));
        }
    }
    if planned.plan.branches.iter().any(|plan| plan.steps.len() > 1) {
        line(&mut text, 0, &format!("{}\n", strategy(planned.plan.strategy)));
    }
    let branches = rule.branches.iter().zip(&planned.plan.branches).zip(paths);
    for (index, ((branch, plan), path)) in branches.enumerate() {
        if rule.branches.len() > 1 {
            line(&mut text, 0, &format!("{}Branch {}", if index > 0 { "\n" } else { "" }, index + 1));
        }
        let (schema, network, strategy) = (&module.schema, &network, planned.plan.strategy);
        Chain { schema, network, rule, branch, strategy, plan, path }.write(&mut text);
    }
    let views = network.placed(&rule.name).map_or(&[][..], |placed| &placed.views);
    if !views.is_empty() {
        line(&mut text, 0, "\nIt reads");
    }
    for (view, _) in views {
        write_view(&mut text, &module.schema, &network, &rule.name, *view);
    }
    text
}

/// What the strategy requires of the order.
fn strategy(strategy: JoinOrder) -> &'static str {
    match strategy {
        JoinOrder::Declared => {
            "Strategy declared: the patterns are joined in the order in which the rule declares them."
        }
        JoinOrder::Greedy => {
            "Strategy greedy: the most selective join first, then always the most selective of those \
             that are left."
        }
        JoinOrder::Optimal => {
            "Strategy optimal: the cheapest order by the cost model, where joins that other rules have \
             cost nothing."
        }
    }
}

/// What a view computes, which other rules read it, and where its rows come from.
fn write_view(text: &mut String, schema: &Schema, network: &Network, own: &str, id: ViewId) {
    let view: &ViewNode = network.view(id);
    line(text, 2, &format!("{} (view {}).", described::view(view), view.signature.short()));
    let reads = |name: &str| {
        network.placed(name).is_some_and(|placed| placed.views.iter().any(|(read, _)| *read == id))
    };
    let others: Vec<&str> =
        network.rules().map(|(name, _)| &**name).filter(|name| *name != own && reads(name)).collect();
    let shared = match others.as_slice() {
        [] => "No other rule uses this view.".to_owned(),
        others => format!("Shared with {}.", some_of(others)),
    };
    line(text, 5, &shared);
    for path in &view.paths {
        line(text, 5, &rows(schema, network, path));
    }
}

/// Where the rows of a view come from.
fn rows(schema: &Schema, network: &Network, path: &Path) -> String {
    let Some(last) = path.joins.last() else {
        return format!(
            "Its rows are facts of {}.",
            described::type_name(schema, network.root(path.root).ty)
        );
    };
    let places = described::by_type(schema, &network.join(*last).types);
    let names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
    let keys = path.joins.iter().enumerate().flat_map(|(index, id)| {
        described::keys(schema, &network.join(*id).keys, &places[..=index], &places[index + 1])
    });
    let keys: Vec<String> = keys.collect();
    let on = if keys.is_empty() { String::new() } else { format!(" on {}", keys.join(", ")) };
    format!("Its rows are {}{on}.", names.join(" ⋈ "))
}

/// How many of the rules that share a node are named.
const LISTED: usize = 12;

/// Some names, and how many more there are.
fn some_of(names: &[&str]) -> String {
    match names.len().checked_sub(LISTED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..LISTED].join(", ")),
    }
}

/// Writes an indented line, unless it is empty.
fn line(text: &mut String, indent: usize, line: &str) {
    if !line.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
}

//! `tsd stats`.

use serde_json::{Value as Json, json};
use tsd_compiler::Module;
use tsd_runtime::Statistics;
use tsd_runtime::ir::{Network, Sharing};

use crate::arguments::{Format, Stats};
use crate::loaded;
use crate::outcome::{Stop, Streams};
use crate::rules::compile_final;

/// The numbers with sharing, and what they would be without.
struct Row {
    kind: &'static str,
    shared: usize,
    alone: usize,
    /// Whether sharing can make a difference.
    compared: bool,
}

/// Counts the nodes of the network; with facts, also what they hold.
pub(crate) fn stats(arguments: &Stats, streams: &mut Streams) -> Result<(), Stop> {
    let compiled = compile_final(&arguments.rules, &arguments.facts.facts, streams)?;
    let module = &compiled.module;
    let nodes = nodes(module);
    let has_facts = !arguments.facts.facts.is_empty() || !module.facts.is_empty() || arguments.facts.run;
    let held = if has_facts {
        let mut held = |sharing| loaded::statistics(&compiled, &arguments.facts, sharing, streams);
        let (shared, alone) = (held(Sharing::On)?, held(Sharing::Off)?);
        Some((rows_of(&shared, &alone), shared))
    } else {
        None
    };
    match arguments.format {
        Format::Json => {
            let mut line = json!({ "nodes": object(&nodes) });
            if let Some((held, statistics)) = &held {
                line["held"] = object(held);
                line["facts"] = statistics.facts().into();
                line["fired"] = statistics.fired().into();
                line["waiting"] = statistics.waiting().into();
            }
            writeln!(streams.out, "{line}")?;
        }
        Format::Text => {
            write_table("nodes", &nodes, streams)?;
            if let Some((held, statistics)) = &held {
                writeln!(streams.out)?;
                write_table("held", held, streams)?;
                writeln!(streams.out)?;
                write!(streams.out, "{statistics}")?;
            }
        }
    }
    Ok(())
}

fn network(module: &Module, sharing: Sharing) -> Network {
    let mut network = Network::new(sharing);
    module.rules.iter().for_each(|planned| drop(network.add_rule(&planned.rule)));
    network
}

/// The nodes by their kinds.
fn nodes(module: &Module) -> Vec<Row> {
    let (shared, alone) = (network(module, Sharing::On), network(module, Sharing::Off));
    let same = |kind, count| Row { kind, shared: count, alone: count, compared: false };
    let mut rows = vec![
        same("types", module.schema.types.len()),
        Row { kind: "roots", shared: shared.roots().count(), alone: alone.roots().count(), compared: true },
        Row { kind: "joins", shared: shared.joins().count(), alone: alone.joins().count(), compared: true },
        Row { kind: "views", shared: shared.views().count(), alone: alone.views().count(), compared: true },
        same("rules", module.rules.len()),
    ];
    rows.retain(|row| row.kind != "views" || row.alone > 0);
    let all = |of: fn(&Row) -> usize| rows.iter().map(of).sum();
    let total =
        Row { kind: "all", shared: all(|row| row.shared), alone: all(|row| row.alone), compared: true };
    rows.push(total);
    rows
}

/// Tuples and bytes by the kind of what holds them.
fn rows_of(shared: &Statistics, alone: &Statistics) -> Vec<Row> {
    let row = |kind, of: &dyn Fn(&Statistics) -> usize, compared| Row {
        kind,
        shared: of(shared),
        alone: of(alone),
        compared,
    };
    let mut rows = vec![
        row("facts", &Statistics::facts, false),
        row("tuples in joins", &Statistics::tuples, true),
        row("groups of views", &|held| held.views.iter().map(|view| view.groups).sum(), true),
        row("pending tuples", &Statistics::pending_tuples, true),
        row("bytes of facts", &|held| held.bytes.facts, false),
        row("bytes of strings", &|held| held.bytes.strings, false),
        row("bytes of joins", &|held| held.bytes.memories, true),
        row("bytes of views", &|held| held.bytes.views, true),
        row("bytes of pending tests", &|held| held.bytes.pending_nodes, true),
        row("bytes of rule sets", &|held| held.bytes.rule_sets, true),
        row("bytes of the agenda", &|held| held.bytes.agenda, true),
        row("bytes, all", &|held| held.bytes.total(), true),
    ];
    if shared.views.is_empty() && shared.pending_nodes.is_empty() {
        rows.retain(|row| !OF_VIEWS.contains(&row.kind));
    }
    rows
}

/// Left out if no rule reads a view.
const OF_VIEWS: [&str; 4] = ["groups of views", "pending tuples", "bytes of views", "bytes of pending tests"];

fn object(rows: &[Row]) -> Json {
    let entry = |row: &Row| (row.kind.to_owned(), json!({ "shared": row.shared, "alone": row.alone }));
    Json::Object(rows.iter().map(entry).collect())
}

fn write_table(title: &str, rows: &[Row], streams: &mut Streams) -> Result<(), Stop> {
    let names = rows.iter().map(|row| row.kind.len()).chain([title.len()]).max().unwrap_or(0);
    writeln!(
        streams.out,
        "{title:names$}  {:>12}  {:>15}  {:>6}",
        "with sharing", "without sharing", "saved"
    )?;
    for Row { kind, shared, alone, compared } in rows {
        let saved = if *compared && *alone > 0 {
            format!("{:.1} %", 100.0 * (1.0 - *shared as f64 / *alone as f64))
        } else {
            String::new()
        };
        let line = format!("{kind:names$}  {shared:>12}  {alone:>15}  {saved:>6}");
        writeln!(streams.out, "{}", line.trim_end())?;
    }
    Ok(())
}

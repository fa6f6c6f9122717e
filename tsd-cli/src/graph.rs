//! `tsd graph`.

mod build;
mod dot;
mod layout;
mod page;
mod picture;
mod svg;

use std::path::Path;

use tsd_runtime::ir::{Network, Sharing};

use crate::arguments::{Drawing, Graph};
use crate::loaded;
use crate::outcome::{EXIT_USAGE, Stop, Streams};
use crate::rules::{Compiled, compile_final, find_rule};

/// Draws the network that the rules share.
pub(crate) fn graph(arguments: &Graph, streams: &mut Streams) -> Result<(), Stop> {
    let Some(format) = arguments.format.or_else(|| by_name(arguments.output.as_deref())) else {
        writeln!(
            streams.err,
            "error: tsd draws .dot, .svg and .html; of a .dot, Graphviz makes other pictures (dot -Tpng \
             network.dot)"
        )?;
        return Err(Stop::Exit(EXIT_USAGE));
    };
    let compiled = compile_final(&arguments.rules, &arguments.facts.facts, streams)?;
    for rule in &arguments.rule {
        find_rule(&compiled.module, rule, streams)?;
    }
    let sharing = Sharing::from(arguments.sharing);
    let mut network = Network::new(sharing);
    compiled.module.rules.iter().for_each(|planned| drop(network.add_rule(&planned.rule)));
    let statistics = match &arguments.facts {
        facts if facts.facts.is_empty() && !facts.run && !arguments.counts => None,
        facts => Some(loaded::statistics(&compiled, facts, sharing, streams)?),
    };
    let mut picture = build::build(&compiled, &network, &arguments.rule, statistics.as_ref());
    picture.title = title(&compiled, &arguments.rule);
    let text = match format {
        Drawing::Dot => dot::dot(&picture),
        Drawing::Svg => svg::svg(&picture),
        Drawing::Html => page::page(&picture),
    };
    match &arguments.output {
        None => streams.out.write_all(text.as_bytes())?,
        Some(path) => {
            if let Err(error) = std::fs::write(path, text) {
                writeln!(streams.err, "error: cannot write {}: {error}", path.display())?;
                return Err(Stop::Exit(EXIT_USAGE));
            }
        }
    }
    Ok(())
}

/// The format for a file's name; none for an image format that is not supported.
fn by_name(output: Option<&Path>) -> Option<Drawing> {
    let extension = output.and_then(Path::extension).unwrap_or_default();
    match extension.to_string_lossy().to_lowercase().as_str() {
        "svg" => Some(Drawing::Svg),
        "html" | "htm" => Some(Drawing::Html),
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "pdf" | "ps" | "eps" => None,
        _ => Some(Drawing::Dot),
    }
}

/// What the diagram shows, without the folders of the files.
fn title(compiled: &Compiled, rules: &[String]) -> String {
    let name = |name: &str| Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let files: Vec<String> = compiled.files.iter().map(|file| name(compiled.sources.name(*file))).collect();
    let files = match files.as_slice() {
        [first, _, .., last] if files.len() > 4 => format!("{first} … {last} ({} files)", files.len()),
        _ => files.join(", "),
    };
    match rules {
        [] => format!("Rules of {files}"),
        rules => format!("{} of {files}", rules.join(", ")),
    }
}

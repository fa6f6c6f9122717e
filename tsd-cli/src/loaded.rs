//! What a session holds after loading.

use tsd_compiler::InitialValue;
use tsd_runtime::ir::{FactHandle, Sharing, Value};
use tsd_runtime::{Engine, Statistics};

use crate::arguments::Facts;
use crate::load::{LoadError, Loaded, PROBLEMS_KEPT, load};
use crate::outcome::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};
use crate::progress::Bar;
use crate::rules::Compiled;

/// Loads the facts of the rules and of files into a session with counters, runs it if requested,
/// and reads its statistics. Actions do nothing, and output of the rules is dropped.
pub(crate) fn statistics(
    compiled: &Compiled,
    facts: &Facts,
    sharing: Sharing,
    streams: &mut Streams,
) -> Result<Statistics, Stop> {
    let mut rules = compiled.module.clone();
    let initial = std::mem::take(&mut rules.facts);
    let mut engine = Engine::from_module(rules, (), sharing);
    engine.on_print(|_| ());
    engine.on_log(|_| ());
    // Before the first fact is inserted, including those of the rules.
    engine.enable_counters();
    let mut handles: Vec<Option<FactHandle>> = Vec::with_capacity(initial.len());
    for fact in initial {
        let values = fact.values.iter().map(|value| match value {
            InitialValue::Const(constant) => Value::from(constant),
            InitialValue::Fact(index) => handles[*index as usize].map_or(Value::Missing, Value::Fact),
        });
        let values: Vec<Value> = values.collect();
        handles.push(engine.insert_values(fact.ty, &values).ok());
    }
    for fact in &compiled.removed {
        // Another command may have taken it along already.
        let _ = handles[*fact].map(|handle| engine.retract_fact(handle));
    }
    let mut bar = Bar::new(streams.progress);
    let loaded = load(&mut engine, &facts.facts, &mut |progress| bar.show(progress));
    bar.clear();
    let (lines, failed) = messages(loaded);
    for line in lines {
        writeln!(streams.err, "{line}")?;
    }
    if let Some(code) = failed {
        return Err(Stop::Exit(code));
    }
    if facts.run
        && let Err(error) = engine.run()
    {
        writeln!(streams.err, "error: {error}")?;
        return Err(Stop::Exit(EXIT_ERRORS));
    }
    Ok(engine.statistics())
}

/// The messages of a load, line by line, and the exit code if it failed.
pub(crate) fn messages(loaded: Result<Loaded, LoadError>) -> (Vec<String>, Option<u8>) {
    let (warnings, problems) = match loaded {
        Ok(Loaded { warnings, .. }) => (warnings, Vec::new()),
        Err(LoadError::Rows { problems, warnings }) => (warnings, problems),
        Err(error) => return (vec![format!("error: {error}")], Some(EXIT_USAGE)),
    };
    let warnings = warnings.iter().map(|warning| format!("warning: {warning}"));
    let mut lines: Vec<String> =
        warnings.chain(problems.iter().map(|problem| format!("error: {problem}"))).collect();
    if problems.len() >= PROBLEMS_KEPT {
        lines.push("error: too many errors; the rest of the facts was not read".to_owned());
    }
    (lines, (!problems.is_empty()).then_some(EXIT_ERRORS))
}

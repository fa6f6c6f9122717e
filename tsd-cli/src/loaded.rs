//! What a session holds once the facts are in it.

use tsd_compiler::InitialValue;
use tsd_runtime::ir::{FactHandle, Sharing, Value};
use tsd_runtime::{Engine, Statistics};

use crate::arguments::Facts;
use crate::commands::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};
use crate::load::{LoadError, PROBLEMS_KEPT, load};
use crate::progress::Bar;
use crate::rules::Compiled;

/// Loads the facts of the rules and of files into a session that counts, has it run if that is wanted, and reads off what
/// it holds. Actions do nothing, and lines that the rules print are dropped.
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
    // Before the first fact comes, those of the rules included.
    engine.collect_counts(true);
    let mut handles: Vec<Option<FactHandle>> = Vec::with_capacity(initial.len());
    for fact in initial {
        let values = fact.values.iter().map(|value| match value {
            InitialValue::Const(constant) => Value::from(constant),
            InitialValue::Fact(index) => handles[*index].map_or(Value::Missing, Value::Fact),
        });
        let values: Vec<Value> = values.collect();
        handles.push(engine.insert_values(fact.ty, &values).ok());
    }
    for fact in &compiled.removed {
        // One that another took along is gone already.
        let _ = handles[*fact].map(|handle| engine.retract_fact(handle));
    }
    let mut bar = Bar::new(streams.progress);
    let loaded = load(&mut engine, &facts.facts, &mut |progress| bar.show(progress));
    bar.clear();
    if let Err(error) = loaded {
        let (lines, code) = told(&error);
        for line in lines {
            writeln!(streams.err, "{line}")?;
        }
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

/// Why facts could not be loaded, line by line, and the exit code that this makes.
pub(crate) fn told(error: &LoadError) -> (Vec<String>, u8) {
    let LoadError::Rows(problems) = error else { return (vec![format!("error: {error}")], EXIT_USAGE) };
    let mut lines: Vec<String> = problems.iter().map(|problem| format!("error: {problem}")).collect();
    if problems.len() >= PROBLEMS_KEPT {
        lines.push("error: too many errors; the rest of the facts was not read".to_owned());
    }
    (lines, EXIT_ERRORS)
}

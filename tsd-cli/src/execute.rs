//! `tsd run`.

use tsd_runtime::ir::Sharing;
use tsd_runtime::{Engine, Error};

use crate::arguments::{Format, Run};
use crate::load::load;
use crate::loaded::messages;
use crate::outcome::{EXIT_ERRORS, EXIT_USAGE, Stop, Streams};
use crate::progress::Bar;
use crate::record::{Shared, Style};
use crate::rules::{planning, read, show};
use crate::summary;

/// Interprets the rules over the facts and shows what fires.
pub(crate) fn execute(arguments: &Run, mut streams: Streams) -> Result<(), Stop> {
    let (sources, files, profile) = read(&arguments.rules, &arguments.facts, &mut streams)?;
    let planning = planning(&arguments.rules, &sources, profile);
    let style = match arguments.format {
        Format::Json => Style::Json,
        Format::Text if arguments.quiet => Style::PrintedOnly,
        Format::Text => Style::Text,
    };
    let sharing = Sharing::from(arguments.sharing);
    let Streams { out, err, colour, progress } = streams;
    let recorder = Shared::new(style, out, err);
    let mut engine = Engine::builder(recorder.clone()).sharing(sharing).strategy(arguments.strategy).build();
    match engine.execute_sources(&sources, &files, &planning) {
        Ok(warnings) => show(&sources, &warnings, colour, recorder.lock().err())?,
        Err(Error::Rules(errors)) => {
            show(&sources, &errors.diagnostics, colour, recorder.lock().err())?;
            return Err(Stop::Exit(EXIT_ERRORS));
        }
        Err(error) => return stop(&recorder, &error),
    }
    recorder.attach(&mut engine);
    if let Some(limit) = arguments.run_limit {
        engine.set_run_limit(limit);
    }

    let mut bar = Bar::new(progress);
    let loaded = load(&mut engine, &arguments.facts, &mut |progress| bar.show(progress));
    bar.clear();
    let (lines, failed) = messages(loaded);
    lines.iter().for_each(|line| recorder.lock().complain(line));
    if let Some(code) = failed {
        return Err(Stop::Exit(code));
    }

    // Rules may remove facts, so the facts are observed before and after.
    let observed = arguments.profile.as_ref().map(|_| engine.profile());
    let run = engine.run();
    recorder.lock().flush();
    let problems = match run {
        Ok(report) => {
            summary::problems(&report, arguments.allow_problems, &recorder);
            if style == Style::Text {
                summary::counts(&engine, &report, &recorder);
            }
            report.problem_count()
        }
        Err(error) => return stop(&recorder, &error),
    };
    if let (Some(path), Some(before)) = (&arguments.profile, observed) {
        let profile = before.then(engine.profile());
        if let Err(error) = std::fs::write(path, profile.to_string()) {
            recorder.lock().complain(&format!("error: cannot write {}: {error}", path.display()));
            return Err(Stop::Exit(EXIT_USAGE));
        }
    }
    if arguments.final_facts {
        summary::final_facts(&engine, style, &recorder);
    }
    recorder.lock().finish()?;
    if problems > 0 && !arguments.allow_problems {
        return Err(Stop::Exit(EXIT_ERRORS));
    }
    Ok(())
}

/// Ends after a run that was stopped, and shows what fired before.
fn stop(recorder: &Shared, error: &Error) -> Result<(), Stop> {
    let mut recorder = recorder.lock();
    recorder.finish()?;
    recorder.complain(&format!("error: {error}"));
    Err(Stop::Exit(EXIT_ERRORS))
}

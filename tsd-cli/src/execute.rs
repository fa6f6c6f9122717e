//! `tsd run`.

use tsd_runtime::ir::Sharing;
use tsd_runtime::{Engine, Error};

use crate::arguments::{Format, Run};
use crate::commands::{EXIT_ERRORS, Stop, Streams};
use crate::load::{LoadError, load};
use crate::loaded::told;
use crate::progress::Bar;
use crate::record::{Shared, Style};
use crate::rules::{read, show};
use crate::summary;

/// Interprets the rules over the facts and shows what fires.
pub(crate) fn execute(arguments: &Run, mut streams: Streams) -> Result<(), Stop> {
    let (sources, files) = read(&arguments.rules.files, &mut streams)?;
    let style = match arguments.format {
        Format::Json => Style::Json,
        Format::Text if arguments.quiet => Style::PrintedOnly,
        Format::Text => Style::Text,
    };
    let sharing = Sharing::from(arguments.sharing);
    let Streams { out, err, colour, progress } = streams;
    let recorder = Shared::new(style, out, err);
    let executed = Engine::from_sources(&sources, &files, recorder.clone(), sharing);
    let mut engine = match executed {
        Ok((engine, warnings)) => {
            show(&sources, &warnings, colour, recorder.lock().err())?;
            engine
        }
        Err(Error::Rules(errors)) => {
            show(&sources, &errors.diagnostics, colour, recorder.lock().err())?;
            return Err(Stop::Exit(EXIT_ERRORS));
        }
        Err(error) => return stop(&recorder, &error),
    };
    recorder.attach(&mut engine);
    if let Some(limit) = arguments.run_limit {
        engine.set_run_limit(limit);
    }

    let mut bar = Bar::new(progress);
    let loaded = load(&mut engine, &arguments.facts, &mut |progress| bar.show(progress));
    bar.clear();
    if let Err(error) = loaded {
        return Err(refuse(&recorder, &error));
    }

    let run = engine.run();
    recorder.lock().flush();
    match run {
        Ok(report) => {
            summary::problems(&report, &recorder);
            if style == Style::Text {
                summary::counts(&engine, &report, &recorder);
            }
        }
        Err(error) => return stop(&recorder, &error),
    }
    if arguments.final_facts {
        summary::final_facts(&engine, style, &recorder);
    }
    recorder.lock().finish()?;
    Ok(())
}

/// Says why the facts could not be loaded.
fn refuse(recorder: &Shared, error: &LoadError) -> Stop {
    let (lines, code) = told(error);
    let mut recorder = recorder.lock();
    lines.iter().for_each(|line| recorder.complain(line));
    Stop::Exit(code)
}

/// Ends after a run that was stopped: what fired before is shown.
fn stop(recorder: &Shared, error: &Error) -> Result<(), Stop> {
    let mut recorder = recorder.lock();
    recorder.finish()?;
    recorder.complain(&format!("error: {error}"));
    Err(Stop::Exit(EXIT_ERRORS))
}

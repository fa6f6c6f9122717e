//! The output after a run: problems, counts, facts.

use serde_json::{Map, Value as Json};
use tsd_runtime::ir::{FactHandle, TypeId};
use tsd_runtime::{Engine, Report};

use crate::record::{Shared, Style, object};
use crate::rules::counted;
use crate::shown::Shown;

/// Reports on standard error what could not be done, which is an error unless it is allowed.
pub(crate) fn problems(report: &Report, allowed: bool, recorder: &Shared) {
    let mut recorder = recorder.lock();
    let level = if allowed { "warning" } else { "error" };
    for problem in report.problems() {
        recorder.complain(&format!("{level}: {problem}"));
    }
    let more = report.problem_count() - report.problems().len() as u64;
    if more > 0 {
        let effects = if more == 1 { "effect" } else { "effects" };
        recorder.complain(&format!("{level}: {more} more {effects} could not take place"));
    }
}

/// Writes how often each rule fired.
pub(crate) fn counts(engine: &Engine<Shared>, report: &Report, recorder: &Shared) {
    let rows: Vec<(&str, u64)> = engine.rules().map(|rule| (rule, report.count(rule))).collect();
    let mut recorder = recorder.lock();
    if rows.is_empty() {
        return recorder.line("no rules");
    }
    let total = ("total", report.total());
    let widest = |width: usize, (rule, _): &(&str, u64)| width.max(rule.chars().count());
    let names = rows.iter().fold("total".len(), widest);
    let digits = total.1.to_string().len().max("fired".len());
    if report.total() > 0 {
        recorder.line("");
    }
    recorder.line(&format!("{:names$}  {:>digits$}", "rule", "fired"));
    for (rule, count) in rows.into_iter().chain((engine.rules().nth(1).is_some()).then_some(total)) {
        recorder.line(&format!("{rule:names$}  {count:>digits$}"));
    }
}

/// Writes every fact, by type and then in the order of insertion.
pub(crate) fn final_facts(engine: &Engine<Shared>, style: Style, recorder: &Shared) {
    let mut recorder = recorder.lock();
    if style == Style::Text {
        recorder.line("");
        recorder.line(&counted(engine.len(), "fact"));
    }
    for (index, ty) in engine.schema().types.iter().enumerate() {
        let mut handles: Vec<_> = engine.handles(TypeId(index as u16)).collect();
        handles.sort_by_key(|handle| engine.number_of(*handle));
        for handle in handles {
            let fields = fields(engine, handle);
            let names = ty.fields.iter().map(|field| field.name.to_string());
            if style == Style::Json {
                let fields: Map<String, Json> = names.zip(fields.iter().map(Shown::to_json)).collect();
                let line = object([("fact", Json::from(&*ty.name)), ("fields", Json::Object(fields))]);
                recorder.line(&line.to_string());
            } else {
                let fields: Vec<String> =
                    names.zip(&fields).map(|(name, value)| format!("{name}: {value}")).collect();
                recorder.line(&format!("{}({})", ty.name, fields.join(", ")));
            }
        }
    }
}

fn fields(engine: &Engine<Shared>, handle: FactHandle) -> Vec<Shown> {
    let values = engine.values(handle).unwrap_or_default();
    let show = |value| {
        Shown::new(value, || match value {
            tsd_runtime::ir::Value::Fact(fact) => name(engine, *fact),
            _ => String::new(),
        })
    };
    values.iter().map(show).collect()
}

/// The name of a fact; a retracted one has only that of its type.
fn name(engine: &Engine<Shared>, fact: FactHandle) -> String {
    let retracted = || format!("{}~(retracted)", engine.schema().ty(fact.ty()).name);
    engine.name_of(fact).unwrap_or_else(retracted)
}

//! What fires, from the session to the output.
//!
//! A session tells first of an activation (its observer) and then of the actions that it performs (its host, and the
//! sinks of `Print` and `Log`). The [`Recorder`] stands behind all of them, puts together what belongs to one
//! activation, and writes it when the next one begins or the run is over.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value as Json};
use tsd_runtime::ir::{FactHandle, Value};
use tsd_runtime::{Activation, Context, Engine, Host, Interpreted};

use crate::shown::Shown;

/// How activations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A line for people, then what the activation printed.
    Text,
    /// What activations print, and nothing else.
    PrintedOnly,
    /// A line of JSON.
    Json,
}

/// Puts activations together and writes them.
pub(crate) struct Recorder {
    style: Style,
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    current: Option<Record>,
    /// The first failure to write; nothing is written after it.
    failure: Option<io::Error>,
}

/// One activation.
struct Record {
    rule: String,
    bindings: Vec<Binding>,
    calls: Vec<Call>,
    printed: Vec<String>,
}

struct Binding {
    variable: String,
    handle: FactHandle,
    name: String,
}

struct Call {
    action: String,
    arguments: Vec<Shown>,
}

/// A recorder as observer, host and sinks share it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Recorder>>);

impl Shared {
    pub(crate) fn new(style: Style, out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Recorder { style, out, err, current: None, failure: None })))
    }

    /// The recorder. Everything happens on one thread, so nobody ever waits.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Recorder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the session tell the recorder all that it does.
    pub(crate) fn attach(&self, engine: &mut Engine<Shared>) {
        let shared = self.clone();
        engine.observe(move |activation| shared.lock().begin(activation));
        let shared = self.clone();
        engine.on_print(move |line| shared.lock().print(line));
        let shared = self.clone();
        engine.on_log(move |line| shared.lock().log(line));
    }
}

impl Host for Shared {
    fn perform(&mut self, action: &str, arguments: &[Value], context: &mut Context<'_, Interpreted<Self>>) {
        let mut recorder = self.lock();
        let Some(record) = &mut recorder.current else { return };
        let show = |value: &Value| Shown::new(value, || record.name(value, context));
        let arguments = arguments.iter().map(show).collect();
        record.calls.push(Call { action: action.to_owned(), arguments });
    }
}

impl Recorder {
    fn begin(&mut self, activation: &Activation<'_>) {
        self.flush();
        let bindings = activation.bindings().map(|(variable, handle)| Binding {
            variable: variable.to_owned(),
            handle,
            name: activation.name_of(handle).unwrap_or_default(),
        });
        let (bindings, rule) = (bindings.collect(), activation.rule().to_owned());
        self.current = Some(Record { rule, bindings, calls: Vec::new(), printed: Vec::new() });
    }

    fn print(&mut self, line: &str) {
        self.built_in("Print", line);
    }

    fn log(&mut self, line: &str) {
        self.built_in("Log", line);
        if self.style != Style::Json {
            // As for standard error at large: a line that cannot be written is lost.
            let _ = writeln!(self.err, "{line}");
        }
    }

    fn built_in(&mut self, name: &str, line: &str) {
        let Some(record) = &mut self.current else { return };
        if self.style == Style::Json {
            let arguments = vec![Shown::Value(Value::Text(line.to_owned()))];
            record.calls.push(Call { action: name.to_owned(), arguments });
        } else if name == "Print" {
            record.printed.push(line.to_owned());
        }
    }

    /// Writes the activation that is complete.
    pub(crate) fn flush(&mut self) {
        let Some(record) = self.current.take() else { return };
        match self.style {
            Style::Json => self.line(&record.to_json().to_string()),
            Style::Text => self.line(&record.to_text()),
            Style::PrintedOnly => {}
        }
        for line in record.printed {
            self.line(&line);
        }
    }

    /// Writes a line of output, unless one could not be written before.
    pub(crate) fn line(&mut self, line: &str) {
        if self.failure.is_none() {
            self.failure = writeln!(self.out, "{line}").err();
        }
    }

    /// Standard error.
    pub(crate) fn err(&mut self) -> &mut dyn Write {
        &mut self.err
    }

    /// Writes a line to standard error.
    pub(crate) fn complain(&mut self, line: &str) {
        let _ = writeln!(self.err, "{line}");
    }

    /// Ends the output.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.flush();
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => self.out.flush(),
        }
    }
}

impl Record {
    /// The name of a fact, also of one that an earlier effect of this activation retracted.
    fn name(&self, value: &Value, context: &Context<'_, Interpreted<Shared>>) -> String {
        let known = |binding: &&Binding| *value == Value::Fact(binding.handle);
        match self.bindings.iter().find(known) {
            Some(binding) => binding.name.clone(),
            None => context.show(value),
        }
    }

    fn to_json(&self) -> Json {
        let bindings = self.bindings.iter().map(|bound| (bound.variable.clone(), Json::from(&*bound.name)));
        let actions = self.calls.iter().map(|call| {
            let arguments: Vec<Json> = call.arguments.iter().map(Shown::to_json).collect();
            object([("name", Json::from(&*call.action)), ("args", Json::from(arguments))])
        });
        object([
            ("rule", Json::from(&*self.rule)),
            ("bindings", Json::Object(bindings.collect())),
            ("actions", actions.collect()),
        ])
    }

    /// `vip: c=Customer~c1 o=Order~o1 => reward("c1", 1200)`
    fn to_text(&self) -> String {
        let mut text = format!("{}:", self.rule);
        for binding in &self.bindings {
            text += &format!(" {}={}", binding.variable, binding.name);
        }
        for (index, call) in self.calls.iter().enumerate() {
            text += if index == 0 { " ==> " } else { ", " };
            let arguments: Vec<String> = call.arguments.iter().map(ToString::to_string).collect();
            text += &format!("{}({})", call.action, arguments.join(", "));
        }
        text
    }
}

/// A JSON object with its entries in order.
pub(crate) fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

//! Records what fires, from the session to the output.
//!
//! A session first reports an activation (to its observer) and then the actions that it performs
//! (to its host, and to the sinks of `Print` and `Log`). The [`Recorder`] receives all of them,
//! combines what belongs to one activation, and writes it when the next one begins or the run is
//! over.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value as Json};
use tsd_runtime::ir::{FactHandle, Value};
use tsd_runtime::{Activation, Change, ChangeKind, Context, Engine, Host, Interpreted};

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

/// Combines the parts of activations and writes them.
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
    done: Vec<Done>,
    printed: Vec<String>,
    logged: Vec<String>,
}

struct Binding {
    variable: String,
    handle: FactHandle,
    name: String,
}

/// What an effect did.
enum Done {
    /// It called an action, or printed or logged a line.
    Called { action: String, arguments: Vec<Shown> },
    /// It changed the facts.
    Changed { effect: ChangeKind, ty: String, fact: String, fields: Vec<(String, Shown)> },
}

/// A recorder, shared as observer, host and sinks.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Recorder>>);

impl Shared {
    pub(crate) fn new(style: Style, out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Recorder { style, out, err, current: None, failure: None })))
    }

    /// The recorder. Everything happens on one thread, so the lock is always free.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Recorder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects the session's observers and sinks with the recorder.
    pub(crate) fn attach(&self, engine: &mut Engine<Shared>) {
        let shared = self.clone();
        engine.observe(move |activation| shared.lock().begin(activation));
        if self.lock().style != Style::PrintedOnly {
            let shared = self.clone();
            engine.observe_changes(move |change| shared.lock().changed(change));
        }
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
        record.done.push(Done::Called { action: action.to_owned(), arguments });
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
        let (done, printed, logged) = (Vec::new(), Vec::new(), Vec::new());
        self.current = Some(Record { rule, bindings, done, printed, logged });
    }

    fn changed(&mut self, change: &Change<'_>) {
        let Some(record) = &mut self.current else { return };
        let show =
            |value: &Value| Shown::new(value, || record.bound(value).unwrap_or_else(|| change.show(value)));
        let fields = change.fields().map(|(name, value)| (name.to_owned(), show(value))).collect();
        let (ty, fact) = (change.type_name().to_owned(), change.name().to_owned());
        record.done.push(Done::Changed { effect: change.kind(), ty, fact, fields });
    }

    fn print(&mut self, line: &str) {
        self.built_in("Print", line);
    }

    fn log(&mut self, line: &str) {
        self.built_in("Log", line);
    }

    fn built_in(&mut self, name: &str, line: &str) {
        let Some(record) = &mut self.current else { return };
        if self.style == Style::Json {
            let arguments = vec![Shown::Value(Value::Text(line.to_owned()))];
            record.done.push(Done::Called { action: name.to_owned(), arguments });
        } else {
            let lines = if name == "Print" { &mut record.printed } else { &mut record.logged };
            lines.push(line.to_owned());
        }
    }

    /// Writes the current activation, which is complete.
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
        // After the activation that they belong to, if both go to a terminal.
        for line in record.logged {
            self.complain(&line);
        }
    }

    /// Writes a line of output, unless an earlier write failed.
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
        self.bound(value).unwrap_or_else(|| context.show(value))
    }

    /// The name that a fact of the activation had when it fired.
    fn bound(&self, value: &Value) -> Option<String> {
        let known = self.bindings.iter().find(|binding| *value == Value::Fact(binding.handle));
        known.map(|binding| binding.name.clone())
    }

    fn to_json(&self) -> Json {
        let bindings = self.bindings.iter().map(|bound| (bound.variable.clone(), Json::from(&*bound.name)));
        object([
            ("rule", Json::from(&*self.rule)),
            ("bindings", Json::Object(bindings.collect())),
            ("actions", self.done.iter().map(Done::to_json).collect()),
        ])
    }

    /// `vip: c=Customer~c1 o=Order~o1 ==> reward("c1", 1200)`
    fn to_text(&self) -> String {
        let mut text = format!("{}:", self.rule);
        for binding in &self.bindings {
            text += &format!(" {}={}", binding.variable, binding.name);
        }
        for (index, done) in self.done.iter().enumerate() {
            text += if index == 0 { " ==> " } else { ", " };
            text += &done.to_text();
        }
        text
    }
}

impl Done {
    fn to_json(&self) -> Json {
        let (name, arguments) = match self {
            Self::Called { action, arguments } => {
                (action.clone(), arguments.iter().map(Shown::to_json).collect())
            }
            Self::Changed { effect, fact, fields, .. } => {
                let mut arguments = vec![Json::from(&**fact)];
                if *effect != ChangeKind::Retract {
                    let fields = fields.iter().map(|(name, value)| (name.clone(), value.to_json()));
                    arguments.push(Json::Object(fields.collect()));
                }
                (effect.to_string(), arguments)
            }
        };
        object([("name", Json::from(name)), ("args", Json::from(arguments))])
    }

    /// As rules write it, with the names of facts in place of variables.
    fn to_text(&self) -> String {
        let list = |fields: &[(String, Shown)]| {
            fields.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Called { action, arguments } => {
                let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
                format!("{action}({})", arguments.join(", "))
            }
            Self::Changed { effect: ChangeKind::Update, fact, fields, .. } => {
                format!("Update({fact}, {{{}}})", list(fields))
            }
            Self::Changed { effect: ChangeKind::Retract, fact, .. } => format!("Retract({fact})"),
            Self::Changed { effect, ty, fields, .. } => format!("{effect}({ty}({}))", list(fields)),
        }
    }
}

/// A JSON object with its entries in order.
pub(crate) fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

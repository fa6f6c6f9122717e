//! The host program may observe what happens in a session, and receive the lines of `Print` and
//! `Log`.
//!
//! Observers and sinks belong to the host program, so a copy of a session has none.

use std::io::Write;

use super::changed::Change;
use super::fire::Activation;
use crate::base::Exclusive;

/// Receives the lines of `Print` or `Log`.
pub(crate) type Sink = Box<dyn FnMut(&str) + Send>;

/// Receives every activation that fires.
pub(crate) type Observer = Box<dyn FnMut(&Activation<'_>) + Send>;

/// Receives every change that an effect makes.
pub(crate) type ChangeObserver = Box<dyn FnMut(&Change<'_>) + Send>;

/// The observers and sinks of a session.
pub(crate) struct Listeners {
    pub(super) observers: Exclusive<Vec<Observer>>,
    pub(super) changes: Exclusive<Vec<ChangeObserver>>,
    pub(super) print: Exclusive<Sink>,
    pub(super) log: Exclusive<Sink>,
    /// The number of observers of each kind.
    pub(super) observing: usize,
    pub(super) observing_changes: usize,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            observers: Exclusive::new(Vec::new()),
            changes: Exclusive::new(Vec::new()),
            // Output that cannot be written (a closed pipe) is lost, as `echo` loses it.
            print: Exclusive::new(Box::new(|line| drop(writeln!(std::io::stdout(), "{line}")))),
            log: Exclusive::new(Box::new(|line| drop(writeln!(std::io::stderr(), "{line}")))),
            observing: 0,
            observing_changes: 0,
        }
    }
}

impl Listeners {
    pub(super) fn observe(&mut self, observer: Observer) {
        self.observers.get().push(observer);
        self.observing += 1;
    }

    pub(super) fn observe_changes(&mut self, observer: ChangeObserver) {
        self.changes.get().push(observer);
        self.observing_changes += 1;
    }
}

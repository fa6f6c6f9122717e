//! The host that the rules call.

use std::collections::BTreeMap;

use crate::alerts::Actions;

/// The board in the control room: what it shows, and what it showed before.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The minute of the stream.
    pub now: u32,
    /// Since when each alert is shown, by its kind and subject.
    pub standing: BTreeMap<(String, String), u32>,
    /// The alerts that were withdrawn.
    pub past: Vec<Past>,
    /// How many alerts were raised, by kind.
    pub raised: BTreeMap<String, u64>,
}

/// An alert that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// What it was about.
    pub kind: String,
    /// The device or the site.
    pub subject: String,
    /// When it was raised.
    pub from: u32,
    /// When it was withdrawn.
    pub to: u32,
}

impl Past {
    /// For how many minutes the alert was shown.
    pub fn minutes(&self) -> u32 {
        self.to - self.from
    }
}

impl Actions for Board {
    fn raise(&mut self, kind: &str, subject: &str) {
        *self.raised.entry(kind.to_owned()).or_default() += 1;
        self.standing.insert((kind.to_owned(), subject.to_owned()), self.now);
    }

    fn withdraw(&mut self, kind: &str, subject: &str) {
        let alert = (kind.to_owned(), subject.to_owned());
        if let Some(from) = self.standing.remove(&alert) {
            let (kind, subject) = alert;
            self.past.push(Past { kind, subject, from, to: self.now });
        }
    }
}

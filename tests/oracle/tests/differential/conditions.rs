//! The stories about conditions, with both interpreters beside the oracle.

#[path = "../conditions/again.rs"]
mod again;
#[path = "../conditions/aggregates.rs"]
mod aggregates;
#[path = "../conditions/alternatives.rs"]
mod alternatives;
#[path = "../conditions/exists.rs"]
mod exists;
#[path = "../conditions/groups.rs"]
mod groups;
#[path = "../conditions/no_loop.rs"]
mod no_loop;
#[path = "../conditions/pairs.rs"]
mod pairs;
#[path = "../conditions/references.rs"]
mod references;
#[path = "../conditions/story.rs"]
mod story;

use story::Story;
use tsd_oracle::{Oracle, Outcome, Step};

use crate::regressions::Trio;

/// A program with its facts, in sessions that must agree.
struct Session(Trio);

impl Session {
    fn new(program: &str) -> Self {
        Self(Trio::new(program))
    }
}

impl Story for Session {
    fn step(&mut self, step: &Step) -> Outcome {
        self.0.step(step)
    }

    fn oracle(&self) -> &Oracle {
        &self.0.oracle
    }
}

//! What the conditions of a rule mean, as stories with the oracle alone. The same stories run with
//! the engine beside it in `tests/differential`.

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

/// A program with its facts, and its state.
struct Session(Oracle);

impl Session {
    fn new(program: &str) -> Self {
        Self(Oracle::new(program))
    }
}

impl Story for Session {
    fn step(&mut self, step: &Step) -> Outcome {
        self.0.apply(step)
    }

    fn oracle(&self) -> &Oracle {
        &self.0
    }
}

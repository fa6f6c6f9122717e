//! Random programs, as text, and random steps to take with them.
//!
//! Everything is derived from lists of numbers ([`Choices`]). A [`Plan`] contains one list for the
//! declarations, one for each rule and one for each step. A test can drop rules and steps, shorten
//! their lists and lower their numbers, and always gets a program that the checker accepts. The
//! same numbers give the same program everywhere, so a build script and a test with the same seed
//! use the same program.

mod choices;
mod condition;
mod declarations;
mod expression;
mod features;
mod group;
mod inner;
mod rule;
mod steps;
mod values;

pub use choices::{Choices, numbers};
pub use declarations::{declarations, initial_facts};
pub use expression::Expressions;
pub use features::Features;
pub use rule::rule;
pub use steps::{RuleSteps, step};

use crate::oracle::Oracle;
use crate::schema::Schema;
use crate::step::Step;

/// The numbers that determine a program and the steps with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// Types and actions.
    pub declarations: Vec<u16>,
    /// For the facts in the program.
    pub facts: Vec<u16>,
    /// The rules of the program.
    pub rules: Vec<Vec<u16>>,
    /// The steps.
    pub steps: Vec<Vec<u16>>,
    /// What the rules may hold, those of the program and those that steps add.
    pub features: Features,
}

impl Plan {
    /// A plan from a seed.
    pub fn from_seed(seed: u64, rules: usize, steps: usize) -> Self {
        let all = numbers(seed, 150 * (rules + 2) + 120 * steps);
        let (program, rest) = all.split_at(150 * (rules + 2));
        let mut lists = program.chunks(150).map(<[u16]>::to_vec);
        Self {
            declarations: lists.next().unwrap_or_default(),
            facts: lists.next().unwrap_or_default(),
            rules: lists.collect(),
            steps: rest.chunks(120).map(<[u16]>::to_vec).collect(),
            features: Features::default(),
        }
    }

    /// The text of the program.
    pub fn program(&self) -> String {
        let mut text = declarations(&mut Choices::new(&self.declarations));
        let schema = Schema::read(&text);
        for (index, numbers) in self.rules.iter().enumerate() {
            text += &rule(&mut Choices::new(numbers), &schema, self.features, &format!("r{index}"));
            text += "\n";
        }
        text + &initial_facts(&mut Choices::new(&self.facts), &schema)
    }

    /// Step number `index` for a session in the oracle's state; behind the last step a run.
    pub fn step(&self, index: usize, oracle: &Oracle, rules: RuleSteps) -> Step {
        let numbers = self.steps.get(index).map_or(&[][..], Vec::as_slice);
        step(&mut Choices::new(numbers), oracle, rules, self.features)
    }
}

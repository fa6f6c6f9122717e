//! How the join order is chosen: the choices of the author.

use std::fmt;
use std::str::FromStr;

/// How the planner orders the patterns of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinOrder {
    /// As the rule declares them, at any cost.
    Declared,
    /// The most selective join first, then always the most selective of the rest.
    Greedy,
    /// The cheapest of all orders by the cost model, where joins of other rules count as existing.
    #[default]
    Optimal,
}

impl JoinOrder {
    /// Every strategy.
    pub const ALL: [Self; 3] = [Self::Declared, Self::Greedy, Self::Optimal];

    /// The name in rules and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Greedy => "greedy",
            Self::Optimal => "optimal",
        }
    }
}

impl fmt::Display for JoinOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for JoinOrder {
    type Err = UnknownJoinOrder;

    fn from_str(name: &str) -> Result<Self, UnknownJoinOrder> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name).ok_or(UnknownJoinOrder)
    }
}

/// A name that no strategy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownJoinOrder;

impl fmt::Display for UnknownJoinOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan is `declared`, `greedy` or `optimal`")
    }
}

impl std::error::Error for UnknownJoinOrder {}

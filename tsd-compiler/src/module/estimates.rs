//! The planner's estimates for each rule, kept so that a plan can be explained.
//!
//! A join order does not say why it was chosen. So each rule keeps the estimated cost of each step,
//! and that of other orders.

use tsd_ir::Position;

use crate::join_order::JoinOrder;

/// The reasons for the join orders of a rule's branches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The requested join order: by the rule, the module or the caller, or by default.
    pub strategy: JoinOrder,
    /// One for each branch of the rule.
    pub branches: Vec<BranchPlan>,
    /// For each view that the rule reads, one plan for each of its branches.
    pub views: Vec<Vec<BranchPlan>>,
}

/// The estimates for the patterns of a branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BranchPlan {
    /// How the order came about.
    pub method: Method,
    /// The patterns in the order of the chain.
    pub steps: Vec<Step>,
    /// The estimated cost of the chain if no other rule shared any of it: the rows that it stores
    /// and probes, and the pairs that it visits.
    pub cost: f64,
    /// The cost of the patterns in the order in which the rule declares them.
    pub declared_cost: f64,
    /// Their cost in the greedy order.
    pub greedy_cost: f64,
    /// The cost of the best order for the rule by itself, whatever it shares with others.
    pub alone_cost: f64,
    /// For a branch of a rule, its patterns in groups without a condition between them; only one if
    /// all are connected.
    pub sides: Vec<Side>,
}

impl BranchPlan {
    /// The patterns in the order of the chain.
    pub(crate) fn order(&self) -> Vec<usize> {
        self.steps.iter().map(|step| step.pattern.index()).collect()
    }
}

/// How the order of a branch came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// There is no choice: a single pattern, or two with only one orientation.
    #[default]
    Only,
    /// The order in which the rule declares its patterns, as requested.
    Declared,
    /// The greedy order; nothing is cheaper by the cost model, or it was requested.
    Greedy,
    /// It is cheaper than the greedy order, and the cheapest of all by the cost model.
    Optimal,
    /// It costs the rule alone more, but begins with joins that other rules have too.
    Shared,
}

impl Method {
    /// The name in plans as text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Declared => "declared",
            Self::Greedy => "greedy",
            Self::Optimal => "optimal",
            Self::Shared => "shared",
        }
    }
}

/// The estimates for one pattern at its place in the chain. The variables in scope after it are
/// those of the steps up to it.
/// to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The pattern as declared.
    pub pattern: Position,
    /// How many facts its type is thought to have.
    pub facts: f64,
    /// The estimated share of its facts that pass the filter.
    pub filter: f64,
    /// The estimated selectivity of joining it; 1 for the first.
    pub join: f64,
    /// The estimated number of rows that the rule has after it.
    pub rows: f64,
    /// The estimated cost of joining it, as if no other rule had the join; 0 for the first.
    pub cost: f64,
    /// How many rules of the module have this very join; 0 for the first pattern.
    pub shared: usize,
    /// Whether neither an earlier rule of the module nor the session that the rule is added to has
    /// the join.
    pub new: bool,
}

/// Patterns of a branch that are connected with each other, and with none of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// The one declared first.
    pub first: Position,
    /// The estimated number of their combinations.
    pub rows: f64,
    /// Whether the number of facts of some type among them is neither declared nor observed.
    pub guessed: bool,
}

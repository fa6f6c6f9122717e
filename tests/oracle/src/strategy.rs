//! The order in which waiting activations fire.

use std::cmp::{Ordering, Reverse};

use tsd_compiler::syntax::ast::{Expr, ExprKind};

use crate::oracle::{Oracle, Waiting};
use crate::rule::Rule;
use crate::value::FactId;
use crate::walk::for_each;

/// In which order activations of one salience fire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Strategy {
    /// The oldest change first.
    #[default]
    Breadth,
    /// The newest change first.
    Depth,
    /// The most recent facts first.
    Lex,
    /// The most recent fact of the first pattern first.
    Mea,
    /// The rule with more tests first.
    Complexity,
    /// The rule with fewer tests first.
    Simplicity,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Breadth, Self::Depth, Self::Lex, Self::Mea, Self::Complexity, Self::Simplicity];
}

impl Oracle {
    /// Changes the strategy: what waits is as recent as its facts are now.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        self.strategy = strategy;
        for waiting in &mut self.waiting {
            waiting.tags = waiting.tuple.iter().map(|fact| self.facts.ever(*fact).recency).collect();
        }
    }

    /// What fires next: highest salience first, then by the strategy, then the newest change (with
    /// breadth the oldest), then the rule added first, then the older facts.
    pub(crate) fn next(&self) -> Option<Waiting> {
        self.waiting.iter().min_by(|one, other| self.compare(one, other)).cloned()
    }

    fn compare(&self, one: &Waiting, other: &Waiting) -> Ordering {
        let rule = |waiting: &Waiting| {
            self.rules.iter().find(|rule| rule.rank == waiting.rule).expect("it is there")
        };
        let complexity = |waiting: &Waiting| complexity(rule(waiting));
        let numbers = |waiting: &Waiting| -> Vec<u64> {
            waiting.tuple.iter().map(|fact: &FactId| self.facts.ever(*fact).number).collect()
        };
        let by_salience = rule(other).salience().cmp(&rule(one).salience());
        let by_strategy = match self.strategy {
            Strategy::Breadth => one.age.cmp(&other.age),
            Strategy::Depth => Ordering::Equal,
            Strategy::Complexity => complexity(other).cmp(&complexity(one)),
            Strategy::Simplicity => complexity(one).cmp(&complexity(other)),
            Strategy::Lex => lexically(one, other).then(complexity(other).cmp(&complexity(one))),
            Strategy::Mea => (other.tags[0].cmp(&one.tags[0]))
                .then_with(|| lexically(one, other))
                .then(complexity(other).cmp(&complexity(one))),
        };
        by_salience
            .then(by_strategy)
            .then(Reverse(one.age).cmp(&Reverse(other.age)))
            .then(one.rule.cmp(&other.rule))
            .then_with(|| numbers(one).cmp(&numbers(other)))
    }
}

/// The more recent facts first; if one list is the beginning of the other, the one with more facts.
fn lexically(one: &Waiting, other: &Waiting) -> Ordering {
    let sorted = |waiting: &Waiting| {
        let mut tags = waiting.tags.clone();
        tags.sort_by_key(|tag| Reverse(*tag));
        tags
    };
    // In the order of words the shorter one would be first.
    sorted(other).cmp(&sorted(one))
}

/// The complexity of a rule: one for each variable, each test, each `EXISTS` and each aggregate.
fn complexity(rule: &Rule) -> usize {
    let variables: usize = rule.ast.blocks.iter().map(|block| block.bindings.len()).sum();
    let mut tests = 0;
    if let Some(condition) = &rule.ast.condition {
        tests += usize::from(is_bare(condition));
        for_each(condition, &mut |expr| {
            let bare = |parts: &[Expr]| parts.iter().filter(|part| is_bare(part)).count();
            tests += match &expr.kind {
                ExprKind::Compare { .. } | ExprKind::Presence { .. } => 1,
                ExprKind::Exists(exists) => 1 + bare(exists.condition.as_slice()),
                ExprKind::Aggregate(aggregate) => 1 + bare(aggregate.condition.as_slice()),
                ExprKind::And(parts) | ExprKind::Or(parts) => bare(parts),
                ExprKind::Not(part) => usize::from(is_bare(part)),
                _ => 0,
            };
            true
        });
    }
    variables + tests
}

/// Whether a condition is just a Boolean value.
fn is_bare(condition: &Expr) -> bool {
    !matches!(
        condition.kind,
        ExprKind::Compare { .. }
            | ExprKind::Presence { .. }
            | ExprKind::Exists(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
    )
}

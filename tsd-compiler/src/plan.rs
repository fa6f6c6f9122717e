//! From normal form to the chains of joins that the engine runs.
//!
//! The planner sees all rules of a module at once, because a join that many rules can share is
//! better than one that is slightly more selective for one of them. It keeps its estimates for each
//! join, so that a plan can be explained.

mod chain;
mod cost;
mod cross;
mod derived;
mod facts;
mod observed;
mod search;
mod selectivity;
mod shape;
mod sharing;
mod text;
mod view;

use tsd_ir::{Expr, Schema, Signature};

pub use self::cross::Side;
pub use self::facts::{BranchPlan, Method, Plan, Step};
pub use self::text::domains;
pub(crate) use self::text::text;
pub use crate::join_order::{JoinOrder, UnknownJoinOrder};

use self::chain::Graph;
use self::sharing::Unit;
use crate::diagnostics::Diagnostics;
use crate::hir::{self, Rule};
use crate::module::PlannedRule;
use crate::normalize::Normal;
use crate::source::{FileId, SourceMap};

/// Input for the planner besides the rules.
#[derive(Clone, Copy, Default)]
pub struct Planning<'a> {
    /// The join order for rules that do not give one themselves; that of the module if absent.
    pub strategy: Option<JoinOrder>,
    /// What was observed when the rules ran before: the text of a [`Profile`](tsd_ir::Profile).
    pub profile: Option<(&'a SourceMap, FileId)>,
    /// Whether the profile covers more rules than these, so that none of it can be called stale.
    pub part: bool,
    /// Which joins exist already, whatever these rules do: the session has them when rules are
    /// added.
    pub existing: Option<&'a dyn Fn(&Signature) -> bool>,
}

impl std::fmt::Debug for Planning<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planning")
            .field("strategy", &self.strategy)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// Plans the rules of a module.
pub fn plan(
    schema: &Schema,
    rules: Vec<(Rule, Normal)>,
    planning: &Planning<'_>,
    sink: &mut Diagnostics,
) -> Vec<PlannedRule> {
    let mut units = Vec::with_capacity(rules.len());
    for (index, (rule, normal)) in rules.iter().enumerate() {
        let strategy = rule.strategy.or(planning.strategy).unwrap_or_default();
        let views = normal.views.iter().map(|view| (&view.branches, None));
        let own = std::iter::once((&normal.branches, Some(&normal.tied)));
        for (branches, tied) in own.chain(views) {
            let own = branches.iter().map(|conjunction| (index, Unit { conjunction, tied, strategy }));
            units.extend(own);
        }
    }
    let mut plans = facts::plans(schema, &units, planning, sink).into_iter();
    let planned = rules.into_iter().map(|(rule, normal)| {
        let plan = Plan {
            strategy: rule.strategy.or(planning.strategy).unwrap_or_default(),
            branches: plans.by_ref().take(normal.branches.len()).collect(),
            views: normal
                .views
                .iter()
                .map(|view| plans.by_ref().take(view.branches.len()).collect())
                .collect(),
        };
        cross::report(&rule, &plan.branches, sink);
        plan_rule(schema, plan, rule, normal)
    });
    planned.collect()
}

fn plan_rule(schema: &Schema, plan: Plan, rule: Rule, normal: Normal) -> PlannedRule {
    let mut branches = Vec::with_capacity(normal.branches.len());
    let views = normal.views.iter().zip(&plan.views).map(|(view, plans)| view::plan(schema, plans, view));
    let (effects, derived_values) = view::numbered_effects(normal.effects);
    let shown: Vec<&Expr> = effects.iter().flat_map(hir::effect_operands).collect();
    for (conjunction, plan) in normal.branches.iter().zip(&plan.branches) {
        branches.push(Graph { schema, conjunction }.chain(&rule.patterns, &plan.order(), &shown));
    }
    let patterns = rule.patterns.into_iter().map(|pattern| tsd_ir::Pattern {
        variable: pattern.variable.into(),
        ty: pattern.ty,
        reads: pattern.reads.into(),
    });
    PlannedRule {
        rule: tsd_ir::Rule {
            name: rule.name.into(),
            salience: rule.salience,
            no_loop: rule.no_loop,
            complexity: rule.complexity,
            patterns: patterns.collect::<Vec<_>>().into(),
            branches: branches.into(),
            views: views.collect::<Vec<_>>().into(),
            derived_values: derived_values.into(),
            effects: effects.into(),
        },
        plan,
        span: rule.span,
    }
}

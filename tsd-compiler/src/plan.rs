//! From normal form to the chains of joins that the engine runs.
//!
//! The planner sees all rules of a module at once, because a join that many rules can share is
//! better than one that is slightly more selective for one of them. It keeps its estimates for each
//! join, so that a plan can be explained.

mod chain;
mod cost;
mod cross;
mod derived;
mod observed;
mod planning;
mod record;
mod search;
mod selectivity;
mod shape;
mod sharing;
mod text;
mod view;

use tsd_ir::{Effect, Expr, Schema};

pub use self::planning::Planning;
pub use self::text::domains;
pub use crate::module::{BranchPlan, Method, Plan, Side, Step};

use self::chain::Graph;
use self::sharing::Unit;
use crate::diagnostics::Diagnostics;
use crate::hir::Rule;
use crate::module::PlannedRule;
use crate::normalize::Normal;

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
    let mut plans = record::plans(schema, &units, planning, sink).into_iter();
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
    let results: Vec<&Expr> = effects.iter().flat_map(Effect::operands).collect();
    for (conjunction, plan) in normal.branches.iter().zip(&plan.branches) {
        branches.push(Graph { schema, conjunction }.chain(&rule.patterns, &plan.order(), &results));
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

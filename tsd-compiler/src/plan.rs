//! From normal form to the chains of joins that the engine runs.
//!
//! The planner sees all rules of a module at once, because a join that many rules can share is better than one that is
//! slightly more selective for one of them. It keeps what it thought of each join, so that a plan can be explained.

mod chain;
mod cost;
mod facts;
mod observed;
mod search;
mod selectivity;
mod shape;
mod sharing;
mod strategy;
mod text;

use tsd_ir::{Schema, Signature, TypeId};

pub use self::facts::{BranchPlan, Method, Plan, Step};
pub use self::strategy::{Strategy, UnknownStrategy};
pub(crate) use self::text::text;

use self::chain::Graph;
use self::sharing::Unit;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::Rule;
use crate::module::PlannedRule;
use crate::normalize::Normal;

/// What the planner is told beside the rules.
#[derive(Clone, Copy, Default)]
pub struct Planning<'a> {
    /// How to order the patterns of rules that do not say it themselves; what the module says when absent.
    pub strategy: Option<Strategy>,
    /// Which joins are there already, whatever these rules do: a session has them when rules are added to it.
    pub existing: Option<&'a dyn Fn(&Signature) -> bool>,
}

impl std::fmt::Debug for Planning<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planning").field("strategy", &self.strategy).finish_non_exhaustive()
    }
}

/// Plans the rules of a module.
pub fn plan(
    schema: &Schema,
    rules: Vec<(Rule, Normal)>,
    planning: &Planning<'_>,
    sink: &mut Diagnostics,
) -> Vec<PlannedRule> {
    let types: Vec<Vec<TypeId>> = rules.iter().map(|(rule, _)| rule.types()).collect();
    let units = rules.iter().zip(&types).enumerate().flat_map(|(index, ((rule, normal), types))| {
        let strategy = rule.strategy.or(planning.strategy).unwrap_or_default();
        normal.branches.iter().map(move |conjunction| (index, Unit { types, conjunction, strategy }))
    });
    let mut plans = facts::plans(schema, &units.collect::<Vec<_>>(), rules.len(), planning).into_iter();
    let planned = rules.into_iter().zip(&types).map(|((rule, normal), types)| {
        report_cross_products(schema, &rule, &normal, sink);
        plan_rule(schema, plans.next().unwrap_or_default(), types, rule, normal)
    });
    planned.collect()
}

fn plan_rule(schema: &Schema, plan: Plan, types: &[TypeId], rule: Rule, normal: Normal) -> PlannedRule {
    let mut branches = Vec::with_capacity(normal.branches.len());
    for (conjunction, plan) in normal.branches.iter().zip(&plan.branches) {
        let order: Vec<usize> = plan.steps.iter().map(|step| step.pattern.index()).collect();
        branches.push(Graph { schema, types, conjunction }.chain(&order));
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
            patterns: patterns.collect::<Vec<_>>().into(),
            branches: branches.into(),
            effects: normal.effects.into(),
        },
        plan,
        span: rule.span,
    }
}

/// Warns of patterns that no condition ties to the ones before.
fn report_cross_products(schema: &Schema, rule: &Rule, normal: &Normal, sink: &mut Diagnostics) {
    let firsts = normal.tied.firsts();
    let ([first, others @ ..], Some(branch)) = (firsts.as_slice(), normal.branches.first()) else { return };
    for other in others {
        // The facts on either side, as if nothing but the filters thinned them out.
        let size: f64 = [*first, *other]
            .into_iter()
            .map(|pattern| {
                let ty = rule.patterns[pattern].ty;
                let rows = schema.ty(ty).rows.unwrap_or(selectivity::DEFAULT_ROWS) as f64;
                (rows * selectivity::of_filter(schema, ty, &branch.filters[pattern])).max(1.0)
            })
            .product();
        let (one, other) = (&rule.patterns[*first], &rule.patterns[*other]);
        let known = |ty| schema.ty(ty).rows.is_some();
        let basis = if known(one.ty) && known(other.ty) { "" } else { " if a type has 1000 facts" };
        let message = format!(
            "nothing ties `{}` to `{}`: every pair of them matches, about {size:.0}{basis}",
            other.variable, one.variable,
        );
        sink.report(
            Diagnostic::new(Code::CrossProduct, other.span, message)
                .label("joined with everything")
                .also(one.span, "and this")
                .hint(format!("compare a field of `{}` with one of `{}`", other.variable, one.variable)),
        );
    }
}

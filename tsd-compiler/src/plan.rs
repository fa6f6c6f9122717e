//! From normal form to the chains of joins that the engine runs.
//!
//! The planner sees all rules of a module at once, because a join that many rules can share is better than one that is
//! slightly more selective for one of them. It keeps what it thought of each join, so that a plan can be explained.

mod chain;
mod figures;
mod order;
mod selectivity;
mod text;
mod view;

use std::collections::BTreeSet;

use tsd_ir::{Expr, Position, Schema, Signature, TypeId};

pub(crate) use self::text::text;

use self::order::{Graph, Shares};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{self, Rule};
use crate::module::PlannedRule;
use crate::normalize::Normal;

/// Why a rule's branches are joined as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// One for each branch of the rule.
    pub branches: Vec<BranchPlan>,
}

/// What was thought of the patterns of a branch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BranchPlan {
    /// The patterns in the order of the chain.
    pub steps: Vec<Step>,
}

/// What was thought of one pattern at its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The pattern as declared.
    pub pattern: Position,
    /// The estimated share of its facts that pass the filter.
    pub filter: f64,
    /// The estimated selectivity of joining it; 1 for the first.
    pub join: f64,
    /// How many rules of the module have the join of two patterns that ties it to the ones before.
    pub shared: usize,
}

/// Plans the rules of a module.
pub fn plan(schema: &Schema, rules: Vec<(Rule, Normal)>, sink: &mut Diagnostics) -> Vec<PlannedRule> {
    let types: Vec<Vec<TypeId>> = rules.iter().map(|(rule, _)| rule.types()).collect();
    let mut shares = Shares::new();
    for ((_, normal), types) in rules.iter().zip(&types) {
        let graphs = normal.branches.iter().map(|conjunction| Graph::new(schema, types, conjunction));
        let signatures: BTreeSet<Signature> = graphs.flat_map(|graph| graph.pair_signatures()).collect();
        for signature in signatures {
            *shares.entry(signature).or_default() += 1;
        }
    }
    let planned = rules.into_iter().zip(&types).map(|((rule, normal), types)| {
        report_cross_products(schema, &rule, &normal, sink);
        plan_rule(schema, &shares, types, rule, normal)
    });
    planned.collect()
}

fn plan_rule(schema: &Schema, shares: &Shares, types: &[TypeId], rule: Rule, normal: Normal) -> PlannedRule {
    let mut plan = Plan::default();
    let mut branches = Vec::with_capacity(normal.branches.len());
    let (effects, figures) = view::numbered_effects(normal.effects);
    let shown: Vec<&Expr> = effects.iter().flat_map(hir::effect_operands).collect();
    for conjunction in &normal.branches {
        let graph = Graph::new(schema, types, conjunction);
        let steps = graph.order(shares);
        let order: Vec<usize> = steps.iter().map(|step| step.pattern.index()).collect();
        branches.push(graph.chain(&order, &shown));
        plan.branches.push(BranchPlan { steps });
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
            views: normal.views.iter().map(|view| view::plan(schema, shares, view)).collect(),
            figures: figures.into(),
            effects: effects.into(),
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

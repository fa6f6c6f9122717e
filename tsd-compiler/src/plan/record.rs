//! Plans the branches of a module together, and records the estimates for each.
//!
//! The best order for one rule depends on the joins of the others. So all branches are searched
//! first. The cost of each step and the rules that share it are recorded once every choice is made.

use std::collections::{BTreeMap, BTreeSet};

use tsd_ir::{Position, Schema, Signature, TypeId};

use super::cost::{Member, Model, Price};
use super::observed::Observed;
use super::search::{Search, as_set};
use super::shape::keys_to;
use super::sharing::{self, Choice, Group, Unit};
use super::{Planning, cross};
use crate::diagnostics::Diagnostics;
use crate::join_order::JoinOrder;
use crate::module::{BranchPlan, Method, Step};

/// Plans the branches of a module's rules and of their views, each given with the number of its
/// rule.
pub(super) fn plans(
    schema: &Schema,
    units: &[(usize, Unit<'_>)],
    planning: &Planning<'_>,
    sink: &mut Diagnostics,
) -> Vec<BranchPlan> {
    let observed = Observed::new(planning);
    let branches: Vec<Unit<'_>> = units.iter().map(|(_, unit)| *unit).collect();
    let groups = sharing::groups(schema, &branches, &observed);
    observed.report_stale(schema, planning, sink);
    let searches: Vec<Search<'_>> =
        groups.iter().map(|group| Search::new(schema, &group.shape, &group.model)).collect();
    let choices = sharing::choices(schema, &groups, &searches, planning.existing);

    let mut planned: Vec<Option<BranchPlan>> = vec![None; units.len()];
    let mut chains: Vec<Vec<Signature>> = vec![Vec::new(); units.len()];
    for ((group, search), choice) in groups.iter().zip(&searches).zip(&choices) {
        let signatures = signatures(schema, group, &choice.order);
        let alone = search.cheapest(&|one, other| group.model.stage(1 << one, other).cost());
        let [own, alone_price] = [&choice.order, &alone].map(|order| group.model.price(order));
        let method = method(group.strategy, choice, &own, &alone_price);
        for ((index, patterns), member) in group.branches.iter().zip(&group.requirements) {
            let mut declared = vec![0; patterns.len()];
            patterns.iter().enumerate().for_each(|(at, pattern)| declared[*pattern] = at);
            planned[*index] = Some(BranchPlan {
                method,
                steps: steps(&group.model, member, &choice.order, patterns),
                cost: group.model.cost_for(member, &choice.order),
                declared_cost: group.model.cost_for(member, &declared),
                greedy_cost: group.model.cost_for(member, &choice.greedy),
                alone_cost: group.model.cost_for(member, &alone),
                sides: match branches[*index].tied {
                    Some(tied) => {
                        let estimates = (&group.model, member);
                        cross::sides(schema, &branches[*index], tied, patterns, estimates, &observed)
                    }
                    None => Vec::new(),
                },
            });
            chains[*index].clone_from(&signatures);
        }
    }
    count_sharing(units, &chains, &mut planned, planning.existing);
    planned.into_iter().map(Option::unwrap_or_default).collect()
}

fn signatures(schema: &Schema, group: &Group, order: &[usize]) -> Vec<Signature> {
    let types: Vec<TypeId> = order.iter().map(|pattern| group.shape.types[*pattern]).collect();
    let mut signature = Signature::of_type(schema, types[0]);
    let joins = (1..order.len()).map(|at| {
        let keys = keys_to(&group.shape.keys, &order[..at], order[at]);
        signature = Signature::of_join(schema, signature, &types[..at], types[at], &keys);
        signature
    });
    joins.collect()
}

/// How an order was chosen, by its price and that of the best order for the shape alone.
fn method(strategy: JoinOrder, choice: &Choice, own: &Price, alone: &Price) -> Method {
    let almost = Price { cost: alone.cost * (1.0 + 1e-9), ..*alone };
    match strategy {
        _ if choice.order.len() == 1 => Method::Only,
        JoinOrder::Declared => Method::Declared,
        _ if choice.order.len() == 2 => Method::Only,
        JoinOrder::Greedy => Method::Greedy,
        _ if own.compare(&almost).is_gt() => Method::Shared,
        _ if choice.order == choice.greedy => Method::Greedy,
        _ => Method::Optimal,
    }
}

/// The estimates for each step of an order, for a branch with the requirements of `member`;
/// `patterns` maps the patterns of the shape to those of the branch.
fn steps(model: &Model, member: &Member, order: &[usize], patterns: &[usize]) -> Vec<Step> {
    let steps = order.iter().enumerate().map(|(at, pattern)| {
        let before = as_set(&order[..at]);
        Step {
            pattern: Position(patterns[*pattern] as u16),
            facts: model.estimate(1 << pattern).all,
            filter: member.share(1 << pattern),
            join: if at == 0 { 1.0 } else { model.selectivity(before, *pattern) },
            rows: model.rows_for(member, before | 1 << pattern),
            cost: model.cost_for(member, &order[..=at]) - model.cost_for(member, &order[..at]),
            shared: 0,
            new: false,
        }
    });
    steps.collect()
}

/// Records which joins rules have in common.
fn count_sharing(
    units: &[(usize, Unit<'_>)],
    chains: &[Vec<Signature>],
    planned: &mut [Option<BranchPlan>],
    existing: Option<&dyn Fn(&Signature) -> bool>,
) {
    let mut users: BTreeMap<Signature, BTreeSet<usize>> = BTreeMap::new();
    for ((rule, _), chain) in units.iter().zip(chains) {
        for signature in chain {
            users.entry(*signature).or_default().insert(*rule);
        }
    }
    for (((rule, _), chain), plan) in units.iter().zip(chains).zip(planned) {
        let steps = plan.iter_mut().flat_map(|plan| plan.steps.iter_mut().skip(1));
        for (step, signature) in steps.zip(chain) {
            let users = &users[signature];
            step.shared = users.len();
            step.new = users.first() == Some(rule) && !existing.is_some_and(|existing| existing(signature));
        }
    }
}

//! One branch of a rule in words: its joins in order, and the estimates for each.

use tsd_compiler::JoinOrder;
use tsd_compiler::plan::{BranchPlan, Method, Step, domains};
use tsd_runtime::ir::network::Path;
use tsd_runtime::ir::{Branch, Filter, Join, Network, Part, Rule, Schema, TestRef, TypeId};

use super::{line, some_of};
use crate::described;
use crate::rules::counted;

/// A branch, its plan, and its place in the network of all rules.
pub(super) struct Chain<'a> {
    pub(super) schema: &'a Schema,
    pub(super) network: &'a Network,
    pub(super) rule: &'a Rule,
    pub(super) branch: &'a Branch,
    pub(super) strategy: JoinOrder,
    pub(super) plan: &'a BranchPlan,
    pub(super) path: &'a Path,
}

impl Chain<'_> {
    pub(super) fn write(&self, text: &mut String) {
        let places = self.places();
        let names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
        line(text, 0, &format!("1. Start with {}.", self.pattern(0)));
        line(
            text,
            3,
            &passing(self.schema, &self.plan.steps[0], &self.branch.filter, self.branch.ty, names[0]),
        );
        self.write_waiting(text, &names[..1]);
        line(text, 3, &format!("In scope: {}.", names[0]));
        for (index, join) in self.branch.joins.iter().enumerate() {
            let place = index + 1;
            let step = &self.plan.steps[place];
            let keys = described::keys(self.schema, &join.keys, &places[..place], &places[place]);
            let on = match keys.as_slice() {
                [] => "with everything: no key connects it with the earlier patterns".to_owned(),
                keys => format!("on {}", keys.join(" and ")),
            };
            line(text, 0, &format!("{}. Join {}, {on}.", place + 1, self.pattern(place)));
            line(text, 3, &passing(self.schema, step, &join.filter, join.ty, names[place]));
            line(text, 3, &holding(&join.tests, &names[..=place]));
            line(text, 3, &format!("Method: {}.", self.method(join, &places[..=place])));
            line(text, 3, &derived_values(step));
            line(text, 3, &self.sharing(index, step));
            self.write_waiting(text, &names[..=place]);
            line(text, 3, &format!("In scope: {}.", names[..=place].join(", ")));
        }
        self.write_sum(text);
    }

    /// The types of the chain, each with its variable.
    fn places(&self) -> Vec<(TypeId, String)> {
        let patterns = self.branch.order.iter().map(|at| self.branch.pattern(&self.rule.patterns, *at));
        patterns.map(|pattern| (pattern.ty, pattern.variable.to_string())).collect()
    }

    fn pattern(&self, place: usize) -> String {
        let pattern = self.branch.pattern(&self.rule.patterns, self.branch.order[place]);
        format!("{}: {}", pattern.variable, self.schema.ty(pattern.ty).name)
    }

    /// What is tested again when a derived value changes, once the facts with these names are
    /// joined.
    fn write_waiting(&self, text: &mut String, names: &[&str]) {
        let pending = self
            .branch
            .derived_tests
            .iter()
            .filter(|place_tests| place_tests.place.index() + 1 == names.len());
        for place_tests in pending {
            line(text, 3, &holding(&place_tests.tests, names));
            let why = if place_tests.tests.is_empty() { "renewed" } else { "tested again" };
            line(
                text,
                3,
                &format!("Its tuples wait here, to be {why} when a value that they read has changed."),
            );
        }
    }

    /// How partners are found, from either side.
    fn method(&self, join: &Join, places: &[(TypeId, String)]) -> String {
        let (right, left) = places.split_last().expect("a join has a place on its right");
        if join.keys.is_empty() {
            return "every pair is tested".to_owned();
        }
        let found = |ty: Option<TypeId>, parts: Vec<&Part>, on: Vec<String>| {
            let key = ty.map_or(&[][..], |ty| &self.schema.ty(ty).key);
            let whole =
                key.len() == parts.len() && key.iter().all(|field| parts.contains(&&Part::Field(*field)));
            if whole && !key.is_empty() {
                "its primary key".to_owned()
            } else {
                format!("a hash index on {}", on.join(", "))
            }
        };
        let right_on = join.keys.iter().map(|key| described::part(self.schema, right, &key.right));
        let right_by =
            found(Some(right.0), join.keys.iter().map(|key| &key.right).collect(), right_on.collect());
        let left_on = join.keys.iter().map(|key| described::left_part(self.schema, key, left));
        let single = if let [(ty, _)] = left { Some(*ty) } else { None };
        let left_by = found(single, join.keys.iter().map(|key| &key.left).collect(), left_on.collect());
        let names: Vec<&str> = left.iter().map(|(_, name)| name.as_str()).collect();
        let left = if names.len() == 1 { names[0].to_owned() } else { format!("({})", names.join(", ")) };
        format!("{} is found through {right_by}, {left} through {left_by}", right.1)
    }

    /// The other rules that have a join, directly or in a view that they read.
    fn others(&self, index: usize) -> Vec<&str> {
        let id = self.path.joins[index];
        let passes = |paths: &[Path]| paths.iter().any(|path| path.joins.contains(&id));
        let reads = |name: &str| {
            let views = self.network.placed(name).map_or(&[][..], |placed| &placed.views);
            views.iter().any(|(view, _)| passes(&self.network.view(*view).paths))
        };
        let rules = self.network.rules().filter(|(name, _)| **name != self.rule.name);
        rules.filter(|(name, paths)| passes(paths) || reads(name)).map(|(name, _)| &**name).collect()
    }

    /// Who else has a join.
    fn sharing(&self, index: usize, step: &Step) -> String {
        let node = self.network.join(self.path.joins[index]).signature.short();
        match (self.others(index).as_slice(), step.new) {
            ([], _) => format!("New: no other rule has this join (node {node})."),
            (others, true) => format!("New with this rule, and shared by {} (node {node}).", some_of(others)),
            (others, false) => format!("Shared with {} (node {node}).", some_of(others)),
        }
    }

    /// The chain as a whole.
    fn write_sum(&self, text: &mut String) {
        let joins = self.path.joins.len();
        if joins == 0 {
            return line(text, 0, "\nThere is nothing to join: each fact that passes activates the rule.");
        }
        let shared = (0..joins).filter(|index| !self.others(*index).is_empty()).count();
        let BranchPlan { cost, declared_cost, greedy_cost, alone_cost, .. } = self.plan;
        line(text, 0, &format!("\n{}: {shared} shared, {} new.", counted(joins, "join"), joins - shared));
        line(
            text,
            0,
            &format!("Estimated cost {}: rows stored and looked up, and pairs visited.", amount(*cost)),
        );
        if joins > 1 {
            let others = [("declared", declared_cost), ("greedy", greedy_cost), ("best alone", alone_cost)];
            let others = others.map(|(order, cost)| format!("{order} {}", amount(*cost)));
            line(text, 0, &format!("Other orders would cost: {}.", others.join(", ")));
        }
        line(text, 0, self.why());
    }

    /// The reason for the order.
    fn why(&self) -> &'static str {
        let declared = self.branch.order.is_sorted();
        match (self.plan.method, declared) {
            (Method::Only, true) => "There is only one orientation of this join, so that all rules share it.",
            (Method::Only, false) => {
                "There is only one orientation of this join, so that all rules share it; the rule \
                 declares the other."
            }
            (Method::Declared, _) => {
                "The order is that in which the rule declares its patterns, as requested."
            }
            (Method::Greedy, _) if self.strategy == JoinOrder::Greedy => {
                "The order is the greedy one, as requested."
            }
            (Method::Greedy, true) => {
                "The order is the greedy one, which is that of the rule; no other is cheaper."
            }
            (Method::Greedy, false) => "The order is the greedy one; no other is cheaper.",
            (Method::Optimal, _) => "The order is the cheapest that there is.",
            (Method::Shared, _) => {
                "Alone, the rule would be cheaper in another order; but this one begins with joins that \
                 exist anyway."
            }
        }
    }
}

/// What a fact must satisfy by itself, and how many are expected to.
fn passing(schema: &Schema, step: &Step, filter: &Filter, ty: TypeId, name: &str) -> String {
    let fields = domains(schema, ty, filter).into_iter().map(|domain| format!("{name}.{domain}"));
    let tests = filter.tests.iter().map(|test| described::test(&test.canonical, &[name]));
    let all: Vec<String> = fields.chain(tests).collect();
    let facts = amount(step.facts);
    match all.as_slice() {
        [] => format!("All of about {facts} facts pass."),
        all => {
            let passing = amount(step.facts * step.filter);
            format!("Of about {facts} facts {passing} pass: {}.", all.join(" and "))
        }
    }
}

/// What a joined tuple must satisfy.
fn holding(tests: &[TestRef], names: &[&str]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| described::test(&test.canonical, names)).collect();
    if tests.is_empty() { String::new() } else { format!("Then this must hold: {}.", tests.join(" and ")) }
}

/// The estimate for a join.
fn derived_values(step: &Step) -> String {
    let Step { join, rows, cost, .. } = step;
    let selectivity = if *join >= 0.001 { format!("{join:.3}") } else { format!("{join:.1e}") };
    format!(
        "Estimated selectivity {selectivity}: about {} rows, for a cost of {}.",
        amount(*rows),
        amount(*cost)
    )
}

/// An estimate with its significant digits.
fn amount(value: f64) -> String {
    if value >= 10.0 || value == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

//! `tsd explain`.

use std::fmt::Write;

use tsd_compiler::plan::{BranchPlan, Method, Step, domains};
use tsd_compiler::{Module, PlannedRule};
use tsd_runtime::ir::network::Path;
use tsd_runtime::ir::{Branch, Filter, Join, Network, Part, Rule, Schema, Sharing, TestRef, TypeId};

use crate::arguments::Explain;
use crate::commands::{Stop, Streams};
use crate::described;
use crate::rules::{compile, counted, find_rule};

/// Says in words what the planner made of a rule, and why.
pub(crate) fn explain(arguments: &Explain, streams: &mut Streams) -> Result<(), Stop> {
    let compiled = compile(&arguments.rules, streams)?;
    let planned = find_rule(&compiled.module, &arguments.rule, streams)?;
    let place = compiled.sources.position(planned.span);
    let file = compiled.sources.name(planned.span.file);
    let head = format!("rule {} ({file}:{})", planned.rule.name, place.line);
    let text = text(&compiled.module, planned);
    write!(streams.out, "{head}\n\n{text}")?;
    Ok(())
}

/// The plan of a rule in words.
fn text(module: &Module, planned: &PlannedRule) -> String {
    let mut network = Network::new(Sharing::On);
    module.rules.iter().for_each(|planned| drop(network.add_rule(&planned.rule)));
    let Rule { name, branches, .. } = &planned.rule;
    let paths = network.paths(name).unwrap_or_default();
    let mut text = String::new();
    match branches.len() {
        0 => text += "Its condition cannot be true, so it has no node and never fires.\n",
        1 => {}
        count => {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "Its condition has {count} branches, of which no tuple of facts satisfies two. Each is a chain of its own.\n"
            );
        }
    }
    for (index, ((branch, plan), path)) in branches.iter().zip(&planned.plan.branches).zip(paths).enumerate()
    {
        if branches.len() > 1 {
            let _ = writeln!(text, "{}Branch {}", if index > 0 { "\n" } else { "" }, index + 1);
        }
        let chain = Chain { schema: &module.schema, network: &network, planned, branch, plan, path };
        chain.write(&mut text);
    }
    text
}

/// One branch: its plan, and where it lies in the network of all rules.
struct Chain<'a> {
    schema: &'a Schema,
    network: &'a Network,
    planned: &'a PlannedRule,
    branch: &'a Branch,
    plan: &'a BranchPlan,
    path: &'a Path,
}

impl Chain<'_> {
    fn write(&self, text: &mut String) {
        let places = self.places();
        let names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
        let first = &self.plan.steps[0];
        line(text, 0, &format!("1. Start with {}.", self.pattern(0)));
        line(text, 3, &self.passing(first, &self.branch.filter, self.branch.ty, names[0]));
        line(text, 3, &format!("In scope: {}.", names[0]));
        for (index, join) in self.branch.joins.iter().enumerate() {
            let place = index + 1;
            let step = &self.plan.steps[place];
            let keys = described::keys(self.schema, &join.keys, &places[..place], &places[place]);
            let on = if keys.is_empty() {
                "with everything: no key ties it to what is there".to_owned()
            } else {
                format!("on {}", keys.join(" and "))
            };
            line(text, 0, &format!("{}. Join {}, {on}.", place + 1, self.pattern(place)));
            line(text, 3, &self.passing(step, &join.filter, join.ty, names[place]));
            line(text, 3, &tests(&join.tests, &names[..=place]));
            line(text, 3, &format!("Method: {}.", self.method(join, &places[..=place])));
            line(text, 3, &reason(step, join));
            line(text, 3, &self.sharing(index));
            line(text, 3, &format!("In scope: {}.", names[..=place].join(", ")));
        }
        self.write_sum(text);
    }

    /// The types of the chain, each with the variable that stands for the fact.
    fn places(&self) -> Vec<(TypeId, String)> {
        let pattern = |place: &tsd_runtime::ir::Position| {
            let pattern = &self.planned.rule.patterns[place.index()];
            (pattern.ty, pattern.variable.to_string())
        };
        self.branch.order.iter().map(pattern).collect()
    }

    fn pattern(&self, place: usize) -> String {
        let pattern = &self.planned.rule.patterns[self.branch.order[place].index()];
        format!("{}: {}", pattern.variable, self.schema.ty(pattern.ty).name)
    }

    /// What a fact must pass by itself, and how many are thought to.
    fn passing(&self, step: &Step, filter: &Filter, ty: TypeId, name: &str) -> String {
        let fields = domains(self.schema, ty, filter).into_iter().map(|domain| format!("{name}.{domain}"));
        let tests = filter.tests.iter().map(|test| described::test(&test.canonical, &[name]));
        let all: Vec<String> = fields.chain(tests).collect();
        match all.as_slice() {
            [] => "Every fact passes.".to_owned(),
            all => format!("About {} of the facts pass: {}.", percent(step.filter), all.join(" and ")),
        }
    }

    /// How partners are found, from either side.
    fn method(&self, join: &Join, places: &[(TypeId, String)]) -> String {
        let (right, left) = places.split_last().expect("a join has a place on its right");
        if join.keys.is_empty() {
            return "every pair is looked at".to_owned();
        }
        let found = |ty: Option<TypeId>, parts: Vec<Part>, on: Vec<String>| {
            let key = ty.map_or(&[][..], |ty| &self.schema.ty(ty).key);
            let is_key =
                key.len() == parts.len() && key.iter().all(|field| parts.contains(&Part::Field(*field)));
            match ty {
                Some(_) if is_key && !key.is_empty() => "its primary key".to_owned(),
                _ => format!("a hash index on {}", on.join(", ")),
            }
        };
        let right_parts = join.keys.iter().map(|key| described::part(self.schema, right, key.right));
        let right_by =
            found(Some(right.0), join.keys.iter().map(|key| key.right).collect(), right_parts.collect());
        let left_parts =
            join.keys.iter().map(|key| described::part(self.schema, &left[key.at.index()], key.left));
        let single = if let [(ty, _)] = left { Some(*ty) } else { None };
        let left_by = found(single, join.keys.iter().map(|key| key.left).collect(), left_parts.collect());
        let names: Vec<&str> = left.iter().map(|(_, name)| name.as_str()).collect();
        let left = if names.len() == 1 { names[0].to_owned() } else { format!("({})", names.join(", ")) };
        format!("{} is found through {right_by}, {left} through {left_by}", right.1)
    }

    /// Who else has a join.
    fn sharing(&self, index: usize) -> String {
        let id = self.path.joins[index];
        let own = &self.planned.rule.name;
        let others: Vec<&str> = (self.network.rules())
            .filter(|(name, paths)| *name != own && paths.iter().any(|path| path.joins.contains(&id)))
            .map(|(name, _)| &**name)
            .collect();
        let node = self.network.join(id).signature.short();
        match others.as_slice() {
            [] => format!("New: no other rule has this join (node {node})."),
            others if others.len() > LISTED => format!(
                "Shared with {}, among them {} (node {node}).",
                counted(others.len(), "other rule"),
                others[..LISTED].join(", "),
            ),
            others => format!("Shared with {} (node {node}).", others.join(", ")),
        }
    }

    /// The chain as a whole.
    fn write_sum(&self, text: &mut String) {
        let joins = self.path.joins.len();
        if joins == 0 {
            return line(text, 0, "There is nothing to join: each fact that passes activates the rule.");
        }
        let shared = self.path.joins.iter().filter(|id| {
            let users =
                self.network.rules().filter(|(_, paths)| paths.iter().any(|path| path.joins.contains(id)));
            users.count() > 1
        });
        let shared = shared.count();
        let (all, new) = (counted(joins, "join"), joins - shared);
        let BranchPlan { cost, declared_cost, greedy_cost, alone_cost, .. } = self.plan;
        let _ = writeln!(
            text,
            "\n{all}: {shared} shared, {new} new. Estimated cost {cost:.0}: rows stored and looked up, and pairs looked at."
        );
        if joins == 1 {
            return;
        }
        let _ = writeln!(
            text,
            "In the order of declaration it would be {declared_cost:.0}, in the greedy order {greedy_cost:.0}, at best \
             {alone_cost:.0}."
        );
        text.push_str(match self.plan.method {
            Method::Only | Method::Declared => "The order is that of declaration, as was asked for.\n",
            Method::Greedy => "The order is the greedy one.\n",
            Method::Optimal => "The order is the cheapest by estimate.\n",
            Method::Shared => {
                "The order is not the cheapest for this rule, but for all rules together: it begins with \
                               joins that others have.\n"
            }
        });
    }
}

/// How many rules are named that share a join.
const LISTED: usize = 12;

/// What a joined tuple must pass.
fn tests(tests: &[TestRef], names: &[&str]) -> String {
    let tests: Vec<String> = tests.iter().map(|test| described::test(&test.canonical, names)).collect();
    if tests.is_empty() { String::new() } else { format!("Then it must hold that {}.", tests.join(" and ")) }
}

/// Why the join comes here.
fn reason(step: &Step, join: &Join) -> String {
    let selectivity = format!("Estimated selectivity {:.3}", step.join);
    let why = match (join.keys.is_empty(), step.shared) {
        (true, _) => "; nothing that is left has a key, so it comes last".to_owned(),
        (false, 0 | 1) => ": the best of what a key ties to the patterns before".to_owned(),
        (false, rules) => {
            format!(": the best of what a key ties to the patterns before, and {rules} rules have this join")
        }
    };
    format!("{selectivity}{why}.")
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 1.0 || percent == 0.0 { format!("{percent:.0} %") } else { format!("{percent:.2} %") }
}

/// Writes a line behind so many blanks, unless it is empty.
fn line(text: &mut String, indent: usize, line: &str) {
    if !line.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
}

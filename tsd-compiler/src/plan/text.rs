//! A plan as text, for `tsd explain` and for tests.
//!
//! ```text
//! rule vip salience 10
//!   c: Customer where tier is "gold"
//!   o: Order on 0.id = customer where total > 100 if (< 0.credit 1.total) | join 0.021
//!   => notify(0.id)
//! ```
//! Each line of a branch is a place in its chain, counted from 0. `where` is what the fact must
//! satisfy by itself, `if` what the joined facts must satisfy, and `join` the selectivity and the
//! number of rules of the module with this join. A chain of several joins also shows the expected
//! rows after each, and its estimated cost. Effects count the patterns as declared.

use std::fmt::Write;

use tsd_ir::{Arguments, Body, Canonical, Effect, Expr, Filter, Join, Rule, Schema, TestRef, TypeId};

use crate::join_order::JoinOrder;
use crate::module::{BranchPlan, Module, PlannedRule};

impl Module {
    /// Every rule's plan as text, for people and for tests.
    pub fn to_text(&self) -> String {
        let texts: Vec<String> = self.rules.iter().map(|rule| rule.to_text(&self.schema)).collect();
        texts.join("\n")
    }
}

impl PlannedRule {
    /// The rule's plan as text: what is joined in which order, on what, with which filters.
    pub fn to_text(&self, schema: &Schema) -> String {
        text(schema, self)
    }
}

/// Writes a rule and its plan.
fn text(schema: &Schema, planned: &PlannedRule) -> String {
    let rule = &planned.rule;
    let mut text = format!("rule {}", rule.name);
    if rule.salience != 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, " salience {}", rule.salience);
    }
    text += if rule.no_loop { " no-loop" } else { "" };
    if planned.plan.strategy != JoinOrder::default() {
        let _ = write!(text, " @plan({})", planned.plan.strategy);
    }
    text.push('\n');
    if rule.branches.is_empty() {
        text += "  never\n";
    }
    for (index, (branch, plan)) in rule.branches.iter().zip(&planned.plan.branches).enumerate() {
        if rule.branches.len() > 1 {
            let _ = writeln!(text, "  branch {}", index + 1);
        }
        write_branch(&mut text, schema, rule, branch, plan);
    }
    let types: Vec<TypeId> = rule.patterns.iter().map(|pattern| pattern.ty).collect();
    for effect in rule.effects.iter() {
        let _ = writeln!(text, "  => {}", self::effect(schema, &types, effect));
    }
    text
}

fn write_branch(text: &mut String, schema: &Schema, rule: &Rule, branch: &tsd_ir::Branch, plan: &BranchPlan) {
    let types = branch.types();
    let joins = std::iter::once(None).chain(branch.joins.iter().map(Some));
    for ((place, join), step) in branch.order.iter().zip(joins).zip(&plan.steps) {
        let pattern = branch.pattern(&rule.patterns, *place);
        let ty = schema.ty(pattern.ty);
        let _ = write!(text, "  {}: {}", pattern.variable, ty.name);
        let own_filter = match join {
            None => &branch.filter,
            Some(join) => {
                *text += &keys(schema, &types, join);
                &join.filter
            }
        };
        *text += &filter(schema, pattern.ty, own_filter);
        if let Some(join) = join {
            *text += &tests(" if ", &join.tests);
            let _ = write!(text, " | join {}", selectivity(step.join));
            if step.shared > 1 {
                let _ = write!(text, " shared by {}", step.shared);
            }
            if plan.steps.len() > 2 {
                let _ = write!(text, ", {:.0} rows", step.rows);
            }
        }
        text.push('\n');
    }
    if plan.steps.len() > 2 {
        let _ = writeln!(text, "  {} order, cost {:.0}", plan.method.name(), plan.cost);
    }
}

/// A selectivity with its significant digits.
fn selectivity(share: f64) -> String {
    if share >= 0.001 || share == 0.0 { format!("{share:.3}") } else { format!("{share:.1e}") }
}

fn keys(schema: &Schema, types: &[TypeId], join: &Join) -> String {
    let keys: Vec<String> = (join.keys.iter())
        .map(|key| {
            let [left, right] = key.texts(schema, types, join.ty);
            format!("{left} = {right}")
        })
        .collect();
    if keys.is_empty() { " cross".to_owned() } else { format!(" on {}", keys.join(", ")) }
}

/// What a filter requires of single fields, as `tier is "gold"`.
pub fn domains(schema: &Schema, ty: TypeId, filter: &Filter) -> Vec<String> {
    filter.domains(schema, ty)
}

fn filter(schema: &Schema, ty: TypeId, filter: &Filter) -> String {
    let tests = filter.tests.iter().map(|test| test.canonical.to_string());
    let all: Vec<String> = domains(schema, ty, filter).into_iter().chain(tests).collect();
    if all.is_empty() { String::new() } else { format!(" where {}", all.join(", ")) }
}

fn tests(word: &str, tests: &[TestRef]) -> String {
    let tests: Vec<&str> = tests.iter().map(|test| test.canonical.as_ref()).collect();
    if tests.is_empty() { String::new() } else { format!("{word}{}", tests.join(", ")) }
}

fn effect(schema: &Schema, types: &[TypeId], effect: &Effect) -> String {
    let list = |arguments: &Arguments| exprs(schema, types, arguments);
    let fields = |ty: TypeId, fields: &[usize], arguments: &Arguments| {
        let names = fields.iter().map(|field| schema.ty(ty).fields[*field].name.to_string());
        let named: Vec<String> =
            names.zip(list(arguments)).map(|(name, value)| format!("{name}: {value}")).collect();
        named.join(", ")
    };
    match effect {
        Effect::Call { action, arguments } | Effect::Perform { action, arguments } => {
            format!("{}({})", schema.action(*action).name, list(arguments).join(", "))
        }
        Effect::Insert { ty, values, logical } => {
            let all: Vec<usize> = (0..schema.ty(*ty).fields.len()).collect();
            let name = if *logical { "InsertLogical" } else { "Insert" };
            format!("{name}({}({}))", schema.ty(*ty).name, fields(*ty, &all, values))
        }
        Effect::Update { at, fields: changed, values } => {
            let changed: Vec<usize> = changed.iter().map(|field| field.index()).collect();
            format!("Update({}.#, {{{}}})", at.0, fields(types[at.index()], &changed, values))
        }
        Effect::Retract { at } => format!("Retract({}.#)", at.0),
        Effect::Print { values } => format!("Print({})", list(values).join(", ")),
        Effect::Log { values } => format!("Log({})", list(values).join(", ")),
    }
}

fn exprs(schema: &Schema, types: &[TypeId], arguments: &Arguments) -> Vec<String> {
    let canonical = Canonical::new(schema, types);
    match &arguments.body {
        Body::Tree(exprs) => exprs.iter().map(|expr: &Expr| canonical.expr(expr)).collect(),
        Body::Native { function, .. } => vec![format!("native {function}")],
    }
}

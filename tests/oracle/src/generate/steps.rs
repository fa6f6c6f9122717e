//! Random steps, each generated for the state after the previous steps.

use tsd_compiler::syntax::ast::{Expr, ExprKind};

use super::choices::Choices;
use super::{features::Features, rule::rule, values};
use crate::facts::Fields;
use crate::oracle::Oracle;
use crate::rule::Rule;
use crate::schema::Schema;
use crate::step::Step;
use crate::strategy::Strategy;
use crate::value::{FactId, Kind};
use crate::walk::{arguments, for_each};

/// A session may not grow so large that the oracle would have to try more tuples than this after
/// one change,
const MOST_TUPLES: usize = 3_000;

/// or than this in one run.
const MOST_TUPLES_OF_A_RUN: usize = 40_000;

/// How many facts come together.
const MOST_TOGETHER: usize = 5;

/// The names for rules that steps add.
const NAMES: [&str; 3] = ["x0", "x1", "x2"];

/// What a sequence may do with rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleSteps {
    /// Add new rules and remove any.
    AddAndRemove,
    /// Leave them alone.
    None,
}

/// A step that makes sense now, or one that must be refused.
pub fn step(choices: &mut Choices<'_>, oracle: &Oracle, rules: RuleSteps, features: Features) -> Step {
    let facts = oracle.facts();
    let live: Vec<FactId> = facts.live().collect();
    let some_facts = usize::from(!live.is_empty());
    let with_rules = usize::from(rules == RuleSteps::AddAndRemove);
    let inserts = if tuples(oracle, 1) < MOST_TUPLES { 8 } else { 0 };
    let weights = [
        4,
        inserts,
        6 * some_facts,
        2 * some_facts,
        with_rules,
        with_rules,
        some_facts,
        usize::from(facts.count() > 0),
        1,
        inserts / 2,
        with_rules,
    ];
    match choices.weighted(&weights) {
        0 => run(oracle, &live),
        1 => {
            let ty = choices.below(facts.schema.types.len());
            match fields(choices, oracle, ty) {
                Some(fields) => Step::Insert { ty, fields },
                None => run(oracle, &live),
            }
        }
        2 => {
            let fact = choices.pick(&live);
            update(choices, oracle, fact)
        }
        3 => Step::Retract { fact: choices.pick(&live) },
        4 if tuples(oracle, 0) > MOST_TUPLES / 10 => run(oracle, &live),
        4 => {
            let mut text = String::new();
            let first = choices.below(NAMES.len());
            for name in NAMES.iter().cycle().skip(first).take(1 + choices.weighted(&[5, 1])) {
                text += &rule(choices, &facts.schema, features, name);
                text += "\n";
            }
            Step::AddRules { text }
        }
        5 => {
            let mut names: Vec<String> = oracle.rule_names().map(str::to_owned).collect();
            names.push("nobody".to_owned());
            Step::RemoveRule { name: choices.pick(&names) }
        }
        6 => {
            let twin = facts.ever(choices.pick(&live));
            if facts.schema.types[twin.ty].has_key() {
                // It must be refused.
                Step::Insert { ty: twin.ty, fields: twin.fields.clone() }
            } else {
                run(oracle, &live)
            }
        }
        8 => Step::SetStrategy { strategy: choices.pick(&Strategy::ALL) },
        10 => {
            // Most of them exist, so that it must be refused.
            let is_gone = |name: &&str| oracle.rule_names().all(|live| live != *name);
            let gone: Vec<&str> = oracle.declared_names().filter(is_gone).collect();
            let name = if gone.is_empty() || choices.chance(10) {
                oracle.rule_names().next().unwrap_or("nobody")
            } else {
                choices.pick(&gone)
            };
            if tuples(oracle, 0) > MOST_TUPLES / 10 {
                return run(oracle, &live);
            }
            Step::RestoreRule { name: name.to_owned() }
        }
        9 => batch(choices, oracle).unwrap_or_else(|| run(oracle, &live)),
        _ => {
            // Any fact that ever was.
            let fact = FactId(choices.below(facts.count()));
            if choices.chance(50) { Step::Retract { fact } } else { update(choices, oracle, fact) }
        }
    }
}

/// An upper bound for the tuples that the oracle tries, with this many more facts of each type.
/// Tuples inside `EXISTS` or an aggregate are tried for each of them.
fn tuples(oracle: &Oracle, more: usize) -> usize {
    let facts = oracle.facts();
    let counts: Vec<usize> =
        (0..facts.schema.types.len()).map(|ty| more + facts.of_type(ty).count()).collect();
    let product = |patterns: &[(String, usize)]| {
        patterns.iter().fold(1, |product: usize, (_, ty)| product.saturating_mul(counts[*ty]))
    };
    let of_rule = |rule: &Rule| {
        let everywhere = rule.ast.condition.iter().chain(rule.ast.calls.iter().flat_map(arguments));
        let inner = everywhere.map(|expr| inner_facts(expr, &facts.schema, &counts));
        let rows = product(&rule.sources).saturating_mul(1 + inner.fold(0, usize::saturating_add));
        product(&rule.patterns).saturating_mul(rows)
    };
    oracle.rules.iter().map(of_rule).fold(0, usize::saturating_add)
}

/// How many facts the oracle tries inside an expression.
fn inner_facts(expr: &Expr, schema: &Schema, counts: &[usize]) -> usize {
    let mut tried: usize = 0;
    for_each(expr, &mut |expr| {
        let (ty, parts) = match &expr.kind {
            ExprKind::Exists(exists) => (&exists.type_name, [exists.condition.as_ref(), None]),
            ExprKind::Aggregate(aggregate) => {
                (&aggregate.type_name, [aggregate.condition.as_ref(), aggregate.value.as_ref()])
            }
            _ => return true,
        };
        let inner = parts.into_iter().flatten().map(|part| inner_facts(part, schema, counts));
        let each = inner.fold(1, usize::saturating_add);
        tried = tried.saturating_add(counts[schema.type_index(&ty.text)].saturating_mul(each));
        false
    });
    tried
}

/// A run that fires as much as the oracle can follow; if that is nothing, there are too many facts.
fn run(oracle: &Oracle, live: &[FactId]) -> Step {
    let inserts = |rule: &&Rule| rule.ast.calls.iter().any(|call| call.name.text.starts_with("Insert"));
    let inserts = usize::from(oracle.rules.iter().find(inserts).is_some());
    let bearable =
        |limit: &usize| limit.saturating_mul(tuples(oracle, limit * inserts)) <= MOST_TUPLES_OF_A_RUN;
    match ([30, 12, 5, 2, 1].into_iter().find(bearable), live.first()) {
        (None, Some(fact)) => Step::Retract { fact: *fact },
        (limit, _) => Step::Run { limit: limit.unwrap_or(1) as u64 },
    }
}

/// A few facts of one type, or of one after another, among them perhaps some that are equal.
fn batch(choices: &mut Choices<'_>, oracle: &Oracle) -> Option<Step> {
    let most = (1..=MOST_TOGETHER).take_while(|more| tuples(oracle, *more) < MOST_TUPLES).last()?;
    let mut left = 1 + choices.below(most);
    let mut parts = Vec::new();
    while left > 0 {
        let ty = choices.below(oracle.facts().schema.types.len());
        let count = 1 + choices.below(left);
        left -= count;
        parts.push((ty, (0..count).map_while(|_| fields(choices, oracle, ty)).collect::<Vec<_>>()));
    }
    parts.iter().any(|(_, facts)| !facts.is_empty()).then_some(Step::InsertAll { parts })
}

/// An update of one field or a few, perhaps to the values that they have.
fn update(choices: &mut Choices<'_>, oracle: &Oracle, fact: FactId) -> Step {
    let before = oracle.facts().ever(fact);
    let mut after = before.fields.clone();
    if let Some(new) = fields(choices, oracle, before.ty) {
        let chosen = choices.below(after.len());
        for (index, new) in new.into_iter().enumerate() {
            if index == chosen || choices.chance(15) {
                after[index] = new;
            }
        }
    }
    Step::Update { fact, fields: after }
}

/// Fields for a fact of a type; `None` if a reference is required and there is nothing to refer to.
/// A reference may be to a retracted fact.
fn fields(choices: &mut Choices<'_>, oracle: &Oracle, ty: usize) -> Option<Fields> {
    let facts = oracle.facts();
    let mut fields = Vec::new();
    for field in &facts.schema.types[ty].fields {
        let with_gone = choices.chance(5);
        let candidates: Vec<FactId> = (0..facts.count())
            .map(FactId)
            .filter(|id| {
                let fact = facts.ever(*id);
                field.kind == Kind::Fact(fact.ty) && (fact.alive || with_gone)
            })
            .collect();
        let value = values::field(choices, field, &candidates);
        if value.is_none() && !field.optional {
            return None;
        }
        fields.push(value);
    }
    Some(fields)
}

//! The plainest evaluator of planned rules: every tuple of facts is tried. It shares no code with
//! the runtime.

use tsd_compiler::PlannedRule;
use tsd_ir::{Arithmetic, Body, Branch, Const, Expr, Filter, Part, Test, TestRef, ops};

/// A fact's fields.
pub(crate) type Fact = Vec<Const>;

/// How many branches of a rule accept a tuple of facts, in the order of the declared patterns.
pub(crate) fn accepting_branches(rule: &PlannedRule, tuple: &[&Fact]) -> usize {
    rule.rule.branches.iter().filter(|branch| accepts(branch, tuple)).count()
}

fn accepts(branch: &Branch, tuple: &[&Fact]) -> bool {
    let chain: Vec<&Fact> = branch.order.iter().map(|at| tuple[at.index()]).collect();
    let first = passes(&branch.filter, chain[0]);
    first
        && branch.joins.iter().enumerate().all(|(index, join)| {
            let fact = chain[index + 1];
            let keys = join.keys.iter().all(|key| {
                let (left, right) =
                    (part(chain[key.at.index()], &key.left, &chain), part(fact, &key.right, &[]));
                left != Const::Missing && left == right
            });
            keys && passes(&join.filter, fact) && hold(&join.tests, &chain[..index + 2])
        })
}

fn passes(filter: &Filter, fact: &Fact) -> bool {
    filter.fields.iter().all(|(field, domain)| domain.accepts(&fact[field.index()]))
        && hold(&filter.tests, &[fact])
}

fn hold(tests: &[TestRef], chain: &[&Fact]) -> bool {
    tests.iter().all(|test| match &test.body {
        Body::Tree(test) => holds(test, chain),
        Body::Native { .. } => unreachable!("the planner writes trees"),
    })
}

fn part(fact: &Fact, part: &Part, chain: &[&Fact]) -> Const {
    match part {
        Part::Field(field) => fact[field.index()].clone(),
        Part::Widened(field) => match &fact[field.index()] {
            Const::Int(int) => Const::Number(*int as f64),
            other => other.clone(),
        },
        Part::Computed(computed) => {
            let others = computed.others.iter().map(|other| chain[other.index()]);
            let facts: Vec<&Fact> = std::iter::once(fact).chain(others).collect();
            match &computed.body {
                Body::Tree(expr) => value(expr, &facts),
                Body::Native { .. } => unreachable!("the planner writes trees"),
            }
        }
        Part::Fact => unreachable!("the tests use no references"),
    }
}

fn holds(test: &Test, chain: &[&Fact]) -> bool {
    let value = |expr: &Expr| value(expr, chain);
    match test {
        Test::Constant(constant) => *constant,
        Test::All(tests) => tests.iter().all(|test| holds(test, chain)),
        Test::Any(tests) => tests.iter().any(|test| holds(test, chain)),
        Test::Not(test) => !holds(test, chain),
        Test::Compare { op, left, right } => {
            let (left, right) = (value(left), value(right));
            left != Const::Missing && right != Const::Missing && op.accepts(left.cmp(&right))
        }
        Test::Contains { text, part } => match (value(text), value(part)) {
            (Const::Text(text), Const::Text(part)) => ops::contains(&text, &part),
            _ => false,
        },
        Test::Missing(operand) => value(operand) == Const::Missing,
        Test::Holds(operand) => value(operand) == Const::Bool(true),
        Test::Like { .. } | Test::Matches { .. } => unreachable!("the tests do not use these"),
    }
}

fn value(expr: &Expr, chain: &[&Fact]) -> Const {
    match expr {
        Expr::Const(constant) => constant.clone(),
        Expr::Field { at, field, .. } => chain[at.index()][field.index()].clone(),
        Expr::Cast { operand, .. } => match value(operand, chain) {
            Const::Int(int) => Const::Number(int as f64),
            other => other,
        },
        Expr::Arithmetic { first, rest, .. } => {
            rest.iter().fold(value(first, chain), |left, (op, right)| match (op, left, value(right, chain)) {
                (Arithmetic::Add, Const::Int(left), Const::Int(right)) => Const::Int(left + right),
                (Arithmetic::Add, Const::Number(left), Const::Number(right)) => Const::Number(left + right),
                (Arithmetic::Divide, Const::Int(left), Const::Int(right)) => {
                    left.checked_div(right).map_or(Const::Missing, Const::Int)
                }
                (Arithmetic::Divide, Const::Number(left), Const::Number(right)) => {
                    ops::divide_number(left, right).map_or(Const::Missing, Const::Number)
                }
                _ => Const::Missing,
            })
        }
        _ => unreachable!("the tests use no such expression: {expr:?}"),
    }
}

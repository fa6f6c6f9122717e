//! Random programs are valid: the checker accepts them, they contain what they may contain, and the
//! oracle can follow them.

use tsd_compiler::diagnostics::render;
use tsd_compiler::source::SourceMap;
use tsd_oracle::generate::{Features, Plan, RuleSteps};
use tsd_oracle::{Oracle, Outcome, Step};

fn plan(seed: u64, features: Features) -> Plan {
    Plan { features, ..Plan::from_seed(seed, 5, 20) }
}

/// Compiles, and requires that there is no error.
fn accept(program: &str) {
    let mut sources = SourceMap::new();
    let file = sources.add("program", program);
    let mut diagnostics = tsd_compiler::compile(&sources, &[file]).diagnostics;
    diagnostics.retain(|diagnostic| diagnostic.is_error());
    assert!(diagnostics.is_empty(), "{program}\n{}", render(&sources, &diagnostics, false));
}

#[test]
fn random_programs_are_accepted() {
    for seed in 0..300 {
        accept(&plan(seed, Features::NONE).program());
        accept(&plan(seed, Features::ALL).program());
    }
}

#[test]
fn random_programs_use_the_features_that_they_may_and_no_others() {
    let words = [
        "EXISTS (",
        "NOT (EXISTS",
        "SUM(",
        "AVG(",
        "MIN(",
        "MAX(",
        "COUNT(",
        "DISTINCT ",
        "g1: ",
        "} / {s1: ",
        "x1: ",
    ];
    let count = |features: Features, word: &str| {
        (0..300).map(|seed| plan(seed, features).program().matches(word).count()).sum::<usize>()
    };
    for word in words {
        assert_eq!(count(Features::NONE, word), 0, "{word}");
        assert!(count(Features::ALL, word) > 20, "{word}");
    }
}

#[test]
fn the_oracle_evaluates_random_programs() {
    let mut fired = 0;
    for seed in 0..150 {
        let plan = plan(seed, Features::ALL);
        let mut oracle = Oracle::new(&plan.program());
        for index in 0..=plan.steps.len() {
            let step: Step = plan.step(index, &oracle, RuleSteps::AddAndRemove);
            if let Outcome::Ran(ran) = oracle.apply(&step) {
                fired += ran.counts.iter().map(|(_, count)| count).sum::<u64>();
            }
        }
    }
    assert!(fired > 1000, "only {fired} activations");
}

#[test]
fn many_joins_of_random_programs_compute_their_keys() {
    let (mut of_joins, mut of_rules) = (0, 0);
    for seed in 0..300 {
        let program = plan(seed, Features::ALL).program();
        let mut sources = SourceMap::new();
        let file = sources.add("program", program);
        let compiled = tsd_compiler::compile(&sources, &[file]);
        let module = compiled.module.expect("random programs are accepted");
        let rules = module.rules.iter().map(|planned| &planned.rule);
        let own = rules.clone().flat_map(|rule| rule.branches.iter());
        of_rules += own.filter(|branch| !branch.followed.is_empty()).count();
        let branches = rules.flat_map(|rule| {
            rule.branches.iter().chain(rule.views.iter().flat_map(|view| view.branches.iter()))
        });
        let keys = branches.flat_map(|branch| branch.joins.iter()).flat_map(|join| join.keys.iter());
        let computed = |part: &tsd_ir::Part| matches!(part, tsd_ir::Part::Computed(_));
        of_joins += keys.filter(|key| computed(&key.left) || computed(&key.right)).count();
    }
    assert!(of_joins > 40, "only {of_joins}");
    assert!(of_rules > 5, "only {of_rules} with a reference that is followed for a key");
}

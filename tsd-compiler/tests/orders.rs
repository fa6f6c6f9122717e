//! Join orders: the cheapest by the cost model, what they share with other rules, and what the
//! author can request.

use tsd_compiler::diagnostics::{Code, render};
use tsd_compiler::plan::Method;
use tsd_compiler::source::SourceMap;
use tsd_compiler::{Compilation, JoinOrder, Module, PlannedRule, Planning, compile_with};

const SHOP: &str = "\
type Country(#code: string, name: string)
type Customer(#id: string, country: string, tier: string) @rows(10000)
type Order(#id: string, customer: string, total: number, day: int) @rows(100000)
type Item(#id: string, order: string, product: string, quantity: int) @rows(300000)
type Product(#id: string, maker: string, price: number) @rows(500)
type Maker(#id: string, country: string) @rows(50)
";

fn compiled(rules: &str, strategy: Option<JoinOrder>) -> (Compilation, SourceMap) {
    let mut sources = SourceMap::new();
    let file = sources.add("shop.tsd", format!("{rules}\n{SHOP}"));
    let planning = Planning { strategy, ..Planning::default() };
    (compile_with(&sources, &[file], &planning), sources)
}

#[track_caller]
fn module(rules: &str, strategy: Option<JoinOrder>) -> Module {
    let (compilation, sources) = compiled(rules, strategy);
    compilation.module.unwrap_or_else(|| panic!("{}", render(&sources, &compilation.diagnostics, false)))
}

/// The variables of a rule's first branch in the order of its chain.
fn order(planned: &PlannedRule) -> Vec<&str> {
    let branch = &planned.rule.branches[0];
    branch.order.iter().map(|at| &*planned.rule.patterns[at.index()].variable).collect()
}

#[track_caller]
fn orders(rules: &str) -> Vec<String> {
    module(rules, None).rules.iter().map(|rule| order(rule).join(" ")).collect()
}

fn permutations(items: &[&'static str]) -> Vec<Vec<&'static str>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let firsts = 0..items.len();
    let all = firsts.flat_map(|first| {
        let mut rest = items.to_vec();
        let first = rest.remove(first);
        permutations(&rest).into_iter().map(move |rest| [vec![first], rest].concat())
    });
    all.collect()
}

#[test]
fn the_optimal_order_is_the_cheapest_of_all_that_cross_nothing() {
    let patterns = ["c: Customer", "o: Order", "i: Item", "p: Product", "m: Maker", "k: Country"];
    let conditions = [
        "o.customer == c.id AND i.order == o.id AND i.product == p.id AND p.maker == m.id AND m.country \
         == k.code",
        "o.customer == c.id AND i.order == o.id AND i.product == p.id AND p.maker == m.id AND m.country \
         == k.code
            AND c.country == k.code AND c.tier == \"gold\" AND p.price > 100",
        "o.customer == c.id AND i.order == o.id AND i.product == p.id AND p.maker == m.id AND m.country \
         == k.code
            AND o.day == 7 AND k.name == \"Chad\" AND i.quantity > o.day",
        "o.customer == c.id AND i.order == o.id AND i.product == p.maker AND p.maker == m.country
            AND c.country == k.name AND o.total > p.price",
    ];
    for condition in conditions {
        let rule =
            |patterns: &[&str]| format!("rule r : {{{}}} / {condition} ==> Print(c.id)", patterns.join(", "));
        let optimal = module(&rule(&patterns), None);
        let plan = &optimal.rules[0].plan.branches[0];
        let least = permutations(&patterns)
            .into_iter()
            .filter_map(|patterns| {
                let declared = module(&rule(&patterns), Some(JoinOrder::Declared));
                let rule = &declared.rules[0];
                let crosses = rule.rule.branches[0].joins.iter().any(|join| join.keys.is_empty());
                (!crosses).then_some(rule.plan.branches[0].cost)
            })
            .min_by(f64::total_cmp)
            .expect("some order crosses nothing");
        assert!((plan.cost / least - 1.0).abs() < 1e-6, "{condition}: {} instead of {least}", plan.cost);
        assert!(plan.cost <= plan.greedy_cost * (1.0 + 1e-9), "{condition}");
    }
}

#[test]
fn the_order_does_not_depend_on_names_or_on_the_order_of_declaration() {
    let patterns = ["c: Customer", "o: Order", "i: Item", "p: Product"];
    let condition = "o.customer == c.id AND i.order == o.id AND i.product == p.id AND p.price > 10 \
        AND c.tier == \"gold\"";
    let signatures = |module: &Module| -> Vec<_> {
        module.rules[0].rule.branches[0].joins.iter().map(|join| join.signature).collect()
    };
    let first = signatures(&module(
        &format!("rule r : {{{}}} / {condition} ==> Print(1)", patterns.join(", ")),
        None,
    ));
    for patterns in permutations(&patterns) {
        let renamed: Vec<String> =
            (patterns.iter().enumerate()).map(|(index, pattern)| format!("v{index}_{pattern}")).collect();
        let mut text = format!(" / {condition}");
        for (index, pattern) in patterns.iter().enumerate() {
            let variable = &pattern[..1];
            text = text.replace(&format!(" {variable}."), &format!(" v{index}_{variable}."));
        }
        let rule = format!("rule other : {{{}}}{text} ==> Print(1)", renamed.join(", "));
        assert_eq!(signatures(&module(&rule, None)), first, "{rule}");
    }
}

#[test]
fn nothing_is_crossed_while_some_order_is_connected() {
    // The test connects three patterns only when the other two are joined, so the chain must begin
    // with them.
    let rules = "
        rule by_tests : {a: Maker, b: Maker, c: Product, d: Country}
            / a.country == b.country AND c.price > LENGTH(d.name) AND c.price < LENGTH(d.name + a.id) \
            ==> Print(a.id)
        rule crossed : {k: Country, c: Customer, o: Order} / o.customer == c.id ==> Print(k.code)";
    let module = module(rules, None);
    assert_eq!(order(&module.rules[0]), ["d", "c", "a", "b"]);
    assert_eq!(order(&module.rules[1]), ["c", "o", "k"], "what must be crossed comes last");
}

#[test]
fn a_join_that_others_have_is_taken_when_that_is_cheaper_for_the_module() {
    let alone = "rule r : {c: Customer, o: Order, i: Item}
        / o.customer == c.id AND i.order == o.id AND c.tier == \"gold\" ==> Print(i.id)";
    assert_eq!(orders(alone), ["c o i"], "gold customers are few");
    let beside = format!(
        "{alone}
        rule items : {{o: Order, i: Item}} / i.order == o.id ==> Print(i.id)
        rule more : {{o: Order, i: Item, p: Product}} / i.order == o.id AND i.product == p.id ==> Print(p.id)"
    );
    let module = module(&beside, None);
    let [rule, _, more] = module.rules.as_slice() else { panic!("three rules") };
    assert_eq!(order(more), ["i", "o", "p"]);
    assert_eq!(order(rule), ["i", "o", "c"], "the items have found their orders already");
    assert_eq!(rule.plan.branches[0].method, Method::Shared);
    assert!(rule.plan.branches[0].cost > rule.plan.branches[0].alone_cost);
    assert_eq!(more.plan.branches[0].steps[1].shared, 3);
    assert!(!more.plan.branches[0].steps[1].new && more.plan.branches[0].steps[2].new);
}

#[test]
fn a_join_that_others_have_is_left_to_them_when_it_costs_too_much() {
    let rules = "
        rule together : {a: Item, b: Item} / a.product == b.product AND a.quantity < b.quantity \
        ==> Print(a.id)
        rule r : {b: Item, a: Item, o: Order} / a.product == b.product AND a.order == o.id AND o.day \
        == 3 ==> Print(a.id)";
    let module = module(rules, None);
    assert_eq!(order(&module.rules[1]), ["a", "o", "b"], "{}", module.to_text());
    assert_eq!(module.rules[1].plan.branches[0].steps[1].shared, 1);
}

#[test]
fn rules_that_differ_in_their_filters_have_one_chain() {
    let rules: Vec<String> =
        [("c.tier == \"gold\"", "c"), ("o.day == 3", "o"), ("i.quantity == 1", "i"), ("c.id == c.id", "i")]
            .iter()
            .enumerate()
            .map(|(index, (filter, _))| {
                format!(
                    "rule r{index} : {{i: Item, c: Customer, o: Order}}
                    / o.customer == c.id AND i.order == o.id AND {filter} ==> Print(i.id)\n"
                )
            })
            .collect();
    let module = module(&rules.concat(), None);
    let chains: Vec<_> = (module.rules.iter())
        .map(|rule| rule.rule.branches[0].joins.iter().map(|join| join.signature).collect::<Vec<_>>())
        .collect();
    assert!(chains.windows(2).all(|pair| pair[0] == pair[1]), "{}", module.to_text());
    assert!(module.rules.iter().all(|rule| rule.plan.branches[0].steps[2].shared == 4));
}

#[test]
fn rules_the_module_and_the_caller_choose_a_strategy() {
    let rule = |annotation: &str| {
        format!(
            "rule r {annotation} : {{i: Item, c: Customer, o: Order}}
                / o.customer == c.id AND i.order == o.id AND c.tier == \"gold\" ==> Print(i.id)"
        )
    };
    let planned = |text: &str, strategy| {
        let module = module(text, strategy);
        let rule = &module.rules[0];
        (rule.plan.strategy, order(rule).join(" "))
    };
    let declared = (JoinOrder::Declared, "i c o".to_owned());
    let (optimal, greedy) =
        ((JoinOrder::Optimal, "c o i".to_owned()), (JoinOrder::Greedy, "i o c".to_owned()));
    assert_eq!(planned(&rule(""), None), optimal);
    assert_eq!(planned(&rule("@plan(declared)"), None), declared);
    assert_eq!(planned(&rule("salience 3 @plan(\"greedy\")"), None).0, greedy.0);
    assert_eq!(planned(&format!("mod shop @plan(declared);\n{}", rule("")), None), declared);
    assert_eq!(planned(&format!("mod shop @plan(declared);\n{}", rule("@plan(optimal)")), None), optimal);
    assert_eq!(
        planned(&format!("mod shop @plan(declared);\n{}", rule("")), Some(JoinOrder::Optimal)),
        optimal
    );
    assert_eq!(planned(&rule("@plan(optimal)"), Some(JoinOrder::Declared)), optimal, "the rule knows best");
}

#[test]
fn a_plan_that_does_not_exist_is_an_error() {
    let found = |annotation: &str| {
        let rule = format!("rule r {annotation} : {{c: Customer}} / ==> Print(c.id)");
        let (compilation, _) = compiled(&rule, None);
        compilation.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(found("@plan(gredy)"), [Code::UnknownAnnotation]);
    assert_eq!(found("@plan"), [Code::WrongArity]);
    assert_eq!(found("@plan(greedy, optimal)"), [Code::WrongArity]);
    assert_eq!(found("@plan(3)"), [Code::TypeMismatch]);
    assert_eq!(found("@fast"), [Code::UnknownAnnotation]);
    let (compilation, _) = compiled("mod shop @plan(best);", None);
    assert_eq!(compilation.diagnostics[0].code, Code::UnknownAnnotation);
}

#[test]
fn a_plan_says_how_it_came_about() {
    let rules = "
        rule one : {c: Customer} / ==> Print(c.id)
        rule two : {c: Customer, o: Order} / o.customer == c.id ==> Print(c.id)
        rule as_said @plan(declared) : {o: Order, c: Customer} / o.customer == c.id ==> Print(c.id)
        rule three : {i: Item, c: Customer, o: Order}
            / o.customer == c.id AND i.order == o.id AND c.tier == \"gold\" AND o.day == 3 ==> Print(i.id)";
    let module = module(rules, None);
    let methods: Vec<_> = module.rules.iter().map(|rule| rule.plan.branches[0].method).collect();
    assert_eq!(methods[..3], [Method::Only, Method::Only, Method::Declared]);
    let plan = &module.rules[3].plan.branches[0];
    assert_eq!(plan.steps.iter().map(|step| step.facts).collect::<Vec<_>>(), [1e4, 1e5, 3e5]);
    assert_eq!(plan.steps[0].filter, 0.1);
    // 1,000 gold customers meet a tenth of 100,000 orders; one order in ten thousand belongs to
    // each.
    assert_eq!(plan.steps[1].rows.round(), 1000.0);
    let cost: f64 = plan.steps.iter().map(|step| step.cost).sum();
    assert!((cost - plan.cost).abs() < 1e-6 && plan.cost < plan.declared_cost);
}

#[test]
fn many_patterns_are_planned_in_no_time() {
    let patterns: Vec<String> = (0..64).map(|index| format!("v{index}: Item")).collect();
    let chain: Vec<String> = (1..64).map(|index| format!("v{}.id == v{index}.order", index - 1)).collect();
    let star: Vec<String> = (1..64).map(|index| format!("v0.id == v{index}.order")).collect();
    for condition in [chain, star] {
        let rule =
            format!("rule r : {{{}}} / {} ==> Print(v0.id)", patterns.join(", "), condition.join(" AND "));
        let module = module(&rule, None);
        assert!(module.rules[0].rule.branches[0].joins.iter().all(|join| !join.keys.is_empty()));
    }
}

/// The rules' modules without and with a profile, and the warnings.
fn profiled(rules: &str, profile: &str) -> (Module, Vec<String>) {
    let mut sources = SourceMap::new();
    let file = sources.add("shop.tsd", format!("{rules}\n{SHOP}"));
    let profile = sources.add("shop.profile", profile);
    let planning = Planning { profile: Some((&sources, profile)), ..Planning::default() };
    let compilation = compile_with(&sources, &[file], &planning);
    let warnings = compilation.diagnostics.iter().map(|warning| {
        let line = sources.position(warning.primary.span).line;
        format!("{} {}:{line} {}", warning.code, sources.name(warning.primary.span.file), warning.message)
    });
    let warnings = warnings.collect();
    (compilation.module.expect("the rules have no errors"), warnings)
}

#[test]
fn what_was_observed_replaces_what_is_guessed() {
    let rules = "rule r : {c: Customer, o: Order, i: Item}
        / o.customer == c.id AND i.order == o.id AND c.tier == \"gold\" AND i.quantity > 90 ==> Print(i.id)";
    assert_eq!(
        orders(rules),
        ["c o i"],
        "one customer in ten is thought to be gold, three items in ten large"
    );
    let unprofiled = module(rules, None);
    let (schema, rule) = (&unprofiled.schema, &unprofiled.rules[0].rule);
    let branch = &rule.branches[0];
    let mut profile = tsd_ir::Profile::default();
    profile.note_facts(schema, branch.ty, 20_000);
    profile.note_filter(schema, branch.ty, &branch.filter, 19_000, 20_000);
    profile.note_filter(schema, branch.joins[1].ty, &branch.joins[1].filter, 12, 300_000);
    let (module, warnings) = profiled(rules, &profile.to_string());
    assert_eq!(
        order(&module.rules[0]),
        ["i", "o", "c"],
        "nearly all customers are gold, and few items large"
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    let step = &module.rules[0].plan.branches[0].steps[2];
    assert_eq!((step.facts, step.filter), (20_000.0, 0.95));
}

#[test]
fn a_join_is_observed_by_what_it_is_about_not_by_the_order_that_ran() {
    let rules = |pattern: &str| format!("rule r : {{{pattern}}} / a.maker == b.maker ==> Print(a.id)");
    let (forth, back) = (rules("a: Product, b: Product"), rules("b: Product, a: Product"));
    let schema = module(&forth, None).schema;
    let product = schema.find_type("Product").unwrap();
    let maker = tsd_ir::Part::Field(schema.ty(product).find_field("maker").unwrap());
    let mut profile = tsd_ir::Profile::default();
    profile.note_join(&schema, (product, product), &[(maker.clone(), maker)], 25_000, 250_000.0);
    for rules in [forth, back] {
        let (module, warnings) = profiled(&rules, &profile.to_string());
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(module.rules[0].plan.branches[0].steps[1].rows, 25_000.0);
    }
}

#[test]
fn a_profile_that_no_longer_fits_is_warned_of_and_used_as_far_as_it_does() {
    let rules = "rule r : {p: Product, m: Maker} / p.maker == m.id ==> Print(p.id)";
    let profile = "# written by hand\n\nfacts Product 70\nfacts Lamp 3\njoin 0123456789abcdef 0.5 Lamp, \
        Switch: a = b\nfacts Maker many\n";
    let (module, warnings) = profiled(rules, profile);
    assert_eq!(
        warnings,
        ["stale-profile shop.profile:4 3 lines of the profile no longer match any rule or type"]
    );
    let plan = &module.rules[0].plan.branches[0];
    let facts: Vec<f64> = plan.steps.iter().map(|step| step.facts).collect();
    assert_eq!(facts, [50.0, 70.0], "makers by `@rows`, products by the profile");
    let (_, warnings) = profiled(rules, "");
    assert!(warnings.is_empty(), "an empty profile says nothing wrong");
}

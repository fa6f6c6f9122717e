//! Rule sets like those that the seed documents report on, with facts for them.
//!
//! The seeds (`../shared/seeds` beside the repository) report numbers, not rules. What they say
//! about the rules, and what is assumed where they are silent:
//!
//! - **Domains** (`000_…`, "Business Impact"): e-commerce with 150 rules and 257 joins, finance
//!   with 200 and 480, IoT with 80 and 156. Each set here has exactly as many rules, and as many
//!   joins if no rule shares any. Every rule has two patterns, and more are dealt out until the
//!   number is reached, five patterns at most. Assumed: the types, the fields that link them
//!   (`domains.rs`), and how often rules use each link. A rule starts at one of the domain's
//!   central types and follows links by their weights. So rules have common beginnings because
//!   their authors are interested in the same few things; no rule is copied from another.
//! - **Joins** (`000_…`, "Common Patterns"): 80 % of the joins follow a foreign key, 15 % compare
//!   times (two events of one subject, the second within a window after the first), 5 % go from
//!   child to parent in a hierarchy.
//! - **Data sets** (`004_…`, "Test Data Sets"): Small, Medium, Large and Stress with their numbers
//!   of types, rules and patterns, their kinds of conditions, and the share of rules whose joins
//!   are those of an earlier rule (30 %, 50 %, 70 %, and alternating from 0 to 90 %). Assumed: such
//!   a rule copies the first joins of a rule picked at random, and then continues by itself.
//! - **Filters** are not described. Assumed: each pattern has one or two with odds of three to two,
//!   on a word, a status or an amount, mostly the upper end, because business rules look for the
//!   unusual.
//! - **Facts**: 10,000 (`000_…`, "End-to-End"), distributed over the types by assumed proportions,
//!   in random order. Foreign keys are uniform, times are within thirty days.

mod conditions;
mod domains;
mod walk;
mod world;

use std::fmt::Write;

use tsd::{TypeId, Value};

use super::SplitMix64;
use conditions::Conditions;
use walk::{Sizes, Walk};
use world::World;

/// Rules as text, and facts for them.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// The name of the set in tables.
    pub name: &'static str,
    /// The program.
    pub text: String,
    /// The number of rules.
    pub rules: usize,
    world: World,
    seed: u64,
}

/// A rule set of the executive summary, and what it claims for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Customers, orders, payments.
    ECommerce,
    /// Clients, accounts, transactions.
    Finance,
    /// Sites, devices, readings.
    Iot,
}

/// A rule set of the chain design's test plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 5 types, 10 rules.
    Small,
    /// 20 types, 50 rules.
    Medium,
    /// 100 types, 500 rules.
    Large,
    /// 1,000 types, 5,000 rules.
    Stress,
}

impl Domain {
    /// The rules of the domain.
    pub fn rule_set(self) -> RuleSet {
        let (name, world, rules, joins, seed) = match self {
            Self::ECommerce => ("e-commerce", domains::e_commerce(), 150, 257, 61),
            Self::Finance => ("finance", domains::finance(), 200, 480, 62),
            Self::Iot => ("IoT", domains::iot(), 80, 156, 63),
        };
        let sizes = Sizes::Joins { rules, joins, most: 4 };
        RuleSet::new(name, world, sizes, |_| 0, Conditions::MIXED, seed)
    }
}

impl Size {
    /// The rules of the data set.
    pub fn rule_set(self) -> RuleSet {
        let (name, types, rules) = match self {
            Self::Small => ("Small", 5, 10),
            Self::Medium => ("Medium", 20, 50),
            Self::Large => ("Large", 100, 500),
            Self::Stress => ("Stress", 1_000, 5_000),
        };
        self.rule_set_of(name, types, rules)
    }

    /// A set of this kind with other numbers of types and rules.
    pub fn rule_set_of(self, name: &'static str, types: usize, rules: usize) -> RuleSet {
        let (most, conditions, seed) = match self {
            Self::Small => (3, Conditions::EQUAL, 71),
            Self::Medium => (5, Conditions::MIXED, 72),
            Self::Large => (8, Conditions::NESTED, 73),
            Self::Stress => (10, Conditions::NESTED, 74),
        };
        let world = World::synthetic(types, seed);
        let shared = move |rule: usize| match self {
            Self::Small => 30,
            Self::Medium => 50,
            Self::Large => 70,
            Self::Stress => [0, 30, 50, 70, 90][rule % 5],
        };
        RuleSet::new(name, world, Sizes::Patterns { rules, most }, shared, conditions, seed)
    }
}

impl RuleSet {
    fn new(
        name: &'static str,
        world: World,
        sizes: Sizes,
        shared: impl Fn(usize) -> u64,
        conditions: Conditions,
        seed: u64,
    ) -> Self {
        let mut random = SplitMix64::new(seed);
        let sizes = sizes.draw(&mut random);
        let mut text = world.declarations();
        text += "action hit(rule: int, first: int, last: int)\n";
        let mut walks: Vec<Walk> = Vec::with_capacity(sizes.len());
        for (rule, patterns) in sizes.iter().copied().enumerate() {
            let mut walk = if rule > 0 && random.below(100) < shared(rule) {
                let earlier = random.below(rule as u64) as usize;
                walks[earlier].first(patterns)
            } else {
                Walk::from(world.start(&mut random))
            };
            walk.go_on(&world, patterns, &mut random);
            let conditions = conditions.of(&world, &walk, &mut random);
            let (first, last) = (walk.variable(0), walk.variable(walk.len() - 1));
            let patterns = walk.patterns(&world);
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "rule r{rule} : {{{patterns}}} / {conditions} ==> hit({rule}, {first}.id, {last}.id)"
            );
            walks.push(walk);
        }
        Self { name, text, rules: sizes.len(), world, seed }
    }

    /// About `count` facts, in random order: their types and the values of their fields.
    pub fn facts(&self, count: usize) -> Vec<(TypeId, Vec<Value>)> {
        self.world.facts(count, &mut SplitMix64::new(self.seed + 1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of joins of all rules together.
    fn joins(set: &RuleSet) -> usize {
        let rules = set.text.lines().filter(|line| line.starts_with("rule "));
        rules.map(|rule| rule.split(" / ").next().unwrap_or("").matches(", ").count()).sum()
    }

    #[test]
    fn the_domains_have_the_rules_and_joins_that_the_seeds_report() {
        let counts = [Domain::ECommerce, Domain::Finance, Domain::Iot].map(|domain| {
            let set = domain.rule_set();
            (set.rules, joins(&set))
        });
        assert_eq!(counts, [(150, 257), (200, 480), (80, 156)]);
    }

    #[test]
    fn the_data_sets_have_the_types_rules_and_patterns_that_the_seeds_plan() {
        for (size, types, rules, most) in
            [(Size::Small, 5, 10, 3), (Size::Medium, 20, 50, 5), (Size::Large, 100, 500, 8)]
        {
            let set = size.rule_set();
            assert_eq!(set.text.lines().filter(|line| line.starts_with("type ")).count(), types);
            assert_eq!(set.text.lines().filter(|line| line.starts_with("rule ")).count(), rules);
            let heads = set.text.lines().filter(|line| line.starts_with("rule "));
            let patterns = heads.map(|rule| rule.split(" / ").next().unwrap_or("").matches(", ").count() + 1);
            let patterns: Vec<usize> = patterns.collect();
            assert_eq!(patterns.iter().min(), Some(&2), "{size:?}");
            assert_eq!(patterns.iter().max(), Some(&most), "{size:?}");
        }
    }

    #[test]
    fn every_set_compiles_without_a_warning() {
        let sets = [Domain::ECommerce, Domain::Finance, Domain::Iot].map(Domain::rule_set);
        for set in sets.into_iter().chain([Size::Small, Size::Medium, Size::Large].map(Size::rule_set)) {
            let mut sources = tsd_compiler::source::SourceMap::new();
            let file = sources.add("seeds.tsd", set.text.as_str());
            let compilation = tsd_compiler::compile(&sources, &[file]);
            let told = tsd_compiler::diagnostics::render(&sources, &compilation.diagnostics, false);
            assert_eq!(told, "", "{}", set.name);
        }
    }

    #[test]
    fn a_set_and_its_facts_are_the_same_each_time() {
        let (one, other) = (Domain::Iot.rule_set(), Domain::Iot.rule_set());
        assert_eq!(one.text, other.text);
        assert_eq!(one.facts(500), other.facts(500));
        assert!((450..550).contains(&one.facts(500).len()));
    }
}

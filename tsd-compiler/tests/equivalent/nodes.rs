//! The compiled form of a rule: its nodes and views, their filters, and its plan.

use tsd_compiler::Module;
use tsd_compiler::source::SourceMap;
use tsd_ir::{Branch, DerivedValue, Filter, Network, Rule, Sharing, TestRef, ViewArgument};

use super::rules::TYPES;

/// A rule, compiled.
pub(crate) struct Compiled {
    module: Module,
}

impl Compiled {
    pub(crate) fn of(rule: &str) -> Self {
        let mut sources = SourceMap::new();
        let file = sources.add("rule.tsd", format!("{TYPES}{rule}"));
        let compilation = tsd_compiler::compile(&sources, &[file]);
        let module = compilation.module.unwrap_or_else(|| panic!("{rule}\n{:?}", compilation.diagnostics));
        Self { module }
    }

    fn rule(&self) -> &Rule {
        &self.module.rules[0].rule
    }

    /// The rule's nodes and views, and their filters. Nothing if it can never fire.
    pub(crate) fn nodes(&self) -> String {
        let rule = self.rule();
        let mut text = String::new();
        rule.branches.iter().for_each(|branch| write_branch(&mut text, rule, branch));
        let mut views: Vec<String> = Vec::new();
        for view in rule.views.iter() {
            let mut text = format!("view {}\n", view.form);
            view.branches.iter().for_each(|branch| write_branch(&mut text, rule, branch));
            views.push(text);
        }
        views.sort();
        text + &views.concat()
    }

    /// What the rule's views compute.
    pub(crate) fn views(&self) -> Vec<&str> {
        self.rule().views.iter().map(|view| &*view.form).collect()
    }

    pub(crate) fn plan(&self) -> String {
        self.module.to_text()
    }
}

/// Whether the second rule finds all of its nodes and views among those of the first.
pub(crate) fn one_set_of_nodes(one: &Compiled, other: &Compiled) -> bool {
    let mut network = Network::new(Sharing::On);
    let first = network.add_rule(one.rule());
    let second = network.add_rule(other.rule());
    let is_shared = second.paths.iter().all(|path| path.shared == path.joins.len());
    let ends = first.paths.iter().map(|path| path.end()).eq(second.paths.iter().map(|path| path.end()));
    is_shared && ends && second.views.iter().all(|(_, was_there)| *was_there)
}

fn write_branch(text: &mut String, rule: &Rule, branch: &Branch) {
    *text += &format!("  {:?} {}\n", branch.ty, filter(&branch.filter));
    for join in branch.joins.iter() {
        *text += &format!("  {:?} {} {:?}\n", join.signature, filter(&join.filter), tests(&join.tests));
    }
    // The numbers of derived values do not matter.
    let mut derived_values: Vec<String> =
        branch.derived_values.iter().map(|one| derived_value(rule, branch, one)).collect();
    for watch in branch.derived_tests.iter() {
        let mut read: Vec<&String> =
            watch.derived_values.iter().map(|one| &derived_values[*one as usize]).collect();
        read.sort();
        *text += &format!("  at {:?} {:?} of {read:?}\n", watch.place, tests(&watch.tests));
    }
    derived_values.sort();
    *text += &format!("  {derived_values:?}\n");
}

fn derived_value(rule: &Rule, branch: &Branch, asked: &DerivedValue) -> String {
    let arguments = asked.arguments().iter().map(|argument| match argument {
        ViewArgument::Derived(other) => derived_value(rule, branch, &branch.derived_values[*other as usize]),
        argument => format!("{argument:?}"),
    });
    let arguments: Vec<String> = arguments.collect();
    match asked {
        DerivedValue::Found { view, .. } => format!("{} for {arguments:?}", rule.views[*view as usize].form),
        DerivedValue::Followed { ty, field, .. } => format!("{ty:?} {field:?} of {arguments:?}"),
    }
}

fn filter(filter: &Filter) -> String {
    format!("{:?} {:?}", filter.fields, tests(&filter.tests))
}

fn tests(tests: &[TestRef]) -> Vec<&str> {
    tests.iter().map(|test| &*test.canonical).collect()
}

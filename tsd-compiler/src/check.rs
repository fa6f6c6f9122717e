//! From syntax to checked rules: names and types, with every fault reported at once.
//!
//! A freshly written program has several faults, and each may have consequences. So after a fault
//! the checker continues with the smallest assumption that makes sense, and does not report what
//! follows from a reported fault. Faults that the parser found count too: a name whose declaration
//! could not be read is not unknown.

mod action;
mod allow;
mod annotation;
mod bind;
mod complexity;
mod condition;
mod cycle;
mod declarations;
mod effect;
mod facts;
mod fault;
mod group;
mod query;
mod rule;
mod scope;
mod script;
mod typed;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tsd_ir::Schema;

pub use self::allow::note_allowed;
pub use self::script::check_script;

use self::declarations::{Declarations, duplicate};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir;
use crate::join_order::JoinOrder;
use crate::source::Span;
use crate::syntax::ast::{self, Remove, Statement};

/// Checks programs that make up one module. `unparsed` contains the names of declarations that
/// could not be parsed.
pub fn check(programs: &[ast::Program], unparsed: BTreeSet<String>, sink: &mut Diagnostics) -> hir::Program {
    let statements = || programs.iter().flat_map(|program| &program.statements);
    let types = statements().filter_map(|statement| match statement {
        Statement::Type(declaration) => Some(declaration),
        _ => None,
    });
    let facts = statements().filter_map(|statement| match statement {
        Statement::Fact(fact) => Some(fact),
        _ => None,
    });
    let rules = statements().filter_map(|statement| match statement {
        Statement::Rule(rule) => Some(rule),
        _ => None,
    });
    let mut declarations = Declarations::default();
    declarations.set_unparsed(unparsed);
    declarations.set_guesses(guesses(programs));
    declarations.add_types(types, sink);
    for statement in statements() {
        match statement {
            Statement::Action(declaration) => action::declare(&mut declarations, declaration, sink),
            Statement::Remove(Remove::Rule { span, .. } | Remove::Fact { span, .. }) => {
                sink.report(command(*span, "remove"));
            }
            Statement::Reset(span) => sink.report(command(*span, "reset")),
            Statement::Type(_) | Statement::Rule(_) | Statement::Fact(_) => {}
        }
    }
    let names = facts::names(facts.clone(), sink);
    action::infer(&mut declarations, &names, rules.clone(), sink);
    let rules = check_rules(&declarations, &names, rules, sink);
    let mut in_order = facts::Facts::new(&declarations, &names, std::iter::empty());
    let facts = facts.filter_map(|fact| in_order.check(fact, sink)).collect();
    let places = declarations.places();
    let (name, strategy) = (module_name(programs, sink), module_strategy(programs, sink));
    hir::Program { name, strategy, schema: declarations.schema, rules, facts, places }
}

/// Checks rules that are added to a module with this schema.
pub fn check_added_rules(
    schema: &Schema,
    programs: &[ast::Program],
    sink: &mut Diagnostics,
) -> Vec<hir::Rule> {
    let mut declarations = Declarations::of_schema(schema);
    declarations.set_guesses(guesses(programs));
    let mut rules = Vec::new();
    for statement in programs.iter().flat_map(|program| &program.statements) {
        match statement {
            Statement::Rule(rule) => rules.push(rule),
            other => sink.report(
                Diagnostic::new(Code::NotARule, other.span(), "only rules can be added at run time")
                    .label("not a rule"),
            ),
        }
    }
    check_rules(&declarations, &BTreeMap::new(), rules.into_iter(), sink)
}

/// The parser's guesses about names, in case they are not found.
fn guesses(programs: &[ast::Program]) -> Rc<BTreeMap<Span, Diagnostic>> {
    Rc::new(programs.iter().flat_map(|program| program.guesses.iter().cloned()).collect())
}

fn check_rules<'a>(
    declarations: &Declarations,
    names: &BTreeMap<String, Span>,
    rules: impl Iterator<Item = &'a ast::Rule>,
    sink: &mut Diagnostics,
) -> Vec<hir::Rule> {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut checked = Vec::new();
    for rule in rules {
        match seen.get(rule.name.text.as_str()) {
            Some(first) => sink.report(duplicate("rule", &rule.name, Some(*first))),
            None => {
                seen.insert(&rule.name.text, rule.name.span);
            }
        }
        checked.extend(rule::check(declarations, names, rule, sink));
    }
    checked
}

/// The join order that the files ask for, which they must agree on.
pub fn module_strategy(programs: &[ast::Program], sink: &mut Diagnostics) -> Option<JoinOrder> {
    let mut found: Option<(JoinOrder, Span)> = None;
    for program in programs {
        let plan = annotation::plan(&program.annotations, &annotation::MODULE, sink);
        let Some((strategy, span)) = plan else { continue };
        match found {
            Some((first, first_span)) if first != strategy => {
                let message = format!("the module's plan is `{first}` and `{strategy}`");
                sink.report(
                    Diagnostic::new(Code::DuplicateDeclaration, span, message)
                        .label("another plan")
                        .also(first_span, "first given here"),
                );
            }
            _ => found = Some((strategy, span)),
        }
    }
    found.map(|(strategy, _)| strategy)
}

/// The name that the files give to their module, which must be the same in all.
fn module_name(programs: &[ast::Program], sink: &mut Diagnostics) -> Option<String> {
    let mut names = programs.iter().filter_map(|program| program.module.as_ref());
    let first = names.next()?;
    for other in names.filter(|other| other.text != first.text) {
        let message = format!("the module is called `{}` and `{}`", first.text, other.text);
        sink.report(
            Diagnostic::new(Code::DuplicateDeclaration, other.span, message)
                .label("another name")
                .also(first.span, "first named here"),
        );
    }
    Some(first.text.clone())
}

fn command(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::CommandInRules,
        span,
        format!("`{what}` is a command of a script, not a part of rules"),
    )
    .label("removes what precedes it")
    .hint("leave it out of compiled rules; `tsd run` and `Engine::execute` take commands")
}

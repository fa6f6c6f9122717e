//! A script: rules and facts in order, and commands that remove earlier ones.
//!
//! A script with a fault must leave the session as it was, so nothing may go wrong once it is
//! executed. The checker therefore simulates it: which primary keys are taken, in the script and in
//! the session, and which are free again after a `remove`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tsd_ir::{Const, FactHandle, InitialFact, InitialValue, TypeId, Value, ops};

use super::declarations::{Declarations, Resolved, duplicate};
use super::facts::{self, Facts};
use super::{action, rule};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::hir::{EmptySession, Removed, Script, ScriptStep, SessionState};
use crate::source::Span;
use crate::syntax::ast::{self, Remove, Statement};

/// Checks a script that the session is to execute. `unparsed` holds the names of what could not be
/// parsed.
pub fn check_script(
    session: &dyn SessionState,
    programs: &[ast::Program],
    unparsed: &BTreeSet<String>,
    sink: &mut Diagnostics,
) -> Vec<Script> {
    let statements: Vec<&Statement> = programs.iter().flat_map(|program| &program.statements).collect();
    let nothing = EmptySession::default();
    let guesses = super::guesses(programs);
    let epochs = statements.split(|statement| matches!(statement, Statement::Reset(_)));
    let checked = epochs.enumerate().map(|(index, statements)| {
        let session = if index == 0 { session } else { &nothing };
        Script { reset: index > 0, ..epoch(session, statements, unparsed, &guesses, sink) }
    });
    checked.collect()
}

/// Checks the statements between two `reset`s.
fn epoch(
    session: &dyn SessionState,
    statements: &[&Statement],
    unparsed: &BTreeSet<String>,
    guesses: &Rc<BTreeMap<Span, Diagnostic>>,
    sink: &mut Diagnostics,
) -> Script {
    let mut declarations = Declarations::of_schema(session.schema());
    declarations.set_unparsed(unparsed.clone());
    declarations.set_guesses(Rc::clone(guesses));
    let types = statements.iter().filter_map(|statement| match statement {
        Statement::Type(declaration) => Some(declaration),
        _ => None,
    });
    declarations.add_types(types, sink);
    for statement in statements {
        if let Statement::Action(declaration) = statement {
            action::declare(&mut declarations, declaration, sink);
        }
    }
    let facts = statements.iter().filter_map(|statement| match statement {
        Statement::Fact(fact) => Some(fact),
        _ => None,
    });
    let names = facts::names(facts, sink);
    let rules = statements.iter().filter_map(|statement| match statement {
        Statement::Rule(rule) => Some(rule),
        _ => None,
    });
    action::infer(&mut declarations, &names, rules, sink);
    let named = session.named_facts();
    let known = named.iter().map(|(name, handle)| ((*name).to_owned(), handle.ty()));
    let facts = Facts::new(&declarations, &names, known);
    let mut walk = Walk {
        session,
        declarations: &declarations,
        names: &names,
        facts,
        rules: session.rules().into_iter().map(|name| (name.to_owned(), None)).collect(),
        named,
        inserted: Vec::new(),
        called: BTreeMap::new(),
        removed: BTreeSet::new(),
        broken: BTreeSet::new(),
        sink,
    };
    let mut steps = Vec::new();
    for statements in statements.split_inclusive(|statement| matches!(statement, Statement::Remove(_))) {
        steps.extend(walk.segment(statements));
    }
    Script { reset: false, schema: declarations.schema, steps }
}

/// The simulation of a script, with what exists at each statement.
struct Walk<'a> {
    session: &'a dyn SessionState,
    declarations: &'a Declarations,
    names: &'a BTreeMap<String, Span>,
    facts: Facts<'a>,
    /// The existing rules, with the indexes of those in the script.
    rules: BTreeMap<String, Option<Span>>,
    /// The facts that the session knows by name, which have the first numbers.
    named: Vec<(&'a str, FactHandle)>,
    /// The facts of the script, which have the following numbers.
    inserted: Vec<InitialFact>,
    /// For types whose facts were looked up by name: the facts of each name.
    called: BTreeMap<TypeId, BTreeMap<String, Vec<Removed>>>,
    /// The facts of the session that the script removes.
    removed: BTreeSet<FactHandle>,
    /// Types with a faulty fact.
    broken: BTreeSet<TypeId>,
    sink: &'a mut Diagnostics,
}

impl Walk<'_> {
    /// Checks the statements up to a command: first the rules, then the facts, then the command.
    fn segment(&mut self, statements: &[&Statement]) -> Vec<ScriptStep<crate::hir::Rule>> {
        let mut rules = Vec::new();
        let mut steps = Vec::new();
        for statement in statements {
            match statement {
                Statement::Rule(rule) => rules.extend(self.rule(rule)),
                Statement::Fact(fact) => steps.extend(self.fact(fact)),
                Statement::Remove(Remove::Rule { name, .. }) => {
                    self.remove_rule(name);
                    steps.push(ScriptStep::RemoveRule(name.text.clone()));
                }
                Statement::Remove(Remove::Fact { type_name, key, .. }) => {
                    steps.extend(self.remove_fact(type_name, key).map(ScriptStep::RemoveFact));
                }
                Statement::Type(_) | Statement::Action(_) | Statement::Reset(_) => {}
            }
        }
        if !rules.is_empty() {
            steps.insert(0, ScriptStep::AddRules(rules));
        }
        steps
    }

    fn rule(&mut self, rule: &ast::Rule) -> Option<crate::hir::Rule> {
        match self.rules.get(&rule.name.text) {
            Some(first) => self.sink.report(duplicate("rule", &rule.name, *first)),
            None => {
                self.rules.insert(rule.name.text.clone(), Some(rule.name.span));
            }
        }
        rule::check(self.declarations, self.names, rule, self.sink)
    }

    fn remove_rule(&mut self, name: &ast::Name) {
        if self.rules.remove(&name.text).is_none() && !self.declarations.is_unparsed(&name.text) {
            let message = format!("there is no rule `{}` here", name.text);
            let diagnostic = Diagnostic::new(Code::UnknownRule, name.span, message).label("no such rule");
            let names = self.sink.candidates(self.rules.keys().map(String::as_str));
            self.sink.report(diagnostic.did_you_mean(&name.text, names));
        }
    }

    fn fact(&mut self, statement: &ast::FactStatement) -> Option<ScriptStep<crate::hir::Rule>> {
        let Some(fact) = self.facts.check(statement, self.sink) else {
            // A command that removes it is not reported.
            let name = &statement.fact.type_name.text;
            self.broken.extend(self.declarations.find_type(name));
            return None;
        };
        self.report_taken_key(&fact, statement.span);
        let number = self.named.len() + self.inserted.len();
        self.inserted.push(fact.clone());
        if self.called.contains_key(&fact.ty) {
            let name = self.name_of(number);
            let called = self.called.entry(fact.ty).or_default();
            called.entry(name).or_default().push(Removed::Inserted(number));
        }
        let name = statement.variable.as_ref().map(|name| name.text.clone());
        Some(ScriptStep::Insert { name, fact })
    }

    /// Reports a primary key that a fact of the session has.
    fn report_taken_key(&mut self, fact: &InitialFact, span: Span) {
        if fact.ty.index() >= self.session.schema().types.len() {
            return;
        }
        let named = &self.named;
        let value = |value: InitialValue| match value {
            InitialValue::Const(constant) => Some(Value::from(&constant)),
            InitialValue::Fact(index) => named.get(index as usize).map(|(_, handle)| Value::Fact(*handle)),
        };
        // A reference to a fact of the script is not in any fact of the session.
        let key: Option<Vec<Value>> =
            self.facts.key(fact).and_then(|key| key.into_iter().map(value).collect());
        let found = key.and_then(|key| self.session.find_by_key(fact.ty, &key));
        if found.is_some_and(|handle| !self.removed.contains(&handle)) {
            let name = &self.declarations.schema.ty(fact.ty).name;
            let message = format!("the session has a fact of type `{name}` with this primary key");
            self.sink.report(Diagnostic::new(Code::DuplicateKey, span, message).label("the second fact"));
        }
    }

    fn remove_fact(&mut self, type_name: &ast::Name, key: &ast::Name) -> Option<Removed> {
        let Resolved::Known(ty) = self.declarations.resolve_type(type_name, false, self.sink) else {
            return None;
        };
        let declared = self.declarations.schema.ty(ty);
        if declared.key.is_empty() {
            let message =
                format!("facts of type `{}` have no primary key by which to find one", declared.name);
            self.sink.report(
                Diagnostic::new(Code::UnknownFact, type_name.span, message)
                    .label("a type without a primary key")
                    .hint("mark the fields that identify its facts with `#`"),
            );
            return None;
        }
        if !self.called.contains_key(&ty) {
            let called = self.all_called(ty);
            self.called.insert(ty, called);
        }
        let called = self.called.get_mut(&ty)?;
        let name = format!("{}~{}", declared.name, key.text);
        let found = match called.get_mut(&name) {
            Some(found) if found.len() == 1 => found.pop(),
            Some(found) if found.len() > 1 => {
                let message = format!("{} facts of type `{}` are called this", found.len(), declared.name);
                self.sink.report(
                    Diagnostic::new(Code::UnknownFact, key.span, message).label("not one fact").hint(
                        "the parts of a composite key are joined by `_`, which the parts themselves contain",
                    ),
                );
                return None;
            }
            _ => None,
        };
        let Some(found) = found else {
            if !self.broken.contains(&ty) {
                let start = declared.name.len() + 1;
                let there = called.iter().filter(|(_, facts)| !facts.is_empty());
                let keys = self.sink.candidates(there.filter_map(|(name, _)| name.get(start..)));
                let message =
                    format!("there is no fact of type `{}` with the key `{}` here", declared.name, key.text);
                let diagnostic = Diagnostic::new(Code::UnknownFact, key.span, message).label("no such fact");
                self.sink.report(diagnostic.did_you_mean(&key.text, keys));
            }
            return None;
        };
        match found {
            Removed::Session(handle) => {
                self.removed.insert(handle);
            }
            Removed::Inserted(number) => self.facts.release(&self.inserted[number - self.named.len()]),
        }
        Some(found)
    }

    /// The existing facts of a type, by name.
    fn all_called(&self, ty: TypeId) -> BTreeMap<String, Vec<Removed>> {
        let mut called: BTreeMap<String, Vec<Removed>> = BTreeMap::new();
        if ty.index() < self.session.schema().types.len() {
            for (name, handle) in self.session.names(ty) {
                called.entry(name).or_default().push(Removed::Session(handle));
            }
        }
        for (index, _) in self.inserted.iter().enumerate().filter(|(_, fact)| fact.ty == ty) {
            let number = self.named.len() + index;
            called.entry(self.name_of(number)).or_default().push(Removed::Inserted(number));
        }
        called
    }

    /// The session's name for a fact: `Type~key`. One without a key has a name that is never a key.
    fn name_of(&self, number: usize) -> String {
        let Some(index) = number.checked_sub(self.named.len()) else {
            return self.session.name_of(self.named[number].1).unwrap_or_default();
        };
        let fact = &self.inserted[index];
        let declared = self.declarations.schema.ty(fact.ty);
        let parts: Vec<String> = match self.facts.key(fact) {
            Some(key) => key.iter().map(|value| self.text(value)).collect(),
            None => vec![format!("#{index}")],
        };
        format!("{}~{}", declared.name, parts.join("_"))
    }

    fn text(&self, value: &InitialValue) -> String {
        match value {
            InitialValue::Fact(number) => self.name_of(*number as usize),
            InitialValue::Const(Const::Missing) => "missing".to_owned(),
            InitialValue::Const(Const::Bool(bool)) => ops::bool_to_text(*bool).to_owned(),
            InitialValue::Const(Const::Int(int)) => ops::int_to_text(*int),
            InitialValue::Const(Const::Number(number)) => ops::number_to_text(*number),
            InitialValue::Const(Const::Text(text)) => text.to_string(),
        }
    }
}

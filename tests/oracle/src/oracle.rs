//! The oracle: facts, rules, and its predictions.

use std::collections::{BTreeMap, BTreeSet};

use tsd_compiler::diagnostics::Diagnostics;
use tsd_compiler::source::SourceMap;
use tsd_compiler::syntax::ast::{self, ExprKind, Statement};
use tsd_compiler::syntax::parse;

use crate::evaluate::Scope;
use crate::facts::{Facts, Fields};
use crate::rule::{DerivedValues, Rule, Tuple};
use crate::schema::Schema;
use crate::step::{Outcome, Refusal, Step};
use crate::strategy::Strategy;
use crate::support::Support;
use crate::value::{FactId, Value};

/// A brute-force evaluator of rule programs. It stores facts and rules. After each change it
/// evaluates every rule for every tuple of facts again, and the differences show which activations
/// came and went.
#[derive(Clone, Debug)]
pub struct Oracle {
    pub(crate) facts: Facts,
    pub(crate) rules: Vec<Rule>,
    /// The rules of the program, in order: what can be restored.
    declared: Vec<Rule>,
    /// What satisfied each rule after the last change; in the order of `rules`.
    satisfied: Vec<BTreeMap<Tuple, DerivedValues>>,
    pub(crate) waiting: Vec<Waiting>,
    /// The rank of the rule whose activation's effects take place, if it ignores its own changes.
    pub(crate) muted: Option<usize>,
    pub(crate) support: Support,
    pub(crate) strategy: Strategy,
    age: u64,
    rules_ever: usize,
}

/// An activation that has not fired.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Waiting {
    /// The rank of the rule.
    pub(crate) rule: usize,
    pub(crate) tuple: Tuple,
    /// The number of the change that brought it about.
    pub(crate) age: u64,
    /// How recent its facts were when it came about, or when the strategy was set.
    pub(crate) tags: Vec<u64>,
}

impl Oracle {
    /// Reads a program that the checker accepts: adds its rules, then inserts its facts one by one.
    ///
    /// # Panics
    /// On a syntax error.
    pub fn new(text: &str) -> Self {
        let program = read(text);
        let mut oracle = Self::empty(Schema::of(&program));
        oracle.add_parsed_rules(&program);
        oracle.declared = oracle.rules.clone();
        let mut named = Vec::new();
        for statement in &program.statements {
            if let Statement::Fact(statement) = statement {
                oracle.insert_initial(statement, &mut named);
            }
        }
        oracle
    }

    /// Neither facts nor rules.
    pub(crate) fn empty(schema: Schema) -> Self {
        Self {
            facts: Facts::new(schema),
            rules: Vec::new(),
            declared: Vec::new(),
            satisfied: Vec::new(),
            waiting: Vec::new(),
            muted: None,
            support: Support::default(),
            strategy: Strategy::default(),
            age: 0,
            rules_ever: 0,
        }
    }

    /// Inserts a fact of a program. `named` are those that it may refer to.
    pub(crate) fn insert_initial<'a>(
        &mut self,
        statement: &'a ast::FactStatement,
        named: &mut Vec<(&'a str, FactId)>,
    ) {
        let ty = self.facts.schema.type_index(&statement.fact.type_name.text);
        let fields = self.initial_fields(ty, &statement.fact.fields, named);
        let id = self.insert(ty, fields).expect("the checker has seen the keys");
        if let Some(name) = &statement.variable {
            named.push((&name.text, id));
        }
    }

    pub(crate) fn initial_fields(
        &self,
        ty: usize,
        values: &[ast::FieldValue],
        named: &[(&str, FactId)],
    ) -> Fields {
        let declared = &self.facts.schema.types[ty];
        let mut fields = vec![None; declared.fields.len()];
        for ast::FieldValue { name, value } in values {
            let index = declared.field_index(&name.text);
            fields[index] = match &value.kind {
                ExprKind::Path(path) => match named.iter().find(|(name, _)| *name == path.root.text) {
                    Some((_, fact)) => Some(Value::Fact(*fact)),
                    None => Some(Value::Text(path.root.text.clone())),
                },
                _ => Scope::new(&self.facts)
                    .value(value)
                    .and_then(|value| value.fit(declared.fields[index].kind)),
            };
        }
        fields
    }

    /// The facts, past and present.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The names of the rules, in the order in which they were added.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(Rule::name)
    }

    /// The names of the program's own rules, those that were removed among them.
    pub fn declared_names(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(Rule::name)
    }

    /// The variables that a tuple of a rule binds, in the order of the patterns.
    ///
    /// # Panics
    /// When there is no such rule.
    pub fn variables(&self, rule: &str) -> Vec<&str> {
        let rule = self.rules.iter().find(|one| one.name() == rule).expect("there is a rule of this name");
        rule.patterns.iter().map(|(variable, _)| &**variable).collect()
    }

    /// The tuples that satisfy a rule.
    ///
    /// # Panics
    /// When there is no such rule.
    pub fn satisfied(&self, rule: &str) -> BTreeSet<Tuple> {
        let index = self.rules.iter().position(|one| one.name() == rule);
        self.satisfied[index.expect("there is a rule of this name")].keys().cloned().collect()
    }

    /// The tuples that satisfy a rule, each fact by name.
    pub fn matches(&self, rule: &str) -> BTreeSet<Vec<String>> {
        let names = |tuple: &Tuple| tuple.iter().map(|fact| self.facts.name(*fact)).collect();
        self.satisfied(rule).iter().map(names).collect()
    }

    /// Takes a step.
    pub fn apply(&mut self, step: &Step) -> Outcome {
        let outcome = match step {
            Step::Insert { ty, fields } => self.insert(*ty, fields.clone()).map(|_| Outcome::Done),
            Step::InsertAll { parts } => self.insert_all(parts).map(|()| Outcome::Done),
            Step::Update { fact, fields } => self.update(*fact, fields.clone()).map(|()| Outcome::Done),
            Step::Retract { fact } => self.retract(*fact).map(|()| Outcome::Done),
            Step::AddRules { text } => self.add_rules(text).map(|()| Outcome::Done),
            Step::RemoveRule { name } => self.remove_rule(name).map(|()| Outcome::Done),
            Step::RestoreRule { name } => self.restore_rule(name).map(|()| Outcome::Done),
            Step::SetStrategy { strategy } => {
                self.set_strategy(*strategy);
                Ok(Outcome::Done)
            }
            Step::Run { limit } => Ok(Outcome::Ran(self.run(*limit))),
        };
        outcome.unwrap_or_else(Outcome::Refused)
    }

    pub(crate) fn insert(&mut self, ty: usize, fields: Fields) -> Result<FactId, Refusal> {
        if let Some(other) = self.facts.with_key(ty, &fields, None) {
            return Err(Refusal::DuplicateKey(self.facts.name(other)));
        }
        let id = self.facts.add(ty, fields);
        self.changed(None);
        self.withdraw();
        Ok(id)
    }

    /// The results of a batch are determined when all its facts are in. An activation is as old as
    /// the youngest of them in its tuple, or as the last one if there is none.
    fn insert_all(&mut self, parts: &[(usize, Vec<Fields>)]) -> Result<(), Refusal> {
        let first = self.facts.count();
        let mut refused = Ok(());
        for (ty, fields) in parts.iter().flat_map(|(ty, facts)| facts.iter().map(move |fields| (*ty, fields)))
        {
            if let Some(other) = self.facts.with_key(ty, fields, None) {
                refused = Err(Refusal::DuplicateKey(self.facts.name(other)));
                break;
            }
            self.facts.add(ty, fields.clone());
        }
        let last = (self.facts.count() - first) as u64;
        if last > 0 {
            let age = self.age;
            self.changed_at(None, |tuple| {
                let own = tuple.iter().filter(|fact| fact.0 >= first);
                age + own.map(|fact| (fact.0 - first) as u64 + 1).max().unwrap_or(last)
            });
            self.age = age + last;
            self.withdraw();
        }
        refused
    }

    pub(crate) fn update(&mut self, fact: FactId, fields: Fields) -> Result<(), Refusal> {
        let Some(before) = self.facts.get(fact) else { return Err(Refusal::NoSuchFact) };
        if let Some(other) = self.facts.with_key(before.ty, &fields, Some(fact)) {
            return Err(Refusal::DuplicateKey(self.facts.name(other)));
        }
        let changed =
            before.fields.iter().zip(&fields).enumerate().filter(|(_, (before, after))| before != after);
        let changed: Vec<usize> = changed.map(|(index, _)| index).collect();
        self.facts.replace(fact, fields);
        self.support.forget(fact);
        self.changed(Some((fact, &changed)));
        self.withdraw();
        Ok(())
    }

    pub(crate) fn retract(&mut self, fact: FactId) -> Result<(), Refusal> {
        if self.facts.get(fact).is_none() {
            return Err(Refusal::NoSuchFact);
        }
        self.facts.remove(fact);
        self.support.forget(fact);
        self.changed(None);
        self.withdraw();
        Ok(())
    }

    fn add_rules(&mut self, text: &str) -> Result<(), Refusal> {
        let program = read(text);
        for statement in &program.statements {
            if let Statement::Rule(rule) = statement
                && self.rule_names().any(|name| name == rule.name.text)
            {
                return Err(Refusal::DuplicateRule(rule.name.text.clone()));
            }
        }
        self.add_parsed_rules(&program);
        Ok(())
    }

    pub(crate) fn add_parsed_rules(&mut self, program: &ast::Program) {
        for statement in &program.statements {
            if let Statement::Rule(rule) = statement {
                self.rules.push(Rule::new(&self.facts.schema, rule.clone(), self.rules_ever));
                self.satisfied.push(BTreeMap::new());
                self.rules_ever += 1;
            }
        }
        self.changed(None);
    }

    pub(crate) fn remove_rule(&mut self, name: &str) -> Result<(), Refusal> {
        let index = self.rules.iter().position(|rule| rule.name() == name);
        let index = index.ok_or_else(|| Refusal::UnknownRule(name.to_owned()))?;
        let rule = self.rules.remove(index);
        self.satisfied.remove(index);
        self.waiting.retain(|waiting| waiting.rule != rule.rank);
        self.support.stop_rule(rule.rank);
        self.withdraw();
        Ok(())
    }

    /// A restored rule has its old place among the others, and starts afresh.
    fn restore_rule(&mut self, name: &str) -> Result<(), Refusal> {
        let rule = self.declared.iter().find(|rule| rule.name() == name);
        let rule = rule.ok_or_else(|| Refusal::UnknownRule(name.to_owned()))?.clone();
        if self.rule_names().any(|live| live == name) {
            return Err(Refusal::DuplicateRule(name.to_owned()));
        }
        let index = self.rules.partition_point(|other| other.rank < rule.rank);
        self.rules.insert(index, rule);
        self.satisfied.insert(index, BTreeMap::new());
        self.changed(None);
        Ok(())
    }

    /// Matches everything again after a change, which may be that `fields` of a fact changed.
    pub(crate) fn changed(&mut self, update: Option<(FactId, &[usize])>) {
        self.age += 1;
        let age = self.age;
        self.changed_at(update, |_| age);
    }

    fn changed_at(&mut self, update: Option<(FactId, &[usize])>, age_of: impl Fn(&Tuple) -> u64) {
        for (rule, before) in self.rules.iter().zip(&mut self.satisfied) {
            let after = rule.satisfied(&self.facts);
            let changed_for = |tuple: &Tuple| {
                update.is_some_and(|(fact, fields)| {
                    let reads = tuple.iter().zip(&rule.reads).filter(|(other, _)| **other == fact);
                    reads.into_iter().any(|(_, reads)| fields.iter().any(|field| reads.contains(field)))
                })
            };
            // The values that an effect reads from other facts are compared: a derived value that
            // is equal afterwards is no change.
            let is_anew = |tuple: &Tuple| match self.muted == Some(rule.rank) {
                true => before.contains_key(tuple) != after.contains_key(tuple),
                false => before.get(tuple) != after.get(tuple) || changed_for(tuple),
            };
            self.waiting.retain(|waiting| {
                waiting.rule != rule.rank || (after.contains_key(&waiting.tuple) && !is_anew(&waiting.tuple))
            });
            for tuple in before.keys().filter(|tuple| is_anew(tuple)) {
                self.support.stop(rule.rank, tuple);
            }
            for tuple in after.keys().filter(|tuple| is_anew(tuple)) {
                let tags = tuple.iter().map(|fact| self.facts.ever(*fact).recency).collect();
                let (rule, tuple, age) = (rule.rank, tuple.clone(), age_of(tuple));
                self.waiting.push(Waiting { rule, tuple, age, tags });
            }
            *before = after;
        }
    }
}

/// The tree of a text without syntax errors.
pub(crate) fn read(text: &str) -> ast::Program {
    let mut sources = SourceMap::new();
    let file = sources.add("program", text);
    let mut diagnostics = Diagnostics::new();
    let program = parse(&sources, file, &mut diagnostics);
    let diagnostics = diagnostics.finish();
    assert!(diagnostics.iter().all(|diagnostic| !diagnostic.is_error()), "{diagnostics:?}\n{text}");
    program
}

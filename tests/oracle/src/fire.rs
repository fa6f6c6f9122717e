//! Runs: which activation is next, and what its effects do.

use tsd_compiler::syntax::ast::{Argument, Call, Expr, ExprKind, FieldValue};

use crate::facts::Fields;
use crate::oracle::Oracle;
use crate::rule::{Rule, Tuple};
use crate::step::{Event, Problem, Ran, Reason, Refusal};
use crate::value::{FactId, Value};

/// An effect with its values.
enum Effect {
    Action { name: String, arguments: Vec<Option<Value>> },
    Insert { ty: usize, fields: Fields, logical: bool },
    Update { fact: FactId, changes: Vec<(usize, Option<Value>)> },
    Retract { fact: FactId },
    Print(Vec<Value>),
    Log(Vec<Value>),
}

impl Oracle {
    /// Fires what waits, and what that brings about, until nothing waits or the limit is reached.
    pub(crate) fn run(&mut self, limit: u64) -> Ran {
        let mut ran = Ran::default();
        let mut fired = 0;
        while let Some(next) = self.next() {
            if fired == limit {
                ran.is_stopped = true;
                break;
            }
            fired += 1;
            self.waiting.retain(|waiting| *waiting != next);
            let rule = self.rules.iter().find(|rule| rule.rank == next.rule).expect("it is there").clone();
            match ran.counts.iter_mut().find(|(name, _)| name == rule.name()) {
                Some((_, count)) => *count += 1,
                None => ran.counts.push((rule.name().to_owned(), 1)),
            }
            self.fire(&rule, &next.tuple, &mut ran.events, &mut ran.problems);
        }
        ran.counts.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        ran
    }

    fn fire(&mut self, rule: &Rule, tuple: &Tuple, events: &mut Vec<Event>, problems: &mut Vec<Problem>) {
        let variables = || rule.patterns.iter().map(|(variable, _)| variable.clone());
        let bindings = variables().zip(tuple.iter().map(|fact| self.facts.name(*fact))).collect();
        events.push(Event::Fired { rule: rule.name().to_owned(), bindings });
        let effects: Vec<Option<Effect>> =
            rule.ast.calls.iter().map(|call| self.effect(rule, tuple, call)).collect();
        if rule.ast.no_loop.is_some() {
            self.muted = Some(rule.rank);
        }
        self.support.firing = Some((rule.rank, tuple.clone()));
        for (effect, call) in effects.into_iter().zip(&rule.ast.calls) {
            let done = effect.ok_or(Reason::NoValue).and_then(|effect| self.take_place(effect, events));
            if let Err(reason) = done {
                let effect = match call.arguments.as_slice() {
                    [Argument::Fact(fact)] => format!("{}({})", call.name.text, fact.type_name.text),
                    _ => call.name.text.clone(),
                };
                let facts =
                    variables().zip(tuple).map(|(name, fact)| format!("{name}={}", self.facts.name(*fact)));
                problems.push(Problem {
                    rule: rule.name().to_owned(),
                    effect,
                    facts: facts.collect(),
                    reason,
                });
            }
        }
        self.muted = None;
        self.support.firing = None;
    }

    /// An effect with its values, from the present facts; `None` if a required value is missing.
    fn effect(&self, rule: &Rule, tuple: &Tuple, call: &Call) -> Option<Effect> {
        let scope = rule.scope(&self.facts, tuple);
        let schema = &self.facts.schema;
        if let Some(action) = schema.action(&call.name.text) {
            let mut arguments = Vec::new();
            for (index, parameter) in action.parameters.iter().enumerate() {
                let value = match call.arguments.get(index) {
                    Some(Argument::Value(expr)) => {
                        scope.value(expr).and_then(|value| value.fit(parameter.kind))
                    }
                    _ => parameter.default.clone(),
                };
                if value.is_none() && !parameter.optional {
                    return None;
                }
                arguments.push(value);
            }
            return Some(Effect::Action { name: action.name.clone(), arguments });
        }
        let changes = |ty: usize, values: &[FieldValue]| -> Option<Vec<(usize, Option<Value>)>> {
            let declared = &schema.types[ty];
            let change = |FieldValue { name, value }: &FieldValue| {
                let index = declared.field_index(&name.text);
                let field = &declared.fields[index];
                let value = scope.value(value).and_then(|value| value.fit(field.kind));
                (value.is_some() || field.optional).then_some((index, value))
            };
            values.iter().map(change).collect()
        };
        let fact = |expr: &Expr| match &expr.kind {
            ExprKind::Path(path) => scope.find(&path.root.text).expect("the checker knows the variable"),
            _ => panic!("the checker admits a fact variable only"),
        };
        match (call.name.text.as_str(), call.arguments.as_slice()) {
            (name @ ("Insert" | "InsertLogical"), [Argument::Fact(fact)]) => {
                let ty = schema.type_index(&fact.type_name.text);
                let mut fields = vec![None; schema.types[ty].fields.len()];
                changes(ty, &fact.fields)?.into_iter().for_each(|(index, value)| fields[index] = value);
                Some(Effect::Insert { ty, fields, logical: name == "InsertLogical" })
            }
            ("Update", [Argument::Value(variable), Argument::Changes { fields, .. }]) => {
                let fact = fact(variable);
                Some(Effect::Update { fact, changes: changes(self.facts.ever(fact).ty, fields)? })
            }
            ("Retract", [Argument::Value(variable)]) => Some(Effect::Retract { fact: fact(variable) }),
            (name @ ("Print" | "Log"), arguments) => {
                let value = |argument: &Argument| match argument {
                    Argument::Value(expr) => scope.value(expr)?.settled(),
                    _ => panic!("the checker admits values only"),
                };
                let values = arguments.iter().map(value).collect::<Option<Vec<Value>>>()?;
                Some(if name == "Print" { Effect::Print(values) } else { Effect::Log(values) })
            }
            // An action that is inferred from its calls accepts any arguments.
            (name, arguments) => {
                let value = |argument: &Argument| match argument {
                    Argument::Value(expr) => scope.value(expr)?.settled(),
                    _ => panic!("the oracle does not know the effect `{name}`"),
                };
                let arguments = arguments.iter().map(value).map(|value| value.map(Some));
                Some(Effect::Action { name: name.to_owned(), arguments: arguments.collect::<Option<_>>()? })
            }
        }
    }

    fn take_place(&mut self, effect: Effect, events: &mut Vec<Event>) -> Result<(), Reason> {
        let line = |values: &[Value]| {
            let values: Vec<String> =
                values.iter().map(|value| self.facts.show(Some(value)).to_string()).collect();
            values.join(" ")
        };
        let refused = |refusal| match refusal {
            Refusal::DuplicateKey(fact) => Reason::DuplicateKey(fact),
            _ => Reason::Retracted,
        };
        match effect {
            Effect::Action { name, arguments } => {
                let arguments = arguments.iter().map(|value| self.facts.show(value.as_ref())).collect();
                events.push(Event::Called { action: name, arguments });
            }
            Effect::Insert { ty, fields, logical: true } => {
                let changes: Vec<_> = fields.iter().cloned().enumerate().collect();
                if let Some(fact) = self.insert_logical(ty, fields).map_err(refused)? {
                    events.push(self.changed_event("InsertLogical", fact, self.facts.name(fact), &changes));
                }
            }
            Effect::Insert { ty, fields, .. } => {
                let changes: Vec<_> = fields.iter().cloned().enumerate().collect();
                let fact = self.insert(ty, fields).map_err(refused)?;
                events.push(self.changed_event("Insert", fact, self.facts.name(fact), &changes));
            }
            Effect::Update { fact, changes } => {
                let mut fields = self.facts.get(fact).ok_or(Reason::Retracted)?.fields.clone();
                changes.iter().for_each(|(index, value)| fields[*index].clone_from(value));
                let name = self.facts.name(fact);
                self.update(fact, fields).map_err(refused)?;
                events.push(self.changed_event("Update", fact, name, &changes));
            }
            Effect::Retract { fact } => {
                let name = self.facts.name(fact);
                // A fact that an earlier effect retracted is gone already.
                if self.retract(fact).is_ok() {
                    events.push(self.changed_event("Retract", fact, name, &[]));
                }
            }
            Effect::Print(values) => events.push(Event::Printed(line(&values))),
            Effect::Log(values) => events.push(Event::Logged(line(&values))),
        }
        Ok(())
    }

    /// What an effect did to a fact that had the given name.
    fn changed_event(
        &self,
        effect: &str,
        fact: FactId,
        name: String,
        changes: &[(usize, Option<Value>)],
    ) -> Event {
        let declared = &self.facts.schema.types[self.facts.ever(fact).ty];
        let field = |(index, value): &(usize, Option<Value>)| {
            (declared.fields[*index].name.clone(), self.facts.show(value.as_ref()))
        };
        let fields = changes.iter().map(field).collect();
        Event::Changed { effect: effect.to_owned(), fact: name, fields }
    }
}

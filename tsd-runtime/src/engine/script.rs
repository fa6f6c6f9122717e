//! Scripts are checked against a session before they are executed in it. This is what the compiler
//! reads of the session, and the execution.

use std::sync::Arc;

use tsd_compiler::script::{Removed, Script, ScriptStep, SessionState};
use tsd_ir::{FactHandle, Schema, TypeId, Value};

use crate::session::{Core, Program};
use crate::store::find_word;
use crate::telemetry::{self, Work};

impl<P: Program> SessionState for Core<P> {
    fn schema(&self) -> &Schema {
        &self.matcher.base.schema
    }

    fn rules(&self) -> Vec<&str> {
        self.matcher.base.rules.iter().map(|live| &*live.rule.name).collect()
    }

    fn named_facts(&self) -> Vec<(&str, FactHandle)> {
        let named = self.named.iter().map(|(name, handle)| (name.as_str(), *handle));
        named.filter(|(_, handle)| self.matcher.find(*handle).is_some()).collect()
    }

    fn find_by_key(&self, ty: TypeId, key: &[Value]) -> Option<FactHandle> {
        let Self { matcher, .. } = self;
        let fields = matcher.base.schema.ty(ty).key.iter();
        let words = fields.zip(key).map(|(field, value)| {
            let kind = matcher.base.schema.ty(ty).field(*field).kind;
            find_word(&matcher.state.memory.strings, kind, value)
        });
        let words: Option<Vec<u64>> = words.collect();
        let store = matcher.state.memory.store(ty);
        store.find_key(words?.into_iter()).map(|slot| store.handle(slot))
    }

    fn name_of(&self, fact: FactHandle) -> Option<String> {
        let slot = self.matcher.find(fact)?;
        Some(crate::session::fact_name(&self.matcher, fact.ty(), slot))
    }

    fn names(&self, ty: TypeId) -> Vec<(String, FactHandle)> {
        let store = self.matcher.state.memory.store(ty);
        let name = |slot| (crate::session::fact_name(&self.matcher, ty, slot), store.handle(slot));
        store.live_slots().map(name).collect()
    }
}

impl<P: Program> Core<P> {
    /// Takes the steps of a script that was compiled for the present state of this session.
    pub(super) fn perform(&mut self, script: Script) {
        let Script { reset, schema, steps } = script;
        let standing = self.named_facts().into_iter().map(|(_, handle)| Some(handle));
        let mut facts: Vec<Option<FactHandle>> = if reset { Vec::new() } else { standing.collect() };
        if reset {
            self.reset();
        }
        self.declare(schema);
        // Consecutive inserts are one load.
        let mut loads = vec![0; steps.len() + 1];
        for (index, step) in steps.iter().enumerate().rev() {
            loads[index] = if matches!(step, ScriptStep::Insert { .. }) { loads[index + 1] + 1 } else { 0 };
        }
        let mut load = None;
        for (step, facts_to_come) in steps.into_iter().zip(loads) {
            match facts_to_come {
                0 => drop(load.take()),
                _ if load.is_none() => load = Some(telemetry::work(Work::Load(facts_to_come))),
                _ => {}
            }
            match step {
                ScriptStep::AddRules(rules) => {
                    self.add_rules(rules.into_iter().map(|planned| Arc::new(planned.rule)).collect());
                }
                ScriptStep::Insert { name, fact } => {
                    let handle = self.insert_one(&fact, &facts);
                    facts.push(handle);
                    self.named.extend(name.zip(handle));
                }
                ScriptStep::RemoveRule(name) => {
                    // The compiler has checked that it exists.
                    let _ = self.remove_rule(&name);
                }
                ScriptStep::RemoveFact(removed) => {
                    let fact = match removed {
                        Removed::Session(handle) => Some(handle),
                        Removed::Inserted(number) => facts[number],
                    };
                    // It may be gone already, because another removal withdrew it.
                    let _ = fact.map(|fact| self.retract(fact));
                }
            }
        }
    }
}

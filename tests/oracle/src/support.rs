//! Truth maintenance: facts inserted logically, which are withdrawn when the last activation that
//! supports them stops holding.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::Fields;
use crate::oracle::Oracle;
use crate::rule::Tuple;
use crate::step::Refusal;
use crate::value::FactId;

/// An activation: the rank of its rule, and its facts.
type Activation = (usize, Tuple);

/// Which facts are supported, by which activations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Support {
    supporters: BTreeMap<FactId, BTreeSet<Activation>>,
    /// The activation whose effects take place, as long as it holds.
    pub(crate) firing: Option<Activation>,
}

impl Support {
    /// An activation stops holding.
    pub(crate) fn stop(&mut self, rule: usize, tuple: &Tuple) {
        let activation = (rule, tuple.clone());
        for supporters in self.supporters.values_mut() {
            supporters.remove(&activation);
        }
        if self.firing.as_ref() == Some(&activation) {
            self.firing = None;
        }
    }

    /// A rule is removed: none of its activations holds.
    pub(crate) fn stop_rule(&mut self, rule: usize) {
        self.supporters.values_mut().for_each(|supporters| supporters.retain(|(other, _)| *other != rule));
    }

    /// The fact no longer depends on activations.
    pub(crate) fn forget(&mut self, fact: FactId) {
        self.supporters.remove(&fact);
    }
}

impl Oracle {
    /// Whether a fact exists because of activations alone.
    pub fn is_logical(&self, fact: FactId) -> bool {
        self.support.supporters.contains_key(&fact)
    }

    /// `InsertLogical`, by the activation that fires. Returns the fact that it supports.
    pub(crate) fn insert_logical(&mut self, ty: usize, fields: Fields) -> Result<Option<FactId>, Refusal> {
        let Some(activation) = self.support.firing.clone() else { return Ok(None) };
        let equal: Vec<FactId> =
            self.facts.of_type(ty).filter(|fact| self.facts.ever(*fact).fields == fields).collect();
        if equal.is_empty() {
            if let Some(other) = self.facts.with_key(ty, &fields, None) {
                return Err(Refusal::DuplicateKey(self.facts.name(other)));
            }
            let fact = self.facts.add(ty, fields);
            self.support.supporters.insert(fact, BTreeSet::from([activation]));
            self.changed(None);
            self.withdraw();
            // It may have ended its own support.
            return Ok(self.facts.get(fact).is_some().then_some(fact));
        } else if let [fact] = equal.as_slice()
            && let Some(supporters) = self.support.supporters.get_mut(fact)
        {
            supporters.insert(activation);
            return Ok(Some(*fact));
        }
        Ok(None)
    }

    /// Withdraws the facts without support, and those that lose it by that: generation after
    /// generation, each by type and then by insertion number.
    pub(crate) fn withdraw(&mut self) {
        loop {
            let lost =
                |(fact, supporters): (&FactId, &BTreeSet<Activation>)| supporters.is_empty().then_some(*fact);
            let mut generation: Vec<FactId> = self.support.supporters.iter().filter_map(lost).collect();
            if generation.is_empty() {
                return;
            }
            generation.sort_by_key(|fact| (self.facts.ever(*fact).ty, self.facts.ever(*fact).number));
            for fact in generation {
                self.support.forget(fact);
                self.facts.remove(fact);
                self.changed(None);
            }
        }
    }
}

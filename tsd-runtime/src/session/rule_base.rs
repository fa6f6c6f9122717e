//! Building a network takes time and memory, so it is built once for any number of sessions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tsd_ir::{InitialFact, Rule, Schema};

use super::core::Core;
use super::program::{Compiled, Program};
use crate::error::Error;
use crate::matcher::Base;

/// The network of a set of rules, which many sessions share.
///
/// A rule base never changes, so threads can share it. A session that begins with one costs a few
/// kilobytes; a node takes memory when its first fact arrives. A session that adds or removes rules
/// changes a copy of its own, which [`Session::rule_base`](crate::Session::rule_base) returns.
///
/// Cloning a rule base is cheap.
pub struct RuleBase<P: Program> {
    pub(crate) base: Arc<Base>,
    /// The facts written in the rules.
    pub(crate) facts: Cow<'static, [InitialFact]>,
    program: PhantomData<fn() -> P>,
}

impl<P: Compiled> RuleBase<P> {
    /// The rules of the module, as they were compiled. Their network is built by the first call,
    /// once per process.
    pub fn compiled() -> Self {
        let module = P::module();
        Self::new(module.base(), Cow::Borrowed(module.facts))
    }
}

impl<P: Program> RuleBase<P> {
    /// A network of rules, and the facts written in them.
    pub(crate) fn new(base: Arc<Base>, facts: Cow<'static, [InitialFact]>) -> Self {
        Self { base, facts, program: PhantomData }
    }

    /// The names of the rules, in order of declaration.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.base.rules.iter().map(|live| &*live.rule.name)
    }

    /// The declarations of types and actions.
    pub fn schema(&self) -> &Schema {
        &self.base.schema
    }

    /// The same rules without one of them. Costs about as much as building the network of the
    /// others.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn without(&self, name: &str) -> Result<Self, Error> {
        self.changed(|core| core.remove_rule(name))
    }

    /// The same rules followed by a planned one. Its effects must be those of the program's module.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`]
    pub fn with_planned_rule(&self, rule: Rule) -> Result<Self, Error> {
        self.changed(|core| core.add_planned_rule(rule))
    }

    /// The rules that a session would have after changing its rules.
    pub(crate) fn changed(
        &self,
        change: impl FnOnce(&mut Core<P>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut core = Core::new(Arc::clone(&self.base));
        change(&mut core)?;
        Ok(Self::new(core.matcher.share(), self.facts.clone()))
    }
}

impl<P: Program> Clone for RuleBase<P> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.base), self.facts.clone())
    }
}

impl<P: Program> fmt::Debug for RuleBase<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleBase").field("rules", &self.rules().count()).finish_non_exhaustive()
    }
}

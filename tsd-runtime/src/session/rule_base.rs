//! Rules wired once, for any number of sessions.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tsd_ir::{InitialFact, Rule, Schema};

use super::core::Core;
use super::program::{Compiled, Program};
use crate::error::Error;
use crate::matcher::Base;

/// Rules wired into a network: what sessions of the same rules have in common.
///
/// A rule base never changes, so it can be shared between threads, and a session that begins on one costs next to nothing: a few
/// kilobytes, and room at a node when the first fact arrives there. One that adds or removes rules does so for itself alone;
/// [`Session::rule_base`](crate::Session::rule_base) hands on what comes of it.
///
/// Cloning a rule base is cheap.
pub struct RuleBase<P: Program> {
    pub(crate) base: Arc<Base>,
    /// The facts that stand in the rules.
    pub(crate) facts: Cow<'static, [InitialFact]>,
    pub(super) program: PhantomData<fn() -> P>,
}

impl<P: Compiled> RuleBase<P> {
    /// The rules of the module, as they were compiled. They are wired when they are first asked for, once in a process.
    pub fn compiled() -> Self {
        let module = P::module();
        Self { base: module.base(), facts: Cow::Borrowed(module.facts), program: PhantomData }
    }
}

impl<P: Program> RuleBase<P> {
    /// The names of the rules, in the order of their declaration.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.base.rules.iter().map(|live| &*live.rule.name)
    }

    /// The declarations of types and actions.
    pub fn schema(&self) -> &Schema {
        &self.base.schema
    }

    /// The same rules without one of them. Costs about what it takes to wire the others.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn without(&self, name: &str) -> Result<Self, Error> {
        self.changed(|core| core.remove_rule(name))
    }

    /// The same rules and a planned one behind them. Its effects must be those of the program's module.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`]
    pub fn with_planned_rule(&self, rule: Rule) -> Result<Self, Error> {
        self.changed(|core| core.add_planned_rule(rule))
    }

    /// The rules that a session would have after a change to its rules.
    pub(crate) fn changed(
        &self,
        change: impl FnOnce(&mut Core<P>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut core = Core::new(Arc::clone(&self.base));
        change(&mut core)?;
        Ok(Self { base: core.matcher.share(), facts: self.facts.clone(), program: PhantomData })
    }
}

impl<P: Program> Clone for RuleBase<P> {
    fn clone(&self) -> Self {
        Self { base: Arc::clone(&self.base), facts: self.facts.clone(), program: PhantomData }
    }
}

impl<P: Program> fmt::Debug for RuleBase<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleBase").field("rules", &self.rules().count()).finish_non_exhaustive()
    }
}

//! Rules are added and removed while facts flow, and many sessions share what is wired of them.

use tsd_ir::{FactHandle, Rule};

use super::{Compiled, Program, RuleBase, Session};
use crate::error::Error;

impl<P: Program> Session<P> {
    /// The rules of the session, for other sessions.
    ///
    /// Costs nothing if the session has not changed its rules, and otherwise about as much as
    /// building their network.
    pub fn rule_base(&self) -> RuleBase<P> {
        RuleBase::new(self.core.sound().share(), self.core.initial.clone())
    }

    /// Takes over the rules of a base: removes the rules that it lacks, and adds those that it has
    /// in addition. Rules that are the same in both keep their matches and their state. The facts
    /// written in the rules of the base are not inserted.
    ///
    /// ```
    /// # #[cfg(feature = "dynamic")] {
    /// use tsd_runtime::Engine;
    ///
    /// let rules = "type Lamp(#id: string, on: bool) rule lit : {l: Lamp} / l.on ==> Print(l.id)
    ///              Lamp(id: \"hall\", on: true)";
    /// let mut session = Engine::from_text("lamps.tsd", rules, ())?;
    /// session.on_print(|_| {});
    /// let dark = "rule dark : {l: Lamp} / NOT l.on ==> Print(l.id)";
    /// let (more, _) = session.rule_base().with_rules(dark)?;
    /// session.switch_to(&more)?;
    /// assert_eq!(session.rules().collect::<Vec<_>>(), ["lit", "dark"]);
    /// # }
    /// # Ok::<(), tsd_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OtherSchema`] when the base has other types or actions, [`Error::TooManyViews`].
    /// The session is then as before.
    pub fn switch_to(&mut self, rules: &RuleBase<P>) -> Result<(), Error> {
        self.core.switch_to(&rules.base)?;
        self.core.initial = rules.facts.clone();
        Ok(())
    }

    /// The names of the rules in use, in order of declaration: first those of the module, then
    /// those that were added, in the order of their addition.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.core.sound().base.rules.iter().map(|live| &*live.rule.name)
    }

    /// The tuples that satisfy a rule now, whether or not they have fired: handles in the order of
    /// the rule's patterns. The order of the tuples is not specified.
    ///
    /// Costs a pass over the left input of the rule's last join. Evicted inputs are computed for
    /// the call, which costs at most a pass over the facts of the whole chain and its pairs.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn matches(&self, rule: &str) -> Result<Vec<Vec<FactHandle>>, Error> {
        self.core.matches(rule)
    }

    /// Removes a rule, compiled or added. Nodes that other rules share stay, and the others are
    /// freed.
    ///
    /// # Errors
    /// [`Error::UnknownRule`]
    pub fn remove_rule(&mut self, name: &str) -> Result<(), Error> {
        self.core.remove_rule(name)
    }

    /// Adds a planned rule, which sees the existing facts. Its effects must be those of this
    /// session's module.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`]
    pub fn add_planned_rule(&mut self, rule: Rule) -> Result<(), Error> {
        self.core.add_planned_rule(rule)
    }

    /// Restores a compiled rule that was removed, at its place in the order of declaration. Where
    /// salience and strategy leave the order open, it fires before the rules declared after it, as
    /// it did before.
    ///
    /// It starts afresh, like a rule that is [added](Self::add_rule): every tuple that satisfies it
    /// now is a new activation, whether or not it fired before the rule was removed. Facts that the
    /// rule inserted logically come back only as its activations fire. (A rule that is to pause and
    /// then continue needs a fact that says so.)
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when the rule is in use, [`Error::UnknownRule`] when the module has
    /// no rule of that name.
    pub fn restore_rule(&mut self, name: &str) -> Result<(), Error>
    where
        P: Compiled,
    {
        let mut rules = (0..).zip(P::module().rules);
        let declared = rules.find(|(_, rule)| rule.name == name);
        let (rank, rule) = declared.ok_or_else(|| Error::UnknownRule(name.to_owned()))?;
        self.core.restore_rule(rule.clone(), rank)
    }

    /// Adds a planned rule at a place in the order of declaration, counted from 0. It is
    /// `restore_rule` for a session whose program is not compiled.
    ///
    /// # Errors
    /// [`Error::DuplicateRule`] when a rule in use has the name or the place.
    pub fn restore_planned_rule(&mut self, rule: Rule, place: u32) -> Result<(), Error> {
        self.core.restore_rule(rule, place)
    }
}

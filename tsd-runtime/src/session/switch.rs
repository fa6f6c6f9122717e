//! A session can replace its rules by those of another base without losing its facts.

use std::collections::HashSet;
use std::sync::Arc;

use tsd_ir::Rule;

use super::core::Core;
use super::program::Program;
use crate::error::Error;
use crate::matcher::Base;
use crate::telemetry;

impl<P: Program> Core<P> {
    /// Removes the rules that `base` lacks, then adds those that it has in addition, each at its
    /// place.
    pub(super) fn switch_to(&mut self, base: &Arc<Base>) -> Result<(), Error> {
        self.check()?;
        if Arc::ptr_eq(base, &self.matcher.base) {
            return Ok(());
        }
        if base.schema != self.matcher.base.schema {
            return Err(Error::OtherSchema);
        }
        let own = &self.matcher.base.rules;
        let is_kept = |rule: &Arc<Rule>| {
            let there = base.rules.find(&rule.name);
            there.is_some_and(|there| Arc::ptr_eq(&there.rule, rule) || there.rule == *rule)
        };
        let gone: Vec<Arc<Rule>> =
            own.iter().map(|live| &live.rule).filter(|rule| !is_kept(rule)).cloned().collect();
        let going: HashSet<&str> = gone.iter().map(|rule| &*rule.name).collect();
        let kept: HashSet<&str> =
            own.iter().map(|live| &*live.rule.name).filter(|name| !going.contains(name)).collect();
        let coming: Vec<(u32, Arc<Rule>)> = (base.rules.iter_with_ids())
            .filter(|(_, live)| !kept.contains(&*live.rule.name))
            .map(|(id, live)| (base.rules.rank(id), Arc::clone(&live.rule)))
            .collect();
        self.make_sure_of_room(coming.iter().map(|(_, rule)| rule.views.len()).sum())?;
        for rule in gone.iter().rev() {
            self.remove_rule(&rule.name)?;
        }
        self.change(|core| {
            core.matcher.rerank(base);
            core.matcher.add_ranked_rules(coming);
            core.withdraw();
        });
        telemetry::network(&self.matcher);
        Ok(())
    }
}

//! What the session holds, what it has done, and what it has learnt for the planner.

use tsd_ir::{FactHandle, Schema};

use super::{LiveNetwork, Program, Session, names};
use crate::statistics::Statistics;

impl<P: Program> Session<P> {
    /// The declarations of the module.
    pub fn schema(&self) -> &Schema {
        &self.core.matcher.base.schema
    }

    /// The network: its nodes, what they join, which rules use them, and how much they hold.
    pub fn network(&self) -> LiveNetwork<'_> {
        LiveNetwork::new(self.core.sound())
    }

    /// What the session has observed about its facts, for the planner: how many facts each type
    /// has, the share of them that passes each filter, and the share of pairs with equal keys.
    /// Written to a file beside the rules (`rules/shop.profile` for the module `shop`), it informs
    /// the next compilation.
    ///
    /// Costs a pass over the facts for each filtered field and each pair of types that rules join.
    pub fn profile(&self) -> tsd_ir::Profile {
        let matcher = self.core.sound();
        matcher.profile(matcher.base.natives.keys)
    }

    /// What the session holds and has done, by node and by rule. Sizes are in bytes.
    ///
    /// Costs a visit to each node and to each activation on the agenda.
    pub fn statistics(&self) -> Statistics {
        self.core.sound().statistics()
    }

    /// Reports to the `metrics` facade what the session holds: facts, tuples and bytes by node, and
    /// activations on the agenda. What runs do is reported at the end of each run.
    ///
    /// Costs as much as [`statistics`](Self::statistics), so it is meant to be called now and then.
    #[cfg(feature = "metrics")]
    pub fn emit_metrics(&self) {
        crate::telemetry::held(self.core.sound());
    }

    /// Starts counting. Joins count probes and the pairs that they find; views count lookups and
    /// changed results. Counts begin at 0 each time. Nothing is counted by default, and counting
    /// costs a few percent.
    pub fn enable_counters(&mut self) {
        self.change_matcher(|matcher| matcher.collect_counts(true));
    }

    /// Stops counting and drops the counts.
    pub fn disable_counters(&mut self) {
        self.change_matcher(|matcher| matcher.collect_counts(false));
    }

    /// The bytes that facts, strings, node memories, views, rule sets and the agenda occupy.
    pub fn bytes(&self) -> usize {
        self.core.sound().bytes()
    }

    /// The name of a fact: `Type~key` with the parts of a composite key joined by `_`, or `Type~#n`
    /// with its insertion number. `None` if it has been retracted.
    pub fn name_of(&self, handle: FactHandle) -> Option<String> {
        let slot = self.core.sound().find(handle)?;
        Some(names::fact(&self.core.matcher, handle.ty(), slot))
    }

    /// The insertion number of a fact, counted from 1 in its type. `None` if it has been retracted.
    pub fn number_of(&self, handle: FactHandle) -> Option<u64> {
        let slot = self.core.sound().find(handle)?;
        Some(self.core.matcher.state.memory.store(handle.ty()).number(slot))
    }

    /// Whether a fact exists only because rules inserted it logically (`InsertLogical`). It is
    /// withdrawn when the last activation that supports it stops holding. An update makes the fact
    /// stay.
    pub fn is_logical(&self, handle: FactHandle) -> bool {
        self.core.sound();
        self.core.is_logical(handle)
    }
}

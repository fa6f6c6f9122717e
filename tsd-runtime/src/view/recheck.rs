//! Tuples are re-tested when a derived value that they read may have changed.

use tsd_ir::Schema;

use super::last_seen::LastSeen;
use super::pending::{PendingTests, Recheck, Rows};
use super::views::Views;
use crate::flow::{Delta, move_up};
use crate::ruleset::{RuleSet, RuleSets};
use crate::store::WorkingMemory;

/// What tests read.
pub(crate) struct Tested<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) memory: &'a WorkingMemory,
    pub(crate) views: Views<'a>,
    /// The rule sets of the tree of the tuples.
    pub(crate) sets: &'a mut RuleSets,
}

impl PendingTests {
    /// Re-tests a block of queued tuples. Rules that stopped matching go to `gone`, rules that
    /// started to `come`. A tuple that still matches but whose effects read a changed value goes to
    /// both. That renews its activation.
    pub(crate) fn recheck(
        &self,
        rows: &mut Rows,
        Tested { schema, memory, views, sets }: Tested<'_>,
        due: &mut Vec<Recheck>,
        gone: &mut Delta,
        come: &mut Delta,
    ) {
        let derived_words = self.derived_words(rows, due, views, memory);
        self.meet_bounds(rows, due, &derived_words, (views, memory), sets);
        self.test(rows, due, &derived_words, memory, sets);
        views.count_lookups(&self.derived_values, due.len() as u64);
        if !self.has_results {
            let changed = move_up(due, |look| look.passed != look.holds);
            due.truncate(changed);
        }
        for (at, Recheck { row, passed, holds }) in due.iter().copied().enumerate() {
            let mut again = RuleSet::EMPTY;
            if self.has_results {
                let count = self.derived_values.len();
                for (index, results) in
                    self.results.iter().enumerate().filter(|(_, results)| !results.is_empty())
                {
                    let is_text = views.specs.is_text(&self.derived_values[index], schema);
                    let seen = LastSeen::of(derived_words[at * count + index], is_text, &memory.strings);
                    if rows.see(row, index, seen) {
                        again = sets.union(again, *results);
                    }
                }
                // Only rules that match now and matched before are renewed.
                again = sets.meet(again, holds);
                again = sets.meet(again, passed);
            }
            if passed != holds || !again.is_empty() {
                let (goes, comes) = if passed.is_empty() {
                    (passed, holds)
                } else {
                    let (goes, comes) = (sets.difference(passed, holds), sets.difference(holds, passed));
                    (sets.union(goes, again), sets.union(comes, again))
                };
                let mut own = [0];
                let slots = rows.slots(row, &mut own);
                if !goes.is_empty() {
                    gone.push(0, slots, goes);
                }
                if !comes.is_empty() {
                    come.push(0, slots, comes);
                }
                rows.set_passed(row, holds);
            }
        }
    }
}

//! Some tests can be answered neither by a filter index nor by a join key.
//!
//! Such a test is evaluated only while a rule that demands it is in the set. If it fails, it clears
//! these rules' bits. Equal tests of several rules are one.

use indexmap::IndexMap;
use tsd_ir::TestRef;

use crate::eval::{Predicate, Tuple};
use crate::ruleset::{Bit, Bits, RuleSet, RuleSets};

#[derive(Clone, Debug, Default)]
pub(crate) struct Residuals {
    tests: Vec<Residual>,
}

#[derive(Clone, Debug)]
struct Residual {
    predicate: Predicate,
    demanded_by: RuleSet,
}

impl Residuals {
    /// Merges the tests of all rules.
    pub(crate) fn build<'a>(
        demands: impl Iterator<Item = (Bit, &'a PreparedTest)>,
        sets: &mut RuleSets,
    ) -> Self {
        let mut tests: IndexMap<&str, (&PreparedTest, Bits)> = IndexMap::new();
        for (bit, test) in demands {
            let (_, bits) = tests.entry(&*test.canonical).or_insert_with(|| (test, Bits::default()));
            bits.set(bit);
        }
        let tests = tests.into_values().map(|(test, bits)| Residual {
            predicate: test.predicate.clone(),
            demanded_by: sets.intern(&bits.0),
        });
        Self { tests: tests.collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// The rules of `set` without a test that fails for the tuple.
    #[inline]
    pub(crate) fn clear(&self, mut set: RuleSet, tuple: Tuple<'_>, sets: &mut RuleSets) -> RuleSet {
        for test in &self.tests {
            if !sets.meet(set, test.demanded_by).is_empty() && !test.predicate.holds(tuple) {
                set = sets.difference(set, test.demanded_by);
                if set.is_empty() {
                    break;
                }
            }
        }
        set
    }

    /// Passes every rule set through `map`.
    pub(crate) fn map_sets(&mut self, map: &mut dyn FnMut(RuleSet) -> RuleSet) {
        self.tests.iter_mut().for_each(|test| test.demanded_by = map(test.demanded_by));
    }
}

/// A prepared test.
#[derive(Clone, Debug)]
pub(crate) struct PreparedTest {
    canonical: tsd_ir::Text,
    predicate: Predicate,
}

impl PreparedTest {
    /// Prepares a test; `natives` are the generated functions.
    pub(crate) fn new(test: &TestRef, natives: &[crate::eval::NativeTest]) -> Self {
        Self { canonical: test.canonical.clone(), predicate: Predicate::new(&test.body, natives) }
    }

    /// The text by which equal tests are recognised.
    pub(crate) fn canonical(&self) -> &str {
        &self.canonical
    }

    pub(crate) fn predicate(&self) -> &Predicate {
        &self.predicate
    }
}

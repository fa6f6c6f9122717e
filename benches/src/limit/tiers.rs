//! The rules of the orders workload as a table: for each tier the thresholds in ascending order.

use crate::generator::{RuleParameters, TIERS};

/// The number of a tier in [`TIERS`], or [`NO_TIER`] for any other string.
///
/// The first letter distinguishes the tiers; a chain of comparisons would be mispredicted for most
/// customers.
#[inline]
pub(super) fn tier_number(tier: &str) -> usize {
    const BY_FIRST_LETTER: [u8; 256] = {
        let mut numbers = [0; 256];
        let mut number = 0;
        while number < TIERS.len() {
            numbers[TIERS[number].as_bytes()[0] as usize] = number as u8;
            number += 1;
        }
        numbers
    };
    let candidate = tier.as_bytes().first().map_or(0, |first| BY_FIRST_LETTER[usize::from(*first)]);
    if TIERS[usize::from(candidate)] == tier { usize::from(candidate) } else { NO_TIER }
}

/// The number of the tier that no rule requires.
pub(super) const NO_TIER: usize = TIERS.len();

/// Which rules a tier and a value satisfy, in one binary search.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleTable {
    tiers: [TierRules; NO_TIER + 1],
    lowest: f64,
    rules: usize,
}

#[derive(Clone, Debug, Default)]
struct TierRules {
    /// Ascending.
    thresholds: Vec<f64>,
    /// The rule of each threshold.
    rules: Vec<u32>,
}

impl RuleTable {
    pub(super) fn new(parameters: &[RuleParameters]) -> Self {
        let mut sorted: Vec<(usize, &RuleParameters)> = parameters.iter().enumerate().collect();
        sorted.sort_by(|a, b| a.1.threshold.total_cmp(&b.1.threshold));
        let lowest = sorted.first().map_or(f64::INFINITY, |first| first.1.threshold);
        let mut table = Self { lowest, rules: parameters.len(), ..Self::default() };
        for (rule, parameters) in sorted {
            let tier = &mut table.tiers[tier_number(parameters.tier)];
            tier.thresholds.push(parameters.threshold);
            tier.rules.push(rule as u32);
        }
        table
    }

    /// The number of rules.
    pub(super) fn len(&self) -> usize {
        self.rules
    }

    /// Whether an order of this value satisfies any rule with some customer: the cheapest filter.
    #[inline]
    pub(super) fn admits_value(&self, value: f64) -> bool {
        value > self.lowest
    }

    /// Whether a customer of this tier satisfies any rule with some order.
    #[inline]
    pub(super) fn admits_tier(&self, tier: usize) -> bool {
        !self.tiers[tier].rules.is_empty()
    }

    /// How many of the tier's rules the value satisfies: a prefix of [`rules_of`](Self::rules_of).
    #[inline]
    pub(super) fn satisfied(&self, tier: usize, value: f64) -> usize {
        self.tiers[tier].thresholds.partition_point(|threshold| value > *threshold)
    }

    /// The rules of a tier, by ascending threshold.
    #[inline]
    pub(super) fn rules_of(&self, tier: usize) -> &[u32] {
        &self.tiers[tier].rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_have_their_numbers_and_other_strings_none() {
        assert_eq!(TIERS.map(tier_number), [0, 1, 2, 3]);
        assert_eq!(["", "b", "golden", "iron"].map(tier_number), [NO_TIER; 4]);
    }
}

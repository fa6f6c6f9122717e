//! What a program found: a count per rule, and a checksum over the matched facts that does not
//! depend on their order.

use crate::generator::SplitMix64;

/// The matches that a program found, in a form in which two programs can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The number of matches of each rule, by rule number.
    pub counts: Vec<u64>,
    /// The wrapping sum of [`match_digest`] over all matches; `None` when the program only counted.
    pub checksum: Option<u64>,
}

impl Outcome {
    /// An outcome over `rules` rules to which [`record`](Self::record) adds matches with their
    /// facts.
    pub fn traced(rules: usize) -> Self {
        Self { counts: vec![0; rules], checksum: Some(0) }
    }

    /// An outcome of a program that only counted.
    pub fn counted(counts: Vec<u64>) -> Self {
        Self { counts, checksum: None }
    }

    /// Adds one match of `rule` whose facts have these ids, in the order of the rule's variables.
    pub fn record(&mut self, rule: usize, ids: &[i64]) {
        self.counts[rule] += 1;
        let digest = match_digest(rule, ids);
        self.checksum = self.checksum.map(|sum| sum.wrapping_add(digest));
    }

    /// The number of matches of all rules together.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether two programs found the same: equal counts, and equal checksums where both have one.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let checksums_agree = match (self.checksum, other.checksum) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        };
        self.counts == other.counts && checksums_agree
    }
}

/// A well-mixed number for one match: the rule and the ids of the facts, folded one after another.
pub fn match_digest(rule: usize, ids: &[i64]) -> u64 {
    ids.iter().fold(SplitMix64::mix(rule as u64), |digest, id| {
        SplitMix64::mix(digest.rotate_left(23) ^ SplitMix64::mix(*id as u64))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_ignores_the_order_of_matches_but_not_of_facts() {
        let (mut forth, mut back, mut swapped) = (Outcome::traced(2), Outcome::traced(2), Outcome::traced(2));
        forth.record(0, &[1, 2]);
        forth.record(1, &[3, 4]);
        back.record(1, &[3, 4]);
        back.record(0, &[1, 2]);
        swapped.record(0, &[2, 1]);
        swapped.record(1, &[3, 4]);
        assert_eq!(forth, back);
        assert!(!forth.agrees_with(&swapped));
        assert!(Outcome::counted(vec![1, 1]).agrees_with(&swapped));
    }
}
